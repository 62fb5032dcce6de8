/** The phrases that messages share, so that the same fact is told in the same words. */

import type { Setting } from '../policy/model.ts';

/** "with the user's cookies", where the response allows credentials. */
export function withCookies(credentials: boolean): string {
  return credentials ? " with the user's cookies" : '';
}

/** A sentence that only holds where somebody has set what it takes for granted. */
export function whereSet(settings: readonly Setting[], sentence: string): string {
  if (settings.length === 0) return sentence;
  const named = settings.flatMap(({ variable, text }) => {
    const is = text === undefined ? undefined : `\`${text}\``;
    if (variable !== undefined && /^\w+$/.test(variable)) return `${variable} is ${is ?? 'set'}`;
    return is === undefined ? [] : `an environment variable holds ${is}`;
  });
  return `Where ${named.length === 0 ? 'an environment variable asks for it' : listed(named)}, ${sentence.charAt(0).toLowerCase()}${sentence.slice(1)}`;
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
