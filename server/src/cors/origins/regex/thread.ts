/** The place of the `match` step in every program. */
export const MATCH = 0;

export const NO_CONDITIONS: readonly Condition[] = [];

/**
 * One way the pattern may be matching: a place in the program, under conditions on what is still to come. A place at an
 * atomic group carries the threads inside it, in the order in which they would be tried.
 */
export interface Thread {
  readonly id: number;
  readonly at: number;
  readonly conditions: readonly Condition[];
  readonly captures: Captures | undefined;
  readonly inside: readonly Thread[] | undefined;
}

/** From here on, some of the threads reaches its `match` (or, negated, none does). */
export interface Condition {
  readonly id: number;
  readonly negate: boolean;
  readonly threads: readonly Thread[];
}

/** What groups that are referred to hold, are reading, and how much of a reference has been taken. */
export interface Captures {
  readonly key: string;
  readonly held: ReadonlyMap<number, string>;
  readonly open: ReadonlyMap<number, string>;
  readonly progress: number;
}

/** A match without conditions. */
export function isCertain(thread: Thread): boolean {
  return thread.at === MATCH && thread.conditions.length === 0 && !thread.inside;
}

export function placeKey(thread: Thread): string {
  return `${thread.at}${thread.captures?.key ?? ''}${thread.inside ? `(${idsOf(thread.inside)}` : ''}`;
}

export function idsOf(items: readonly { readonly id: number }[]): string {
  let text = '';
  for (const item of items) text += `${item.id},`;
  return text;
}

export function sortedById<Item extends { readonly id: number }>(items: readonly Item[]): readonly Item[] {
  return items.length < 2 ? items : [...items].sort((a, b) => a.id - b.id);
}

export function byGroup(a: readonly [number, string], b: readonly [number, string]): number {
  return a[0] - b[0];
}

/** The conditions with one more; undefined when its opposite is among them. */
export function withCondition(conditions: readonly Condition[], added: Condition): readonly Condition[] | undefined {
  return mergeConditions(conditions, [added]);
}

export function mergeConditions(left: readonly Condition[], right: readonly Condition[]): readonly Condition[] | undefined {
  if (right.length === 0) return left;
  const merged = sortedById([...new Set([...left, ...right])]);
  for (const condition of merged) {
    if (merged.some((other) => other.negate !== condition.negate && sameThreads(other, condition))) return undefined;
  }
  return merged;
}

function sameThreads(left: Condition, right: Condition): boolean {
  return left.threads.length === right.threads.length && left.threads.every((thread, index) => thread === right.threads[index]);
}
