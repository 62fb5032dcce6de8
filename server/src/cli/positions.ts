/** A place in a text as people and editors count: lines and columns from 1, columns in UTF-16 code units. */
export interface Position {
  readonly line: number;
  readonly column: number;
}

/**
 * The lines of a text. A line ends at `\n`, `\r\n` or `\r`, as in the language server protocol. A byte order mark has an
 * offset but no column: editors do not count it.
 */
export class Lines {
  readonly #text: string;
  readonly #starts: readonly number[];

  constructor(text: string) {
    this.#text = text;
    const starts = [0];
    for (const {
      index,
      0: { length },
    } of text.matchAll(/\r\n|\n|\r/g))
      starts.push(index + length);
    this.#starts = starts;
  }

  get count(): number {
    return this.#starts.length;
  }

  /** The position of an offset; offsets outside of the text are moved to its nearer end. */
  at(offset: number): Position {
    const inside = Math.max(0, Math.min(offset, this.#text.length));
    let low = 0;
    let high = this.#starts.length - 1;
    while (low < high) {
      const middle = (low + high + 1) >> 1;
      if ((this.#starts[middle] ?? 0) <= inside) low = middle;
      else high = middle - 1;
    }
    const start = this.#starts[low] ?? 0;
    const mark = low === 0 && inside > 0 && this.#text.startsWith('\uFEFF') ? 1 : 0;
    return { line: low + 1, column: inside - start + 1 - mark };
  }

  /** A line's text without its line break and without a byte order mark. */
  line(number: number): string {
    const start = this.#starts[number - 1];
    if (start === undefined) return '';
    const text = this.#text.slice(start, this.#starts[number] ?? this.#text.length).replace(/\r\n$|[\r\n]$/, '');
    return number === 1 ? text.replace(/^\uFEFF/, '') : text;
  }
}
