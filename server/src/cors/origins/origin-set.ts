/**
 * What an origin check accepts, as data: a regular language over serialized origins. Sets are plain objects so that they
 * can be compared, cached and printed; the questions that need automata (emptiness, subset, witness) are answered by
 * `loadOrigins()` in `index.ts`, which is loaded only when such a question is asked.
 */

export { capture, contains, type CaptureResult } from './membership.ts';

/** Which regular expression language a pattern is written in: ECMAScript, or PCRE as nginx and Apache compile it. */
export type PatternDialect = 'javascript' | 'pcre';

/**
 * A regular expression used as a search: a match anywhere in the string counts. `flags` are the flags of a JavaScript
 * RegExp, or for PCRE a subset of `i`, `x`, `s`, `m`.
 */
export interface Pattern {
  readonly dialect: PatternDialect;
  readonly source: string;
  readonly flags: string;
}

/** A component of `new URL(origin)`, spelled as that property spells it (`protocol` is `https:`, `port` may be empty). */
export type OriginPart = 'hostname' | 'host' | 'protocol' | 'port' | 'origin';

/**
 * A piece of a text.
 *
 * - `after`, `before`: without its first, or only its first, `count` characters (`slice(count)`, `slice(0, count)`);
 * - `last`, `withoutLast`: only its last, or all but its last, `count` characters (`slice(-count)`, `slice(0, -count)`).
 *
 * With a `separator` the fields between its occurrences are counted instead of characters, and stay joined by it
 * (`split(separator).slice(…).join(separator)`). `count` is at least 1.
 */
export interface Piece {
  readonly take: 'after' | 'before' | 'last' | 'withoutLast';
  readonly count: number;
  readonly separator?: string;
}

/**
 * A set of serialized origins, written as the test that decides membership.
 *
 * - `all`: every serialized origin, `null` included.
 * - `oneOf`, `prefix`, `suffix`, `contains`: comparison with literal text; `ignoreCase` compares ASCII letters loosely.
 * - `pattern`: a search with a regular expression.
 * - `part`: a component of `new URL(origin)` passes another test. A string that the URL parser refuses (such as `null`)
 *   is not a member.
 * - `piece`: a piece of the text passes another test.
 * - `framed`: the text between two others passes another test.
 */
export type OriginSet =
  | { readonly kind: 'all' }
  | { readonly kind: 'none' }
  | { readonly kind: 'oneOf'; readonly values: readonly string[]; readonly ignoreCase?: boolean }
  | { readonly kind: 'prefix' | 'suffix' | 'contains'; readonly text: string; readonly ignoreCase?: boolean }
  | { readonly kind: 'pattern'; readonly pattern: Pattern }
  | { readonly kind: 'part'; readonly part: OriginPart; readonly of: StringTest }
  | { readonly kind: 'piece'; readonly piece: Piece; readonly of: StringTest }
  | { readonly kind: 'framed'; readonly before: string; readonly after: string; readonly of: StringTest }
  | { readonly kind: 'union' | 'intersection'; readonly of: readonly OriginSet[] }
  | { readonly kind: 'complement'; readonly of: OriginSet };

/** The same tests applied to a plain string, such as a host name. `part` has no meaning inside `part`. */
export type StringTest = OriginSet;

/** Every serialized origin, `null` included. */
export const ALL_ORIGINS: OriginSet = { kind: 'all' };

/** No origin at all. */
export const NO_ORIGINS: OriginSet = { kind: 'none' };

/** Exactly the given strings. An empty list is the empty set. */
export function oneOf(values: readonly string[], ignoreCase = false): OriginSet {
  const distinct = [...new Set(ignoreCase ? values.map(lowerAscii) : values)];
  if (distinct.length === 0) return NO_ORIGINS;
  return ignoreCase ? { kind: 'oneOf', values: distinct, ignoreCase } : { kind: 'oneOf', values: distinct };
}

/** The origins in which a search with the pattern succeeds. */
export function matching(pattern: Pattern): OriginSet & { readonly kind: 'pattern' } {
  return { kind: 'pattern', pattern };
}

/** The texts that pass a test once they stand between two others. */
export function framed(before: string, after: string, set: StringTest): OriginSet {
  switch (set.kind) {
    case 'all':
    case 'none':
      return set;
    case 'oneOf': {
      const fold = set.ignoreCase === true ? lowerAscii : (text: string): string => text;
      const values = set.values
        .filter((text) => text.length >= before.length + after.length)
        .filter((text) => fold(text).startsWith(fold(before)) && fold(text).endsWith(fold(after)))
        .map((text) => text.slice(before.length, text.length - after.length));
      return oneOf(values, set.ignoreCase === true);
    }
    case 'complement':
      return complement(framed(before, after, set.of));
    default:
      return { kind: 'framed', before, after, of: set };
  }
}

/** Union, flattened, without duplicates, with exact lists merged into one. */
export function union(sets: readonly OriginSet[]): OriginSet {
  const exact = new Set<string>();
  const others = new Map<string, OriginSet>();
  const add = (set: OriginSet): boolean => {
    if (set.kind === 'all') return true;
    if (set.kind === 'none') return false;
    if (set.kind === 'union') return set.of.some(add);
    if (set.kind === 'oneOf' && set.ignoreCase !== true) for (const value of set.values) exact.add(value);
    else others.set(canonicalKey(set), set);
    return false;
  };
  if (sets.some(add)) return ALL_ORIGINS;
  for (const set of others.values()) {
    if (set.kind === 'complement' && others.has(canonicalKey(set.of))) return ALL_ORIGINS;
  }
  const list = oneOf([...exact]);
  const members = list.kind === 'none' ? [...others.values()] : [list, ...others.values()];
  const [only] = members;
  if (only === undefined) return NO_ORIGINS;
  return members.length === 1 ? only : { kind: 'union', of: members };
}

/** Intersection, flattened, without duplicates; two exact lists keep their common values. */
export function intersection(sets: readonly OriginSet[]): OriginSet {
  let exact: ReadonlySet<string> | undefined;
  const others = new Map<string, OriginSet>();
  const add = (set: OriginSet): boolean => {
    if (set.kind === 'none') return true;
    if (set.kind === 'all') return false;
    if (set.kind === 'intersection') return set.of.some(add);
    if (set.kind === 'oneOf' && set.ignoreCase !== true) {
      const before = exact;
      exact = new Set(before === undefined ? set.values : set.values.filter((value) => before.has(value)));
    } else others.set(canonicalKey(set), set);
    return false;
  };
  if (sets.some(add)) return NO_ORIGINS;
  for (const set of others.values()) {
    if (set.kind === 'complement' && others.has(canonicalKey(set.of))) return NO_ORIGINS;
  }
  const members = [...others.values()];
  if (exact !== undefined) {
    const list = oneOf([...exact]);
    if (list.kind === 'none') return NO_ORIGINS;
    members.unshift(list);
  }
  const [only] = members;
  if (only === undefined) return ALL_ORIGINS;
  return members.length === 1 ? only : { kind: 'intersection', of: members };
}

/** Every serialized origin that is not in the set. */
export function complement(set: OriginSet): OriginSet {
  if (set.kind === 'all') return NO_ORIGINS;
  if (set.kind === 'none') return ALL_ORIGINS;
  if (set.kind === 'complement') return set.of;
  return { kind: 'complement', of: set };
}

/** The origins of `set` that are not in `other`. */
export function difference(set: OriginSet, other: OriginSet): OriginSet {
  return intersection([set, complement(other)]);
}

/** Every decision about a set asks for its key, and a set does not change. */
const keys = new WeakMap<OriginSet, string>();

/**
 * A text equal for two sets that are written the same way up to the order of list values and of union or intersection
 * members. Two sets with different keys can still be equal as languages.
 */
export function canonicalKey(set: OriginSet): string {
  let key = keys.get(set);
  if (key === undefined) keys.set(set, (key = makeKey(set)));
  return key;
}

function makeKey(set: OriginSet): string {
  switch (set.kind) {
    case 'all':
    case 'none':
      return set.kind;
    case 'oneOf': {
      const values = set.ignoreCase === true ? set.values.map(lowerAscii) : [...set.values];
      return `oneOf${set.ignoreCase === true ? '/i' : ''}${JSON.stringify([...new Set(values)].sort())}`;
    }
    case 'prefix':
    case 'suffix':
    case 'contains':
      return `${set.kind}${set.ignoreCase === true ? '/i' : ''}${JSON.stringify(set.ignoreCase === true ? lowerAscii(set.text) : set.text)}`;
    case 'pattern': {
      const flags = [...new Set(set.pattern.flags)].sort().join('');
      return `${set.pattern.dialect}/${flags}${JSON.stringify(set.pattern.source)}`;
    }
    case 'part':
      return `${set.part}(${canonicalKey(set.of)})`;
    case 'piece': {
      const { take, count, separator } = set.piece;
      return `${take} ${count}${separator === undefined ? '' : ` by ${JSON.stringify(separator)}`}(${canonicalKey(set.of)})`;
    }
    case 'framed':
      return `framed ${JSON.stringify([set.before, set.after])}(${canonicalKey(set.of)})`;
    case 'union':
    case 'intersection':
      return `${set.kind}(${[...new Set(set.of.map(canonicalKey))].sort().join(',')})`;
    case 'complement':
      return `not(${canonicalKey(set.of)})`;
  }
}

/** The piece of a text. */
export function pieceOf(text: string, { take, count, separator }: Piece): string {
  const items = separator === undefined ? undefined : text.split(separator);
  const [from, to] = take === 'after' ? [count] : take === 'before' ? [0, count] : take === 'last' ? [-count] : [0, -count];
  return items ? items.slice(from, to).join(separator) : text.slice(from, to);
}

/** Lower case for ASCII letters only: origins are ASCII, and nginx and Apache compare no other letters loosely. */
export function lowerAscii(text: string): string {
  return text.replace(/[A-Z]+/g, (letters) => letters.toLowerCase());
}
