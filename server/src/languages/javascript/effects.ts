/** What following a program brings about, as a tree: the steps of a policy and how control leaves a handler. */
import type { Place } from '../../core/text.ts';
import type { Codes } from '../../policy/codes.ts';
import { all, always, any, never, not } from '../../policy/condition.ts';
import type { Condition, Step } from '../../policy/model.ts';

export type Effect =
  | Exclude<Step, { kind: 'branch' }>
  | { readonly kind: 'branch'; readonly when: Condition; readonly then: Effects; readonly otherwise: Effects; readonly place?: Place }
  /** The next handler takes over, or the first behind this route or this router. */
  | { readonly kind: 'next'; readonly place: Place; readonly past?: 'route' | 'router' }
  /** What comes behind in the chain runs, and control comes back (`await next()`). */
  | { readonly kind: 'downstream'; readonly place: Place }
  /** The response has this status from here on, if nothing changes it. `over`: only where it had one of these. Without a place the framework decides it. */
  | { readonly kind: 'respond'; readonly status: Codes; readonly over?: Codes; readonly place?: Place }
  /** What a function gives back as its answer does this, where it did not go on before. */
  | { readonly kind: 'given'; readonly effects: Effects; readonly place: Place }
  /** An error goes to the error handlers. `status` where the error carries one. */
  | { readonly kind: 'raise'; readonly status?: number; readonly place: Place; readonly why: string; readonly handler: number | undefined }
  /** Code that is not in sight gets hold of the response; or `to`, an application that is made there. */
  | { readonly kind: 'delegate'; readonly name: string; readonly id: string; readonly place: Place; readonly to?: Place };

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

/** Bounds the duplication of what follows a branch that ends on one side only; past it the code counts as not in sight. */
const largestTree = 4000;

/**
 * The same effects with nothing behind the end of a path: what follows a branch moves into the sides that go on, where
 * a side ends. `leaf` replaces every effect that ends a path, and stands (called with undefined) where a path runs out.
 */
export function straighten(effects: Effects, leaf: (end: Effect | undefined) => Effects): Effects {
  let size = 0;
  const ended = (end: Effect | undefined, place: Place): Effects => {
    const made = leaf(end);
    size += sizeOf(made);
    return size > largestTree ? [unseen(place)] : made;
  };
  const follow = (list: Effects, rest: readonly Effects[]): Effects => {
    const output: Effect[] = [];
    let last: Place = { uri: '', range: { start: 0, end: 0 } };
    for (let index = 0; index < list.length; index++) {
      const effect = list[index];
      if (!effect) continue;
      last = placeOf(effect);
      const splits = effect.kind === 'branch' && endsSomewhere(effect);
      size += splits ? 1 : sizeOf([effect]);
      if (size > largestTree) return [...output, unseen(placeOf(effect))];
      if (isTerminal(effect)) return [...output, ...ended(effect, placeOf(effect))];
      if (!splits) {
        output.push(effect);
        continue;
      }
      const remaining = list.slice(index + 1);
      const following = remaining.length > 0 ? [remaining, ...rest] : rest;
      return [...output, { ...effect, then: follow(effect.then, following), otherwise: follow(effect.otherwise, following) }];
    }
    const [next, ...others] = rest;
    return next ? [...output, ...follow(next, others)] : [...output, ...ended(undefined, last)];
  };
  return follow(effects, []);
}

const sizes = new WeakMap<Effect, number>();

/** How many effects there are, those in branches included. What several branches share counts in each of them. */
export function sizeOf(effects: Effects): number {
  return effects.reduce((sum, effect) => {
    if (effect.kind !== 'branch') return sum + 1;
    let size = sizes.get(effect);
    if (size === undefined) sizes.set(effect, (size = 1 + sizeOf(effect.then) + sizeOf(effect.otherwise)));
    return sum + size;
  }, 0);
}

/** A function that does more than this, over all ways through it, counts as code that is not in sight. */
const mostEffects = 5000;

/**
 * The effects of a function, or that of code that is not in sight where they are too many: branches share what follows
 * them, so that a short text may have more ways through it than anybody can walk.
 */
export function bounded(effects: Effects, place: Place): Effects {
  return sizeOf(effects) > mostEffects ? [unseen(place)] : effects;
}

function unseen(place: Place): Effect {
  return { kind: 'delegate', name: 'code', id: `ways:${place.uri}#${place.range.start}`, place };
}

/** Where an effect was written, as far as it says so. */
function placeOf(effect: Effect): Place {
  const place = effect.kind === 'write' ? effect.write.place : 'place' in effect ? effect.place : undefined;
  return place ?? { uri: '', range: { start: 0, end: 0 } };
}

/** When control leaves through an error that the `try` block with this identifier takes. */
export function raisedWhen(effects: Effects, handler: number): Condition {
  return endOf(effects, handler).raised;
}

function endOf(effects: Effects, handler: number): { readonly raised: Condition; readonly through: Condition } {
  let raised: Condition = never;
  let through: Condition = always;
  for (const effect of effects) {
    if (isTerminal(effect)) {
      if (effect.kind === 'raise' && effect.handler === handler) raised = any(raised, through);
      return { raised, through: never };
    }
    if (effect.kind !== 'branch' || !endsSomewhere(effect)) continue;
    const [then, otherwise] = [endOf(effect.then, handler), endOf(effect.otherwise, handler)];
    const meet = (a: Condition, b: Condition): Condition => (a === b ? a : any(all(effect.when, a), all(not(effect.when), b)));
    raised = any(raised, all(through, meet(then.raised, otherwise.raised)));
    through = all(through, meet(then.through, otherwise.through));
  }
  return { raised, through };
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
