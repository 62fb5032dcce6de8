/** Numbers in [0, 1) that a seed repeats (mulberry32). */
export function seeded(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

/** One of a list's elements. Throws where it is empty. */
export function pick<T>(next: () => number, list: readonly T[]): T {
  const found = list[Math.floor(next() * list.length)];
  if (found === undefined) throw new RangeError('Nothing can be picked of an empty list.');
  return found;
}

/** Random choices that a seed repeats. */
export class Random {
  /** A number in [0, 1). */
  readonly next: () => number;

  constructor(seed: number) {
    this.next = seeded(seed);
  }

  /** A whole number from 0 to `limit` - 1. */
  below(limit: number): number {
    return Math.floor(this.next() * limit);
  }

  chance(probability: number): boolean {
    return this.next() < probability;
  }

  pick<T>(list: readonly T[]): T {
    return pick(this.next, list);
  }

  /** Up to `count` different elements, in their order. */
  some<T>(list: readonly T[], count: number): readonly T[] {
    const left = list.map((item, index) => ({ item, index }));
    const taken = Array.from({ length: Math.min(count, left.length) }, () => left.splice(this.below(left.length), 1)).flat();
    return taken.sort((a, b) => a.index - b.index).map(({ item }) => item);
  }
}
