/**
 * A deterministic automaton over the symbols of an origin, whose states come to be as they are asked for. States are small
 * integers; `classOf` groups the symbols the automaton does not tell apart.
 */
export interface Automaton {
  readonly classOf: Uint8Array;
  /** One symbol of each class, the most preferred one. */
  readonly symbols: readonly number[];
  readonly start: number;
  /** How many automata one step moves: what a step costs. */
  readonly weight: number;
  /** The state behind a symbol of class `symbolClass`. */
  step(state: number, symbolClass: number): number;
  accepts(state: number): boolean;
  /** Whether everything, or nothing, is accepted from here on, where that is plain to see. */
  fate(state: number): 'all' | 'none' | undefined;
}

/** Remembers the steps of an automaton in a table. */
export class StepTable {
  readonly #table: (number | undefined)[][] = [];

  /** The known state behind `state`, or the one `make` computes. */
  step(state: number, symbolClass: number, make: () => number): number {
    const row = (this.#table[state] ??= []);
    return (row[symbolClass] ??= make());
  }
}

/** Numbers values by a key that is equal for equal values. */
export class Interner<Value> {
  readonly values: Value[] = [];
  readonly #ids = new Map<string, number>();

  /** The number of the value with this key, which `make` builds when the key is new. */
  id(key: string, make: (id: number) => Value): number {
    let id = this.#ids.get(key);
    if (id === undefined) {
      id = this.values.length;
      this.#ids.set(key, id);
      this.add(make);
    }
    return id;
  }

  /** Numbers a value that is kept track of in another way. */
  add(make: (id: number) => Value): Value {
    const value = make(this.values.length);
    this.values.push(value);
    return value;
  }
}

/** Numbers lists of small whole numbers (-1 and up), equal lists alike. */
export class TupleInterner {
  readonly values: (readonly number[])[] = [];
  readonly #ids = new Map<number, number>();
  readonly #pairs = new Map<number, number>();

  /** The number of a list. */
  id(tuple: readonly number[]): number {
    let prefix = 0;
    for (const part of tuple) prefix = this.#pair(prefix, part + 2);
    let id = this.#ids.get(prefix);
    if (id === undefined) {
      id = this.values.push(tuple) - 1;
      this.#ids.set(prefix, id);
    }
    return id;
  }

  #pair(left: number, right: number): number {
    const key = left * 0x4000000 + right;
    let id = this.#pairs.get(key);
    if (id === undefined) {
      id = this.#pairs.size + 1;
      this.#pairs.set(key, id);
    }
    return id;
  }
}
