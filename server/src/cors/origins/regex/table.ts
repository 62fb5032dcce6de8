import type { Automaton } from './automaton.ts';

/** A whole automaton as data. States are numbered from 0. */
export interface AutomatonTable {
  /** The class of each symbol; classes are numbered in the order of their first symbols. */
  readonly classOf: ArrayLike<number>;
  readonly start: number;
  /** For each state the states behind it, by class. */
  readonly rows: readonly ArrayLike<number>[];
  readonly accepting: readonly number[];
}

/** An automaton all of whose states are known. */
export class TableAutomaton implements Automaton {
  readonly classOf: Uint8Array;
  readonly symbols: readonly number[];
  readonly kindOf: Uint8Array;
  readonly start: number;
  readonly weight = 1;
  readonly #rows: readonly ArrayLike<number>[];
  readonly #accepting: ReadonlySet<number>;
  readonly #fates: readonly ('all' | 'none' | undefined)[];

  constructor({ classOf, start, rows, accepting }: AutomatonTable) {
    this.classOf = Uint8Array.from(classOf);
    this.kindOf = this.classOf;
    const classes = new Set(this.classOf);
    this.symbols = [...classes].map((symbolClass) => this.classOf.indexOf(symbolClass));
    this.start = start;
    this.#rows = rows;
    this.#accepting = new Set(accepting);
    this.#fates = rows.map((row, state) => {
      for (let symbolClass = 0; symbolClass < row.length; symbolClass++) if (row[symbolClass] !== state) return undefined;
      return this.#accepting.has(state) ? 'all' : 'none';
    });
  }

  get size(): number {
    return this.#rows.length;
  }

  step(state: number, symbolClass: number): number {
    return this.#rows[state]?.[symbolClass] ?? 0;
  }

  accepts(state: number): boolean {
    return this.#accepting.has(state);
  }

  fate(state: number): 'all' | 'none' | undefined {
    return this.#fates[state];
  }
}

/** The first of the characters that stand for numbers: from here on only the backslash needs an escape in a string. */
const FIRST = 0x28;
const BACKSLASH = 0x5c;

/** Writes a table as one text, a character a number; reads back with `tableOf`. */
export function textOf(automaton: TableAutomaton): string {
  const accepting = Array.from({ length: automaton.size }, (_, state) => (automaton.accepts(state) ? 1 : 0));
  const rows = Array.from({ length: automaton.size }, (_, state) => automaton.symbols.map((_, at) => automaton.step(state, at)));
  return [[automaton.size, automaton.start], automaton.classOf, accepting, rows.flat()]
    .flatMap((numbers) => [...numbers])
    .map((number) => String.fromCharCode(FIRST + number >= BACKSLASH ? FIRST + number + 1 : FIRST + number))
    .join('');
}

/** The automaton of a text that `textOf` wrote, over `symbols` symbols. */
export function tableOf(text: string, symbols: number): TableAutomaton {
  // A plain loop: this runs once at a start, before anything is compiled to run fast.
  const numbers = new Uint16Array(text.length);
  for (let at = 0; at < text.length; at++) {
    const code = text.charCodeAt(at);
    numbers[at] = code > BACKSLASH ? code - FIRST - 1 : code - FIRST;
  }
  const [size = 0, start = 0] = numbers;
  const classOf = numbers.subarray(2, 2 + symbols);
  const accepting = numbers.subarray(2 + symbols, 2 + symbols + size);
  const cells = numbers.subarray(2 + symbols + size);
  const classes = cells.length / size;
  return new TableAutomaton({
    classOf,
    start,
    rows: Array.from({ length: size }, (_, state) => cells.subarray(state * classes, (state + 1) * classes)),
    accepting: [...accepting.keys()].filter((state) => accepting[state] === 1),
  });
}
