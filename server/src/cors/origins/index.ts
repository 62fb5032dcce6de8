import type { OriginSet, Pattern } from './origin-set.ts';
import type { OriginReasoning } from './reasoning.ts';

export * from './origin-set.ts';
export type { Backtracking } from './backtracking.ts';
export type { Intent, IntentOptions } from './intent.ts';
export type { Foreign, Judgement, Witness } from './judge.ts';
export type { OriginReasoning } from './reasoning.ts';
export type { Repair } from './repair.ts';
export type { Rewriting } from './unambiguous.ts';

/**
 * Questions about whole sets, answered with automata over the serialized origins a browser can send. Every answer is
 * exact or `undefined` (undecided: unsupported syntax, or more states than the cap allows).
 */
export interface Origins {
  /** Whether no serialized origin is a member. */
  isEmpty(set: OriginSet): boolean | undefined;
  /** Whether every serialized origin in `a` is in `b`. */
  isSubset(a: OriginSet, b: OriginSet): boolean | undefined;
  /** Whether both hold the same serialized origins. */
  equal(a: OriginSet, b: OriginSet): boolean | undefined;
  /**
   * The shortest readable member, preferably one that is also in the first of `prefer` that has any; those of them that list
   * origins are gone through before anything is searched. It is proven with `contains`; undefined when the set is empty, undecided, or no member can be proven. Origins that are `known` of are
   * looked at first: where the set holds one of them, whether it holds any needs no search.
   */
  witness(set: OriginSet, options?: { readonly prefer?: readonly OriginSet[]; readonly known?: readonly string[] }): string | undefined;
  /** All members when there are at most `limit`; undefined when there are more, or undecided. */
  members(set: OriginSet, limit: number): readonly string[] | undefined;
  /** The origins for which the leftmost match of `pattern` (group 0) is the origin itself. */
  fullMatches(pattern: Pattern): OriginSet;
}

let loading: Promise<OriginReasoning> | undefined;

/** Loads the automata and what reasons with them, once. */
export function loadReasoning(): Promise<OriginReasoning> {
  loading ??= import('./reasoning.ts').then(({ createReasoning }) => createReasoning());
  return loading;
}

/** Loads the automata, once. */
export async function loadOrigins(): Promise<Origins> {
  return (await loadReasoning()).origins;
}
