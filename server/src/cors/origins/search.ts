import { READABLE, SYMBOLS } from './regex/alphabet.ts';
import type { Automaton } from './regex/automaton.ts';
import { Undecided } from './regex/syntax.ts';

/** Steps of one question, each counted by the automata it moves; past it the question is undecided. */
const MAX_SEARCH_STEPS = 200_000;

/** What is left of the steps a question may take. */
export interface Budget {
  left: number;
}

/** Steps of the quick look for any word at all, before all short ones are gone through. */
const GLANCE = 16_000;

/** Whether the automaton accepts nothing. */
export function isEmptyLanguage(automaton: Automaton): boolean {
  // Most languages that are asked about hold something, and going straight ahead finds it long before the shortest word is found.
  const glance = acceptsSomething(automaton, GLANCE);
  if (glance !== undefined) return !glance;
  for (const _ of wordsByLength(automaton, [...automaton.symbols.keys()], 1, { left: MAX_SEARCH_STEPS })) return false;
  return true;
}

/** Whether a word is accepted, depth first; undefined where `steps` do not suffice to tell. */
function acceptsSomething(automaton: Automaton, steps: number): boolean | undefined {
  const entered: boolean[] = [];
  entered[automaton.start] = true;
  const pending = [automaton.start];
  for (let state = pending.pop(); state !== undefined; state = pending.pop()) {
    if (automaton.accepts(state)) return true;
    if (automaton.fate(state) === 'none') continue;
    for (let symbolClass = automaton.symbols.length - 1; symbolClass >= 0; symbolClass--) {
      if ((steps -= automaton.weight) < 0) return undefined;
      const next = automaton.step(state, symbolClass);
      if (entered[next] === true) continue;
      entered[next] = true;
      pending.push(next);
    }
  }
  return false;
}

/**
 * Accepted words over some of the classes of symbols, shortest first, of equal length the more readable first. Each state is
 * entered at most `visits` times, so that a handful of words is found without walking every path.
 */
export function* wordsByLength(automaton: Automaton, classes: readonly number[], visits: number, budget: Budget): Generator<string> {
  interface Reached {
    readonly state: number;
    readonly from: Reached | undefined;
    readonly symbol: number;
  }
  const entered: number[] = [];
  const enter = (state: number): boolean => {
    const times = entered[state] ?? 0;
    entered[state] = times + 1;
    return times < visits && automaton.fate(state) !== 'none';
  };
  let level: Reached[] = enter(automaton.start) ? [{ state: automaton.start, from: undefined, symbol: 0 }] : [];
  while (level.length > 0) {
    const next: Reached[] = [];
    for (const reached of level) {
      if (automaton.accepts(reached.state)) {
        let word = '';
        for (let at = reached; at.from; at = at.from) word = SYMBOLS.charAt(at.symbol) + word;
        yield word;
      }
      for (const symbolClass of classes) {
        if ((budget.left -= automaton.weight) < 0) throw new Undecided('search too long');
        const state = automaton.step(reached.state, symbolClass);
        if (enter(state)) next.push({ state, from: reached, symbol: automaton.symbols[symbolClass] ?? 0 });
      }
    }
    level = next;
  }
}

/**
 * All accepted words.
 * @returns undefined when there are more than `limit`.
 */
export function allWords(automaton: Automaton, limit: number): readonly string[] | undefined {
  const alive = liveStates(automaton);
  const words: string[] = [];
  const onPath = new Set<number>();
  const visit = (state: number, word: string): boolean => {
    if (!alive.has(state)) return true;
    // A live cycle means words without end.
    if (onPath.has(state)) return false;
    onPath.add(state);
    if (automaton.accepts(state) && words.push(word) > limit) return false;
    for (let symbol = 0; symbol < SYMBOLS.length; symbol++) {
      if (!visit(automaton.step(state, automaton.classOf[symbol] ?? 0), word + SYMBOLS.charAt(symbol))) return false;
    }
    onPath.delete(state);
    return true;
  };
  return visit(automaton.start, '') ? words : undefined;
}

/** The states that can be reached and from which a word is accepted. */
function liveStates(automaton: Automaton): ReadonlySet<number> {
  const before = new Map<number, number[]>([[automaton.start, []]]);
  const pending = [automaton.start];
  const live: number[] = [];
  for (let state = pending.pop(), steps = 0; state !== undefined; state = pending.pop()) {
    if (automaton.accepts(state)) live.push(state);
    if (automaton.fate(state) === 'none') continue;
    for (const symbolClass of automaton.symbols.keys()) {
      if ((steps += automaton.weight) > MAX_SEARCH_STEPS) throw new Undecided('search too long');
      const next = automaton.step(state, symbolClass);
      const sources = before.get(next);
      if (sources) sources.push(state);
      else {
        before.set(next, [state]);
        pending.push(next);
      }
    }
  }
  const alive = new Set(live);
  for (let state = live.pop(); state !== undefined; state = live.pop()) {
    for (const source of before.get(state) ?? []) {
      if (alive.has(source)) continue;
      alive.add(source);
      live.push(source);
    }
  }
  return alive;
}

/**
 * The alphabets a witness is looked for in: of what anybody would write one symbol of each kind, then all of it, then with `_`,
 * then every symbol.
 */
export const ALPHABETS = ['kinds', 'readable', 'underscore', 'all'] as const;

/** The classes of symbols in an alphabet. */
export function classesIn(automaton: Automaton, alphabet: (typeof ALPHABETS)[number]): readonly number[] {
  const limit = { kinds: READABLE, readable: READABLE, underscore: READABLE + 1, all: SYMBOLS.length }[alphabet];
  const kinds = new Set<number>();
  return [...automaton.symbols.keys()].filter((symbolClass) => {
    const symbol = automaton.symbols[symbolClass] ?? 0;
    if (symbol >= limit) return false;
    if (alphabet !== 'kinds') return true;
    const kind = automaton.kindOf[symbol] ?? 0;
    return !kinds.has(kind) && kinds.add(kind);
  });
}
