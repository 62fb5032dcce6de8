/** Patterns that PCRE does not compile, so that httpd refuses the line. */

const quantifier = /^(?:[*+?]|\{\d+(?:,\d*)?\})/;
const opening = /^\((?:\?(?:[:=!>|]|<[=!]|P?<\w+>|'\w+'))?/;

/**
 * Why PCRE certainly refuses a pattern, as the end of “the pattern does not compile: …”. Undefined where it compiles, or where it
 * holds what this does not follow.
 */
export function whyUncompilable(source: string): string | undefined {
  let depth = 0;
  let isRepeatable = false;
  let at = 0;
  while (at < source.length) {
    const rest = source.slice(at);
    const [repeats] = quantifier.exec(rest) ?? [];
    if (repeats !== undefined) {
      if (!isRepeatable) return `there is nothing that \`${repeats}\` could repeat`;
      at += repeats.length;
      // Lazy and possessive forms belong to the quantifier.
      if (/[?+]/.test(source[at] ?? '')) at++;
      isRepeatable = false;
      continue;
    }
    const character = rest[0] ?? '';
    if (character === '(') {
      const [opened] = opening.exec(rest) ?? [];
      // Verbs, options, comments and the like are not followed.
      if (opened === undefined || /^\([?*]/.test(rest.slice(opened.length - 1)) || (opened === '(' && /^\([?*]/.test(rest)))
        return undefined;
      depth++;
      at += opened.length;
      isRepeatable = false;
    } else if (character === ')') {
      if (depth === 0) return 'a closing bracket has no opening one';
      depth--;
      at++;
      isRepeatable = true;
    } else if (character === '[') {
      const length = classLength(rest);
      if (length === undefined) return 'the character class is not closed';
      at += length;
      isRepeatable = true;
    } else if (character === '\\') {
      // `\Q` quotes what follows, others take an argument in braces; a lone backslash at the end is left to the server.
      if (/^\\(?:[QEpPgkoNcu]|x\{|$)/.test(rest)) return undefined;
      isRepeatable = !/^\\[bBAZzG]/.test(rest);
      at += 2;
    } else {
      isRepeatable = !'^$|'.includes(character);
      at++;
    }
  }
  return depth > 0 ? 'a bracket is not closed' : undefined;
}

/** The length of a character class with its brackets; a `]` that comes first is a member. */
function classLength(text: string): number | undefined {
  let at = text[1] === '^' ? 2 : 1;
  if (text[at] === ']') at++;
  while (at < text.length) {
    const posix = /^\[[:.=][^\]]*[:.=]\]/.exec(text.slice(at));
    if (text[at] === ']') return at + 1;
    at += posix ? posix[0].length : text[at] === '\\' ? 2 : 1;
  }
  return undefined;
}
