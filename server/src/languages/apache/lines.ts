/**
 * Logical lines, as `ap_cfg_getline` (httpd's server/util.c) makes them: a backslash directly before a line feed, or
 * before a carriage return and a line feed, joins the next line, in comments too (behaviour 2.8). White space at both
 * ends is dropped afterwards. A backslash at the end of the file joins nothing and stays.
 */
export interface LogicalLine {
  /** The line without continuations and without white space at its ends. */
  readonly text: string;
  /** Offset of the first character of `text`, and the offset behind its last. */
  readonly start: number;
  readonly end: number;
  /** The offset behind the line break. */
  readonly next: number;
  /** Where each code unit of `text` lies in the file; undefined where the line has no continuation. */
  readonly offsets: readonly number[] | undefined;
}

const carriageReturn = 13;
const backslash = 92;

/** C's isspace in the C locale: what httpd skips between words. */
export function isSpace(code: number): boolean {
  return code === 32 || (code >= 9 && code <= 13);
}

/** The logical line that starts at `from`, which is smaller than the length of the text. */
export function logicalLineAt(source: string, from: number): LogicalLine {
  const pieces: { readonly start: number; readonly end: number }[] = [];
  let at = from;
  let next = source.length;
  for (;;) {
    const feed = source.indexOf('\n', at);
    if (feed === -1) {
      pieces.push({ start: at, end: source.length });
      break;
    }
    let end = feed;
    if (end > at && source.charCodeAt(end - 1) === carriageReturn) end--;
    if (end > at && source.charCodeAt(end - 1) === backslash) {
      pieces.push({ start: at, end: end - 1 });
      at = feed + 1;
      next = at;
      if (at >= source.length) break;
      continue;
    }
    pieces.push({ start: at, end: feed });
    next = feed + 1;
    break;
  }
  const only = pieces.length === 1 ? pieces[0] : undefined;
  if (only !== undefined) {
    let { start, end } = only;
    while (start < end && isSpace(source.charCodeAt(start))) start++;
    while (end > start && isSpace(source.charCodeAt(end - 1))) end--;
    return { text: source.slice(start, end), start, end, next, offsets: undefined };
  }
  return joined(source, pieces, next);
}

function joined(source: string, pieces: readonly { readonly start: number; readonly end: number }[], next: number): LogicalLine {
  let text = '';
  const offsets: number[] = [];
  for (const piece of pieces) {
    text += source.slice(piece.start, piece.end);
    for (let at = piece.start; at < piece.end; at++) offsets.push(at);
  }
  let first = 0;
  let last = text.length;
  while (first < last && isSpace(text.charCodeAt(first))) first++;
  while (last > first && isSpace(text.charCodeAt(last - 1))) last--;
  const kept = offsets.slice(first, last);
  const start = kept[0] ?? pieces[0]?.start ?? next;
  const final = kept[kept.length - 1];
  return {
    text: text.slice(first, last),
    start,
    end: final === undefined ? start : final + 1,
    next,
    offsets: kept,
  };
}

/** The offset in the file of the code unit at `index` of the line; of the line's end for `text.length`. */
export function lineOffset(line: LogicalLine, index: number): number {
  if (index >= line.text.length) return line.end;
  return line.offsets === undefined ? line.start + index : (line.offsets[index] ?? line.end);
}
