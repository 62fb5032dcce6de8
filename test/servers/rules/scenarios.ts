/**
 * What each rule's bad configuration does to a browser, and its fixed one: the requests that show it. The mistakes are
 * holes (a hostile origin reads) or breakage (the honest origin is refused).
 */
export interface Scenario {
  readonly rule: string;
  readonly language: 'nginx' | 'apache' | 'express';
  /** Name of the bad fixture in the rule's folder. */
  readonly fixture: string;
  /** The origin that the bad configuration wrongly lets in, or wrongly refuses. */
  readonly origin: string;
  readonly mistake: 'hole' | 'breakage';
  /** The origin that the fixed configuration serves; `honest` where it is left out. */
  readonly honest?: string;
  readonly request?: {
    readonly path?: string;
    readonly method?: string;
    readonly headers?: readonly (readonly [string, string])[];
    readonly credentials?: 'omit' | 'include';
  };
  /** Another origin whose response a cache stored before: for the rule about Vary. */
  readonly cached?: string;
}

export const honest = 'https://app.example.com';
export const hostile = 'https://evil.example';

const withCookies = { path: '/api/200', credentials: 'include' } as const;
const put = { path: '/api/200', method: 'PUT' } as const;

export const scenarios: readonly Scenario[] = [
  {
    rule: 'missing-always',
    language: 'nginx',
    fixture: 'bad-proxied-location.conf',
    origin: honest,
    mistake: 'breakage',
    request: { path: '/api/404' },
  },
  {
    rule: 'missing-always',
    language: 'apache',
    fixture: 'bad-directory',
    origin: honest,
    mistake: 'breakage',
    request: { path: '/missing' },
  },
  {
    rule: 'reflected-origin-with-credentials',
    language: 'nginx',
    fixture: 'bad-direct.conf',
    origin: hostile,
    mistake: 'hole',
    request: withCookies,
  },
  {
    rule: 'reflected-origin-with-credentials',
    language: 'nginx',
    fixture: 'bad-map-default.conf',
    origin: hostile,
    mistake: 'hole',
    request: withCookies,
  },
  {
    rule: 'reflected-origin-with-credentials',
    language: 'apache',
    fixture: 'bad-any-origin',
    origin: hostile,
    mistake: 'hole',
    request: { credentials: 'include' },
  },
  {
    rule: 'reflected-origin-with-credentials',
    language: 'express',
    fixture: 'bad-origin-true.js',
    origin: hostile,
    mistake: 'hole',
    request: withCookies,
  },
  {
    rule: 'wildcard-with-credentials',
    language: 'nginx',
    fixture: 'bad-plain.conf',
    origin: honest,
    mistake: 'breakage',
    request: withCookies,
  },
  {
    rule: 'wildcard-with-credentials',
    language: 'apache',
    fixture: 'bad-plain',
    origin: honest,
    mistake: 'breakage',
    request: { credentials: 'include' },
  },
  {
    rule: 'wildcard-with-credentials',
    language: 'express',
    fixture: 'bad-star.js',
    origin: honest,
    mistake: 'breakage',
    request: withCookies,
  },
  {
    rule: 'unanchored-origin-regex',
    language: 'nginx',
    fixture: 'bad-open-end.conf',
    origin: 'https://example.com.evil.example',
    honest: 'https://www.example.com',
    mistake: 'hole',
    request: withCookies,
  },
  {
    rule: 'unanchored-origin-regex',
    language: 'apache',
    fixture: 'bad-if',
    origin: 'https://app.example.com.evil.example',
    mistake: 'hole',
  },
  {
    rule: 'unanchored-origin-regex',
    language: 'express',
    fixture: 'bad-open-start.js',
    origin: 'https://evil-example.com',
    mistake: 'hole',
    request: withCookies,
  },
  { rule: 'null-origin-allowed', language: 'nginx', fixture: 'bad-map-key.conf', origin: 'null', mistake: 'hole', request: withCookies },
  { rule: 'null-origin-allowed', language: 'apache', fixture: 'bad-if', origin: 'null', mistake: 'hole' },
  { rule: 'null-origin-allowed', language: 'express', fixture: 'bad-list.js', origin: 'null', mistake: 'hole', request: withCookies },
  {
    rule: 'invalid-allow-origin',
    language: 'nginx',
    fixture: 'bad-trailing-slash.conf',
    origin: honest,
    mistake: 'breakage',
    request: { path: '/api/200' },
  },
  { rule: 'invalid-allow-origin', language: 'apache', fixture: 'bad-path', origin: honest, mistake: 'breakage' },
  {
    rule: 'invalid-allow-origin',
    language: 'express',
    fixture: 'bad-trailing-slash.js',
    origin: honest,
    mistake: 'breakage',
    request: { path: '/api/200' },
  },
  {
    rule: 'missing-vary-origin',
    language: 'nginx',
    fixture: 'bad-map.conf',
    origin: honest,
    cached: 'https://admin.example.com',
    mistake: 'breakage',
    request: { path: '/api/200' },
  },
  {
    rule: 'missing-vary-origin',
    language: 'apache',
    fixture: 'bad-setenvif',
    origin: honest,
    cached: 'https://admin.example.com',
    mistake: 'breakage',
  },
  {
    rule: 'missing-vary-origin',
    language: 'express',
    fixture: 'bad-by-hand.js',
    origin: honest,
    cached: 'https://admin.example.com',
    mistake: 'breakage',
    request: { path: '/api/200' },
  },
  {
    rule: 'auth-before-preflight',
    language: 'nginx',
    fixture: 'bad-auth-basic.conf',
    origin: honest,
    mistake: 'breakage',
    request: { ...put, headers: [['Authorization', 'Basic dXNlcjpwYXNz']] },
  },
  {
    rule: 'auth-before-preflight',
    language: 'apache',
    fixture: 'bad-require',
    origin: honest,
    mistake: 'breakage',
    request: { method: 'GET', headers: [['Authorization', 'Basic dXNlcjpwYXNz']] },
  },
  {
    rule: 'auth-before-preflight',
    language: 'express',
    fixture: 'bad-middleware-first.js',
    origin: honest,
    mistake: 'breakage',
    request: { ...put, headers: [['Authorization', 'Bearer token']] },
  },
  {
    rule: 'preflight-headers-lost',
    language: 'nginx',
    fixture: 'bad-if-with-own-headers.conf',
    origin: honest,
    mistake: 'breakage',
    request: { path: '/api/200', headers: [['X-Test', '1']] },
  },
  {
    rule: 'preflight-headers-lost',
    language: 'apache',
    fixture: 'bad-rewrite-answers.conf',
    origin: honest,
    mistake: 'breakage',
    request: { headers: [['X-Test', '1']] },
  },
  {
    rule: 'preflight-headers-lost',
    language: 'express',
    fixture: 'bad-answered-first.js',
    origin: honest,
    mistake: 'breakage',
    request: { path: '/api/200', headers: [['X-Test', '1']] },
  },
  {
    rule: 'headers-not-inherited',
    language: 'nginx',
    fixture: 'bad-security-header.conf',
    origin: honest,
    mistake: 'breakage',
    request: withCookies,
  },
];
