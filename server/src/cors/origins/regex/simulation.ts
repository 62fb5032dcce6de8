import { SYMBOL_CODES } from './alphabet.ts';
import { AlikeSymbols } from './alike.ts';
import { ListInterner, StepTable, type Automaton } from './automaton.ts';
import type { Program } from './program.ts';
import { Undecided } from './syntax.ts';
import { ThreadPool } from './thread-pool.ts';
import { isCertain, MATCH, mergeConditions, sortedById, withCondition, type Condition, type Thread } from './thread.ts';

/** Budgets of one pattern's automaton: states, and steps of all the threads together. Past either it is undecided. */
const MAX_STATES = 3000;
const MAX_THREAD_STEPS = 220_000;

const BEFORE = ['start', 'word', 'other'] as const;

interface State {
  readonly threads: readonly Thread[];
  /** For each look-behind, the threads of its body begun at every earlier place. */
  readonly behinds: readonly (readonly Thread[])[];
  readonly before: (typeof BEFORE)[number];
  /** The closed threads before any symbol, once they have been asked for; those before the end are others. */
  closed?: readonly Thread[];
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
  readonly kindOf: Uint8Array;
  readonly symbols: readonly number[];
  readonly start: number;
  readonly weight = 1;
  readonly #program: Program;
  readonly #pool: ThreadPool;
  readonly #states: State[] = [];
  readonly #stateIds = new ListInterner();
  readonly #table: StepTable;
  readonly #alike: AlikeSymbols;
  readonly #accepting: (boolean | undefined)[] = [];
  #work: number;

  /** `budget` is the number of thread steps all questions together may take. */
  constructor(program: Program, budget = MAX_THREAD_STEPS) {
    this.#work = budget;
    this.#program = program;
    this.#pool = new ThreadPool(program);
    this.classOf = program.classOf;
    this.kindOf = program.kindOf;
    this.symbols = program.symbols;
    this.#table = new StepTable(program.symbols.length);
    this.#alike = new AlikeSymbols(program);
    const behinds = program.behinds.map((entry) => [this.#pool.thread(entry)]);
    this.start = this.#state({ threads: [this.#pool.thread(program.start)], behinds, before: 'start' });
  }

  /** How many states have come to be. */
  get size(): number {
    return this.#states.length;
  }

  step(state: number, symbolClass: number): number {
    const known = this.#table.known(state, symbolClass);
    return known >= 0 ? known : this.#table.keep(state, symbolClass, this.#advance(state, symbolClass));
  }

  accepts(state: number): boolean {
    return (this.#accepting[state] ??= this.#matchesAtEnd(this.#at(state).threads, this.#place(this.#at(state), END)));
  }

  fate(state: number): 'all' | 'none' | undefined {
    const { threads } = this.#at(state);
    if (threads.length === 0) return 'none';
    return threads.length === 1 && threads[0] !== undefined && isCertain(threads[0]) ? 'all' : undefined;
  }

  #spend(steps: number): void {
    if ((this.#work -= steps) < 0) throw new Undecided('too many steps');
  }

  #at(state: number): State {
    const found = this.#states[state];
    if (!found) throw new RangeError(`no state ${state}`);
    return found;
  }

  #place(state: State, next: number): Place {
    return { state, next, moved: new Map(), behinds: [] };
  }

  #advance(from: number, next: number): number {
    const state = this.#at(from);
    const place = this.#place(state, next);
    const closed = this.#closedBefore(state, state.threads, place);
    const known = this.#alike.known(from, closed, next);
    if (known !== undefined) return known;
    const reached = this.#reached(closed, place);
    this.#alike.keep(from, next, reached);
    return reached;
  }

  /** The state behind the next symbol. */
  #reached(closed: readonly Thread[], place: Place): number {
    const threads = this.#pool.unordered(this.#moveClosed(closed, place, true), true);
    const decided = threads.find(isCertain);
    if (decided) return this.#state({ threads: [decided], behinds: [], before: 'other' });
    if (threads.length === 0) return this.#state({ threads, behinds: [], before: 'other' });
    const behinds = this.#program.behinds.map((entry, index) => [
      ...this.#pool.unordered(this.#move(this.#closedBehind(index, place), place, false), false),
      this.#pool.thread(entry),
    ]);
    const word = this.#program.usesWord && this.#program.wordClasses[place.next] === 1;
    return this.#state({ threads, behinds, before: word ? 'word' : 'other' });
  }

  /**
   * The threads behind the next symbol. `absorbing` keeps a thread that has matched, as everything may follow a search's or
   * a look-ahead's match; a look-behind's match has to end where it is asked for.
   */
  #move(threads: readonly Thread[], place: Place, absorbing: boolean): Thread[] {
    return this.#moveClosed(this.#close(threads, place), place, absorbing);
  }

  #moveClosed(threads: readonly Thread[], place: Place, absorbing: boolean): Thread[] {
    const moved: Thread[] = [];
    for (const thread of threads) {
      this.#spend(1 + thread.conditions.length);
      const conditions = this.#moveConditions(thread.conditions, place);
      if (!conditions) continue;
      const after = this.#moveOne(thread, conditions, place, absorbing);
      if (after) moved.push(after);
    }
    return moved;
  }

  #moveOne(thread: Thread, conditions: readonly Condition[], place: Place, absorbing: boolean): Thread | undefined {
    if (thread.inside) {
      const inside = this.#pool.ordered(this.#move(thread.inside, place, false));
      return inside.length === 0 ? undefined : this.#pool.thread(thread.at, conditions, thread.captures, inside);
    }
    const step = this.#program.steps[thread.at];
    if (step?.op === 'match') return absorbing ? this.#pool.thread(thread.at, conditions) : undefined;
    if (step?.op === 'take' && step.classes[place.next] === 1) {
      return this.#pool.thread(step.next, conditions, this.#pool.record(thread.captures, place.next));
    }
    if (step?.op === 'reference' && thread.captures) {
      const text = thread.captures.held.get(step.group) ?? '';
      const { progress } = thread.captures;
      if (!sameSymbol(text.charCodeAt(progress), SYMBOL_CODES[this.symbols[place.next] ?? 0] ?? 0, step.ignoreCase)) return undefined;
      const captures = this.#pool.record(thread.captures, place.next);
      if (!captures) return undefined;
      const done = progress + 1 === text.length;
      return this.#pool.thread(
        done ? step.next : thread.at,
        conditions,
        this.#pool.capture(captures.held, captures.open, done ? 0 : progress + 1),
      );
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
        // What a look-behind finds, and whether this is the start, is the state's and not the condition's.
        const closed =
          this.#program.behinds.length > 0 || place.state.before === 'start'
            ? this.#close(condition.threads, place)
            : this.#closedBefore(condition, condition.threads, place);
        const threads = this.#pool.unordered(this.#moveClosed(closed, place, true), true);
        if (threads.length === 0) moved = condition.negate;
        else if (threads.some(isCertain)) moved = !condition.negate;
        else moved = this.#pool.condition(condition.negate, threads);
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

  /** The closed threads of a state or condition. They are the same before every symbol where no word boundary is asked for. */
  #closedBefore(owner: { closed?: readonly Thread[] }, threads: readonly Thread[], place: Place): readonly Thread[] {
    if (this.#program.usesWord || place.next === END) return this.#close(threads, place);
    return (owner.closed ??= this.#close(threads, place));
  }

  /** Follows every step that takes no symbol, in the order of trying. What is left takes a symbol, or has matched. */
  #close(threads: readonly Thread[], place: Place): Thread[] {
    const closed: Thread[] = [];
    const seen = new Set<number>();
    const pending: Thread[] = [...threads].reverse();
    for (let thread = pending.pop(); thread !== undefined; thread = pending.pop()) {
      if (seen.has(thread.id)) continue;
      seen.add(thread.id);
      this.#spend(1 + thread.conditions.length);
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
          pending.push(this.#pool.thread(step.next[index] ?? MATCH, conditions, captures));
        return;
      case 'assert':
        if (this.#holds(step.kind, place)) pending.push(this.#pool.thread(step.next, conditions, captures));
        return;
      case 'look': {
        const threads = step.behind < 0 ? [this.#pool.thread(step.entry)] : this.#matchesBehind(step.behind, place);
        if (threads.length === 0 || threads.some(isCertain)) {
          if ((threads.length === 0) === step.negate) pending.push(this.#pool.thread(step.next, conditions, captures));
        } else {
          const under = withCondition(conditions, this.#pool.condition(step.negate, threads));
          if (under) pending.push(this.#pool.thread(step.next, under, captures));
        }
        return;
      }
      case 'atomic':
        pending.push(this.#pool.thread(thread.at, conditions, captures, [this.#pool.thread(step.entry)]));
        return;
      case 'open':
        pending.push(
          this.#pool.thread(
            step.next,
            conditions,
            this.#pool.capture(captures?.held ?? new Map(), new Map(captures?.open).set(step.group, ''), 0),
          ),
        );
        return;
      case 'close': {
        const open = new Map(captures?.open);
        const text = open.get(step.group) ?? '';
        open.delete(step.group);
        pending.push(this.#pool.thread(step.next, conditions, this.#pool.capture(new Map(captures?.held).set(step.group, text), open, 0)));
        return;
      }
      case 'forget': {
        const held = new Map(captures?.held);
        for (const group of step.groups) held.delete(group);
        pending.push(this.#pool.thread(step.next, conditions, this.#pool.capture(held, captures?.open ?? new Map(), 0)));
        return;
      }
      case 'reference': {
        const text = captures?.held.get(step.group);
        if (text) closed.push(thread);
        else if (text === '' || !this.#program.unsetFails) pending.push(this.#pool.thread(step.next, conditions, captures));
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
        earlier.push(own === inner.conditions ? inner : this.#pool.thread(inner.at, own, inner.captures, inner.inside));
        continue;
      }
      const first = earlier.length === 0 ? own : withCondition(own, this.#pool.condition(true, earlier));
      const under = first && mergeConditions(thread.conditions, first);
      if (under) exits.push(this.#pool.thread(step.next, under, thread.captures));
      if (own.length === 0) break;
      const behind = withCondition(refused, this.#pool.condition(true, [this.#pool.thread(MATCH, own)]));
      if (!behind) break;
      refused = behind;
    }
    if (earlier.length > 0) closed.push(this.#pool.thread(thread.at, thread.conditions, thread.captures, earlier));
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
    return this.#pool.unordered(
      this.#closedBehind(index, place).filter((thread) => thread.at === MATCH),
      true,
    );
  }

  #state(state: State): number {
    const ids: number[] = [BEFORE.indexOf(state.before)];
    for (const thread of state.threads) ids.push(thread.id);
    for (const behind of state.behinds) {
      // No thread has this number.
      ids.push(END);
      for (const thread of behind) ids.push(thread.id);
    }
    const id = this.#stateIds.id(ids);
    this.#states[id] ??= state;
    if (this.#states.length > MAX_STATES) throw new Undecided('too many states');
    return id;
  }
}

function sameSymbol(left: number, right: number, ignoreCase: boolean): boolean {
  if (left === right) return true;
  return ignoreCase && (left ^ right) === 32 && (left | 32) >= 97 && (left | 32) <= 122;
}
