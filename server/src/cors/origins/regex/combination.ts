import { apart, jointClasses, SYMBOLS } from './alphabet.ts';
import { Interner, ListInterner, StepTable, type Automaton } from './automaton.ts';
import { Undecided } from './syntax.ts';

/** Combined states past this number are undecided. */
const MAX_COMBINED_STATES = 20_000;

/** The automaton of everything, or of nothing. */
export function constant(accepting: boolean): Automaton {
  const classOf = new Uint8Array(SYMBOLS.length);
  return {
    classOf,
    kindOf: classOf,
    symbols: [0],
    start: 0,
    weight: 1,
    step: () => 0,
    accepts: () => accepting,
    fate: () => (accepting ? 'all' : 'none'),
  };
}

/** The automaton of what another one refuses. */
export function complementOf(inner: Automaton): Automaton {
  return {
    classOf: inner.classOf,
    kindOf: inner.kindOf,
    symbols: inner.symbols,
    start: inner.start,
    weight: inner.weight,
    step: (state, symbolClass) => inner.step(state, symbolClass),
    accepts: (state) => !inner.accepts(state),
    fate(state) {
      const fate = inner.fate(state);
      return fate === undefined ? undefined : fate === 'all' ? 'none' : 'all';
    },
  };
}

/** Stands in a combined state for a member that has no effect any more. */
const DROPPED = -1;
/** Stands for every member of a combined state that one of them has decided. */
const DECIDED = -2;

/** The automaton of a union or an intersection: a state holds one state of each member that still has an effect. */
export class Product implements Automaton {
  readonly classOf: Uint8Array;
  readonly kindOf: Uint8Array;
  readonly symbols: readonly number[];
  readonly start: number;
  readonly weight: number;
  readonly #members: readonly Automaton[];
  /** For each member its own class of each joint one. */
  readonly #classes: readonly Uint8Array[];
  /** A member with this fate decides the whole; the other fate drops out. */
  readonly #deciding: 'all' | 'none';
  readonly #states = new ListInterner();
  readonly #fates: ('all' | 'none' | undefined)[] = [];
  readonly #table: StepTable;
  /** The combined state that is being made. */
  readonly #next: Int32Array;

  constructor(kind: 'union' | 'intersection', members: readonly Automaton[]) {
    this.#members = members;
    this.weight = members.reduce((sum, member) => sum + member.weight, 0);
    this.#deciding = kind === 'union' ? 'all' : 'none';
    const joint = jointClasses(members);
    this.classOf = joint.classOf;
    this.kindOf = joint.kindOf;
    this.symbols = joint.symbols;
    this.#classes = members.map((member) => Uint8Array.from(joint.symbols, (symbol) => member.classOf[symbol] ?? 0));
    this.#table = new StepTable(joint.symbols.length);
    this.#next = new Int32Array(members.length);
    this.start = this.#reach(undefined, 0);
  }

  step(state: number, symbolClass: number): number {
    // What is decided stays decided, and has no members left to move.
    if (this.#fates[state] !== undefined) return state;
    const known = this.#table.known(state, symbolClass);
    return known >= 0 ? known : this.#table.keep(state, symbolClass, this.#reach(state, symbolClass));
  }

  accepts(state: number): boolean {
    const fate = this.fate(state);
    if (fate !== undefined) return fate === 'all';
    const union = this.#deciding === 'all';
    for (let index = 0; index < this.#members.length; index++) {
      const part = this.#states.part(state, index);
      if (part !== DROPPED && this.#members[index]?.accepts(part) === union) return union;
    }
    return !union;
  }

  fate(state: number): 'all' | 'none' | undefined {
    return this.#fates[state];
  }

  /** The combined state behind another one, or the first. Steps one member after the other, and none behind one that decides. */
  #reach(from: number | undefined, symbolClass: number): number {
    let open = false;
    for (let index = 0; index < this.#members.length; index++) {
      const member = this.#members[index] as Automaton;
      let part = from === undefined ? member.start : this.#states.part(from, index);
      if (part !== DROPPED) {
        if (from !== undefined) part = member.step(part, this.#classes[index]?.[symbolClass] ?? 0);
        const fate = member.fate(part);
        if (fate === this.#deciding) return this.#numbered(this.#next.fill(DECIDED), this.#deciding);
        if (fate === undefined) open = true;
        else part = DROPPED;
      }
      this.#next[index] = part;
    }
    return this.#numbered(this.#next, open ? undefined : this.#deciding === 'all' ? 'none' : 'all');
  }

  #numbered(parts: Int32Array, fate: 'all' | 'none' | undefined): number {
    const id = this.#states.id(parts);
    if (id > MAX_COMBINED_STATES) throw new Undecided('too many states');
    this.#fates[id] = fate;
    return id;
  }
}

type Phase = 'scheme' | 'slash' | 'slashes' | 'host' | 'brackets' | 'port' | 'broken';

interface PartState {
  readonly phase: Phase;
  /** The state of the inner automaton on what it has seen of its part. */
  readonly inner: number;
}

/**
 * The automaton of the origins a component of which an inner automaton accepts, the component being that of
 * `new URL(origin)`: `protocol` with its colon, `host` with the port, `hostname` with the brackets of an IPv6 address.
 */
export class PartAutomaton implements Automaton {
  readonly classOf: Uint8Array;
  readonly kindOf: Uint8Array;
  readonly symbols: readonly number[];
  readonly start: number;
  readonly weight: number;
  readonly #part: 'hostname' | 'host' | 'protocol' | 'port';
  readonly #inner: Automaton;
  readonly #states = new Interner<PartState>();
  readonly #table: StepTable;

  constructor(part: 'hostname' | 'host' | 'protocol' | 'port', inner: Automaton) {
    this.#part = part;
    this.weight = inner.weight + 1;
    this.#inner = inner;
    const joint = jointClasses([inner], [DELIMITERS]);
    this.classOf = joint.classOf;
    this.kindOf = joint.kindOf;
    this.symbols = joint.symbols;
    this.#table = new StepTable(joint.symbols.length);
    this.start = this.#state({ phase: 'scheme', inner: inner.start });
  }

  step(state: number, symbolClass: number): number {
    const known = this.#table.known(state, symbolClass);
    return known >= 0 ? known : this.#table.keep(state, symbolClass, this.#advance(this.#at(state), this.symbols[symbolClass] ?? 0));
  }

  #advance(before: PartState, symbol: number): number {
    const phase = nextPhase(before.phase, SYMBOLS.charAt(symbol));
    const seen = this.#sees(before.phase, phase);
    const inner = seen ? this.#inner.step(before.inner, this.#inner.classOf[symbol] ?? 0) : before.inner;
    return this.#state({ phase, inner });
  }

  accepts(state: number): boolean {
    const { phase, inner } = this.#at(state);
    return (phase === 'host' || phase === 'port') && this.#inner.accepts(inner);
  }

  fate(state: number): 'none' | undefined {
    const { phase, inner } = this.#at(state);
    return phase === 'broken' || this.#inner.fate(inner) === 'none' ? 'none' : undefined;
  }

  /** Whether the symbol between two phases belongs to the part. */
  #sees(from: Phase, to: Phase): boolean {
    const inHost = from === 'host' || from === 'brackets';
    switch (this.#part) {
      case 'protocol':
        return from === 'scheme';
      case 'hostname':
        return inHost && to !== 'port';
      case 'host':
        return inHost || from === 'port';
      case 'port':
        return from === 'port';
    }
  }

  #at(state: number): PartState {
    return this.#states.values[state] ?? { phase: 'broken', inner: this.#inner.start };
  }

  #state(state: PartState): number {
    return this.#states.id(`${state.phase}${state.inner}`, () => state);
  }
}

const DELIMITERS = apart(':/[]');

function nextPhase(phase: Phase, char: string): Phase {
  switch (phase) {
    case 'scheme':
      return char === ':' ? 'slash' : char === '/' ? 'broken' : 'scheme';
    case 'slash':
      return char === '/' ? 'slashes' : 'broken';
    case 'slashes':
      return char === '/' ? 'host' : 'broken';
    case 'host':
      return char === '[' ? 'brackets' : char === ':' ? 'port' : char === '/' ? 'broken' : 'host';
    case 'brackets':
      return char === ']' ? 'host' : 'brackets';
    default:
      return phase;
  }
}
