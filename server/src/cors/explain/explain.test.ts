import assert from 'node:assert/strict';
import { chromiumConsoleLine, chromiumWords, preflightPrefix } from '../reasons.ts';
import type { BlockedCode } from '../reasons.ts';
import { explainMessage, messagePatterns } from './explain.ts';
import type { Explanation } from './explain.ts';
import { meanings } from './meanings.ts';
import type { MessageCode } from './message-pattern.ts';

const url = 'https://api.example.com/data';
const page = 'https://myapp.com';
const chromium = (reason: string): string => chromiumConsoleLine(url, page, reason);
const firefox = (reason: string, after = ''): string =>
  `Cross-Origin Request Blocked: The Same Origin Policy disallows reading the remote resource at ${url}. (Reason: ${reason}).${after}`;
const webkit = (reason: string): string => `[Error] ${reason}\n[Error] Fetch API cannot load ${url} due to access control checks.`;

type Row = readonly [name: string, message: string, code: MessageCode, details?: Partial<Explanation>];

const chromiumRows: readonly Row[] = [
  [
    'kMissingAllowOriginHeader',
    chromium(chromiumWords['missing-allow-origin']()),
    'missing-allow-origin',
    { url, origin: page, preflight: false },
  ],
  [
    'kMissingAllowOriginHeader',
    chromium(preflightPrefix + chromiumWords['missing-allow-origin']()),
    'missing-allow-origin',
    { preflight: true },
  ],
  [
    'kMissingAllowOriginHeader',
    `Access to XMLHttpRequest at '${url}' (redirected from 'http://api.example.com/data') from origin 'null' has been blocked by CORS policy: No 'Access-Control-Allow-Origin' header is present on the requested resource.`,
    'missing-allow-origin',
    { url, redirectedFrom: 'http://api.example.com/data', origin: 'null' },
  ],
  ['kWildcardOriginNotAllowed', chromium(chromiumWords['wildcard-with-credentials']()), 'wildcard-with-credentials'],
  ['kMultipleAllowOriginValues', chromium(chromiumWords['multiple-allow-origin']('*, *')), 'multiple-allow-origin', { value: '*, *' }],
  [
    'kInvalidAllowOriginValue',
    chromium(chromiumWords['invalid-allow-origin']('myapp.com')),
    'invalid-allow-origin',
    { value: 'myapp.com' },
  ],
  ['kInvalidAllowOriginValue', chromium(chromiumWords['invalid-allow-origin']('')), 'invalid-allow-origin', { value: '' }],
  [
    'kAllowOriginMismatch',
    chromium(chromiumWords['allow-origin-mismatch']('https://b.com')),
    'allow-origin-mismatch',
    { value: 'https://b.com' },
  ],
  [
    'kInvalidAllowCredentials',
    chromium(chromiumWords['invalid-allow-credentials']('True')),
    'invalid-allow-credentials',
    { value: 'True' },
  ],
  ['kPreflightInvalidStatus', chromium(preflightPrefix + chromiumWords['preflight-not-ok']()), 'preflight-not-ok', { preflight: true }],
  [
    'kPreflightDisallowedRedirect',
    chromium(preflightPrefix + chromiumWords['preflight-redirect']()),
    'preflight-redirect',
    { preflight: true },
  ],
  [
    'kInvalidAllowMethodsPreflightResponse',
    chromium(chromiumWords['malformed-allow-methods']()),
    'malformed-allow-methods',
    { preflight: true },
  ],
  [
    'kInvalidAllowHeadersPreflightResponse',
    chromium(chromiumWords['malformed-allow-headers']()),
    'malformed-allow-headers',
    { preflight: true },
  ],
  [
    'kMethodDisallowedByPreflightResponse',
    chromium(chromiumWords['method-not-allowed']('PATCH')),
    'method-not-allowed',
    { method: 'PATCH', preflight: true },
  ],
  [
    'kHeaderDisallowedByPreflightResponse',
    chromium(chromiumWords['header-not-allowed']('x-a')),
    'header-not-allowed',
    { header: 'x-a', preflight: true },
  ],
  [
    'kRedirectContainsCredentials',
    chromium(chromiumWords['redirect-with-credentials']()),
    'redirect-with-credentials',
    { preflight: false },
  ],
  ['kCorsDisabledScheme', chromium(chromiumWords['redirect-to-other-scheme']()), 'scheme-not-http'],
  ['kDisallowedByMode', chromium('Cross origin requests are not allowed by request mode.'), 'same-origin-mode'],
  ['kInvalidResponse', chromium('The response is invalid.'), 'no-response'],
  [
    'kInsecurePrivateNetwork',
    chromium('The request client is not a secure context and the resource is in more-private address space `private`.'),
    'local-network-access',
    { value: 'private' },
  ],
  [
    'kPreflightMissingAllowPrivateNetwork',
    chromium(
      `${preflightPrefix}No 'Access-Control-Allow-Private-Network' header was present in the preflight response for this private network request targeting the \`private\` address space.`,
    ),
    'local-network-access',
  ],
  [
    'kPreflightInvalidAllowPrivateNetwork',
    chromium(
      `${preflightPrefix}The 'Access-Control-Allow-Private-Network' header in the preflight response for this private network request targeting the \`private\` address space had a value of '1',  not 'true'.`,
    ),
    'local-network-access',
  ],
  [
    'kInvalidPrivateNetworkAccess',
    chromium('Request had a target IP address space of `private` yet the resource is in address space `public`.'),
    'local-network-access',
  ],
  [
    'kUnexpectedPrivateNetworkAccess',
    chromium('Request had no target IP address space, yet the resource is in address space `private`.'),
    'local-network-access',
  ],
  [
    'kPrivateNetworkAccessPermissionUnavailable',
    chromium('Unable to ask for permission to access the `private` IP address space.'),
    'local-network-access',
  ],
  [
    'kLocalNetworkAccessPermissionDenied',
    chromium('Permission was denied for this request to access the `loopback` address space.'),
    'local-network-access',
    { value: 'loopback' },
  ],
  [
    'invalid preflight status',
    `XMLHttpRequest cannot load ${url}. Response for preflight has invalid HTTP status code 405`,
    'preflight-not-ok',
    { status: 405 },
  ],
  ['invalid preflight redirect', `Fetch API cannot load ${url}. Response for preflight is invalid (redirect)`, 'preflight-redirect'],
  [
    'credentials flag',
    `XMLHttpRequest cannot load ${url}. Credentials flag is 'true', but the 'Access-Control-Allow-Credentials' header is ''. It must be 'true' to allow credentials.`,
    'invalid-allow-credentials',
  ],
  [
    'fetch mode same-origin',
    `Fetch API cannot load ${url}. Request mode is "same-origin" but the URL's origin is not same as the request origin ${page}.`,
    'same-origin-mode',
    { url, origin: page },
  ],
  [
    'fetch scheme',
    'Fetch API cannot load localhost:3000/api. URL scheme "localhost" is not supported.',
    'scheme-not-http',
    { url: 'localhost:3000/api', value: 'localhost' },
  ],
  ['ERR_UNSAFE_REDIRECT', 'Failed to load resource: net::ERR_UNSAFE_REDIRECT', 'redirect-to-other-scheme'],
  ['ERR_INVALID_REDIRECT', 'Failed to load resource: net::ERR_INVALID_REDIRECT', 'redirect-not-allowed'],
  ['preflight check', "Response to preflight request doesn't pass access control check", 'no-details', { preflight: true }],
  ['blocked by CORS policy', chromium('Something new.'), 'no-details'],
  ['ERR_FAILED', 'Failed to load resource: net::ERR_FAILED', 'no-details'],
];

const firefoxRows: readonly Row[] = [
  ['CORSDisabled', firefox('CORS disabled'), 'cors-disabled', { url }],
  ['CORSDidNotSucceed2', firefox('CORS request did not succeed', ' Status code: (null).'), 'no-response', { url }],
  ['CORSOriginHeaderNotAdded', firefox('CORS header \u2018Origin\u2019 cannot be added'), 'origin-not-added'],
  ['CORSExternalRedirectNotAllowed', firefox('CORS request external redirect not allowed'), 'redirect-not-allowed'],
  ['CORSRequestNotHttp', firefox('CORS request not http'), 'scheme-not-http'],
  [
    'CORSMissingAllowOrigin2',
    firefox('CORS header \u2018Access-Control-Allow-Origin\u2019 missing', ' Status code: 404.'),
    'missing-allow-origin',
    { status: 404, url },
  ],
  ['CORSMissingAllowOrigin2', "Reason: CORS header 'Access-Control-Allow-Origin' missing", 'missing-allow-origin'],
  [
    'CORSMultipleAllowOriginNotAllowed',
    firefox('Multiple CORS header \u2018Access-Control-Allow-Origin\u2019 not allowed'),
    'multiple-allow-origin',
  ],
  [
    'CORSAllowOriginNotMatchingOrigin',
    firefox('CORS header \u2018Access-Control-Allow-Origin\u2019 does not match \u2018https://b.com\u2019'),
    'allow-origin-mismatch',
    { value: 'https://b.com' },
  ],
  [
    'CORSNotSupportingCredentials',
    `Cross-Origin Request Blocked: The Same Origin Policy disallows reading the remote resource at \u2018${url}\u2019. (Reason: Credential is not supported if the CORS header \u2018Access-Control-Allow-Origin\u2019 is \u2018*\u2019).`,
    'wildcard-with-credentials',
    { url },
  ],
  [
    'CORSMethodNotFound',
    firefox('Did not find method in CORS header \u2018Access-Control-Allow-Methods\u2019'),
    'method-not-allowed',
    { preflight: true },
  ],
  [
    'CORSMissingAllowCredentials',
    firefox('expected \u2018true\u2019 in CORS header \u2018Access-Control-Allow-Credentials\u2019'),
    'invalid-allow-credentials',
  ],
  [
    'CORSPreflightDidNotSucceed3',
    firefox('CORS preflight response did not succeed', ' Status code: 403.'),
    'preflight-not-ok',
    { status: 403, preflight: true },
  ],
  ['CORSPreflightDidNotSucceed', firefox('CORS preflight channel did not succeed'), 'preflight-not-ok'],
  [
    'CORSInvalidAllowMethod',
    firefox('invalid token \u2018GET PUT\u2019 in CORS header \u2018Access-Control-Allow-Methods\u2019'),
    'malformed-allow-methods',
    { value: 'GET PUT' },
  ],
  [
    'CORSInvalidAllowHeader',
    firefox('invalid token \u2018x y\u2019 in CORS header \u2018Access-Control-Allow-Headers\u2019'),
    'malformed-allow-headers',
    { value: 'x y' },
  ],
  [
    'CORSMissingAllowHeaderFromPreflight2',
    firefox(
      'header \u2018x-a\u2019 is not allowed according to header \u2018Access-Control-Allow-Headers\u2019 from CORS preflight response',
    ),
    'header-not-allowed',
    { header: 'x-a', preflight: true },
  ],
  [
    'CORSMissingAllowHeaderFromPreflight',
    firefox("missing token 'x-a' in CORS header 'Access-Control-Allow-Headers' from CORS preflight channel"),
    'header-not-allowed',
    { header: 'x-a' },
  ],
  [
    'CORSAllowHeaderFromPreflightDeprecation',
    `Cross-Origin Request Warning: The Same Origin Policy will disallow reading the remote resource at ${url} soon. (Reason: When the \`Access-Control-Allow-Headers\` is \`*\`, the \`Authorization\` header is not covered. To include the \`Authorization\` header, it must be explicitly listed in CORS header \`Access-Control-Allow-Headers\`).`,
    'authorization-behind-wildcard',
    { url },
  ],
  [
    'Cross-Origin Request Blocked',
    'Cross-Origin Request Blocked: The Same Origin Policy disallows\nreading the remote resource',
    'no-details',
  ],
];

const webkitRows: readonly Row[] = [
  [
    'origin not allowed',
    webkit(`Origin ${page} is not allowed by Access-Control-Allow-Origin. Status code: 500`),
    'allow-origin-mismatch',
    { url, origin: page, status: 500 },
  ],
  ['origin not allowed', `Origin ${page} is not allowed by Access-Control-Allow-Origin.`, 'allow-origin-mismatch', { origin: page }],
  [
    'wildcard with credentials',
    webkit('Cannot use wildcard in Access-Control-Allow-Origin when credentials flag is true.'),
    'wildcard-with-credentials',
    { url },
  ],
  ['more than one origin', webkit('Access-Control-Allow-Origin cannot contain more than one origin.'), 'multiple-allow-origin'],
  [
    'credentials flag',
    webkit('Credentials flag is true, but Access-Control-Allow-Credentials is not "true".'),
    'invalid-allow-credentials',
  ],
  [
    'preflight not successful',
    webkit('Preflight response is not successful. Status code: 401'),
    'preflight-not-ok',
    { status: 401, preflight: true },
  ],
  ['method not allowed', webkit('Method PUT is not allowed by Access-Control-Allow-Methods.'), 'method-not-allowed', { method: 'PUT' }],
  [
    'header not allowed',
    webkit('Request header field X-A is not allowed by Access-Control-Allow-Headers.'),
    'header-not-allowed',
    { header: 'X-A' },
  ],
  ['malformed methods', webkit('Header Access-Control-Allow-Methods has an invalid value: GET; PUT'), 'malformed-allow-methods'],
  ['malformed headers', 'Header Access-Control-Allow-Headers has an invalid value: a b', 'malformed-allow-headers', { value: 'a b' }],
  [
    'redirect to another scheme',
    'Cross-origin redirection to ftp://a.com/ denied by Cross-Origin Resource Sharing policy: not allowed to follow a cross-origin CORS redirection with non CORS scheme',
    'redirect-to-other-scheme',
  ],
  [
    'redirect with credentials',
    'Cross-origin redirection to https://u:p@a.com/ denied by Cross-Origin Resource Sharing policy: redirection URL https://u:p@a.com/ has credentials',
    'redirect-with-credentials',
    { value: 'https://u:p@a.com/' },
  ],
  [
    'origin not allowed',
    `Cross-origin redirection to ${url} denied by Cross-Origin Resource Sharing policy: Origin ${page} is not allowed by Access-Control-Allow-Origin. Status code: 302`,
    'allow-origin-mismatch',
    { origin: page },
  ],
  [
    'redirection denied',
    `Cross-origin redirection to ${url} denied by Cross-Origin Resource Sharing policy: something new`,
    'redirect-not-allowed',
    { url },
  ],
  ['redirection not followed', `Not allowed to follow a redirection while loading ${url}`, 'redirect-not-allowed', { url }],
  ['only for HTTP', 'Cross origin requests are only supported for HTTP.', 'scheme-not-http'],
  ['same-origin mode', 'Cross origin requests are not allowed when using same-origin fetch mode.', 'same-origin-mode'],
  ['access control checks', `XMLHttpRequest cannot load ${url} due to access control checks.`, 'no-details', { url }],
];

/** The texts of the guide's table of common errors, as it prints them, and as people quote them. */
const guideRows: readonly (readonly [message: string, code: MessageCode])[] = [
  ["No 'Access-Control-Allow-Origin' header is present on the requested resource", 'missing-allow-origin'],
  ["has been blocked by CORS policy: No 'Access-Control-Allow-Origin' header is present", 'missing-allow-origin'],
  ["The 'Access-Control-Allow-Origin' header has a value that is not equal to the supplied origin", 'allow-origin-mismatch'],
  [
    "The value of the 'Access-Control-Allow-Origin' header in the response must not be the wildcard '*' when the request's credentials mode is 'include'",
    'wildcard-with-credentials',
  ],
  [
    "The value of the 'Access-Control-Allow-Origin' header must not be the wildcard '*' when the request's credentials mode is 'include'",
    'wildcard-with-credentials',
  ],
  ["Response to preflight request doesn't pass access control check", 'no-details'],
  ['Method PUT is not allowed by Access-Control-Allow-Methods', 'method-not-allowed'],
  ['Request header field authorization is not allowed by Access-Control-Allow-Headers', 'header-not-allowed'],
  ["The 'Access-Control-Allow-Origin' header contains multiple values", 'multiple-allow-origin'],
  ['Cross-Origin Request Blocked: The Same Origin Policy disallows reading the remote resource', 'no-details'],
];

function recognised(message: string): Explanation {
  const explanation = explainMessage(message);
  assert.ok(explanation.recognised, `not recognised: ${message}`);
  return explanation;
}

const groups = [
  ['chromium', chromiumRows],
  ['firefox', firefoxRows],
  ['webkit', webkitRows],
] as const;

describe('console messages', () => {
  for (const [browser, rows] of groups) {
    for (const [name, message, code, details] of rows) {
      it(`${browser}: ${name}`, () => {
        const explanation = recognised(message);
        assert.deepEqual([explanation.browser, explanation.code], [browser, code]);
        assert.equal(messagePatterns.find((pattern) => pattern.pattern.test(message.replace(/\s+/g, ' ')))?.name, name);
        for (const [key, value] of Object.entries(details ?? {})) assert.deepEqual(explanation[key as keyof Explanation], value, key);
        assert.ok(explanation.source.length > 10 && explanation.meaning.length > 10 && explanation.executed.length > 10);
      });
    }

    it(`${browser}: every wording has a row`, () => {
      const tested = new Set(rows.map(([name]) => name));
      assert.deepEqual(
        messagePatterns.filter((pattern) => pattern.browser === browser && !tested.has(pattern.name)).map((pattern) => pattern.name),
        [],
      );
    });
  }

  for (const [message, code] of guideRows) {
    it(`of the guide: ${message}`, () => assert.equal(recognised(message).code, code));
  }

  it('are known in number: Firefox 15 or more, WebKit 10 or more', () => {
    const count = (browser: string): number => messagePatterns.filter((pattern) => pattern.browser === browser).length;
    assert.ok(count('chromium') >= 12 && count('firefox') >= 15 && count('webkit') >= 10);
  });

  it('cover every code of a blocked exchange', () => {
    const codes = new Set(messagePatterns.map((pattern) => pattern.code));
    assert.deepEqual(
      (Object.keys(chromiumWords) as BlockedCode[]).filter((code) => !codes.has(code)),
      [],
    );
  });

  const foreign: readonly string[] = [
    '',
    ' ',
    'Hello',
    'TypeError: x is not a function',
    'Access-Control-Allow-Origin: *',
    'TypeError: Failed to fetch',
    'net::ERR_CONNECTION_REFUSED',
    'CORS',
    "Refused to connect because it violates the document's Content Security Policy",
  ];
  for (const message of foreign) {
    it(`${JSON.stringify(message)} is not recognised, and gets the general checks`, () => {
      const answer = explainMessage(message);
      assert.equal(answer.recognised, false);
      assert.ok(answer.generalChecks.length >= 4);
    });
  }

  it('say that a blocked response was executed, but not after a failed preflight', () => {
    assert.match(recognised(chromium(chromiumWords['missing-allow-origin']())).executed, /has executed it/);
    assert.match(recognised(chromium(chromiumWords['method-not-allowed']('PUT'))).executed, /did not send the request itself/);
    const { generalChecks } = explainMessage('');
    for (const word of [/executed/, /CSRF/, /authentication/, /two curl commands/])
      assert.ok(
        generalChecks.some((check) => word.test(check)),
        String(word),
      );
  });

  it('give the commands that repeat the exchange', () => {
    const [preflight = '', actual = ''] = recognised(chromium(chromiumWords['header-not-allowed']('x-a'))).commands;
    assert.match(preflight, /^curl -i -X OPTIONS --url https:\/\/api\.example\.com\/data /);
    assert.match(preflight, /'Origin: https:\/\/myapp\.com'/);
    assert.match(preflight, /'Access-Control-Request-Headers: x-a'/);
    assert.match(actual, /'x-a: value'/);
    assert.deepEqual(recognised('Failed to load resource: net::ERR_FAILED').commands, []);
  });

  it('change nothing where the message does not name the method', () => {
    const { commands } = recognised(chromium(preflightPrefix + chromiumWords['preflight-not-ok']()));
    assert.match(commands[0] ?? '', /'Access-Control-Request-Method: GET'/);
    assert.match(commands[1] ?? '', /^curl -i --url /);
  });

  it('quote what a message smuggles into the commands', () => {
    const { commands } = recognised(
      "Access to fetch at 'https://a.com/$(id);`id`' from origin 'https://b.com;id' has been blocked by CORS policy: Method X;id is not allowed by Access-Control-Allow-Methods in preflight response.",
    );
    for (const command of commands) assert.match(command, /--url 'https:\/\/a\.com\/\$\(id\);`id`'/);
  });

  it('are read quickly however long', () => {
    const started = performance.now();
    for (const unit of [
      'The value of ',
      "Access to a at '",
      "'Access-Control-Allow-Origin' header contains multiple values '",
      '\u2018',
      ' (Reason: ',
      'Fetch API cannot load ',
    ]) {
      explainMessage(unit.repeat(50_000));
    }
    assert.ok(performance.now() - started < 2000);
  });
});

it('every code has a meaning, and its causes name rules by id', () => {
  for (const { meaning, causes } of Object.values(meanings)) {
    assert.ok(meaning.length > 10);
    for (const { rules } of causes) for (const rule of rules) assert.match(rule, /^[a-z0-9]+(?:-[a-z0-9]+)+$/);
  }
});
