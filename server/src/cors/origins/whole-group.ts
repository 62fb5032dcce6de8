/**
 * Whether a group of a pattern always holds all that the pattern matched, as group 1 of `^(https?://.+)$` does: then what it
 * sends is what the search found. `group` is a number, or the name of `(?<name>…)`.
 */
export function isWholeGroup(source: string, group: number | string): boolean {
  if (group === 0) return true;
  let body = withoutAnchors(source);
  for (let number = 1; ;) {
    const opening = /^\((?:\?(?::|P?<([A-Za-z_]\w*)>|'([A-Za-z_]\w*)'))?(?!\?)/.exec(body);
    if (!opening || closingOf(body) !== body.length - 1) return false;
    const [open, name = opening[2]] = opening;
    if (open !== '(?:') {
      if (group === number || group === name) return true;
      number++;
    }
    body = withoutAnchors(body.slice(open.length, -1));
  }
}

/** Anchors match no characters. */
export function withoutAnchors(source: string): string {
  const start = source.startsWith('^') ? 1 : 0;
  const [, backslashes = ''] = /(\\*)\$$/.exec(source) ?? [];
  const end = source.endsWith('$') && backslashes.length % 2 === 0 ? source.length - 1 : source.length;
  return source.slice(start, end);
}

/** The offset of the parenthesis that closes the first one; -1 where there is none. */
export function closingOf(source: string): number {
  let depth = 0;
  let inClass = false;
  for (let at = 0; at < source.length; at++) {
    const character = source[at];
    if (character === '\\') at++;
    else if (inClass) inClass = character !== ']' || source[at - 1] === '[';
    else if (character === '[') inClass = true;
    else if (character === '(') depth++;
    else if (character === ')' && --depth === 0) return at;
  }
  return -1;
}

/** Whether a pattern has a group with a name, which nginx and Apache make a variable of. */
export function hasNamedGroup(source: string): boolean {
  return /\(\?(?:P?<(?![=!])|')/.test(source);
}
