import type { MessageCode, MessagePattern } from './message-pattern.ts';

/** What precedes each reason: `Access to fetch at 'URL' (redirected from 'URL') from origin 'O' has been blocked …`. */
export const chromiumFrame =
  /Access to \S+(?: \S+)? at '(?<url>[^']*)' (?:\(redirected from '(?<redirectedFrom>[^']*)'\) )?from origin '(?<origin>[^']*)' has been blocked by CORS policy/;

/** What Chromium puts before a failed CORS check of a preflight. */
export const chromiumPreflightPrefix = /Response to preflight request doesn['\u2019]t pass access control check/;

const errorStrings = 'Chromium: third_party/blink/renderer/platform/loader/cors/cors_error_string.cc';
const observed = `${errorStrings}; observed on Chromium 156`;
const olderLoader = 'Chromium before 2018: third_party/WebKit/Source/core/loader/DocumentThreadableLoader.cpp';
const networkErrors = 'Chromium: net/base/net_error_list.h; observed on Chromium 156';

type Row = readonly [name: string, code: MessageCode, pattern: RegExp, source: string, preflight?: boolean];

const rows: readonly Row[] = [
  [
    'kWildcardOriginNotAllowed',
    'wildcard-with-credentials',
    /The value of the 'Access-Control-Allow-Origin' header (?:in the response )?must not be the wildcard '\*'/,
    observed,
  ],
  [
    'kMissingAllowOriginHeader',
    'missing-allow-origin',
    // People quote it without its end.
    /No 'Access-Control-Allow-Origin' header is present\b/,
    observed,
  ],
  [
    'kMultipleAllowOriginValues',
    'multiple-allow-origin',
    /The 'Access-Control-Allow-Origin' header contains multiple values(?: '(?<value>.*?)', but only one is allowed)?/,
    observed,
  ],
  [
    'kInvalidAllowOriginValue',
    'invalid-allow-origin',
    /The 'Access-Control-Allow-Origin' header contains the invalid value '(?<value>.*?)'\./,
    observed,
  ],
  [
    'kAllowOriginMismatch',
    'allow-origin-mismatch',
    /The 'Access-Control-Allow-Origin' header has a value (?:'(?<value>.*?)' )?that is not equal to the supplied origin/,
    observed,
  ],
  [
    'kInvalidAllowCredentials',
    'invalid-allow-credentials',
    /The value of the 'Access-Control-Allow-Credentials' header in the response is '(?<value>.*?)' which must be 'true'/,
    observed,
  ],
  ['kPreflightInvalidStatus', 'preflight-not-ok', /It does not have HTTP ok status/, observed, true],
  ['kPreflightDisallowedRedirect', 'preflight-redirect', /Redirect is not allowed for a preflight request/, observed, true],
  [
    'kInvalidAllowMethodsPreflightResponse',
    'malformed-allow-methods',
    /Cannot parse Access-Control-Allow-Methods response header field in preflight response/,
    observed,
    true,
  ],
  [
    'kInvalidAllowHeadersPreflightResponse',
    'malformed-allow-headers',
    /Cannot parse Access-Control-Allow-Headers response header field in preflight response/,
    observed,
    true,
  ],
  [
    'kMethodDisallowedByPreflightResponse',
    'method-not-allowed',
    /Method (?<method>\S+) is not allowed by Access-Control-Allow-Methods in preflight response/,
    observed,
    true,
  ],
  [
    'kHeaderDisallowedByPreflightResponse',
    'header-not-allowed',
    /Request header field (?<header>\S+) is not allowed by Access-Control-Allow-Headers in preflight response/,
    observed,
    true,
  ],
  [
    'kRedirectContainsCredentials',
    'redirect-with-credentials',
    /Redirect location '(?<value>.*?)' contains a username and password/,
    observed,
    false,
  ],
  ['kCorsDisabledScheme', 'scheme-not-http', /Cross origin requests are only supported for protocol schemes: /, observed, false],
  ['kDisallowedByMode', 'same-origin-mode', /Cross origin requests are not allowed by request mode/, errorStrings, false],
  ['kInvalidResponse', 'no-response', /has been blocked by CORS policy: The response is invalid/, errorStrings],
  [
    'kInsecurePrivateNetwork',
    'local-network-access',
    /The request client is not a secure context and the resource is in more-private address space `(?<value>\S+)`/,
    errorStrings,
  ],
  [
    'kPreflightMissingAllowPrivateNetwork',
    'local-network-access',
    /No 'Access-Control-Allow-Private-Network' header was present in the preflight response/,
    errorStrings,
    true,
  ],
  [
    'kPreflightInvalidAllowPrivateNetwork',
    'local-network-access',
    /The 'Access-Control-Allow-Private-Network' header in the preflight response .{0,120} had a value of '(?<value>.*?)',\s+not 'true'/,
    errorStrings,
    true,
  ],
  [
    'kInvalidPrivateNetworkAccess',
    'local-network-access',
    /Request had a target IP address space of `\S+` yet the resource is in address space `(?<value>\S+)`/,
    errorStrings,
  ],
  [
    'kUnexpectedPrivateNetworkAccess',
    'local-network-access',
    /Request had no target IP address space, yet the resource is in address space `(?<value>\S+)`/,
    errorStrings,
  ],
  [
    'kPrivateNetworkAccessPermissionUnavailable',
    'local-network-access',
    /Unable to ask for permission to access the `(?<value>\S+)` (?:IP )?address space/,
    errorStrings,
  ],
  [
    'kLocalNetworkAccessPermissionDenied',
    'local-network-access',
    /Permission was denied for this request to access the `(?<value>\S+)` address space/,
    errorStrings,
  ],
  [
    'invalid preflight status',
    'preflight-not-ok',
    /Response for preflight has invalid HTTP status code (?<status>[0-9]{3})/,
    olderLoader,
    true,
  ],
  ['invalid preflight redirect', 'preflight-redirect', /Response for preflight is invalid \(redirect\)/, olderLoader, true],
  [
    'credentials flag',
    'invalid-allow-credentials',
    /Credentials flag is 'true', but the 'Access-Control-Allow-Credentials' header is '(?<value>.*?)'/,
    olderLoader,
  ],
  [
    'fetch mode same-origin',
    'same-origin-mode',
    /Fetch API cannot load (?<url>\S+)\. Request mode is "same-origin" but the URL's origin is not same as the request origin (?<origin>\S+?)\.(?:\s|$)/,
    'Chromium: third_party/blink/renderer/core/fetch/fetch_manager.cc; observed on Chromium 156',
    false,
  ],
  [
    'fetch scheme',
    'scheme-not-http',
    /Fetch API cannot load (?<url>\S+)\. URL scheme "(?<value>[^"]*)" is not supported/,
    'Chromium: third_party/blink/renderer/core/fetch/fetch_manager.cc; observed on Chromium 156',
    false,
  ],
  ['ERR_UNSAFE_REDIRECT', 'redirect-to-other-scheme', /net::ERR_UNSAFE_REDIRECT/, networkErrors, false],
  ['ERR_INVALID_REDIRECT', 'redirect-not-allowed', /net::ERR_INVALID_REDIRECT/, networkErrors],
  // From here on the wording names no reason, so anything above goes first.
  ['preflight check', 'no-details', chromiumPreflightPrefix, errorStrings, true],
  ['blocked by CORS policy', 'no-details', /has been blocked by CORS policy/, errorStrings],
  ['ERR_FAILED', 'no-details', /Failed to load resource: net::ERR_FAILED/, networkErrors],
];

/** Chromium's wordings (Chrome, Edge, Opera, Brave …), the telling ones first. */
export const chromiumPatterns: readonly MessagePattern[] = rows.map(([name, code, pattern, source, preflight]) => ({
  name,
  browser: 'chromium',
  code,
  pattern,
  source,
  ...(preflight === undefined ? {} : { preflight }),
}));
