import type { Origins } from './index.ts';
import { isSerializedOrigin } from '../serialized-origin.ts';
import { contains, lowerAscii, type OriginSet } from './origin-set.ts';

/**
 * Set algebra for files without patterns: decided where a set has a finite part that can be tried value by value, or is
 * everything or nothing; undecided otherwise. It costs nothing to load, unlike the automata.
 */
export const finiteOrigins: Origins = {
  isEmpty(set) {
    if (set.kind === 'all') return false;
    const values = finiteValues(set);
    return values && values.length === 0;
  },
  isSubset(a, b) {
    if (b.kind === 'all') return true;
    return finiteValues(a)?.every((value) => contains(b, value) === true);
  },
  equal(a, b) {
    const left = finiteValues(a);
    const right = finiteValues(b);
    if (left === undefined || right === undefined) return a.kind === 'all' && b.kind === 'all' ? true : undefined;
    return left.length === right.length && left.every((value) => right.includes(value));
  },
  witness(set) {
    return set.kind === 'all' ? 'https://evil.example' : finiteValues(set)?.[0];
  },
  members(set, limit) {
    const values = finiteValues(set);
    return values && values.length <= limit ? values : undefined;
  },
  fullMatches: () => ({ kind: 'none' }),
};

/** The serialized origins of a set that some literal list bounds. */
function finiteValues(set: OriginSet): readonly string[] | undefined {
  switch (set.kind) {
    case 'none':
      return [];
    case 'oneOf':
      return (set.ignoreCase === true ? set.values.map(lowerAscii) : set.values).filter(isSerializedOrigin);
    case 'union': {
      const parts = set.of.map(finiteValues);
      return parts.some((part) => part === undefined) ? undefined : [...new Set(parts.flatMap((part) => part ?? []))];
    }
    case 'intersection': {
      const bounded = set.of.map(finiteValues).find((part) => part !== undefined);
      if (!bounded) return undefined;
      const answers = bounded.map((value) => contains(set, value));
      return answers.includes(undefined) ? undefined : bounded.filter((_, index) => answers[index]);
    }
    default:
      return undefined;
  }
}
