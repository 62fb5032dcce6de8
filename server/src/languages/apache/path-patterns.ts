/** Patterns over paths as texts. */
import { union, type OriginSet } from '../../cors/origins/origin-set.ts';

/** A pattern over the path below a directory, as a pattern over the whole path. */
export function relativePattern(source: string, flags: string, prefix: string): OriginSet {
  if (prefix === '') return { kind: 'pattern', pattern: { dialect: 'pcre', source, flags } };
  const start = `^${escapePattern(prefix)}`;
  return union(
    alternatives(source).map((alternative): OriginSet => {
      const anchored = /^\^+/.exec(alternative)?.[0].length ?? 0;
      const rest = alternative.slice(anchored);
      const whole = anchored > 0 ? `${start}${rest}` : `${start}.*?(?:${rest})`;
      return { kind: 'pattern', pattern: { dialect: 'pcre', source: whole, flags } };
    }),
  );
}

/** A text as the pattern that only it matches. */
export function escapePattern(text: string): string {
  return text.replace(/[\\^$.*+?()[\]{}|]/g, '\\$&');
}

/** The alternatives of a pattern that stand outside every group and class. */
export function alternatives(source: string): string[] {
  const found: string[] = [];
  let depth = 0;
  let inClass = false;
  let start = 0;
  for (let at = 0; at < source.length; at++) {
    const character = source[at];
    if (character === '\\') at++;
    else if (inClass) inClass = character !== ']' || at === start;
    else if (character === '[') {
      inClass = true;
      if (source[at + 1] === '^') at++;
      if (source[at + 1] === ']') at++;
    } else if (character === '(') depth++;
    else if (character === ')') depth--;
    else if (character === '|' && depth === 0) {
      found.push(source.slice(start, at));
      start = at + 1;
    }
  }
  return [...found, source.slice(start)];
}
