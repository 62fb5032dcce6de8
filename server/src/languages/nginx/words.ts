/** Where a word of nginx configuration ends, as ngx_conf_read_token decides it. */
import { placeholderAt } from './template.ts';

/**
 * The offset just after the unquoted word that starts at `start`. White space, `;` and `{` end it, except that `{` after
 * `$` is part of a variable; a backslash takes the next character along; `}` and `#` are ordinary (behaviour 1.19).
 * Template placeholders are skipped as a whole.
 */
export function endOfWord(text: string, start: number): number {
  let at = start;
  let variable = false;
  while (at < text.length) {
    const char = text[at];
    if (char === '{' && variable) {
      at++;
      continue;
    }
    variable = false;
    if (char === '\\') {
      at += 2;
      continue;
    }
    if (char === '{' || char === '<' || char === '$' || char === '%') {
      const placeholder = placeholderAt(text, at, false);
      if (placeholder) {
        at = placeholder.end;
        continue;
      }
    }
    if (char === '$') variable = true;
    else if (char === ' ' || char === '\t' || char === '\r' || char === '\n' || char === ';' || char === '{') break;
    at++;
  }
  return Math.min(at, text.length);
}

/**
 * The offset just after the quoted word that starts at `start`, with its closing quote where `closed` is true.
 *
 * A quoted word may span lines. It is taken for unclosed when nothing closes it, or when it spans lines and what follows
 * the closing quote would make nginx refuse the file anyway: then it ends with its first line, so that the rest of the
 * file is not read inside out.
 */
export function endOfQuoted(text: string, start: number): { readonly end: number; readonly closed: boolean } {
  const quote = text[start];
  let at = start + 1;
  let newline = -1;
  while (at < text.length) {
    const char = text[at];
    if (char === '\n' && newline < 0) newline = at;
    if (char === '\\') {
      if (text[at + 1] === '\n' && newline < 0) newline = at + 1;
      at += 2;
      continue;
    }
    if (char === '{' || char === '<' || char === '$' || char === '%') {
      const placeholder = placeholderAt(text, at, false);
      if (placeholder && !text.slice(at, placeholder.end).includes('\n')) {
        at = placeholder.end;
        continue;
      }
    }
    if (char === quote) {
      if (newline >= 0 && !mayFollowQuote(text[at + 1])) break;
      return { end: at + 1, closed: true };
    }
    at++;
  }
  if (newline < 0) newline = text.length;
  return { end: endOfUnclosed(text, start, newline), closed: false };
}

function mayFollowQuote(char: string | undefined): boolean {
  return char !== undefined && ' \t\r\n;{)'.includes(char);
}

/** An unclosed quote reaches to the end of its line, without the `;` or `{` and the white space there. */
function endOfUnclosed(text: string, start: number, lineEnd: number): number {
  let end = lineEnd;
  while (end > start + 1 && ' \t\r'.includes(text[end - 1] ?? '')) end--;
  const last = text[end - 1];
  if (end > start + 1 && (last === ';' || last === '{')) end--;
  while (end > start + 1 && ' \t\r'.includes(text[end - 1] ?? '')) end--;
  return end;
}
