import type { Piece } from '../origin-set.ts';
import { apart, jointClasses, SYMBOLS, symbolIndex } from './alphabet.ts';
import { Interner, StepTable, type Automaton } from './automaton.ts';
import { Undecided } from './syntax.ts';

/** States past this number are undecided. */
const MAX_STATES = 20_000;

interface PieceState {
  /** How much of a separator has just been read. */
  readonly partial: number;
  /** Items (characters or separators) that have been passed, as far as they are counted. */
  readonly passed: number;
  /** States of the inner automaton: the one it is in, or for `last` and `withoutLast` those of the last few items, oldest first. */
  readonly inner: readonly number[];
}

/**
 * The automaton of the texts a piece of which an inner automaton accepts. From the left one run of the inner automaton is
 * enough. The last few items are not known before the end: for `last` a run is begun at every item and the oldest given up,
 * for `withoutLast` the states before each of the last items are remembered.
 */
export class PieceAutomaton implements Automaton {
  readonly classOf: Uint8Array;
  readonly kindOf: Uint8Array;
  readonly symbols: readonly number[];
  readonly start: number;
  readonly weight: number;
  readonly #piece: Piece;
  readonly #inner: Automaton;
  readonly #states = new Interner<PieceState>();
  readonly #table: StepTable;

  constructor(piece: Piece, inner: Automaton) {
    this.#piece = piece;
    this.#inner = inner;
    const fromEnd = piece.take === 'last' || piece.take === 'withoutLast';
    this.weight = 1 + inner.weight * (piece.take === 'last' ? piece.count : 1);
    const joint = jointClasses([inner], [apart(piece.separator ?? '')]);
    this.classOf = joint.classOf;
    this.kindOf = joint.kindOf;
    this.symbols = joint.symbols;
    this.#table = new StepTable(joint.symbols.length);
    const runs = piece.take === 'withoutLast' || (fromEnd && piece.separator === undefined) ? [] : [inner.start];
    this.start = this.#state({ partial: 0, passed: 0, inner: piece.take === 'withoutLast' ? [inner.start] : runs });
  }

  step(state: number, symbolClass: number): number {
    const known = this.#table.known(state, symbolClass);
    return known >= 0 ? known : this.#table.keep(state, symbolClass, this.#advance(this.#at(state), this.symbols[symbolClass] ?? 0));
  }

  #advance(before: PieceState, symbol: number): number {
    const { separator } = this.#piece;
    if (separator === undefined) return this.#state(this.#item({ ...before }, [symbol]));
    let after: PieceState = before;
    let pending = separator.slice(0, before.partial) + SYMBOLS.charAt(symbol);
    if (pending === separator) return this.#state(this.#item({ ...after, partial: 0 }, symbolsOf(separator)));
    // Read on as text is what no separator can begin with any more.
    for (; pending !== '' && !separator.startsWith(pending); pending = pending.slice(1))
      after = this.#text(after, symbolIndex(pending.charCodeAt(0)));
    return this.#state({ ...after, partial: pending.length });
  }

  accepts(state: number): boolean {
    let ended = this.#at(state);
    for (const symbol of symbolsOf((this.#piece.separator ?? '').slice(0, ended.partial))) ended = this.#text(ended, symbol);
    const { passed, inner } = ended;
    const { take, count } = this.#piece;
    if (take === 'withoutLast') return this.#inner.accepts(inner.length > count ? (inner[0] ?? 0) : this.#inner.start);
    if (take === 'after' && passed < count) return this.#inner.accepts(this.#inner.start);
    return this.#inner.accepts(inner[0] ?? this.#inner.start);
  }

  fate(state: number): 'none' | undefined {
    const { passed, inner } = this.#at(state);
    const { take, count } = this.#piece;
    const [run] = inner;
    const running = take === 'before' || (take === 'after' && passed >= count);
    return running && run !== undefined && this.#inner.fate(run) === 'none' ? 'none' : undefined;
  }

  /** Behind one item that is counted: a character, or a separator. */
  #item(state: PieceState, symbols: readonly number[]): PieceState {
    const { take, count, separator } = this.#piece;
    const { passed, inner } = state;
    const read = (run: number): number => symbols.reduce((at, symbol) => this.#read(at, symbol), run);
    switch (take) {
      case 'after':
        return passed < count ? { ...state, passed: passed + 1 } : { ...state, inner: inner.map(read) };
      case 'before':
        // The characters counted belong to the piece, the separator that ends it does not.
        if (passed >= count) return state;
        return { ...state, passed: passed + 1, inner: separator !== undefined && passed + 1 === count ? inner : inner.map(read) };
      case 'last': {
        const runs = separator === undefined ? [...inner, this.#inner.start].map(read) : [...inner.map(read), this.#inner.start];
        return { ...state, inner: runs.slice(-count) };
      }
      case 'withoutLast': {
        // The newest state is where the whole text has led to.
        const newest = inner.at(-1) ?? this.#inner.start;
        return { ...state, inner: [...inner, read(newest)].slice(-count - 1) };
      }
    }
  }

  /** Behind a character between separators. */
  #text(state: PieceState, symbol: number): PieceState {
    const { take, count } = this.#piece;
    const { passed, inner } = state;
    if (take === 'after' ? passed < count : take === 'before' && passed >= count) return state;
    if (take === 'withoutLast') return { ...state, inner: [...inner.slice(0, -1), this.#read(inner.at(-1) ?? this.#inner.start, symbol)] };
    return { ...state, inner: inner.map((run) => this.#read(run, symbol)) };
  }

  #read(run: number, symbol: number): number {
    return this.#inner.step(run, this.#inner.classOf[symbol] ?? 0);
  }

  #at(state: number): PieceState {
    return this.#states.values[state] ?? { partial: 0, passed: 0, inner: [] };
  }

  #state(state: PieceState): number {
    if (this.#states.values.length > MAX_STATES) throw new Undecided('too many states');
    return this.#states.id(`${state.partial};${state.passed};${state.inner.join()}`, () => state);
  }
}

function symbolsOf(text: string): number[] {
  return Array.from(text, (char) => symbolIndex(char.charCodeAt(0)));
}
