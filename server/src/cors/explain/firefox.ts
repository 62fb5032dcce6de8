import type { MessageCode, MessagePattern } from './message-pattern.ts';

/** What precedes each reason: `Cross-Origin Request Blocked: … disallows reading the remote resource at URL. (Reason: …`. */
export const firefoxFrame =
  /The Same Origin Policy (?:disallows|will disallow) reading the remote resource(?: at [\u2018']?(?<url>[^\s\u2019']*[^\s\u2019'.])[\u2019']?)?/;

/** A name between Firefox's quotation marks, or plain ones as in its documentation. */
const quoted = (text: string): string => `[\u2018'"\`]${text}[\u2019'"\`]`;
const reason = (text: string): RegExp => new RegExp(text);

const properties = 'Firefox: dom/locales/en-US/chrome/security/security.properties';
const mdn = 'MDN: Reason: CORS …, and older Firefox';

type Row = readonly [name: string, code: MessageCode, pattern: RegExp, source: string, preflight?: boolean];

const rows: readonly Row[] = [
  ['CORSDisabled', 'cors-disabled', /CORS disabled/, properties],
  ['CORSOriginHeaderNotAdded', 'origin-not-added', reason(`CORS header ${quoted('Origin')} cannot be added`), properties],
  ['CORSExternalRedirectNotAllowed', 'redirect-not-allowed', /CORS request external redirect not allowed/, properties],
  ['CORSRequestNotHttp', 'scheme-not-http', /CORS request not (?:http|HTTP)/, properties],
  [
    'CORSMissingAllowOrigin2',
    'missing-allow-origin',
    reason(`CORS header ${quoted('Access-Control-Allow-Origin')} missing\\)?\\.?(?: Status code: (?<status>[0-9]{3}))?`),
    properties,
  ],
  [
    'CORSMultipleAllowOriginNotAllowed',
    'multiple-allow-origin',
    reason(`Multiple CORS header ${quoted('Access-Control-Allow-Origin')} not allowed`),
    properties,
  ],
  [
    'CORSAllowOriginNotMatchingOrigin',
    'allow-origin-mismatch',
    reason(`CORS header ${quoted('Access-Control-Allow-Origin')} does not match ${quoted('(?<value>.*?)')}(?=\\)|\\.|$|\\s)`),
    properties,
  ],
  [
    'CORSNotSupportingCredentials',
    'wildcard-with-credentials',
    reason(`Credential is not supported if the CORS header ${quoted('Access-Control-Allow-Origin')} is ${quoted('\\*')}`),
    properties,
  ],
  [
    'CORSMethodNotFound',
    'method-not-allowed',
    reason(`Did not find method in CORS header ${quoted('Access-Control-Allow-Methods')}`),
    properties,
    true,
  ],
  [
    'CORSMissingAllowCredentials',
    'invalid-allow-credentials',
    reason(`expected ${quoted('true')} in CORS header ${quoted('Access-Control-Allow-Credentials')}`),
    properties,
  ],
  [
    'CORSPreflightDidNotSucceed3',
    'preflight-not-ok',
    /CORS preflight response did not succeed\)?\.?(?: Status code: (?<status>[0-9]{3}|\(null\)))?/,
    properties,
    true,
  ],
  ['CORSPreflightDidNotSucceed', 'preflight-not-ok', /CORS preflight channel did not succeed/, mdn, true],
  [
    'CORSInvalidAllowMethod',
    'malformed-allow-methods',
    reason(`invalid token ${quoted('(?<value>.*?)')} in CORS header ${quoted('Access-Control-Allow-Methods')}`),
    properties,
    true,
  ],
  [
    'CORSInvalidAllowHeader',
    'malformed-allow-headers',
    reason(`invalid token ${quoted('(?<value>.*?)')} in CORS header ${quoted('Access-Control-Allow-Headers')}`),
    properties,
    true,
  ],
  [
    'CORSMissingAllowHeaderFromPreflight2',
    'header-not-allowed',
    reason(
      `header ${quoted('(?<header>\\S+?)')} is not allowed according to header ${quoted('Access-Control-Allow-Headers')} from CORS preflight response`,
    ),
    properties,
    true,
  ],
  [
    'CORSMissingAllowHeaderFromPreflight',
    'header-not-allowed',
    reason(
      `missing token ${quoted('(?<header>\\S+?)')} in CORS header ${quoted('Access-Control-Allow-Headers')} from CORS preflight channel`,
    ),
    mdn,
    true,
  ],
  [
    'CORSAllowHeaderFromPreflightDeprecation',
    'authorization-behind-wildcard',
    /the [`'\u2018]Authorization[`'\u2019] header is not covered/,
    properties,
    true,
  ],
  ['CORSDidNotSucceed2', 'no-response', /CORS request did not succeed\)?\.?(?: Status code: (?<status>[0-9]{3}|\(null\)))?/, properties],
  // The wording without a reason goes last.
  [
    'Cross-Origin Request Blocked',
    'no-details',
    /Cross-Origin Request Blocked: The Same Origin Policy disallows reading the remote resource/,
    properties,
  ],
];

/** Firefox's wordings. */
export const firefoxPatterns: readonly MessagePattern[] = rows.map(([name, code, pattern, source, preflight]) => ({
  name,
  browser: 'firefox',
  code,
  pattern,
  source,
  ...(preflight === undefined ? {} : { preflight }),
}));
