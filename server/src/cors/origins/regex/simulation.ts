import { SYMBOL_CODES } from './alphabet.ts';
import { Interner, StepTable, type Automaton } from './automaton.ts';
import type { OptionalTurn, Program } from './program.ts';
import { Undecided } from './syntax.ts';
import {
  byGroup,
  idsOf,
  isCertain,
  MATCH,
  mergeConditions,
  NO_CONDITIONS,
  placeKey,
  sortedById,
  withCondition,
  type Captures,
  type Condition,
  type Thread,
} from './thread.ts';

/** Budgets of one pattern's automaton: states, and steps of all the threads together. Past either it is undecided. */
const MAX_STATES = 3000;
const MAX_THREAD_STEPS = 120_000;
/** The longest text of a group that a later reference is followed with. */
const MAX_CAPTURE = 24;

interface State {
  readonly threads: readonly Thread[];
  /** For each look-behind, the threads of its body begun at every earlier place. */
  readonly behinds: readonly (readonly Thread[])[];
  readonly before: 'start' | 'word' | 'other';
}

/** A place in the text: the state before it and the class of the symbol behind it (-1 at the end). */
interface Place {
  readonly state: State;
  readonly next: number;
  readonly moved: Map<number, Condition | boolean>;
  readonly behinds: (readonly Thread[] | undefined)[];
}

const END = -1;

/**
 * The deterministic automaton of a search with the pattern. A state is the set of ways in which the pattern may be matching
 * (the subset construction). A look-ahead adds a condition to its thread, which is followed alongside; a look-behind is
 * followed from the beginning of the text; an atomic group keeps its threads in order and is left through a match only
 * under the condition that none tried before it will match. So look-arounds nest in any way and stay exact.
 * Every method may throw Undecided when a budget is spent.
 */
export class Simulation implements Automaton {
  readonly classOf: Uint8Array;
  readonly symbols: readonly number[];
  readonly start: number;
  readonly weight = 1;
  readonly #program: Program;
  readonly #threads = new Interner<Thread>();
  /** Threads without conditions, by their place: most there are. */
  readonly #plain: (Thread | undefined)[] = [];
  readonly #conditions = new Interner<Condition>();
  readonly #captures = new Interner<Captures>();
  readonly #states = new Interner<State>();
  readonly #table = new StepTable();
  readonly #accepting: (boolean | undefined)[] = [];
  #work: number;

  /** `budget` is the number of thread steps all questions together may take. */
  constructor(program: Program, budget = MAX_THREAD_STEPS) {
    this.#work = budget;
    this.#program = program;
    this.classOf = program.classOf;
    this.symbols = program.symbols;
    const behinds = program.behinds.map((entry) => [this.#thread(entry)]);
    this.start = this.#state({ threads: [this.#thread(program.start)], behinds, before: 'start' });
  }

  /** How many states have come to be. */
  get size(): number {
    return this.#states.values.length;
  }

  step(state: number, symbolClass: number): number {
    return this.#table.step(state, symbolClass, () => this.#advance(this.#at(state), symbolClass));
  }

  accepts(state: number): boolean {
    return (this.#accepting[state] ??= this.#matchesAtEnd(this.#at(state).threads, this.#place(this.#at(state), END)));
  }

  fate(state: number): 'all' | 'none' | undefined {
    const { threads } = this.#at(state);
    if (threads.length === 0) return 'none';
    return threads.length === 1 && threads[0] !== undefined && isCertain(threads[0]) ? 'all' : undefined;
  }

  #at(state: number): State {
    const found = this.#states.values[state];
    if (!found) throw new RangeError(`no state ${state}`);
    return found;
  }

  #place(state: State, next: number): Place {
    return { state, next, moved: new Map(), behinds: [] };
  }

  #advance(state: State, next: number): number {
    const place = this.#place(state, next);
    const threads = this.#unordered(this.#move(state.threads, place, true), true);
    const decided = threads.find(isCertain);
    if (decided) return this.#state({ threads: [decided], behinds: [], before: 'other' });
    if (threads.length === 0) return this.#state({ threads, behinds: [], before: 'other' });
    const behinds = this.#program.behinds.map((entry, index) => [
      ...this.#unordered(this.#move(this.#closedBehind(index, place), place, false), false),
      this.#thread(entry),
    ]);
    const word = this.#program.usesWord && this.#program.wordClasses[next] === 1;
    return this.#state({ threads, behinds, before: word ? 'word' : 'other' });
  }

  /**
   * The threads behind the next symbol. `absorbing` keeps a thread that has matched, as everything may follow a search's or
   * a look-ahead's match; a look-behind's match has to end where it is asked for.
   */
  #move(threads: readonly Thread[], place: Place, absorbing: boolean): Thread[] {
    const moved: Thread[] = [];
    for (const thread of this.#close(threads, place)) {
      const conditions = this.#moveConditions(thread.conditions, place);
      if (!conditions) continue;
      const after = this.#moveOne(thread, conditions, place, absorbing);
      if (after) moved.push(after);
    }
    return moved;
  }

  #moveOne(thread: Thread, conditions: readonly Condition[], place: Place, absorbing: boolean): Thread | undefined {
    if (thread.inside) {
      const inside = this.#ordered(this.#move(thread.inside, place, false));
      return inside.length === 0 ? undefined : this.#thread(thread.at, conditions, thread.captures, inside);
    }
    const step = this.#program.steps[thread.at];
    if (step?.op === 'match') return absorbing ? this.#thread(thread.at, conditions) : undefined;
    if (step?.op === 'take' && step.classes[place.next] === 1) {
      return this.#thread(step.next, conditions, this.#record(thread.captures, place.next));
    }
    if (step?.op === 'reference' && thread.captures) {
      const text = thread.captures.held.get(step.group) ?? '';
      const { progress } = thread.captures;
      if (!sameSymbol(text.charCodeAt(progress), SYMBOL_CODES[this.symbols[place.next] ?? 0] ?? 0, step.ignoreCase)) return undefined;
      const captures = this.#record(thread.captures, place.next);
      if (!captures) return undefined;
      const done = progress + 1 === text.length;
      return this.#thread(done ? step.next : thread.at, conditions, this.#capture(captures.held, captures.open, done ? 0 : progress + 1));
    }
    return undefined;
  }

  /** The conditions behind the next symbol without those fulfilled; undefined when one has failed. */
  #moveConditions(conditions: readonly Condition[], place: Place): readonly Condition[] | undefined {
    if (conditions.length === 0) return conditions;
    const kept: Condition[] = [];
    for (const condition of conditions) {
      let moved = place.moved.get(condition.id);
      if (moved === undefined) {
        const threads = this.#unordered(this.#move(condition.threads, place, true), true);
        if (threads.length === 0) moved = condition.negate;
        else if (threads.some(isCertain)) moved = !condition.negate;
        else moved = this.#condition(condition.negate, threads);
        place.moved.set(condition.id, moved);
      }
      if (moved === false) return undefined;
      if (moved !== true) kept.push(moved);
    }
    return sortedById(kept);
  }

  #matchesAtEnd(threads: readonly Thread[], place: Place): boolean {
    return this.#close(threads, place).some(
      (thread) =>
        thread.at === MATCH && thread.conditions.every((condition) => this.#matchesAtEnd(condition.threads, place) !== condition.negate),
    );
  }

  /** Follows every step that takes no symbol, in the order of trying. What is left takes a symbol, or has matched. */
  #close(threads: readonly Thread[], place: Place): Thread[] {
    const closed: Thread[] = [];
    const seen = new Set<number>();
    const pending: Thread[] = [...threads].reverse();
    for (let thread = pending.pop(); thread !== undefined; thread = pending.pop()) {
      if (seen.has(thread.id)) continue;
      seen.add(thread.id);
      if (--this.#work < 0) throw new Undecided('too many steps');
      if (thread.inside) this.#closeAtomic(thread, thread.inside, place, closed, pending);
      else this.#follow(thread, place, closed, pending);
    }
    return closed;
  }

  /** Puts the threads behind one step that takes nothing on the stack, the first to be tried on top. */
  #follow(thread: Thread, place: Place, closed: Thread[], pending: Thread[]): void {
    const step = this.#program.steps[thread.at];
    if (!step) return;
    const { conditions, captures } = thread;
    switch (step.op) {
      case 'match':
      case 'take':
        closed.push(thread);
        return;
      case 'split':
        for (let index = step.next.length - 1; index >= 0; index--)
          pending.push(this.#thread(step.next[index] ?? MATCH, conditions, captures));
        return;
      case 'assert':
        if (this.#holds(step.kind, place)) pending.push(this.#thread(step.next, conditions, captures));
        return;
      case 'look': {
        const threads = step.behind < 0 ? [this.#thread(step.entry)] : this.#matchesBehind(step.behind, place);
        if (threads.length === 0 || threads.some(isCertain)) {
          if ((threads.length === 0) === step.negate) pending.push(this.#thread(step.next, conditions, captures));
        } else {
          const under = withCondition(conditions, this.#condition(step.negate, threads));
          if (under) pending.push(this.#thread(step.next, under, captures));
        }
        return;
      }
      case 'atomic':
        pending.push(this.#thread(thread.at, conditions, captures, [this.#thread(step.entry)]));
        return;
      case 'open':
        pending.push(
          this.#thread(step.next, conditions, this.#capture(captures?.held ?? new Map(), new Map(captures?.open).set(step.group, ''), 0)),
        );
        return;
      case 'close': {
        const open = new Map(captures?.open);
        const text = open.get(step.group) ?? '';
        open.delete(step.group);
        pending.push(this.#thread(step.next, conditions, this.#capture(new Map(captures?.held).set(step.group, text), open, 0)));
        return;
      }
      case 'forget': {
        const held = new Map(captures?.held);
        for (const group of step.groups) held.delete(group);
        pending.push(this.#thread(step.next, conditions, this.#capture(held, captures?.open ?? new Map(), 0)));
        return;
      }
      case 'reference': {
        const text = captures?.held.get(step.group);
        if (text) closed.push(thread);
        else if (text === '' || !this.#program.unsetFails) pending.push(this.#thread(step.next, conditions, captures));
      }
    }
  }

  /**
   * An atomic group is left through its first match: the first thread inside that ever matches. A match here is the one if
   * none of the threads before it matches later; else the group stays inside, without the threads behind a certain match.
   */
  #closeAtomic(thread: Thread, inside: readonly Thread[], place: Place, closed: Thread[], pending: Thread[]): void {
    const step = this.#program.steps[thread.at];
    if (step?.op !== 'atomic') return;
    const earlier: Thread[] = [];
    const exits: Thread[] = [];
    let refused: readonly Condition[] = [];
    for (const inner of this.#close(inside, place)) {
      const own = mergeConditions(inner.conditions, refused);
      if (!own) continue;
      if (inner.at !== MATCH || inner.inside) {
        earlier.push(own === inner.conditions ? inner : this.#thread(inner.at, own, inner.captures, inner.inside));
        continue;
      }
      const first = earlier.length === 0 ? own : withCondition(own, this.#condition(true, earlier));
      const under = first && mergeConditions(thread.conditions, first);
      if (under) exits.push(this.#thread(step.next, under, thread.captures));
      if (own.length === 0) break;
      const behind = withCondition(refused, this.#condition(true, [this.#thread(MATCH, own)]));
      if (!behind) break;
      refused = behind;
    }
    if (earlier.length > 0) closed.push(this.#thread(thread.at, thread.conditions, thread.captures, earlier));
    pending.push(...exits.reverse());
  }

  #holds(kind: 'start' | 'end' | 'lineStart' | 'lineEnd' | 'finalEnd' | 'word' | 'notWord', place: Place): boolean {
    switch (kind) {
      // An origin holds no newline, so that every line is the whole.
      case 'start':
      case 'lineStart':
        return place.state.before === 'start';
      case 'end':
      case 'lineEnd':
      case 'finalEnd':
        return place.next === END;
      default: {
        const after = place.next !== END && this.#program.wordClasses[place.next] === 1;
        return ((place.state.before === 'word') !== after) === (kind === 'word');
      }
    }
  }

  #closedBehind(index: number, place: Place): readonly Thread[] {
    return (place.behinds[index] ??= this.#close(place.state.behinds[index] ?? [], place));
  }

  #matchesBehind(index: number, place: Place): readonly Thread[] {
    return this.#unordered(
      this.#closedBehind(index, place).filter((thread) => thread.at === MATCH),
      true,
    );
  }

  #thread(at: number, conditions: readonly Condition[] = NO_CONDITIONS, captures?: Captures, inside?: readonly Thread[]): Thread {
    if (conditions.length === 0 && !captures && !inside) {
      return (this.#plain[at] ??= this.#threads.add((id) => ({ id, at, conditions: NO_CONDITIONS, captures, inside })));
    }
    let key = String(at);
    if (conditions.length > 0) key += `?${idsOf(conditions)}`;
    if (captures) key += `=${captures.key}`;
    if (inside) key += `(${idsOf(inside)})`;
    const id = this.#threads.id(key, (made) => ({ id: made, at, conditions, captures, inside }));
    return this.#threads.values[id] as Thread;
  }

  #condition(negate: boolean, threads: readonly Thread[]): Condition {
    const sorted = sortedById(threads);
    const id = this.#conditions.id(`${negate ? '!' : ''}${idsOf(sorted)}`, (made) => ({ id: made, negate, threads: sorted }));
    return this.#conditions.values[id] as Condition;
  }

  #capture(held: ReadonlyMap<number, string>, open: ReadonlyMap<number, string>, progress: number): Captures | undefined {
    if (held.size === 0 && open.size === 0) return undefined;
    const key = JSON.stringify([[...held].sort(byGroup), [...open].sort(byGroup), progress]);
    const id = this.#captures.id(key, (made) => ({ key: `c${made}`, held, open, progress }));
    return this.#captures.values[id];
  }

  /** Adds the symbol just taken to the groups that are being read. */
  #record(captures: Captures | undefined, symbolClass: number): Captures | undefined {
    if (!captures || captures.open.size === 0) return captures;
    const symbol = String.fromCharCode(SYMBOL_CODES[this.symbols[symbolClass] ?? 0] ?? 0);
    const open = new Map([...captures.open].map(([group, text]) => [group, text + symbol]));
    for (const text of open.values()) if (text.length > MAX_CAPTURE) throw new Undecided('reference to a long group');
    return this.#capture(captures.held, open, captures.progress);
  }

  #state(state: State): number {
    const key = `${state.before[0] ?? ''}${idsOf(state.threads)};${state.behinds.map(idsOf).join(';')}`;
    const id = this.#states.id(key, () => state);
    if (this.#states.values.length > MAX_STATES) throw new Undecided('too many states');
    return id;
  }

  /**
   * A set of alternatives: without repetitions, and without those that another one includes. Where a match absorbs what
   * follows, a certain one includes all.
   */
  #unordered(threads: readonly Thread[], absorbing: boolean): readonly Thread[] {
    if (threads.length < 2) return threads;
    const certain = absorbing ? threads.find(isCertain) : undefined;
    if (certain) return [certain];
    const unconditional = new Set<string>();
    const levels = new Map<string, number>();
    for (const thread of threads) {
      if (thread.conditions.length === 0) unconditional.add(placeKey(thread));
      for (const { family, level } of this.#turnsOf(thread)) levels.set(family, Math.max(level, levels.get(family) ?? 0));
    }
    const kept = new Map<number, Thread>();
    for (const thread of threads) {
      if (thread.conditions.length > 0 && unconditional.has(placeKey(thread))) continue;
      if (this.#turnsOf(thread).some(({ family, level }) => (levels.get(family) ?? 0) > level)) continue;
      kept.set(thread.id, thread);
    }
    return sortedById([...kept.values()]);
  }

  /** Optional turns a thread stands in, where another thread can be compared with it. */
  #turnsOf(thread: Thread): readonly OptionalTurn[] {
    const turns = this.#program.optional.get(thread.at);
    if (turns === undefined || thread.inside) return [];
    if (thread.conditions.length === 0 && !thread.captures) return turns;
    const under = `?${idsOf(thread.conditions)}${thread.captures?.key ?? ''}`;
    return turns.map(({ family, level }) => ({ family: family + under, level }));
  }

  /** Alternatives in the order of trying: without those that repeat an earlier one. */
  #ordered(threads: readonly Thread[]): readonly Thread[] {
    return [...new Set(threads)];
  }
}

function sameSymbol(left: number, right: number, ignoreCase: boolean): boolean {
  if (left === right) return true;
  return ignoreCase && (left ^ right) === 32 && (left | 32) >= 97 && (left | 32) <= 122;
}
