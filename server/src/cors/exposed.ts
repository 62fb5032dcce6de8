import type { FetchRequest, FetchResponse } from './fetch.ts';
import { HeaderLines } from './header-lines.ts';
import { isForbiddenResponseHeader, safelistedResponseHeaders } from './headers.ts';
import { asciiLower } from './token.ts';

/**
 * The response headers that the page may read (Fetch standard, main fetch and "CORS-safelisted response-header name"):
 * the safelisted ones, then those of Access-Control-Expose-Headers as written there. Where `*` is in force the names of
 * all known lines follow, and `*` itself for those that are not known. Set-Cookie is never among them, and a malformed
 * list exposes nothing.
 */
export function exposedHeaders(request: FetchRequest, response: FetchResponse): string[] {
  const list = new HeaderLines('Access-Control-Expose-Headers', response).tokens;
  const named = list.ok ? list.tokens : [];
  const wildcard = named.includes('*') && request.credentials !== 'include';
  const candidates: string[] = [
    ...safelistedResponseHeaders,
    ...(wildcard
      ? [...named.filter((name) => name !== '*'), ...response.headers.map(([name]) => name), '*']
      : named.filter((name) => name !== '*')),
  ];
  const seen = new Set<string>();
  return candidates.filter((name) => {
    const lower = asciiLower(name);
    if (seen.has(lower) || isForbiddenResponseHeader(name)) return false;
    seen.add(lower);
    return true;
  });
}
