import { SYMBOL_CODES } from './alphabet.ts';
import { Interner, ListInterner } from './automaton.ts';
import type { OptionalTurn, Program } from './program.ts';
import { Undecided } from './syntax.ts';
import { idsOf, isCertain, NO_CONDITIONS, placeKey, sortedById, textsOf, type Captures, type Condition, type Thread } from './thread.ts';

/** The longest text of a group that a later reference is followed with. */
const MAX_CAPTURE = 24;

const NO_CAPTURES = -1;
const NO_TURNS: readonly OptionalTurn[] = [];

/** The threads of one program with what they hold, each once: what is the same is the same object. */
export class ThreadPool {
  readonly #program: Program;
  readonly #threads = new Interner<Thread>();
  /** Threads without conditions, by their place: most there are. */
  readonly #plain: (Thread | undefined)[] = [];
  readonly #conditions = new Interner<Condition>();
  readonly #captures = new Interner<Captures>();
  /** What threads hold beside their places: captures and conditions. */
  readonly #contexts = new ListInterner();

  constructor(program: Program) {
    this.#program = program;
  }

  thread(at: number, conditions: readonly Condition[] = NO_CONDITIONS, captures?: Captures, inside?: readonly Thread[]): Thread {
    if (conditions.length === 0 && !captures && !inside) {
      return (this.#plain[at] ??= this.#threads.add((id) => ({ id, at, conditions: NO_CONDITIONS, captures, inside })));
    }
    let key = String(at);
    if (conditions.length > 0) key += `?${idsOf(conditions)}`;
    if (captures) key += `=${captures.id}`;
    if (inside) key += `(${idsOf(inside)})`;
    const id = this.#threads.id(key, (made) => ({ id: made, at, conditions, captures, inside }));
    return this.#threads.values[id] as Thread;
  }

  condition(negate: boolean, threads: readonly Thread[]): Condition {
    const sorted = sortedById(threads);
    const id = this.#conditions.id(`${negate ? '!' : ''}${idsOf(sorted)}`, (made) => ({ id: made, negate, threads: sorted }));
    return this.#conditions.values[id] as Condition;
  }

  capture(held: ReadonlyMap<number, string>, open: ReadonlyMap<number, string>, progress: number): Captures | undefined {
    if (held.size === 0 && open.size === 0) return undefined;
    const key = `${textsOf(held)};${textsOf(open)};${progress}`;
    const id = this.#captures.id(key, (made) => ({ id: made, held, open, progress, recorded: [] }));
    return this.#captures.values[id];
  }

  /** Adds the symbol just taken to the groups that are being read. */
  record(captures: Captures | undefined, symbolClass: number): Captures | undefined {
    if (!captures || captures.open.size === 0) return captures;
    const known = captures.recorded[symbolClass];
    if (known) return known;
    const symbol = String.fromCharCode(SYMBOL_CODES[this.#program.symbols[symbolClass] ?? 0] ?? 0);
    const open = new Map<number, string>();
    for (const [group, text] of captures.open) {
      if (text.length >= MAX_CAPTURE) throw new Undecided('reference to a long group');
      open.set(group, text + symbol);
    }
    return (captures.recorded[symbolClass] = this.capture(captures.held, open, captures.progress));
  }

  /**
   * A set of alternatives: without repetitions, and without those that another one includes. Where a match absorbs what
   * follows, a certain one includes all.
   */
  unordered(threads: readonly Thread[], absorbing: boolean): readonly Thread[] {
    if (threads.length < 2) return threads;
    const certain = absorbing ? threads.find(isCertain) : undefined;
    if (certain) return [certain];
    const conditional = threads.some((thread) => thread.conditions.length > 0);
    const turning = this.#program.families > 0 && threads.some((thread) => this.#turnsOf(thread).length > 0);
    if (!conditional && !turning) return distinct(threads);
    const unconditional = new Set(
      conditional ? threads.flatMap((thread) => (thread.conditions.length === 0 ? [placeKey(thread)] : [])) : [],
    );
    const levels = new Map<number, number>();
    for (const thread of threads) {
      for (const { family, level } of this.#turnsOf(thread)) {
        const key = this.#turnKey(family, thread);
        levels.set(key, Math.max(level, levels.get(key) ?? 0));
      }
    }
    const kept = threads.filter(
      (thread) =>
        !(thread.conditions.length > 0 && unconditional.has(placeKey(thread))) &&
        !this.#turnsOf(thread).some(({ family, level }) => (levels.get(this.#turnKey(family, thread)) ?? 0) > level),
    );
    return distinct(kept);
  }

  /** Optional turns a thread stands in, where another thread can be compared with it. */
  #turnsOf(thread: Thread): readonly OptionalTurn[] {
    return thread.inside ? NO_TURNS : (this.#program.optional.get(thread.at) ?? NO_TURNS);
  }

  /** A family of turns under what a thread holds beside its place: only threads that hold the same can be compared. */
  #turnKey(family: number, { conditions, captures }: Thread): number {
    if (conditions.length === 0 && !captures) return family;
    return family + this.#program.families * (1 + this.#contexts.id([captures?.id ?? NO_CAPTURES, ...conditions.map(({ id }) => id)]));
  }

  /** Alternatives in the order of trying: without those that repeat an earlier one. */
  ordered(threads: readonly Thread[]): readonly Thread[] {
    return [...new Set(threads)];
  }
}

/** The threads by number, each once. */
function distinct(threads: readonly Thread[]): readonly Thread[] {
  return sortedById(threads).filter((thread, at, sorted) => thread !== sorted[at - 1]);
}
