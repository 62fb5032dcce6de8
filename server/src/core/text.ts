/** A half-open range of UTF-16 code unit offsets into a file's text. */
export interface TextRange {
  readonly start: number;
  readonly end: number;
}

/** A range in a named file. `uri` is the document's URI as the workspace spells it. */
export interface Place {
  readonly uri: string;
  readonly range: TextRange;
}

/** A replacement of `range` by `text`. An insertion has an empty range. */
export interface TextEdit {
  readonly range: TextRange;
  readonly text: string;
  /**
   * The same replacement in LSP snippet syntax, with tab stops where the author has to fill something in.
   * Present exactly when `text` holds a placeholder, so that `--fix` and fix-all never apply it.
   */
  readonly snippet?: string;
}

export function range(start: number, end: number): TextRange {
  return { start, end };
}

export function contains(outer: TextRange, inner: TextRange): boolean {
  return outer.start <= inner.start && inner.end <= outer.end;
}

/** Whether two ranges share a character, or an insertion point lies inside the other or at the same place. */
export function touches(a: TextRange, b: TextRange): boolean {
  if (a.start === a.end || b.start === b.end) return a.start <= b.end && b.start <= a.end;
  return a.start < b.end && b.start < a.end;
}

export function samePlace(a: Place, b: Place): boolean {
  return a.uri === b.uri && a.range.start === b.range.start && a.range.end === b.range.end;
}

export function placeKey(place: Place): string {
  return `${place.uri}#${place.range.start}-${place.range.end}`;
}

/** The line break that the text uses most at its start: that of its first line, `\n` where it has none. */
export function lineBreakOf(text: string): '\n' | '\r\n' {
  const at = text.indexOf('\n');
  return at > 0 && text.charCodeAt(at - 1) === 13 ? '\r\n' : '\n';
}

/** The text with blanks in the place of every range but one; the ranges are in order and do not touch. */
export function blankedBut(text: string, ranges: readonly TextRange[], kept: number): string {
  let result = '';
  let at = 0;
  for (const [index, { start, end }] of ranges.entries()) {
    if (index === kept) continue;
    result += text.slice(at, start) + ' '.repeat(end - start);
    at = end;
  }
  return result + text.slice(at);
}

/** The offset at which the line that holds `offset` begins. */
export function lineStartAt(text: string, offset: number): number {
  // Before the first character nothing is looked for, where `lastIndexOf` would look at that one.
  return offset <= 0 ? 0 : text.lastIndexOf('\n', offset - 1) + 1;
}

/** The white space at the start of the line that holds `offset`. */
export function indentationAt(text: string, offset: number): string {
  const start = lineStartAt(text, offset);
  let end = start;
  while (end < text.length && (text[end] === ' ' || text[end] === '\t')) end++;
  return text.slice(start, end);
}

/** Applies edits that do not touch each other. Throws a RangeError when two of them overlap. */
export function applyEdits(text: string, edits: readonly TextEdit[]): string {
  const ordered = edits.map((edit, index) => ({ edit, index }));
  ordered.sort((a, b) => a.edit.range.start - b.edit.range.start || a.index - b.index);
  let result = '';
  let at = 0;
  for (const { edit } of ordered) {
    if (edit.range.start < at) throw new RangeError(`Edits overlap at offset ${edit.range.start}.`);
    result += text.slice(at, edit.range.start) + edit.text;
    at = edit.range.end;
  }
  return result + text.slice(at);
}
