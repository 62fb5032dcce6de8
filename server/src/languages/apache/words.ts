import type { TextRange } from '../../core/text.ts';
import { isSpace, lineOffset, type LogicalLine } from './lines.ts';
import type { Argument } from './syntax.ts';

/** Closers of template placeholders, by their openers. Inside one, white space does not end a word. */
const templateClosers: readonly (readonly [string, string])[] = [
  ['{{', '}}'],
  ['{%', '%}'],
  ['<%', '%>'],
  ['<?', '?>'],
];

/**
 * The words of a logical line from `from` to `to`, cut as `ap_getword_conf` (server/util.c) cuts them: white space
 * separates, a word that starts with a quote runs to the same quote or to the end of the line, text glued behind the
 * closing quote is the next word. `\\` is a backslash, and in quotes `\"` is the quote; every other backslash stays.
 */
export function configurationWords(line: LogicalLine, from: number, to: number): Argument[] {
  const words: Argument[] = [];
  let at = skipSpace(line.text, from, to);
  while (at < to) {
    const quote = quoteAt(line.text, at);
    let end = quote === '' ? at : at + 1;
    if (quote === '') {
      end = endOfBareWord(line.text, at, to);
      words.push(wordOf(line, at, end, at, end, quote, true, true));
    } else {
      while (end < to && line.text[end] !== quote) {
        const following = line.text[end + 1];
        end += line.text[end] === '\\' && end + 1 < to && (following === quote || following === '\\') ? 2 : 1;
      }
      end = Math.min(end, to);
      const closed = end < to;
      words.push(wordOf(line, at, closed ? end + 1 : end, at + 1, end, quote, closed, true));
      if (closed) end++;
    }
    at = skipSpace(line.text, end, to);
  }
  return words;
}

/**
 * The arguments of RewriteRule and RewriteCond, cut as mod_rewrite's own `parseargline` cuts them: no escape inside
 * quotes, a backslash protects white space (in quotes too) and stays in the word. At most three are read; what follows the third is ignored.
 */
export function rewriteWords(line: LogicalLine, from: number, to: number): Argument[] {
  const words: Argument[] = [];
  let at = skipSpace(line.text, from, to);
  while (at < to && words.length < 3) {
    const quote = quoteAt(line.text, at);
    const start = quote === '' ? at : at + 1;
    let end = start;
    while (end < to) {
      const code = line.text.charCodeAt(end);
      if (quote === '' ? isSpace(code) : line.text[end] === quote) break;
      end += code === 92 && end + 1 < to && isSpace(line.text.charCodeAt(end + 1)) ? 2 : 1;
    }
    end = Math.min(end, to);
    const closed = quote === '' || end < to;
    words.push(wordOf(line, at, quote !== '' && closed ? end + 1 : end, start, end, quote, closed, false));
    at = skipSpace(line.text, quote !== '' && closed ? end + 1 : end, to);
  }
  return words;
}

function skipSpace(text: string, from: number, to: number): number {
  let at = from;
  while (at < to && isSpace(text.charCodeAt(at))) at++;
  return at;
}

export function endOfBareWord(text: string, from: number, to: number): number {
  let at = from;
  while (at < to && !isSpace(text.charCodeAt(at))) {
    const closer = placeholderEnd(text, at, to);
    at = closer ?? at + 1;
  }
  return at;
}

/** The index behind a template placeholder that starts at `at` and ends on this line, or undefined. */
function placeholderEnd(text: string, at: number, to: number): number | undefined {
  for (const [opener, closer] of templateClosers) {
    if (!text.startsWith(opener, at)) continue;
    const end = text.indexOf(closer, at + opener.length);
    if (end !== -1 && end + closer.length <= to) return end + closer.length;
  }
  return undefined;
}

/** Whether a value holds a template's placeholder, so that what the server will read is not known. */
export function hasPlaceholder(value: string): boolean {
  if (/@[A-Z][A-Z0-9_]*@|__[A-Z][A-Z0-9_]*__/.test(value)) return true;
  return templateClosers.some(([opener, closer]) => {
    const at = value.indexOf(opener);
    return at !== -1 && value.indexOf(closer, at + opener.length) !== -1;
  });
}

function quoteAt(text: string, at: number): '"' | "'" | '' {
  const first = text[at];
  return first === '"' || first === "'" ? first : '';
}

/** Builds an argument from indices of the line; `unescape` applies `substring_conf` (server/util.c). */
function wordOf(
  line: LogicalLine,
  start: number,
  end: number,
  innerStart: number,
  innerEnd: number,
  quote: '"' | "'" | '',
  closed: boolean,
  unescape: boolean,
): Argument {
  const range: TextRange = { start: lineOffset(line, start), end: endOffset(line, start, end) };
  // An empty text at the end of a line that goes on has no character of its own: it stands where the argument ends.
  const inner: TextRange = {
    start: Math.min(lineOffset(line, innerStart), range.end),
    end: Math.min(endOffset(line, innerStart, innerEnd), range.end),
  };
  let value = '';
  const offsets: number[] = [];
  for (let at = innerStart; at < innerEnd; at++) {
    const following = line.text[at + 1];
    if (unescape && line.text[at] === '\\' && (following === '\\' || (quote !== '' && following === quote))) at++;
    if (at >= innerEnd) break;
    value += line.text[at] ?? '';
    offsets.push(lineOffset(line, at));
  }
  const contiguous = offsets.every((offset, index) => offset === inner.start + index);
  return { range, inner, value, quote, closed, ...(contiguous ? {} : { offsets }) };
}

function endOffset(line: LogicalLine, start: number, end: number): number {
  return end > start ? lineOffset(line, end - 1) + 1 : lineOffset(line, start);
}
