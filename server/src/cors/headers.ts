/**
 * The names of the CORS protocol: its request and response headers, the request headers a page may not set, and the
 * methods and response headers that need no permission (Fetch standard, sections 2.2.1, 2.2.2 and 3.3).
 */
import { asciiLower, asciiUpper } from './token.ts';

/** Response headers of the CORS protocol (Fetch standard, section 3.3.3), in canonical spelling. */
export const corsResponseHeaders = [
  'Access-Control-Allow-Origin',
  'Access-Control-Allow-Credentials',
  'Access-Control-Allow-Methods',
  'Access-Control-Allow-Headers',
  'Access-Control-Max-Age',
  'Access-Control-Expose-Headers',
] as const;
export type CorsResponseHeader = (typeof corsResponseHeaders)[number];

/** Request headers of the CORS protocol (Fetch standard, section 3.3.2); `Origin` is the third. */
export const corsRequestHeaders = ['Origin', 'Access-Control-Request-Method', 'Access-Control-Request-Headers'] as const;
export type CorsRequestHeader = (typeof corsRequestHeaders)[number];

/** Names that belonged to Private Network Access, which no browser enforces any more (behaviour 4.11). */
export const privateNetworkHeaders = [
  'Access-Control-Allow-Private-Network',
  'Access-Control-Request-Private-Network',
  'Access-Control-Allow-External',
  'Access-Control-Request-External',
] as const;

const canonicalNames: ReadonlyMap<string, string> = new Map(
  [...corsResponseHeaders, ...corsRequestHeaders, ...privateNetworkHeaders].map((name) => [asciiLower(name), name]),
);
const responseNames: ReadonlyMap<string, CorsResponseHeader> = new Map(corsResponseHeaders.map((name) => [asciiLower(name), name]));
const requestNames: ReadonlyMap<string, CorsRequestHeader> = new Map(corsRequestHeaders.map((name) => [asciiLower(name), name]));

/** The CORS response header that a name means, in any letter case. */
export function corsResponseHeader(name: string): CorsResponseHeader | undefined {
  return responseNames.get(asciiLower(name));
}

/** The CORS request header that a name means, in any letter case. */
export function corsRequestHeader(name: string): CorsRequestHeader | undefined {
  return requestNames.get(asciiLower(name));
}

/** The canonical spelling of any header name of the CORS protocol, retired ones included. */
export function canonicalCorsName(name: string): string | undefined {
  return canonicalNames.get(asciiLower(name));
}

/** Methods that need no preflight and no mention in Access-Control-Allow-Methods (Fetch standard, section 2.2.1). */
export const safelistedMethods: readonly string[] = ['GET', 'HEAD', 'POST'];

/** Methods that fetch() and XMLHttpRequest refuse. */
export const forbiddenMethods: readonly string[] = ['CONNECT', 'TRACE', 'TRACK'];

/** Methods whose letter case a browser mends ("normalize", Fetch standard, section 2.2.1). PATCH is not one of them. */
export const normalisedMethods: readonly string[] = ['DELETE', 'GET', 'HEAD', 'OPTIONS', 'POST', 'PUT'];

/** The method as a browser sends it: `put` becomes `PUT`, `patch` stays `patch` (behaviour 4.5). */
export function normaliseMethod(method: string): string {
  const upper = asciiUpper(method);
  return normalisedMethods.includes(upper) ? upper : method;
}

/** Whether a method, as a page wrote it, is one of GET, HEAD and POST once the browser has normalised it. */
export function isSafelistedMethod(method: string): boolean {
  return safelistedMethods.includes(normaliseMethod(method));
}

/** Response headers that a page may always read (Fetch standard, "CORS-safelisted response-header name"). */
export const safelistedResponseHeaders = [
  'Cache-Control',
  'Content-Language',
  'Content-Length',
  'Content-Type',
  'Expires',
  'Last-Modified',
  'Pragma',
] as const;

const safelistedResponseNames = new Set<string>(safelistedResponseHeaders.map(asciiLower));

/** Whether a page may read this response header without Access-Control-Expose-Headers. */
export function isSafelistedResponseHeader(name: string): boolean {
  return safelistedResponseNames.has(asciiLower(name));
}

/** Response headers that no page may ever read, exposed or not ("forbidden response-header name"). */
export const forbiddenResponseHeaders: readonly string[] = ['Set-Cookie', 'Set-Cookie2'];

/** Whether a response header stays hidden from every page. */
export function isForbiddenResponseHeader(name: string): boolean {
  const lower = asciiLower(name);
  return lower === 'set-cookie' || lower === 'set-cookie2';
}

/** Request headers that a page cannot set: the browser drops them silently ("forbidden request-header"). */
export const forbiddenRequestHeaders = [
  'Accept-Charset',
  'Accept-Encoding',
  'Access-Control-Request-Headers',
  'Access-Control-Request-Method',
  'Connection',
  'Content-Length',
  'Cookie',
  'Cookie2',
  'Date',
  'DNT',
  'Expect',
  'Host',
  'Keep-Alive',
  'Origin',
  'Referer',
  'Set-Cookie',
  'TE',
  'Trailer',
  'Transfer-Encoding',
  'Upgrade',
  'Via',
] as const;

const forbiddenRequestNames = new Set<string>(forbiddenRequestHeaders.map(asciiLower));
const methodOverrideNames = new Set(['x-http-method', 'x-http-method-override', 'x-method-override']);

/**
 * Whether the browser drops a request header that a page sets (Fetch standard, "forbidden request-header"). The value
 * only matters for the method override headers, which are dropped where they name a forbidden method.
 */
export function isForbiddenRequestHeader(name: string, value = ''): boolean {
  const lower = asciiLower(name);
  if (forbiddenRequestNames.has(lower) || lower.startsWith('proxy-') || lower.startsWith('sec-')) return true;
  if (!methodOverrideNames.has(lower)) return false;
  return value.split(',').some((method) => forbiddenMethods.includes(asciiUpper(method.trim())));
}

/** Request headers that may be sent without permission as long as their value is harmless (`safelist.ts`). */
export const safelistedRequestHeaders = ['Accept', 'Accept-Language', 'Content-Language', 'Content-Type', 'Range'] as const;

/** Request headers that `*` in Access-Control-Allow-Headers does not cover by the standard (behaviour 4.4). */
export const nonWildcardRequestHeaders: readonly string[] = ['Authorization'];

/** Headers that are meant for scripts by their names; everything else may be meant for the browser or a proxy. */
const forScripts =
  /^(?:x-total.*|x-page.*|x-pagination.*|x-per-page|x-next-page|x-request-id|x-correlation-id|x-ratelimit-.*|ratelimit(?:-.*)?|retry-after|link|location|content-disposition|content-range|x-api-version|x-version|x-csrf-token|x-xsrf-token|x-auth-token|x-access-token|x-refresh-token|authorization|x-count|x-cursor|x-has-more|x-file-name|x-filename|total-count)$/;

/** Whether a response header is one that pages' scripts read, in any letter case. */
export function isMeantForScripts(name: string): boolean {
  return forScripts.test(name.toLowerCase());
}
