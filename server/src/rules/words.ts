/** The phrases that messages share, so that the same fact is told in the same words. */

/** "with the user's cookies", where the response allows credentials. */
export function withCookies(credentials: boolean): string {
  return credentials ? " with the user's cookies" : '';
}

/** A list for a sentence: `a`, `a and b`, `a, b and c`; or with `or`. */
export function listed(items: readonly string[], last: 'and' | 'or' = 'and'): string {
  if (items.length < 2) return items[0] ?? '';
  return `${items.slice(0, -1).join(', ')} ${last} ${items.at(-1) ?? ''}`;
}

/** The pronoun for what `listed` names. */
export function them(items: readonly string[]): string {
  return items.length < 2 ? 'it' : 'them';
}
