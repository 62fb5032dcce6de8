/**
 * What a browser decides about a cross-origin exchange: the CORS protocol of the Fetch standard as a function of one
 * request and what is known of its response. Three-valued: `unknown` wherever something unknown could turn the
 * verdict, and decided wherever it could not. Every request here is cross-origin with mode "cors".
 */
import { normaliseMethod, nonWildcardRequestHeaders, safelistedMethods } from './headers.ts';
import { exposedHeaders } from './exposed.ts';
import { HeaderLines } from './header-lines.ts';
import { parseUrl } from './parse-url.ts';
import { chromiumWords, preflightPrefix } from './reasons.ts';
import type { BlockedCode, ReasonCode } from './reasons.ts';
import { unsafeRequestHeaderNames } from './safelist.ts';
import { asciiLower } from './token.ts';

export type { ReasonCode } from './reasons.ts';

export type CredentialsMode = 'omit' | 'same-origin' | 'include';

/** A request as a page makes it, before the browser normalises the method and drops forbidden headers. */
export interface FetchRequest {
  /** Serialized; `null` for an opaque one. */
  readonly origin: string;
  readonly method: string;
  readonly headers: readonly (readonly [name: string, value: string])[];
  readonly credentials: CredentialsMode;
}

/** What is known of a response. */
export interface FetchResponse {
  /** null: unknown. */
  readonly status: number | null;
  /** Wire order, one entry a line; a null value is sent but unknown. */
  readonly headers: readonly (readonly [name: string, value: string | null])[];
  /** Lower-case names of which another line may or may not be there. */
  readonly maybe: readonly string[];
  /** false: an unknown upstream may add lines of any name. */
  readonly complete: boolean;
}

export type Verdict = 'allowed' | 'blocked' | 'unknown';

/** The steps in the order in which Chromium takes them; by the standard the order makes no difference. */
export type StepName =
  | 'no-redirect'
  | 'allow-origin'
  | 'allow-credentials'
  | 'ok-status'
  | 'parse-allow-methods'
  | 'parse-allow-headers'
  | 'method'
  | 'request-headers'
  | 'redirect';

export interface Step {
  readonly name: StepName;
  readonly outcome: 'passed' | 'failed' | 'unknown';
  readonly code: ReasonCode;
  /** One sentence: for a failed step Chromium's words without the prefix of a preflight. */
  readonly text: string;
}

export interface Judgement {
  readonly verdict: Verdict;
  /** Of the first failed step, else of the first unknown one, else `allowed`. */
  readonly reasonCode: ReasonCode;
  /** The reason in the words of Chromium's console, without "Access to fetch at … by CORS policy: ". */
  readonly reason: string;
  /** Every step of the algorithm with its outcome, also those after a failed one. */
  readonly steps: readonly Step[];
  /**
   * Names that the page may read if the response carries them: the safelisted ones and those that
   * Access-Control-Expose-Headers adds. `*` stands for all others. Empty for a blocked response and for a preflight.
   */
  readonly exposed: readonly string[];
}

/** Why a preflight goes first. */
export type PreflightCause =
  | { readonly kind: 'method'; readonly method: string }
  /** `name` in lower case. */
  | { readonly kind: 'header'; readonly name: string };

/** What in a request demands a preflight (Fetch standard, main fetch); empty: none is sent. */
export function preflightCauses(request: FetchRequest): PreflightCause[] {
  const method = normaliseMethod(request.method);
  const causes: PreflightCause[] = safelistedMethods.includes(method) ? [] : [{ kind: 'method', method }];
  for (const name of unsafeRequestHeaderNames(request.headers)) causes.push({ kind: 'header', name });
  return causes;
}

/** Whether the browser asks first with an OPTIONS request. The reasons are `preflightCauses`. */
export function needsPreflight(request: FetchRequest): boolean {
  return preflightCauses(request).length > 0;
}

/** The preflight request (Fetch standard, CORS-preflight fetch, steps 1 to 5). It never carries credentials. */
export function preflightFor(request: FetchRequest): { method: 'OPTIONS'; headers: [string, string][] } {
  const headers: [string, string][] = [
    ['Accept', '*/*'],
    ['Origin', request.origin],
    ['Access-Control-Request-Method', normaliseMethod(request.method)],
  ];
  const names = unsafeRequestHeaderNames(request.headers);
  if (names.length > 0) headers.push(['Access-Control-Request-Headers', names.join(',')]);
  return { method: 'OPTIONS', headers };
}

const passed = (name: StepName, text: string): Step => ({ name, outcome: 'passed', code: 'allowed', text });
const unknown = (name: StepName, code: ReasonCode, text: string): Step => ({ name, outcome: 'unknown', code, text });
const failed = (name: StepName, code: BlockedCode, hint = ''): Step => ({
  name,
  outcome: 'failed',
  code,
  text: chromiumWords[code](hint),
});

/** Why nothing can be said of a header whose lines are not all known. */
function whyOpen(lines: HeaderLines): string {
  if (lines.hasUnknownValue) return `The value of ${lines.name} is not known.`;
  if (lines.values.length > 0) return `Another ${lines.name} line may be sent as well, and two of them are not allowed.`;
  return `Whether ${lines.name} is sent is not known.`;
}

/** CORS check, steps 1 to 4 (Fetch standard, section 4.9): the origin. */
function checkOrigin(request: FetchRequest, response: FetchResponse): Step {
  const lines = new HeaderLines('Access-Control-Allow-Origin', response);
  const credentials = request.credentials === 'include';
  const combined = lines.combined;
  if (lines.count === 0) {
    return lines.open ? unknown('allow-origin', 'unknown-allow-origin', whyOpen(lines)) : failed('allow-origin', 'missing-allow-origin');
  }
  // However the unknown ones read, a combined value of two lines holds a comma and a space and equals no origin.
  if (lines.count > 1) return failed('allow-origin', 'multiple-allow-origin', lines.display);
  if (combined === undefined) return unknown('allow-origin', 'unknown-allow-origin', whyOpen(lines));
  const matches = combined === request.origin || (combined === '*' && !credentials);
  if (matches && lines.open) return unknown('allow-origin', 'unknown-allow-origin', whyOpen(lines));
  if (matches) {
    return passed(
      'allow-origin',
      combined === '*' ? 'Access-Control-Allow-Origin allows every origin.' : 'Access-Control-Allow-Origin equals the origin.',
    );
  }
  // A further line would not mend a value that does not match.
  if (combined === '*') return failed('allow-origin', 'wildcard-with-credentials');
  if (/[ ,]/.test(combined)) return failed('allow-origin', 'multiple-allow-origin', combined);
  if (combined !== 'null' && parseUrl(combined) === undefined) return failed('allow-origin', 'invalid-allow-origin', combined);
  return failed('allow-origin', 'allow-origin-mismatch', combined);
}

/** CORS check, steps 5 to 8: the credentials. */
function checkCredentials(request: FetchRequest, response: FetchResponse): Step {
  if (request.credentials !== 'include') return passed('allow-credentials', 'No credentials are sent.');
  const lines = new HeaderLines('Access-Control-Allow-Credentials', response);
  if (lines.count === 0) {
    return lines.open
      ? unknown('allow-credentials', 'unknown-allow-credentials', whyOpen(lines))
      : failed('allow-credentials', 'invalid-allow-credentials', '');
  }
  if (lines.count > 1) return failed('allow-credentials', 'invalid-allow-credentials', lines.display);
  if (lines.combined === undefined) return unknown('allow-credentials', 'unknown-allow-credentials', whyOpen(lines));
  if (lines.combined !== 'true') return failed('allow-credentials', 'invalid-allow-credentials', lines.combined);
  if (lines.open) return unknown('allow-credentials', 'unknown-allow-credentials', whyOpen(lines));
  return passed('allow-credentials', 'Access-Control-Allow-Credentials is true.');
}

const redirectStatuses: readonly number[] = [301, 302, 303, 307, 308];

/** Whether a status makes a browser look for a Location ("redirect status", Fetch standard, section 2.2.3). */
export function isRedirectStatus(status: number): boolean {
  return redirectStatuses.includes(status);
}

function checkPreflightStatus(status: number | null): Step[] {
  if (status === null) {
    return [unknown('ok-status', 'unknown-preflight-status', 'The status of the preflight response is not known; it must be 200–299.')];
  }
  if (isRedirectStatus(status)) return [failed('no-redirect', 'preflight-redirect'), failed('ok-status', 'preflight-not-ok')];
  const noRedirect = passed('no-redirect', 'The preflight response is no redirect.');
  if (status < 200 || status > 299) return [noRedirect, failed('ok-status', 'preflight-not-ok')];
  return [noRedirect, passed('ok-status', `The status ${String(status)} is an ok status.`)];
}

interface AllowList {
  readonly step: Step;
  readonly tokens: readonly string[];
  /** Further tokens may be allowed by what is not known. */
  readonly open: boolean;
}

function readAllowList(response: FetchResponse, kind: 'methods' | 'headers'): AllowList {
  const name = kind === 'methods' ? 'parse-allow-methods' : 'parse-allow-headers';
  const lines = new HeaderLines(kind === 'methods' ? 'Access-Control-Allow-Methods' : 'Access-Control-Allow-Headers', response);
  const list = lines.tokens;
  if (!list.ok) {
    const code = kind === 'methods' ? 'malformed-allow-methods' : 'malformed-allow-headers';
    return { step: failed(name, code), tokens: [], open: false };
  }
  if (lines.open || lines.hasUnknownValue) {
    const code = kind === 'methods' ? 'unknown-allow-methods' : 'unknown-allow-headers';
    const text = lines.hasUnknownValue
      ? `The value of ${lines.name} is not known.`
      : `Further ${lines.name} lines may be sent, and could be malformed.`;
    return { step: unknown(name, code, text), tokens: list.tokens, open: true };
  }
  const text = lines.count === 0 ? `No ${lines.name} is sent.` : `${lines.name} is a list of tokens.`;
  return { step: passed(name, text), tokens: list.tokens, open: false };
}

/** CORS-preflight fetch, step 7.5: the method. */
function checkMethod(request: FetchRequest, allowed: AllowList): Step {
  const method = normaliseMethod(request.method);
  if (safelistedMethods.includes(method)) return passed('method', `${method} needs no permission.`);
  if (allowed.tokens.includes(method)) return passed('method', `${method} is in Access-Control-Allow-Methods.`);
  if (allowed.tokens.includes('*') && request.credentials !== 'include')
    return passed('method', 'Access-Control-Allow-Methods allows every method.');
  if (allowed.open)
    return unknown('method', 'unknown-allow-methods', `Whether Access-Control-Allow-Methods allows ${method} is not known.`);
  return failed('method', 'method-not-allowed', method);
}

/** CORS-preflight fetch, steps 7.6 and 7.7: the request headers. Of several that are missing the first by name is the reason. */
function checkHeaders(request: FetchRequest, allowed: AllowList): Step {
  const names = unsafeRequestHeaderNames(request.headers);
  if (names.length === 0) return passed('request-headers', 'No request header needs permission.');
  const listed = new Set(allowed.tokens.map(asciiLower));
  const wildcard = listed.has('*') && request.credentials !== 'include';
  const needsListing = (name: string): boolean => nonWildcardRequestHeaders.some((header) => asciiLower(header) === name);
  const missing = names.filter((name) => !listed.has(name) && (!wildcard || needsListing(name)));
  const [first] = missing;
  if (first === undefined) return passed('request-headers', `Access-Control-Allow-Headers allows ${names.join(', ')}.`);
  if (allowed.open)
    return unknown('request-headers', 'unknown-allow-headers', `Whether Access-Control-Allow-Headers allows ${first} is not known.`);
  return failed('request-headers', wildcard ? 'authorization-behind-wildcard' : 'header-not-allowed', first);
}

/** Steps that are part of the CORS check, whose failures Chromium introduces with the prefix of a preflight. */
const prefixed: readonly StepName[] = ['no-redirect', 'allow-origin', 'allow-credentials', 'ok-status'];

function judge(steps: readonly Step[], preflight: boolean, exposed: readonly string[], allowed: string): Judgement {
  const failure = steps.find((step) => step.outcome === 'failed');
  if (failure !== undefined) {
    const prefix = preflight && prefixed.includes(failure.name) ? preflightPrefix : '';
    return { verdict: 'blocked', reasonCode: failure.code, reason: prefix + failure.text, steps, exposed: [] };
  }
  const open = steps.find((step) => step.outcome === 'unknown');
  if (open !== undefined) return { verdict: 'unknown', reasonCode: open.code, reason: open.text, steps, exposed };
  return { verdict: 'allowed', reasonCode: 'allowed', reason: allowed, steps, exposed };
}

/** CORS-preflight fetch, step 7 (Fetch standard, section 4.8): whether the actual request may be sent. */
export function judgePreflight(request: FetchRequest, response: FetchResponse): Judgement {
  const [first, ...others] = checkPreflightStatus(response.status);
  const status = [first, ...others].filter((step): step is Step => step !== undefined);
  const methods = readAllowList(response, 'methods');
  const headers = readAllowList(response, 'headers');
  const steps = [
    ...status.filter((step) => step.name === 'no-redirect'),
    checkOrigin(request, response),
    checkCredentials(request, response),
    ...status.filter((step) => step.name === 'ok-status'),
    methods.step,
    headers.step,
    checkMethod(request, methods),
    checkHeaders(request, headers),
  ];
  return judge(steps, true, [], 'The preflight response allows the request.');
}

/** HTTP-redirect fetch, the steps that concern CORS (Fetch standard, section 4.4). */
function checkRedirect(response: FetchResponse): Step[] {
  if (response.status === null || !isRedirectStatus(response.status)) return [];
  const location = new HeaderLines('Location', response).combined;
  const where = location === undefined || location === '' ? '' : ` to '${location}'`;
  const followed = unknown('redirect', 'redirected', `The response redirects${where}: the exchange at that address decides.`);
  if (location === undefined) return [followed];
  // A relative location stays on http or https, whatever the address of the request.
  const url = parseUrl(location, 'https://relative.invalid/');
  if (url === undefined) return [followed];
  if (url.protocol !== 'http:' && url.protocol !== 'https:') return [failed('redirect', 'redirect-to-other-scheme')];
  if (url.username !== '' || url.password !== '') return [failed('redirect', 'redirect-with-credentials')];
  return [followed];
}

/**
 * The CORS check of the response itself, and what a redirect means for it (Fetch standard, HTTP fetch and HTTP-redirect
 * fetch). The status matters only where it is a redirect: a page may read a 500 that passes the check. A redirect is
 * `unknown` unless it is certainly refused, because the exchange at the other address decides.
 */
export function judgeActual(request: FetchRequest, response: FetchResponse): Judgement {
  const steps = [checkOrigin(request, response), checkCredentials(request, response), ...checkRedirect(response)];
  return judge(steps, false, exposedHeaders(request, response), 'The page may read the response.');
}
