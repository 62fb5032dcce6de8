import { canonicalKey, capture, contains } from '../cors/origins/origin-set.ts';
import type { OriginSet } from '../cors/origins/origin-set.ts';
import { betweenLiterals, isMethod, wholeMatch } from './concatenation.ts';
import { any, conditionKey, never, not, originAbsent, originIn, unknown, valueKey } from './condition.ts';
import {
  assumeAuthenticated,
  assumeDatum,
  assumeFact,
  assumeMethod,
  assumeOrigin,
  assumeOriginPresent,
  decideDatum,
  decideMethod,
  decideOrigin,
} from './constraint.ts';
import type { Constraint } from './constraint.ts';
import { anyOf, complement, intersect, isEmpty, isSubset } from './codes.ts';
import type { Codes } from './codes.ts';
import type { Condition, OriginCheck, RequestDatum, Value } from './model.ts';

/** What a concrete request answers about itself; undefined where even it does not know. */
export interface KnownRequest {
  origin(set: OriginSet): boolean | undefined;
  readonly originAbsent: boolean;
  readonly method: string;
  /** The text of a datum; null where the request has none; undefined where it is not known. */
  datum(datum: RequestDatum): string | null | undefined;
  /** The Origin as sent; null where there is none. */
  readonly originText: string | null;
  capture(value: Extract<Value, { kind: 'originPart' }>): string | undefined;
  readonly authenticated: boolean | undefined;
  /** The truth of an unknown of the configuration, where somebody knows it. `path`: the present one after a reroute. */
  unknown?(id: string, path: string | undefined): boolean | undefined;
}

/** What conditions and values are judged against: one path through a policy. Immutable. */
export interface Situation {
  readonly constraint: Constraint;
  readonly status: Codes;
  readonly variables: ReadonlyMap<string, Value>;
  /** A rerouted request has another path and perhaps another method than the one that came in. */
  readonly path?: string;
  readonly method?: string;
  /** The query that took the place of the request's; null where it is not known. */
  readonly query?: string | null;
  readonly request?: KnownRequest;
}

export type Judged<S extends Situation> = readonly [truth: boolean, situation: S];

/** Past this many combinations a concatenation of alternatives is not spelled out. */
const MOST_COMBINATIONS = 64;

/** Decides a condition: one answer where the situation decides it, one answer for each side otherwise. */
export function* judge<S extends Situation>(condition: Condition, situation: S): Generator<Judged<S>> {
  switch (condition.kind) {
    case 'always':
      yield [true, situation];
      return;
    case 'never':
      yield [false, situation];
      return;
    case 'not':
      for (const [truth, next] of judge(condition.of, situation)) yield [!truth, next];
      return;
    case 'all':
      yield* judgeInOrder(condition.of, 0, false, situation);
      return;
    case 'any':
      yield* judgeInOrder(condition.of, 0, true, situation);
      return;
    case 'origin':
      yield* judgeOrigin(condition, situation);
      return;
    case 'originAbsent':
      if (situation.request) yield [situation.request.originAbsent, situation];
      else yield* sides(situation, (truth) => assumeOriginPresent(situation.constraint, !truth));
      return;
    case 'method': {
      const method = situation.method ?? situation.request?.method;
      if (method !== undefined) yield [condition.in.members.includes(method) === (condition.in.kind === 'in'), situation];
      else {
        const decided = decideMethod(situation.constraint, condition.in);
        if (decided !== undefined) yield [decided, situation];
        else yield* sides(situation, (truth) => assumeMethod(situation.constraint, condition.in, truth));
      }
      return;
    }
    case 'status': {
      if (isSubset(situation.status, condition.in)) yield [true, situation];
      else if (isEmpty(intersect(situation.status, condition.in))) yield [false, situation];
      else {
        yield [true, { ...situation, status: intersect(situation.status, condition.in) }];
        yield [false, { ...situation, status: intersect(situation.status, complement(condition.in)) }];
      }
      return;
    }
    case 'authenticated': {
      const known = situation.request?.authenticated;
      for (const truth of known === undefined ? [true, false] : [known]) {
        const constraint = assumeAuthenticated(situation.constraint, condition.authentication, truth);
        if (constraint) yield [truth, { ...situation, constraint }];
      }
      return;
    }
    case 'test': {
      for (const [value, next] of resolve(condition.value, situation)) yield* judgeText(value, condition.in, condition.check, next);
      return;
    }
    case 'unknown': {
      const known = situation.request?.unknown?.(condition.id, situation.path);
      if (known !== undefined) {
        yield [known, situation];
        return;
      }
      // What the file system holds is a question about the present path: a rerouted request asks it anew.
      const ofPath = condition.reason === 'file-system' && situation.path !== undefined;
      const key = ofPath ? `${conditionKey(condition)}@${situation.path ?? ''}` : conditionKey(condition);
      const { reason, ofRequest } = condition;
      yield* sides(situation, (truth) => assumeFact(situation.constraint, key, { truth, reason, ...(ofRequest && { ofRequest }) }));
      return;
    }
  }
}

function* judgeInOrder<S extends Situation>(
  of: readonly Condition[],
  index: number,
  decisive: boolean,
  situation: S,
): Generator<Judged<S>> {
  const condition = of[index];
  if (condition === undefined) {
    yield [!decisive, situation];
    return;
  }
  for (const [truth, next] of judge(condition, situation)) {
    if (truth === decisive) yield [truth, next];
    else yield* judgeInOrder(of, index + 1, decisive, next);
  }
}

function* sides<S extends Situation>(situation: S, assume: (truth: boolean) => Constraint | undefined): Generator<Judged<S>> {
  for (const truth of [true, false]) {
    const constraint = assume(truth);
    if (constraint) yield [truth, constraint === situation.constraint ? situation : { ...situation, constraint }];
  }
}

function* judgeOrigin<S extends Situation>(condition: Extract<Condition, { kind: 'origin' }>, situation: S): Generator<Judged<S>> {
  const known = situation.request?.origin(condition.in);
  if (known !== undefined) yield [known, situation];
  else if (situation.request) yield* judge(unknown(`undecided:${canonicalKey(condition.in)}`, 'undecided-pattern'), situation);
  else {
    const decided = decideOrigin(situation.constraint, condition.in);
    if (decided !== undefined) {
      yield [decided, situation];
      return;
    }
    const test = condition.check ? { in: condition.in, check: condition.check } : { in: condition.in };
    if (condition.in.kind === 'all') yield* sides(situation, (truth) => assumeOriginPresent(situation.constraint, truth));
    else yield* sides(situation, (truth) => assumeOrigin(situation.constraint, test, truth));
  }
}

/** A text test on a value without variables and choices. */
function* judgeText<S extends Situation>(value: Value, set: OriginSet, check: OriginCheck | undefined, situation: S): Generator<Judged<S>> {
  switch (value.kind) {
    case 'literal': {
      const answer = contains(set, value.text);
      if (answer !== undefined) yield [answer, situation];
      else yield* judge(unknown(`undecided:${canonicalKey(set)}:${value.text}`, 'undecided-pattern'), situation);
      return;
    }
    case 'origin': {
      const absent = contains(set, value.absent);
      const whenAbsent =
        absent === undefined ? unknown(`undecided:${canonicalKey(set)}:absent`, 'undecided-pattern') : absent ? originAbsent : never;
      yield* judge(any(whenAbsent, originIn(set, check)), situation);
      return;
    }
    case 'request':
      yield* judgeDatum(value, set, situation);
      return;
    case 'originPart':
      yield* judge(partTest(value, set), situation);
      return;
    default: {
      if (value.kind === 'concat' && value.parts.some(isMethod)) {
        yield* judgeByMethod(value, set, check, situation);
        return;
      }
      const reduced = betweenLiterals(value, set, check);
      if (reduced) yield* judge(reduced, situation);
      else
        yield* judge(
          unknown(`${valueKey(value)}:${canonicalKey(set)}`, value.kind === 'unknown' ? value.reason : 'unsupported'),
          situation,
        );
    }
  }
}

function* judgeDatum<S extends Situation>(value: Extract<Value, { kind: 'request' }>, set: OriginSet, situation: S): Generator<Judged<S>> {
  const { datum } = value;
  if (situation.request) {
    const text = presentDatum(datum, situation);
    const answer = text === undefined ? undefined : contains(set, text ?? value.absent);
    if (answer !== undefined) yield [answer, situation];
    else yield* judge(unknown(`${datum}:${canonicalKey(set)}`, 'unsupported'), situation);
    return;
  }
  if (datum === 'path' && situation.path !== undefined) {
    yield* judgeText({ kind: 'literal', text: situation.path }, set, undefined, situation);
    return;
  }
  if (set.kind === 'oneOf' && datum === 'method' && set.ignoreCase !== true) {
    yield* judge({ kind: 'method', in: anyOf(...set.values) }, situation);
  } else if (set.kind === 'oneOf') {
    const key = set.ignoreCase === true ? `${datum}/i` : datum;
    const values = set.ignoreCase === true ? set.values.map((each) => each.toLowerCase()) : set.values;
    const decided = decideDatum(situation.constraint, key, values);
    if (decided !== undefined) yield [decided, situation];
    else yield* sides(situation, (truth) => assumeDatum(situation.constraint, key, values, truth));
  } else if (set.kind === 'all') yield [true, situation];
  else if (set.kind === 'none') yield [false, situation];
  else if (set.kind === 'complement') yield* judge(not({ kind: 'test', value, in: set.of }), situation);
  else
    yield* sides(situation, (truth) =>
      assumeFact(situation.constraint, `${datum}:${canonicalKey(set)}`, { truth, asked: { datum, in: set } }),
    );
}

/** A datum as it stands now: a rerouted request has another path and perhaps another method. */
function presentDatum(datum: RequestDatum, { path, method, query, request }: Situation): string | null | undefined {
  if (datum === 'path' && path !== undefined) return path;
  if (datum === 'method' && method !== undefined) return method;
  if (query !== undefined && datum === 'query') return query ?? undefined;
  if (query !== undefined && datum.startsWith('query:'))
    return query === null ? undefined : new URLSearchParams(query).get(datum.slice('query:'.length));
  return request?.datum(datum);
}

/**
 * A test on what a pattern found in the Origin. A text that no Origin holds is never found; an empty one only where the
 * pattern does not match, unless it may match nothing.
 */
function partTest(value: Extract<Value, { kind: 'originPart' }>, set: OriginSet): Condition {
  if (set.kind === 'complement') return not(partTest(value, set.of));
  if (set.kind !== 'oneOf') return unknown(`${valueKey(value)}:${canonicalKey(set)}`, 'unsupported');
  const found: OriginSet = { kind: 'pattern', pattern: value.pattern };
  const mayMatchNothing = value.group !== 0 || value.pattern.source.includes('(?') || contains(found, '') !== false;
  return any(
    ...set.values.map((text): Condition => {
      // eslint-disable-next-line no-control-regex -- control characters are what no Origin holds
      if (/[\x00-\x20]/.test(text)) return never;
      return text === '' && !mayMatchNothing ? not(originIn(found)) : unknown(`${valueKey(value)}:${JSON.stringify(text)}`, 'unsupported');
    }),
  );
}

/** Methods for which a text with the method in it is worked out. */
const spelledOut = ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS'] as const;

/** Tests a concatenation that holds the method: for each method that browsers are asked for, and for all others together. */
function* judgeByMethod<S extends Situation>(
  value: Extract<Value, { kind: 'concat' }>,
  set: OriginSet,
  check: OriginCheck | undefined,
  situation: S,
): Generator<Judged<S>> {
  let others: S | undefined = situation;
  for (const method of spelledOut) {
    if (others === undefined) return;
    const at: S = others;
    others = undefined;
    for (const [truth, next] of judge({ kind: 'method', in: anyOf<string>(method) }, at)) {
      if (!truth) others = next;
      else {
        const parts = value.parts.map((part): Value => (isMethod(part) ? { kind: 'literal', text: method } : part));
        yield* judgeText(join(parts, value), set, check, next);
      }
    }
  }
  if (others !== undefined) yield* judge(unknown(`${valueKey(value)}:${canonicalKey(set)}`, 'unsupported'), others);
}

/**
 * Resolves variables and choices of a value: one answer for each combination that the situation leaves open. The answers
 * are literals, request data, unknowns, and concatenations of these.
 */
export function* resolve<S extends Situation>(value: Value, situation: S): Generator<readonly [Value, S]> {
  switch (value.kind) {
    case 'variable': {
      const assigned = situation.variables.get(value.name);
      if (assigned) yield* resolve(place(assigned, value), situation);
      else yield [place({ kind: 'literal', text: value.unset }, value), situation];
      return;
    }
    case 'choice':
      yield* resolveChoice(value.options, 0, value, situation);
      return;
    case 'concat': {
      let partial: (readonly [readonly Value[], S])[] = [[[], situation]];
      for (const part of value.parts) {
        partial = partial.flatMap(([done, at]) =>
          [...resolve(part, at)].map(([resolved, next]): readonly [readonly Value[], S] => [[...done, resolved], next]),
        );
        if (partial.length > MOST_COMBINATIONS) {
          yield [place({ kind: 'unknown', id: valueKey(value), reason: 'too-many-cases' }, value), situation];
          return;
        }
      }
      for (const [parts, next] of partial) {
        const joined = join(parts, value);
        yield [wholeMatch(joined, next.constraint) ?? joined, next];
      }
      return;
    }
    case 'request': {
      const text = presentDatum(value.datum, situation);
      if (text === undefined) yield [value, situation];
      else yield [place({ kind: 'literal', text: text ?? value.absent }, value), situation];
      return;
    }
    case 'origin': {
      if (situation.request) yield [place({ kind: 'literal', text: situation.request.originText ?? value.absent }, value), situation];
      else if (situation.constraint.originPresent === false) yield [place({ kind: 'literal', text: value.absent }, value), situation];
      else yield [value, situation];
      return;
    }
    case 'originPart': {
      const text = situation.request?.capture(value);
      if (text !== undefined) yield [place({ kind: 'literal', text }, value), situation];
      else yield [value, situation];
      return;
    }
    case 'requestPart': {
      const text = presentDatum(value.datum, situation);
      const found = text === undefined ? undefined : capture(value.pattern, value.group, text ?? '');
      if (found === undefined || found.kind === 'undecided') yield [value, situation];
      else yield [place({ kind: 'literal', text: found.kind === 'text' ? found.text : '' }, value), situation];
      return;
    }
    default:
      yield [value, situation];
  }
}

function* resolveChoice<S extends Situation>(
  options: readonly { readonly when: Condition; readonly value: Value }[],
  index: number,
  value: Extract<Value, { kind: 'choice' }>,
  situation: S,
): Generator<readonly [Value, S]> {
  const option = options[index];
  if (option === undefined) {
    yield* resolve(value.otherwise, situation);
    return;
  }
  for (const [truth, next] of judge(option.when, situation)) {
    if (truth) yield* resolve(option.value, next);
    else yield* resolveChoice(options, index + 1, value, next);
  }
}

/** A value where it was written, falling back to where it is used. */
function place(value: Value, used: Value): Value {
  return value.place === undefined && used.place !== undefined ? { ...value, place: used.place } : value;
}

function join(parts: readonly Value[], whole: Value): Value {
  const joined: Value[] = [];
  for (const part of parts.flatMap((each) => (each.kind === 'concat' ? each.parts : [each]))) {
    const last = joined.at(-1);
    if (part.kind === 'literal' && part.text === '') continue;
    if (part.kind === 'literal' && last?.kind === 'literal') joined[joined.length - 1] = { kind: 'literal', text: last.text + part.text };
    else joined.push(part);
  }
  const [first] = joined;
  if (first === undefined) return place({ kind: 'literal', text: '' }, whole);
  return place(joined.length === 1 ? first : { kind: 'concat', parts: joined }, whole);
}
