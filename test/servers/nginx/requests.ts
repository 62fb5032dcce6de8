/** The requests that a generated configuration is asked with. */
import { Random } from '../../../tools/random.ts';
import { spelling } from './upstreams.ts';
import type { Scripted, Variant } from './upstreams.ts';
import type { HeaderLine } from '../programs.ts';

export const allowedOrigins: readonly string[] = ['https://app.example.com', 'https://admin.example.com'];
export const hostileOrigins: readonly string[] = [
  'https://app.example.com.evil.com',
  'https://evil.com',
  'http://app.example.com',
  'https://APP.example.com',
];

/** Files below the document root, as every configuration finds them. */
export const documentRoot: Readonly<Record<string, string>> = {
  'index.html': 'index\n',
  'found.txt': 'found\n',
  'err.html': 'error\n',
  'page.html': 'page\n',
  exact: 'exact\n',
  'api/found.txt': 'found\n',
  'api/index.html': 'index\n',
  'docs/index.html': 'docs\n',
  'docs/start.html': 'start\n',
  'assets/a.js': 'script\n',
  'a/b.css': 'style\n',
};

const paths: readonly string[] = [
  '/',
  '/index.html',
  '/found.txt',
  '/missing',
  '/api',
  '/api/',
  '/api/found.txt',
  '/api/missing',
  '/api/v2/x',
  '/api/v2',
  '/docs',
  '/docs/',
  '/docs/index.html',
  '/assets/a.js',
  '/assets/missing.js',
  '/page.html',
  '/old/x',
  '/exact',
  '/a/b.css',
  '/err.html',
  '/auth',
  '//api//found.txt',
  '/%61pi/found.txt',
  '/api/found.txt?site=app.example.com',
  '/api/inner',
  '/a/',
];

export interface Asked {
  readonly method: string;
  readonly path: string;
  readonly headers: readonly HeaderLine[];
  readonly origin: string | undefined;
  readonly script: Scripted;
  /** The request carries what every authentication of the configuration accepts. */
  readonly authenticated: boolean;
  readonly host: string;
}

const statuses: readonly number[] = [200, 200, 202, 404, 500, 301];
const variants: readonly Variant[] = ['plain', 'plain', 'cors', 'vary', 'twice'];

/** Ten requests: allowed, hostile, opaque and no origins, GET, preflights and PUT, by the seed of the configuration. */
export function askFor(seed: number): readonly Asked[] {
  const random = new Random(seed ^ 0x5eed);
  const [allowed = '', second = ''] = allowedOrigins;
  const origins = [
    allowed,
    allowed,
    second,
    random.pick(hostileOrigins),
    'null',
    undefined,
    allowed,
    undefined,
    second,
    random.pick(hostileOrigins),
  ];
  const methods = ['GET', 'OPTIONS', 'GET', 'GET', 'OPTIONS', 'GET', 'PUT', 'OPTIONS', 'POST', 'PUT'];
  return origins.map((origin, index) => ask(random, origin, methods[index] ?? 'GET'));
}

function ask(random: Random, origin: string | undefined, method: string): Asked {
  const script: Scripted = { status: random.pick(statuses), variant: random.pick(variants) };
  const authenticated = random.chance(0.5) && method !== 'OPTIONS';
  const host = random.pick(['127.0.0.1', 'one.example', 'two.example', 'www.two.example', 'TWO.example:80', 'two7.example']);
  const headers: HeaderLine[] = [
    ['Host', host],
    ['X-Upstream', spelling(script)],
  ];
  if (origin !== undefined) headers.push(['Origin', origin]);
  if (method === 'OPTIONS' && origin !== undefined)
    headers.push(['Access-Control-Request-Method', 'PUT'], ['Access-Control-Request-Headers', 'x-a,content-type']);
  if (random.chance(0.3)) headers.push(['X-Flag', random.pick(['1', '0', 'true', '00'])]);
  if (authenticated) headers.push(['Authorization', `Basic ${Buffer.from('user:secret').toString('base64')}`], ['X-Auth', 'ok']);
  else if (random.chance(0.3)) headers.push(['X-Auth', 'forbidden']);
  // A GET for the header lines alone now and then.
  const asked = method === 'GET' && random.chance(0.15) ? 'HEAD' : method;
  return { method: asked, path: random.pick(paths), headers, origin, script, authenticated, host };
}

/** A request as one line. */
export function describeRequest(asked: Asked): string {
  return `${asked.method} ${asked.path} ${asked.headers.map(([name, value]) => `${name}: ${value}`).join(' | ')}`;
}
