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
  /** The closed threads before any symbol, once they have been asked for. */
  closed?: readonly Thread[];
}

/** What groups that are referred to hold, are reading, and how much of a reference has been taken. */
export interface Captures {
  readonly id: number;
  readonly held: ReadonlyMap<number, string>;
  readonly open: ReadonlyMap<number, string>;
  readonly progress: number;
  /** What follows when the open groups read one more symbol of a class, as far as it has been asked. */
  readonly recorded: (Captures | undefined)[];
}

/** A match without conditions. */
export function isCertain(thread: Thread): boolean {
  return thread.at === MATCH && thread.conditions.length === 0 && !thread.inside;
}

export function placeKey(thread: Thread): string {
  return `${thread.at}${thread.captures ? `=${thread.captures.id}` : ''}${thread.inside ? `(${idsOf(thread.inside)}` : ''}`;
}

export function idsOf(items: readonly { readonly id: number }[]): string {
  let text = '';
  for (const item of items) text += `${item.id},`;
  return text;
}

export function sortedById<Item extends { readonly id: number }>(items: readonly Item[]): readonly Item[] {
  // They nearly always are: threads are numbered as they come to be, and are followed in that order.
  const sorted = items.every((item, index) => index === 0 || (items[index - 1]?.id ?? 0) <= item.id);
  return sorted ? items : [...items].sort((a, b) => a.id - b.id);
}

/** The texts of groups, as a key. */
export function textsOf(groups: ReadonlyMap<number, string>): string {
  if (groups.size === 0) return '';
  const entries = groups.size === 1 ? [...groups] : [...groups].sort((a, b) => a[0] - b[0]);
  // No text of an origin holds a space.
  return entries.map(([group, text]) => `${group} ${text}`).join(' ');
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
