import { classify, SYMBOLS, symbolIndex } from './alphabet.ts';
import { Interner, StepTable, TupleInterner, type Automaton } from './automaton.ts';
import { Undecided } from './syntax.ts';

/** Combined states past this number are undecided. */
const MAX_COMBINED_STATES = 20_000;

/** The automaton of everything, or of nothing. */
export function constant(accepting: boolean): Automaton {
  return {
    classOf: new Uint8Array(SYMBOLS.length),
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

const DECIDED = -1;

/** The automaton of a union or an intersection: a state holds one state of each member, or -1 for a member without effect. */
export class Product implements Automaton {
  readonly classOf: Uint8Array;
  readonly symbols: readonly number[];
  readonly start: number;
  readonly weight: number;
  readonly #members: readonly Automaton[];
  /** A member with this fate decides the whole; the other fate drops out. */
  readonly #deciding: 'all' | 'none';
  readonly #states = new TupleInterner();
  readonly #fates: ('all' | 'none' | undefined)[] = [];
  readonly #table = new StepTable();

  constructor(kind: 'union' | 'intersection', members: readonly Automaton[]) {
    this.#members = members;
    this.weight = members.reduce((sum, member) => sum + member.weight, 0);
    this.#deciding = kind === 'union' ? 'all' : 'none';
    const joint = classify((symbol) => members.map((member) => member.classOf[symbol]).join());
    this.classOf = joint.classOf;
    this.symbols = joint.symbols;
    this.start = this.#state(members.map((member) => member.start));
  }

  step(state: number, symbolClass: number): number {
    return this.#table.step(state, symbolClass, () => {
      const symbol = this.symbols[symbolClass] ?? 0;
      const parts = this.#parts(state);
      return this.#state(
        parts.map((part, index) => {
          const member = this.#members[index];
          return part === DECIDED || !member ? DECIDED : member.step(part, member.classOf[symbol] ?? 0);
        }),
      );
    });
  }

  accepts(state: number): boolean {
    const fate = this.fate(state);
    if (fate !== undefined) return fate === 'all';
    const union = this.#deciding === 'all';
    return this.#parts(state).some((part, index) => part !== DECIDED && this.#members[index]?.accepts(part) === union) === union;
  }

  fate(state: number): 'all' | 'none' | undefined {
    return this.#fates[state];
  }

  #parts(state: number): readonly number[] {
    return this.#states.values[state] ?? [];
  }

  #state(parts: readonly number[]): number {
    const kept: number[] = [];
    let open = false;
    for (const [index, part] of parts.entries()) {
      const fate = part === DECIDED ? undefined : this.#members[index]?.fate(part);
      // The empty list stands for the whole that one member has decided.
      if (fate === this.#deciding) return this.#numbered([], this.#deciding);
      kept.push(fate === undefined ? part : DECIDED);
      if (fate === undefined && part !== DECIDED) open = true;
    }
    return this.#numbered(kept, open ? undefined : this.#deciding === 'all' ? 'none' : 'all');
  }

  #numbered(parts: readonly number[], fate: 'all' | 'none' | undefined): number {
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
  readonly symbols: readonly number[];
  readonly start: number;
  readonly weight: number;
  readonly #part: 'hostname' | 'host' | 'protocol' | 'port';
  readonly #inner: Automaton;
  readonly #states = new Interner<PartState>();
  readonly #table = new StepTable();

  constructor(part: 'hostname' | 'host' | 'protocol' | 'port', inner: Automaton) {
    this.#part = part;
    this.weight = inner.weight + 1;
    this.#inner = inner;
    const joint = classify((symbol) => `${inner.classOf[symbol] ?? 0}${delimiters.includes(symbol) ? `d${symbol}` : ''}`);
    this.classOf = joint.classOf;
    this.symbols = joint.symbols;
    this.start = this.#state({ phase: 'scheme', inner: inner.start });
  }

  step(state: number, symbolClass: number): number {
    return this.#table.step(state, symbolClass, () => {
      const symbol = this.symbols[symbolClass] ?? 0;
      const before = this.#at(state);
      const phase = nextPhase(before.phase, SYMBOLS.charAt(symbol));
      const seen = this.#sees(before.phase, phase);
      const inner = seen ? this.#inner.step(before.inner, this.#inner.classOf[symbol] ?? 0) : before.inner;
      return this.#state({ phase, inner });
    });
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

const delimiters = [...':/[]'].map((char) => symbolIndex(char.charCodeAt(0)));

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
