import { symbolIndex } from './alphabet.ts';
import type { Automaton } from './automaton.ts';
import { Undecided } from './syntax.ts';

/** The automaton of the texts that an inner automaton accepts once they stand between two others. */
export class FramedAutomaton implements Automaton {
  readonly classOf: Uint8Array;
  readonly kindOf: Uint8Array;
  readonly symbols: readonly number[];
  readonly start: number;
  readonly weight: number;
  readonly #inner: Automaton;
  readonly #after: readonly number[];

  constructor(before: string, after: string, inner: Automaton) {
    this.#inner = inner;
    this.#after = symbolsOf(after);
    this.classOf = inner.classOf;
    this.kindOf = inner.kindOf;
    this.symbols = inner.symbols;
    this.weight = inner.weight;
    this.start = this.#read(inner.start, symbolsOf(before));
  }

  step(state: number, symbolClass: number): number {
    return this.#inner.step(state, symbolClass);
  }

  accepts(state: number): boolean {
    return this.#inner.accepts(this.#read(state, this.#after));
  }

  fate(state: number): 'all' | 'none' | undefined {
    return this.#inner.fate(state);
  }

  #read(state: number, symbols: readonly number[]): number {
    return symbols.reduce((at, symbol) => this.#inner.step(at, this.classOf[symbol] ?? 0), state);
  }
}

/** The symbols of a text; automata know of no others. */
function symbolsOf(text: string): readonly number[] {
  const symbols = Array.from(text, (character) => symbolIndex(character.charCodeAt(0)));
  if (symbols.includes(-1)) throw new Undecided('a character that no origin holds');
  return symbols;
}
