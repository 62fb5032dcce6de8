/** What following a program brings about, as a tree: the steps of a policy and how control leaves a handler. */
import type { Place } from '../../core/text.ts';
import type { Condition, Step } from '../../policy/model.ts';

export type Effect =
  | Exclude<Step, { kind: 'branch' }>
  | { readonly kind: 'branch'; readonly when: Condition; readonly then: Effects; readonly otherwise: Effects; readonly place?: Place }
  /** The next handler takes over. */
  | { readonly kind: 'next'; readonly place: Place }
  /** An error goes to the error handlers. `status` where the error carries one. */
  | { readonly kind: 'raise'; readonly status?: number; readonly place: Place; readonly why: string; readonly handler: number | undefined }
  /** Code that is not in sight gets hold of the response. */
  | { readonly kind: 'delegate'; readonly name: string; readonly id: string; readonly place: Place };

export type Effects = readonly Effect[];

/** Whether control never goes past an effect. */
export function isTerminal(effect: Effect): boolean {
  switch (effect.kind) {
    case 'answer':
    case 'upstream':
    case 'reroute':
    case 'fail':
    case 'hang':
    case 'next':
    case 'raise':
      return true;
    default:
      return false;
  }
}

/** Bounds the duplication of what follows a branch that ends on one side only. */
const largestTree = 4000;

/**
 * The same effects with nothing behind the end of a path: what follows a branch moves into the sides that go on, where
 * a side ends. `leaf` replaces every effect that ends a path, and stands (called with undefined) where a path runs out.
 */
export function straighten(effects: Effects, leaf: (end: Effect | undefined) => Effects): Effects {
  let size = 0;
  const follow = (list: Effects, rest: readonly Effects[]): Effects => {
    const output: Effect[] = [];
    for (let index = 0; index < list.length; index++) {
      const effect = list[index];
      if (!effect) continue;
      if (++size > largestTree) return output;
      if (isTerminal(effect)) return [...output, ...leaf(effect)];
      if (effect.kind !== 'branch') {
        output.push(effect);
        continue;
      }
      if (endsSomewhere(effect)) {
        const remaining = list.slice(index + 1);
        const following = remaining.length > 0 ? [remaining, ...rest] : rest;
        return [...output, { ...effect, then: follow(effect.then, following), otherwise: follow(effect.otherwise, following) }];
      }
      output.push(effect);
    }
    const [next, ...others] = rest;
    return next ? [...output, ...follow(next, others)] : [...output, ...leaf(undefined)];
  };
  return follow(effects, []);
}

const ending = new WeakMap<Effect, boolean>();

function endsSomewhere(effect: Effect): boolean {
  if (effect.kind !== 'branch') return isTerminal(effect);
  const known = ending.get(effect);
  if (known !== undefined) return known;
  const ends = effect.then.some(endsSomewhere) || effect.otherwise.some(endsSomewhere);
  ending.set(effect, ends);
  return ends;
}
