/**
 * Which request headers may be sent without the server's permission: the safelists of the Fetch standard
 * (section 2.2.2), on which it depends whether a preflight goes first.
 */
import { isForbiddenRequestHeader } from './headers.ts';
import { asciiLower, isToken, trimHttpWhitespace } from './token.ts';

/** Longest value, in bytes, that a safelisted request header may have. */
export const maxSafelistedValueLength = 128;
/** Bytes that the values of all safelisted request headers of a request may have together. */
export const maxSafelistedValuesLength = 1024;

export type RequestHeader = readonly [name: string, value: string];

/** "CORS-unsafe request-header byte": controls but tab, and `"():<>?@[\]{}` and DEL. */
// eslint-disable-next-line no-control-regex -- the standard names control characters
const unsafeByte = /[\x00-\x08\x0a-\x1f"():<>?@[\\\]{}\x7f]/;
const languageValue = /^[0-9A-Za-z *,\-.;=]*$/;
const simpleContentTypes = ['application/x-www-form-urlencoded', 'multipart/form-data', 'text/plain'];

/** The essence of a MIME type in lower case (MIME Sniffing standard, "parse a MIME type"), or undefined. */
export function mimeEssence(value: string): string | undefined {
  const text = trimHttpWhitespace(value);
  const slash = text.indexOf('/');
  if (slash < 0) return undefined;
  const type = text.slice(0, slash);
  const semicolon = text.indexOf(';', slash);
  const subtype = trimHttpWhitespace(`/${text.slice(slash + 1, semicolon < 0 ? undefined : semicolon)}`).slice(1);
  if (!isToken(type) || !isToken(subtype)) return undefined;
  return asciiLower(`${type}/${subtype}`);
}

/** "Simple range header value" with a start: `bytes=0-` and `bytes=0-99`, not `bytes=-5` and not two ranges. */
function isSafelistedRange(value: string): boolean {
  const match = /^bytes[\t ]*=[\t ]*([0-9]+)[\t ]*-[\t ]*([0-9]*)$/.exec(value);
  if (match === null) return false;
  const [, start = '', end = ''] = match;
  return end === '' || BigInt(start) <= BigInt(end);
}

/** Whether a header is a "CORS-safelisted request-header". `value` is one byte a character, as HTTP has it. */
export function isSafelistedRequestHeader(name: string, value: string): boolean {
  if (value.length > maxSafelistedValueLength) return false;
  switch (asciiLower(name)) {
    case 'accept':
      return !unsafeByte.test(value);
    case 'accept-language':
    case 'content-language':
      return languageValue.test(value);
    case 'content-type': {
      const essence = mimeEssence(value);
      return !unsafeByte.test(value) && essence !== undefined && simpleContentTypes.includes(essence);
    }
    case 'range':
      return isSafelistedRange(value);
    default:
      return false;
  }
}

/** The headers that go out: the browser drops those a page may not set. Values lose surrounding whitespace. */
export function sentHeaders(headers: readonly RequestHeader[]): RequestHeader[] {
  return headers
    .map(([name, value]): RequestHeader => [name, trimHttpWhitespace(value)])
    .filter(([name, value]) => !isForbiddenRequestHeader(name, value));
}

/**
 * "CORS-unsafe request-header names": lower case, sorted, without duplicates. All of the safelisted ones become unsafe
 * where their values exceed 1024 bytes together. Forbidden headers are left out, as no page can set them.
 */
export function unsafeRequestHeaderNames(headers: readonly RequestHeader[]): string[] {
  const unsafe: string[] = [];
  const safelisted: string[] = [];
  let total = 0;
  for (const [name, value] of sentHeaders(headers)) {
    if (isSafelistedRequestHeader(name, value)) {
      safelisted.push(asciiLower(name));
      total += value.length;
    } else {
      unsafe.push(asciiLower(name));
    }
  }
  const names = total > maxSafelistedValuesLength ? [...unsafe, ...safelisted] : unsafe;
  return [...new Set(names)].sort();
}
