import { areApart, textsOf } from '../cors/origins/apart.ts';
import { canonicalKey, contains, intersection } from '../cors/origins/origin-set.ts';
import type { OriginSet } from '../cors/origins/origin-set.ts';
import { complement, everything, intersect, isEmpty, isSubset, type Methods } from './codes.ts';
import type { Authentication, OriginCheck, RequestDatum, Setting, UnknownReason } from './model.ts';

/** A test of the Origin that holds, or fails, on one path through a policy. */
export interface OriginTest {
  readonly in: OriginSet;
  readonly check?: OriginCheck;
}

/**
 * What is known of the request on one path through a policy: the conjunction of everything that was decided on the way.
 * Immutable. `assume…` answers undefined for a contradiction that can be seen without automata; the others are dropped
 * by `view.ts` once the automata are loaded.
 */
export interface Constraint {
  /** undefined: not decided. */
  readonly originPresent: boolean | undefined;
  readonly admitted: readonly OriginTest[];
  readonly refused: readonly OriginTest[];
  /** The origins that are left, where what admits them names them all: what else is tested need not be compared with every test before. */
  readonly candidates?: readonly string[];
  readonly methods: Methods;
  readonly authenticated: boolean | undefined;
  /** The authentications that this path met; `authenticated` says whether it passed them. */
  readonly authentications: readonly Authentication[];
  /** Everything else that was decided, by key: tests on request data and unknowns. */
  readonly facts: ReadonlyMap<string, Fact>;
  /** It is a preflight, which carries no header of a page's own. */
  readonly preflight?: true;
  /** Request data known to be one of a few texts, or none of them. */
  readonly data: ReadonlyMap<string, { readonly oneOf?: readonly string[]; readonly noneOf: readonly string[] }>;
}

/** One opaque decision. `reason` says why it could not be known; a test on the request's own data has none. */
export interface Fact {
  readonly truth: boolean;
  readonly reason?: UnknownReason;
  /** The test, where it is one on the request's data. */
  readonly asked?: { readonly datum: RequestDatum; readonly in: OriginSet };
  /** The decision is made for each request anew. */
  readonly ofRequest?: true;
  /** By its Origin, so that it is the same for all of one page's. */
  readonly ofOrigin?: true;
  /** How the Origin is compared with a text that is not known. */
  readonly comparing?: OriginCheck;
  /** What somebody has to set for it to be true. */
  readonly setting?: Setting;
}

export const unconstrained: Constraint = {
  originPresent: undefined,
  admitted: [],
  refused: [],
  methods: everything,
  authenticated: undefined,
  authentications: [],
  facts: new Map(),
  data: new Map(),
};

export function assumeOriginPresent(constraint: Constraint, present: boolean): Constraint | undefined {
  if (constraint.originPresent === present) return constraint;
  if (constraint.originPresent !== undefined) return undefined;
  return { ...constraint, originPresent: present };
}

/** Whether the Origin is a member of a set, as far as the constraint already decides it. */
export function decideOrigin(constraint: Constraint, set: OriginSet): boolean | undefined {
  if (set.kind === 'none' || constraint.originPresent === false) return false;
  if (set.kind === 'all') return constraint.originPresent;
  if (isAmong(constraint.admitted, set)) return true;
  if (isAmong(constraint.refused, set)) return false;
  if (constraint.candidates) {
    const answers = constraint.candidates.map((origin) => contains(set, origin));
    if (answers.every((answer) => answer === true)) return true;
    if (answers.every((answer) => answer === false)) return false;
    return undefined;
  }
  if (constraint.admitted.some((test) => areApart(test.in, set))) return false;
  const texts = textsOf(set);
  return texts && candidatesOf(constraint, texts).length === 0 ? false : undefined;
}

/** The keys of the sets of long lists: each further check on a path asks for them, and most paths go on with the list as it is. */
const keysOf = new WeakMap<readonly OriginTest[], ReadonlySet<string>>();
const LONG = 8;

/** Whether one of the tests is about the same set. */
function isAmong(tests: readonly OriginTest[], set: OriginSet): boolean {
  if (tests.length === 0) return false;
  const key = canonicalKey(set);
  if (tests.length < LONG) return tests.some((test) => canonicalKey(test.in) === key);
  let keys = keysOf.get(tests);
  if (!keys) keysOf.set(tests, (keys = new Set(tests.map((test) => canonicalKey(test.in)))));
  return keys.has(key);
}

/** The values that no admitted or refused test rules out. */
function candidatesOf(constraint: Constraint, values: readonly string[]): readonly string[] {
  return values.filter(
    (origin) =>
      constraint.admitted.every((test) => contains(test.in, origin) !== false) &&
      constraint.refused.every((test) => contains(test.in, origin) !== true),
  );
}

export function assumeOrigin(constraint: Constraint, test: OriginTest, member: boolean): Constraint | undefined {
  const decided = decideOrigin(constraint, test.in);
  if (decided !== undefined) return decided === member ? constraint : undefined;
  const texts = constraint.candidates?.filter((origin) => contains(test.in, origin) !== !member);
  if (!member) return { ...constraint, refused: [...constraint.refused, test], ...(texts && { candidates: texts }) };
  const named = texts ?? textsOf(test.in);
  const candidates = named && candidatesOf(constraint, named);
  return { ...constraint, originPresent: true, admitted: [...constraint.admitted, test], ...(candidates && { candidates }) };
}

export function decideMethod(constraint: Constraint, methods: Methods): boolean | undefined {
  if (isSubset(constraint.methods, methods)) return true;
  return isEmpty(intersect(constraint.methods, methods)) ? false : undefined;
}

export function assumeMethod(constraint: Constraint, methods: Methods, member: boolean): Constraint | undefined {
  const narrowed = intersect(constraint.methods, member ? methods : complement(methods));
  return isEmpty(narrowed) ? undefined : { ...constraint, methods: narrowed };
}

export function assumeAuthenticated(constraint: Constraint, authentication: Authentication, passed: boolean): Constraint | undefined {
  if (constraint.authenticated !== undefined && constraint.authenticated !== passed) return undefined;
  return { ...constraint, authenticated: passed, authentications: [...constraint.authentications, authentication] };
}

/** Whether a request datum is one of some texts, as far as the constraint decides it. */
export function decideDatum(constraint: Constraint, datum: string, values: readonly string[]): boolean | undefined {
  const known = constraint.data.get(datum);
  if (known === undefined) return undefined;
  if (known.oneOf !== undefined) {
    if (known.oneOf.every((value) => values.includes(value))) return true;
    if (!known.oneOf.some((value) => values.includes(value))) return false;
    return undefined;
  }
  return values.every((value) => known.noneOf.includes(value)) ? false : undefined;
}

export function assumeDatum(constraint: Constraint, datum: string, values: readonly string[], member: boolean): Constraint | undefined {
  const known = constraint.data.get(datum) ?? { noneOf: [] };
  const data = new Map(constraint.data);
  if (member) {
    const oneOf = (known.oneOf ?? values).filter((value) => values.includes(value) && !known.noneOf.includes(value));
    if (oneOf.length === 0) return undefined;
    data.set(datum, { oneOf, noneOf: known.noneOf });
  } else {
    const oneOf = known.oneOf?.filter((value) => !values.includes(value));
    if (oneOf?.length === 0) return undefined;
    data.set(datum, { ...(oneOf && { oneOf }), noneOf: [...known.noneOf, ...values] });
  }
  return { ...constraint, data };
}

export function assumeFact(constraint: Constraint, key: string, fact: Fact): Constraint | undefined {
  const known = constraint.facts.get(key);
  if (known !== undefined) return known.truth === fact.truth ? constraint : undefined;
  return { ...constraint, facts: new Map(constraint.facts).set(key, fact) };
}

/** The origins that take this path, as one set. `all` where nothing restricts them, `none` where the Origin is absent. */
export function originsOf(constraint: Constraint): OriginSet {
  if (constraint.originPresent === false) return { kind: 'none' };
  const { admitted } = constraint;
  const parts: OriginSet[] = [
    ...admitted.map((test) => test.in),
    // Whoever is under another domain is refused by nothing that asks about this one.
    ...constraint.refused
      .filter((test) => !admitted.some((other) => areApart(other.in, test.in)))
      .map((test): OriginSet => ({ kind: 'complement', of: test.in })),
  ];
  const [first] = parts;
  if (first === undefined) return { kind: 'all' };
  const { candidates: values } = constraint;
  if (values?.every((value) => constraint.admitted.every((test) => contains(test.in, value) === true))) {
    if (values.length === 0) return { kind: 'none' };
    const loose = constraint.admitted.every((test) => test.in.kind === 'oneOf' && test.in.ignoreCase === true);
    return loose ? { kind: 'oneOf', values, ignoreCase: true } : { kind: 'oneOf', values };
  }
  return parts.length === 1 ? first : intersection(parts);
}
