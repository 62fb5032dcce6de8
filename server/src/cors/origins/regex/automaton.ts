import type { SymbolKinds } from './alphabet.ts';

/**
 * A deterministic automaton over the symbols of an origin, whose states come to be as they are asked for. States are small
 * integers; `classOf` groups the symbols the automaton does not tell apart.
 */
export interface Automaton extends SymbolKinds {
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

/** Remembers the steps of an automaton whose states come to be one after the other. */
export class StepTable {
  readonly #classes: number;
  /** A row of `classes` cells for each state; 0 is unknown, any other number one more than the state behind. */
  #cells: Int32Array;

  constructor(classes: number) {
    this.#classes = classes;
    this.#cells = new Int32Array(classes * 32);
  }

  /** The state behind `state`, or -1 where no step to it has been kept. */
  known(state: number, symbolClass: number): number {
    return (this.#cells[state * this.#classes + symbolClass] ?? 0) - 1;
  }

  /** Keeps a step, and answers with the state that it leads to. */
  keep(state: number, symbolClass: number, next: number): number {
    const at = state * this.#classes + symbolClass;
    if (at >= this.#cells.length) this.#cells = grown(this.#cells, at + 1);
    this.#cells[at] = next + 1;
    return next;
  }
}

/** The same numbers in a longer array, which holds at least `length`. */
function grown(cells: Int32Array, length: number): Int32Array<ArrayBuffer> {
  const longer = new Int32Array(Math.max(length, cells.length * 2));
  longer.set(cells);
  return longer;
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

/** Numbers lists of whole numbers, equal lists alike: a hash table over one array, without an object a list. */
export class ListInterner {
  /** The lists, one behind the other. */
  #parts = new Int32Array(256);
  /** Where each list ends among the parts, behind a 0 for where the first one begins. */
  readonly #ends = [0];
  /** The hash table: 0 is free, any other number one more than that of a list. At most half of it is taken. */
  #slots = new Int32Array(256);

  /** A number of the list with this number. */
  part(id: number, index: number): number {
    return this.#parts[(this.#ends[id] ?? 0) + index] ?? 0;
  }

  /** The number of a list; of a new one, as many as there were before it. */
  id(list: ArrayLike<number>): number {
    const mask = this.#slots.length - 1;
    let slot = hashOf(list, 0, list.length) & mask;
    for (let taken = this.#slots[slot] ?? 0; taken !== 0; taken = this.#slots[slot] ?? 0) {
      if (this.#isAt(taken - 1, list)) return taken - 1;
      slot = (slot + 1) & mask;
    }
    const at = this.#ends.at(-1) ?? 0;
    const end = at + list.length;
    if (end > this.#parts.length) this.#parts = grown(this.#parts, end);
    this.#parts.set(list, at);
    const size = this.#ends.push(end) - 1;
    this.#slots[slot] = size;
    if (size * 2 > this.#slots.length) this.#rehash();
    return size - 1;
  }

  #isAt(id: number, list: ArrayLike<number>): boolean {
    const at = this.#ends[id] ?? 0;
    if ((this.#ends[id + 1] ?? 0) - at !== list.length) return false;
    for (let index = 0; index < list.length; index++) if (this.#parts[at + index] !== list[index]) return false;
    return true;
  }

  #rehash(): void {
    const slots = new Int32Array(this.#slots.length * 4);
    const mask = slots.length - 1;
    for (let id = 0; id + 1 < this.#ends.length; id++) {
      let slot = hashOf(this.#parts, this.#ends[id] ?? 0, this.#ends[id + 1] ?? 0) & mask;
      while (slots[slot] !== 0) slot = (slot + 1) & mask;
      slots[slot] = id + 1;
    }
    this.#slots = slots;
  }
}

/** FNV-1a over the numbers from `at` to `end`, with its high bits mixed into the low ones that a table looks at. */
function hashOf(parts: ArrayLike<number>, at: number, end: number): number {
  let hash = 0x811c9dc5;
  for (let index = at; index < end; index++) hash = Math.imul(hash ^ (parts[index] ?? 0), 0x01000193);
  return hash ^ (hash >>> 15);
}
