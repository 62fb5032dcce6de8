/**
 * Misspelt names: which CORS header an author meant by `Access-Control-Allowed-Methods`.
 */
import { canonicalCorsName, corsRequestHeaders, corsResponseHeaders } from './headers.ts';
import { asciiLower } from './token.ts';

/**
 * Edits (insert, delete, replace, swap of neighbours) that turn one text into the other; the restricted
 * Damerau-Levenshtein distance. Stops counting at `limit` + 1.
 */
export function editDistance(a: string, b: string, limit = Number.POSITIVE_INFINITY): number {
  if (Math.abs(a.length - b.length) > limit) return limit + 1;
  let beforeLast: number[] = [];
  let last = Array.from({ length: b.length + 1 }, (_, column) => column);
  for (let row = 1; row <= a.length; row++) {
    const current = [row];
    for (let column = 1; column <= b.length; column++) {
      const substitution = (last[column - 1] ?? 0) + (a[row - 1] === b[column - 1] ? 0 : 1);
      let best = Math.min((last[column] ?? 0) + 1, (current[column - 1] ?? 0) + 1, substitution);
      if (row > 1 && column > 1 && a[row - 1] === b[column - 2] && a[row - 2] === b[column - 1]) {
        best = Math.min(best, (beforeLast[column - 2] ?? 0) + 1);
      }
      current.push(best);
    }
    if (Math.min(...current) > limit) return limit + 1;
    beforeLast = last;
    last = current;
  }
  return last[b.length] ?? 0;
}

/**
 * The candidate with the fewest edits from `name` in any letter case, or undefined where none is within `limit` edits
 * or two different ones are equally near.
 */
export function nearest<T extends string>(name: string, candidates: readonly T[], limit: number): T | undefined {
  const lower = asciiLower(name);
  let found: T | undefined;
  let best = limit + 1;
  let tied = false;
  for (const candidate of candidates) {
    const distance = editDistance(lower, asciiLower(candidate), limit);
    if (distance < best) {
      best = distance;
      found = candidate;
      tied = false;
    } else if (distance === best && distance <= limit) {
      tied = true;
    }
  }
  return tied ? undefined : found;
}

/** What people write for a header without the letters being near to it. */
const spellings: readonly (readonly [RegExp, (typeof corsResponseHeaders)[number]])[] = [
  [/^(?:access-control-)?allow(?:ed|s)?-?origins?$/, 'Access-Control-Allow-Origin'],
  [/^access-control-origins?$/, 'Access-Control-Allow-Origin'],
  [/^(?:access-control-)?allow(?:ed|s)?-?credentials?$/, 'Access-Control-Allow-Credentials'],
  [/^access-control-credentials?$/, 'Access-Control-Allow-Credentials'],
  [/^(?:access-control-)?allow(?:ed|s)?-?methods?$/, 'Access-Control-Allow-Methods'],
  [/^access-control-methods?$/, 'Access-Control-Allow-Methods'],
  [/^(?:access-control-)?allow(?:ed|s)?-?headers?$/, 'Access-Control-Allow-Headers'],
  [/^access-control-headers?$/, 'Access-Control-Allow-Headers'],
  [/^(?:access-control-)?(?:allow-)?expose(?:d|s)?-?headers?$/, 'Access-Control-Expose-Headers'],
  [/^access-control-(?:allow-)?max-?age$/, 'Access-Control-Max-Age'],
];

const allNames = [...corsResponseHeaders, ...corsRequestHeaders.filter((name) => name !== 'Origin')];

/**
 * The CORS header an author meant, where `name` is not one but is nearly one: a known wrong spelling, `_` for `-`, or
 * at most three edits away. Undefined for a right name, for the retired private network names, and for any other name.
 */
export function nearMissCorsHeader(name: string): string | undefined {
  if (canonicalCorsName(name) !== undefined) return undefined;
  const lower = asciiLower(name.trim()).replaceAll('_', '-');
  const spelt = canonicalCorsName(lower);
  if (spelt !== undefined) return spelt;
  // Most names are of other headers, and have none of these in them.
  if (!/^acc?ess?|allow|expose/.test(lower)) return undefined;
  for (const [pattern, meant] of spellings) if (pattern.test(lower)) return meant;
  // Short of this shape a few edits may lie between quite different names (`Access-Control`, `Allow`).
  if (!/^acc?ess?/.test(lower) || lower.length < 18) return undefined;
  return nearest(lower, allNames, 3);
}
