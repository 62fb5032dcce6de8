import type { MessageCode, MessagePattern } from './message-pattern.ts';

/** The line that goes with each reason and names the address. */
export const webkitFrame =
  /(?:Fetch API|XMLHttpRequest|EventSource|Beacon API) cannot load (?<url>\S+?)(?:\.| due to access control checks)(?:\s|\.|$)/;

const accessControl = 'WebKit: Source/WebCore/loader/CrossOriginAccessControl.cpp';
const resultCache = 'WebKit: Source/WebCore/loader/CrossOriginPreflightResultCache.cpp';
const loadChecker = 'WebKit: Source/WebKit/NetworkProcess/NetworkLoadChecker.cpp';
const redirectFrame = 'Cross-origin redirection to (?<url>\\S+) denied by Cross-Origin Resource Sharing policy';

type Row = readonly [name: string, code: MessageCode, pattern: RegExp, source: string, preflight?: boolean];

const rows: readonly Row[] = [
  [
    'redirect to another scheme',
    'redirect-to-other-scheme',
    new RegExp(`${redirectFrame}: not allowed to follow a cross-origin CORS redirection with non CORS scheme`),
    accessControl,
    false,
  ],
  [
    'redirect with credentials',
    'redirect-with-credentials',
    new RegExp(`${redirectFrame}: redirection URL (?<value>\\S+) has credentials`),
    accessControl,
    false,
  ],
  [
    'wildcard with credentials',
    'wildcard-with-credentials',
    /Cannot use wildcard in Access-Control-Allow-Origin when credentials flag is true/,
    accessControl,
  ],
  ['more than one origin', 'multiple-allow-origin', /Access-Control-Allow-Origin cannot contain more than one origin/, accessControl],
  // WebKit says the same for a missing header and for a wrong one.
  [
    'origin not allowed',
    'allow-origin-mismatch',
    /Origin (?<origin>\S+) is not allowed by Access-Control-Allow-Origin(?:\. Status code: (?<status>[0-9]{1,3}))?/,
    accessControl,
  ],
  [
    'credentials flag',
    'invalid-allow-credentials',
    /Credentials flag is true, but Access-Control-Allow-Credentials is not "true"/,
    accessControl,
  ],
  [
    'preflight not successful',
    'preflight-not-ok',
    /Preflight response is not successful(?:\. Status code: (?<status>[0-9]{1,3}))?/,
    accessControl,
    true,
  ],
  [
    'malformed methods',
    'malformed-allow-methods',
    /Header Access-Control-Allow-Methods has an invalid value: (?<value>.*?)(?= (?:Fetch API|XMLHttpRequest) cannot load|$)/,
    resultCache,
    true,
  ],
  [
    'malformed headers',
    'malformed-allow-headers',
    /Header Access-Control-Allow-Headers has an invalid value: (?<value>.*?)(?= (?:Fetch API|XMLHttpRequest) cannot load|$)/,
    resultCache,
    true,
  ],
  ['method not allowed', 'method-not-allowed', /Method (?<method>\S+) is not allowed by Access-Control-Allow-Methods/, resultCache, true],
  [
    'header not allowed',
    'header-not-allowed',
    /Request header field (?<header>\S+) is not allowed by Access-Control-Allow-Headers/,
    resultCache,
    true,
  ],
  ['redirection denied', 'redirect-not-allowed', new RegExp(redirectFrame), loadChecker, false],
  ['redirection not followed', 'redirect-not-allowed', /Not allowed to follow a redirection while loading (?<url>\S+)/, loadChecker],
  [
    'only for HTTP',
    'scheme-not-http',
    /Cross origin requests are only supported for HTTP/,
    'WebKit: Source/WebCore/loader/DocumentThreadableLoader.cpp',
    false,
  ],
  [
    'same-origin mode',
    'same-origin-mode',
    /Cross origin requests are not allowed when using same-origin fetch mode/,
    'WebKit: Source/WebCore/loader/DocumentThreadableLoader.cpp',
    false,
  ],
  [
    'access control checks',
    'no-details',
    /(?:Fetch API|XMLHttpRequest|EventSource|Beacon API) cannot load (?<url>\S+) due to access control checks/,
    'WebKit: Source/WebCore/loader/ThreadableLoader.cpp',
  ],
];

/** WebKit's wordings (Safari, every browser on iOS). */
export const webkitPatterns: readonly MessagePattern[] = rows.map(([name, code, pattern, source, preflight]) => ({
  name,
  browser: 'webkit',
  code,
  pattern,
  source,
  ...(preflight === undefined ? {} : { preflight }),
}));
