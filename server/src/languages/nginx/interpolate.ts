/** Variables inside values, as ngx_http_script_compile reads them. */
import type { NginxWord, TextRange } from './syntax.ts';

/** A piece of a value. Ranges are offsets into the file's text. */
export type ValuePart =
  | { readonly kind: 'literal'; readonly text: string; readonly range: TextRange }
  | { readonly kind: 'variable'; readonly name: string; readonly range: TextRange }
  | { readonly kind: 'capture'; readonly index: number; readonly range: TextRange };

export interface Interpolation {
  readonly parts: readonly ValuePart[];
  /** Set when nginx refuses the value: a trailing `$`, `$-`, an unclosed `${`. */
  readonly error: TextRange | undefined;
}

/**
 * Splits a word into literal text, variables and captures of the last regular expression.
 *
 * Variable names are given in lower case, because nginx looks them up that way. `$1` to `$9` are captures of one digit,
 * so `$12` is capture 1 and the text `2`. There is no way to escape a `$` (behaviour 1.5). An invalid `$` is kept
 * as literal text and reported in `error`.
 */
export function interpolate(word: NginxWord, text: string): Interpolation {
  const value = word.value;
  if (!value.includes('$')) {
    return { parts: value === '' ? [] : [{ kind: 'literal', text: value, range: word.content }], error: undefined };
  }
  const offsets = sourceOffsets(word, text);
  const rangeOf = (from: number, to: number): TextRange => ({
    start: offsets[from] ?? word.content.end,
    end: offsets[to] ?? word.content.end,
  });
  const parts: ValuePart[] = [];
  let error: TextRange | undefined;
  let literal = 0;
  let at = 0;
  const endLiteral = (): void => {
    if (at > literal) parts.push({ kind: 'literal', text: value.slice(literal, at), range: rangeOf(literal, at) });
  };
  while (at < value.length) {
    if (value[at] !== '$') {
      at++;
      continue;
    }
    reference.lastIndex = at;
    const match = reference.exec(value);
    if (!match) {
      error ??= rangeOf(at, at + 1);
      at++;
      continue;
    }
    endLiteral();
    const range = rangeOf(at, at + match[0].length);
    if (match[1] !== undefined) parts.push({ kind: 'capture', index: Number(match[1]), range });
    else parts.push({ kind: 'variable', name: (match[2] ?? match[3] ?? '').toLowerCase(), range });
    at += match[0].length;
    literal = at;
  }
  endLiteral();
  return { parts, error };
}

const reference = /\$(?:([1-9])|\{([A-Za-z0-9_]+)\}|([A-Za-z0-9_]+))/y;

/** For each UTF-16 unit of the word's value, and its end, the offset in the file it was read from. */
export function sourceOffsets(word: NginxWord, text: string): number[] {
  const offsets: number[] = [];
  let at = word.content.start;
  while (at < word.content.end) {
    offsets.push(at);
    at += text[at] === '\\' && at + 1 < word.content.end && isEscaped(text[at + 1]) ? 2 : 1;
  }
  offsets.push(word.content.end);
  return offsets;
}

/** True for the characters that lose a backslash before them; before any other the backslash stays. */
function isEscaped(char: string | undefined): boolean {
  return char === '"' || char === "'" || char === '\\' || char === 't' || char === 'r' || char === 'n';
}

/** What nginx reads for the text of a word: `\"`, `\'`, `\\`, `\t`, `\r` and `\n` are resolved, other backslashes stay. */
export function cook(content: string): string {
  if (!content.includes('\\')) return content;
  return content.replace(/\\(["'\\trn])/g, (_whole, char: string) =>
    char === 't' ? '\t' : char === 'r' ? '\r' : char === 'n' ? '\n' : char,
  );
}
