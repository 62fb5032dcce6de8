/**
 * Why a browser allows or blocks an exchange: a closed list of codes, and for each the words that Chromium's console
 * has for it (`third_party/blink/renderer/platform/loader/cors/cors_error_string.cc`; observed on Chromium 156 by
 * test/servers/chromium).
 */

/** The request may go on, or its response be read. */
type AllowedReason = 'allowed';

/** The response carries something, or lacks something, for which every browser blocks it. */
type BlockedReason =
  /** No Access-Control-Allow-Origin. */
  | 'missing-allow-origin'
  /** `*` as the allowed origin of a request with credentials. */
  | 'wildcard-with-credentials'
  /** Two Access-Control-Allow-Origin lines, or one with several values. */
  | 'multiple-allow-origin'
  /** Access-Control-Allow-Origin holds something that is not even a URL. */
  | 'invalid-allow-origin'
  /** Access-Control-Allow-Origin names another origin. */
  | 'allow-origin-mismatch'
  /** With credentials, Access-Control-Allow-Credentials is missing or not exactly `true`. */
  | 'invalid-allow-credentials'
  /** The preflight is answered by a status outside 200–299. */
  | 'preflight-not-ok'
  /** The preflight is answered by a redirect. */
  | 'preflight-redirect'
  /** Access-Control-Allow-Methods is not a token list. */
  | 'malformed-allow-methods'
  /** Access-Control-Allow-Headers is not a token list. */
  | 'malformed-allow-headers'
  /** The method is not in Access-Control-Allow-Methods. */
  | 'method-not-allowed'
  /** A request header is not in Access-Control-Allow-Headers. */
  | 'header-not-allowed'
  /** Authorization is covered only by `*` in Access-Control-Allow-Headers. */
  | 'authorization-behind-wildcard'
  /** The redirect's Location holds a user name or password. */
  | 'redirect-with-credentials'
  /** The redirect leads to something other than http and https. */
  | 'redirect-to-other-scheme';

/** What would decide is not known. */
type UnknownVerdictReason =
  | 'unknown-allow-origin'
  | 'unknown-allow-credentials'
  | 'unknown-preflight-status'
  | 'unknown-allow-methods'
  | 'unknown-allow-headers'
  /** The response redirects: the exchange at the other address decides. */
  | 'redirected';

/** Why `judgePreflight` and `judgeActual` judge as they do. */
export type ReasonCode = AllowedReason | BlockedReason | UnknownVerdictReason;

/** Every code once, for schemas, documentation and tests. */
export const reasonCodes = [
  'allowed',
  'missing-allow-origin',
  'wildcard-with-credentials',
  'multiple-allow-origin',
  'invalid-allow-origin',
  'allow-origin-mismatch',
  'invalid-allow-credentials',
  'preflight-not-ok',
  'preflight-redirect',
  'malformed-allow-methods',
  'malformed-allow-headers',
  'method-not-allowed',
  'header-not-allowed',
  'authorization-behind-wildcard',
  'redirect-with-credentials',
  'redirect-to-other-scheme',
  'unknown-allow-origin',
  'unknown-allow-credentials',
  'unknown-preflight-status',
  'unknown-allow-methods',
  'unknown-allow-headers',
  'redirected',
] as const satisfies readonly ReasonCode[];

const utf8 = new TextEncoder();

/** Chromium prints each byte outside printable ASCII as `\uXXXX`; a server sends its configuration as UTF-8. */
export function printable(text: string): string {
  return text.replace(/[^ -~]+/g, (part) =>
    Array.from(utf8.encode(part), (byte) => `\\u${byte.toString(16).toUpperCase().padStart(4, '0')}`).join(''),
  );
}

const validValueAdvice = ' Have the server send the header with a valid value.';

/** What goes before the words of a failed CORS check of a preflight. */
export const preflightPrefix = "Response to preflight request doesn't pass access control check: ";

/** Chromium's words for each failure; `hint` is the value, method or header name that failed. */
export const chromiumWords = {
  'missing-allow-origin': () => "No 'Access-Control-Allow-Origin' header is present on the requested resource.",
  'wildcard-with-credentials': () =>
    "The value of the 'Access-Control-Allow-Origin' header in the response must not be the wildcard '*' when the " +
    "request's credentials mode is 'include'.",
  'multiple-allow-origin': (hint: string) =>
    `The 'Access-Control-Allow-Origin' header contains multiple values '${printable(hint)}', but only one is allowed.` + validValueAdvice,
  'invalid-allow-origin': (hint: string) =>
    `The 'Access-Control-Allow-Origin' header contains the invalid value '${printable(hint)}'.${validValueAdvice}`,
  'allow-origin-mismatch': (hint: string) =>
    `The 'Access-Control-Allow-Origin' header has a value '${printable(hint)}' that is not equal to the supplied ` +
    `origin.${validValueAdvice}`,
  'invalid-allow-credentials': (hint: string) =>
    `The value of the 'Access-Control-Allow-Credentials' header in the response is '${printable(hint)}' which must be ` +
    "'true' when the request's credentials mode is 'include'.",
  'preflight-not-ok': () => 'It does not have HTTP ok status.',
  'preflight-redirect': () => 'Redirect is not allowed for a preflight request.',
  'malformed-allow-methods': () => 'Cannot parse Access-Control-Allow-Methods response header field in preflight response.',
  'malformed-allow-headers': () => 'Cannot parse Access-Control-Allow-Headers response header field in preflight response.',
  'method-not-allowed': (hint: string) => `Method ${printable(hint)} is not allowed by Access-Control-Allow-Methods in preflight response.`,
  'header-not-allowed': (hint: string) =>
    `Request header field ${printable(hint)} is not allowed by Access-Control-Allow-Headers in preflight response.`,
  'authorization-behind-wildcard': (hint: string) =>
    `Request header field ${printable(hint)} is not allowed by Access-Control-Allow-Headers in preflight response.`,
  // Chromium leaves the location out here.
  'redirect-with-credentials': () =>
    "Redirect location '' contains a username and password, which is disallowed for cross-origin requests.",
  'redirect-to-other-scheme': () =>
    'Cross origin requests are only supported for protocol schemes: chrome, chrome-experimental-site-token-provider, ' +
    'chrome-extension, chrome-untrusted, data, http, https, isolated-app.',
} as const satisfies Readonly<Record<BlockedReason, (hint: string) => string>>;

/** Why an exchange is blocked. */
export type BlockedCode = keyof typeof chromiumWords;

/** The whole line of Chromium's console for a blocked fetch(); `reason` is a judgement's. */
export function chromiumConsoleLine(url: string, origin: string, reason: string): string {
  return `Access to fetch at '${url}' from origin '${origin}' has been blocked by CORS policy: ${reason}`;
}
