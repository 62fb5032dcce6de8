/**
 * Access-Control-Max-Age: how long a preflight's permission may be kept (Fetch standard, CORS-preflight fetch).
 * Observed in Chromium and read in the sources of the others: behaviour 4.6.
 */

/** The browsers whose caps are known. */
export type Browser = 'chromium' | 'firefox' | 'webkit';

/** The longest time, in seconds, that each browser keeps a preflight's permission. */
export const maxAgeCaps: Readonly<Record<Browser, number>> = { chromium: 7200, firefox: 86400, webkit: 600 };

/** The longest cap of any browser, in seconds; a larger number is never used. */
export const largestMaxAgeCap = Math.max(...Object.values(maxAgeCaps));

/** Seconds that a preflight's permission is kept where the header is absent or unusable. */
export const defaultMaxAge = 5;

export type MaxAge =
  | { readonly kind: 'seconds'; readonly seconds: number }
  /** A negative number: nothing is cached. */
  | { readonly kind: 'negative'; readonly seconds: number }
  /** Not a whole number of seconds: browsers act as if the header were absent. */
  | { readonly kind: 'invalid' };

/** Parses a header value; the grammar is `delta-seconds`, digits only (RFC 9111, section 1.2.2). */
export function parseMaxAge(value: string): MaxAge {
  const text = value.trim();
  if (/^[0-9]+$/.test(text)) return { kind: 'seconds', seconds: Number(text) };
  if (/^-[0-9]+$/.test(text)) return { kind: 'negative', seconds: Number(text) };
  return { kind: 'invalid' };
}

/** How many seconds a browser keeps the permission of a preflight with this header value (null: no header). */
export function cachedSeconds(value: string | null, browser: Browser): number {
  if (value === null) return defaultMaxAge;
  const age = parseMaxAge(value);
  if (age.kind === 'invalid') return defaultMaxAge;
  if (age.kind === 'negative') return 0;
  return Math.min(age.seconds, maxAgeCaps[browser]);
}
