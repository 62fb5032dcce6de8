/** Whole numbers that depend on the request: lengths, indexes, how many of a list pass a test. */
import { type OriginSet, complement, intersection, matching } from '../../cors/origins/origin-set.ts';
import { all, always, any, never, not } from '../../policy/condition.ts';
import type { Condition, OriginCheck } from '../../policy/model.ts';
import { testText } from './origin-tests.ts';
import { escapeRegex } from './origin-texts.ts';
import type { CountValue, DatumValue, JsValue, OriginText } from './values.ts';

/** Counts past this are not compared: no origin is that long (`MAX_ORIGIN_LENGTH`). */
const MOST = 270;

/** A number of which is known when it reaches `n`. */
export function countValue(atLeast: (n: number) => Condition | undefined, place: CountValue['place'], of?: CountValue['of']): CountValue {
  return { kind: 'count', atLeast, ...(of ? { of } : {}), ...(place ? { place } : {}) };
}

/** The number itself where it is constant, and a count of which nothing else is known where more may come. */
export function sizeOf(known: number, more: Condition, place: CountValue['place']): JsValue {
  if (more.kind === 'never') return { kind: 'number', value: known };
  return countValue((n) => (n <= known ? always : n === known + 1 ? more : undefined), place);
}

export type Comparison = '<' | '<=' | '>' | '>=' | '===';

/** `count operator n`; undefined where it cannot be told. */
export function compareCount(count: CountValue, operator: Comparison, n: number): Condition | undefined {
  if (!Number.isInteger(n) || n > MOST) return undefined;
  const reaches = (limit: number): Condition | undefined => count.atLeast(limit);
  switch (operator) {
    case '>=':
      return reaches(n);
    case '>':
      return reaches(n + 1);
    case '<': {
      const when = reaches(n);
      return when && not(when);
    }
    case '<=': {
      const when = reaches(n + 1);
      return when && not(when);
    }
    case '===': {
      const exactly = count.exactly?.(n);
      if (exactly) return exactly;
      const [from, beyond] = [reaches(n), reaches(n + 1)];
      if (from?.kind === 'never') return never;
      return from && beyond && all(from, not(beyond));
    }
  }
}

/** The count with a constant added. */
export function shifted(count: CountValue, by: number): CountValue {
  return {
    ...count,
    atLeast: (n) => count.atLeast(n - by),
    ...(count.exactly ? { exactly: (n: number) => count.exactly?.(n - by) } : {}),
    ...(count.of ? { of: { ...count.of, offset: count.of.offset + by } } : {}),
  };
}

/** `origin.length`. */
export function lengthOf(text: OriginText, place: CountValue['place']): CountValue {
  return countValue((n) => (n <= 0 ? always : testText(text, atLeastLong(n), undefined, false)), place, {
    text,
    counts: 'length',
    offset: 0,
  });
}

export function atLeastLong(n: number): OriginSet {
  return n <= 0 ? { kind: 'all' } : javascript(`^[^]{${n}}`);
}

/** `text.indexOf(searched)` and `text.lastIndexOf(searched)`: -1 where it is not there. */
export function indexOf(
  text: OriginText | DatumValue,
  searched: string,
  counts: 'first' | 'last',
  check: OriginCheck,
  place: CountValue['place'],
): CountValue {
  const quoted = escapeRegex(searched);
  const inside: OriginSet = { kind: 'contains', text: searched };
  const when = (set: OriginSet): Condition => testText(text, set, check, false);
  const beginsBefore = (n: number): OriginSet => javascript(`^[^]{0,${n - 1}}${quoted}`);
  const reaching = (n: number): OriginSet => {
    if (n === 0) return inside;
    return counts === 'last' ? javascript(`^[^]{${n}}[^]*${quoted}`) : intersection([inside, complement(beginsBefore(n))]);
  };
  return {
    ...countValue((n) => (n < 0 ? always : when(reaching(n))), place),
    exactly: (n) => {
      if (n < -1) return never;
      if (n === -1) return not(when(inside));
      if (counts === 'last') return n === 0 ? undefined : all(when(javascript(`^[^]{${n}}${quoted}`)), not(when(reaching(n + 1))));
      if (n === 0) return when({ kind: 'prefix', text: searched });
      return when(intersection([javascript(`^[^]{${n}}${quoted}`), complement(beginsBefore(n))]));
    },
    ...(text.kind === 'originText' ? { of: { text, counts, searched, check, offset: 0 } } : {}),
  };
}

/** Where a search first succeeds, -1 where it does not. `matches` answers for a pattern source. */
export function searchIndex(source: string, matches: (source: string) => Condition, place: CountValue['place']): CountValue {
  const begins = (at: string): Condition => matches(`^[^]{${at}}(?:${source})`);
  return {
    ...countValue((n) => (n < 0 ? always : n === 0 ? matches(source) : all(matches(source), not(begins(`0,${n - 1}`)))), place),
    exactly: (n) => (n < -1 ? never : n === -1 ? not(matches(source)) : n === 0 ? matches(`^(?:${source})`) : undefined),
  };
}

/** The index of the first test of a list that holds, or of the last one; -1 where none does. */
export function indexOfTest(
  tests: readonly Condition[],
  more: Condition,
  counts: 'first' | 'last',
  place: CountValue['place'],
): CountValue {
  return countValue((n) => {
    if (n < 0) return always;
    if (more.kind !== 'never') return n === 0 ? any(...tests, more) : undefined;
    const found = any(...tests.slice(n));
    return counts === 'last' ? found : all(found, ...tests.slice(0, n).map(not));
  }, place);
}

/** More tests than this are not counted one by one. */
const MOST_COUNTED = 8;

/** How many tests hold. */
export function numberOfTests(tests: readonly Condition[], more: Condition, place: CountValue['place']): CountValue {
  const reaching = (from: number, n: number): Condition => {
    if (n <= 0) return always;
    if (n > tests.length - from) return never;
    const [test] = tests.slice(from, from + 1);
    return n === 1 ? any(...tests.slice(from)) : any(all(test ?? never, reaching(from + 1, n - 1)), reaching(from + 1, n));
  };
  return countValue((n) => {
    if (n <= 0) return always;
    if (n === 1) return any(...tests, more);
    return more.kind === 'never' && tests.length <= MOST_COUNTED ? reaching(0, n) : undefined;
  }, place);
}

/**
 * `text.lastIndexOf(end) === text.length - end.length`: the text ends this way, or is one character shorter than `end` and
 * does not hold it, as -1 then equals the difference.
 */
export function compareCounts(a: CountValue, b: CountValue): Condition | undefined {
  const [index, length] = a.of?.counts === 'length' ? [b.of, a.of] : [a.of, b.of];
  if (!index || length?.counts !== 'length' || index.searched === undefined || index.offset !== 0) return undefined;
  if (index.text.pull !== length.text.pull || length.offset !== -index.searched.length) return undefined;
  const { text, searched } = index;
  const ends: OriginSet = { kind: 'suffix', text: searched };
  const found = index.counts === 'last' ? ends : intersection([ends, complement(javascript(`^[^]*${escapeRegex(searched)}[^]`))]);
  const short = intersection([atLeastLong(searched.length - 1), complement(atLeastLong(searched.length))]);
  return any(testText(text, found, index.check, false), testText(text, short, undefined, false));
}

function javascript(source: string): OriginSet {
  return matching({ dialect: 'javascript', source, flags: '' });
}
