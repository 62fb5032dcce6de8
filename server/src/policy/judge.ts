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
import { anyOf, has } from './codes.ts';
import { isDecidedByOrigin } from './decided-by-origin.ts';
import type { Condition, OriginCheck, Value } from './model.ts';
import { presentDatum, type Situation } from './situation.ts';

/** Takes one way in which a condition can come out, with what is known of the request then. */
type TakeTruth<S extends Situation> = (truth: boolean, situation: S) => void;
/** The same for a value. */
type TakeValue<S extends Situation> = (value: Value, situation: S) => void;

/** Past this many cases a policy is not spelled out further; the rest is one unknown case. */
export const MOST_CASES = 256;
/** Past this many combinations a concatenation of alternatives is not spelled out. */
const MOST_COMBINATIONS = 64;

/** Decides a condition: one answer where the situation decides it, one answer for each side otherwise. */
export function judge<S extends Situation>(condition: Condition, situation: S, take: TakeTruth<S>): void {
  switch (condition.kind) {
    case 'always':
      take(true, situation);
      return;
    case 'never':
      take(false, situation);
      return;
    case 'not':
      judge(condition.of, situation, (truth, next) => take(!truth, next));
      return;
    case 'all':
      judgeInOrder(condition.of, false, situation, take);
      return;
    case 'any':
      judgeInOrder(condition.of, true, situation, take);
      return;
    case 'origin':
      judgeOrigin(condition, situation, take);
      return;
    case 'originAbsent':
      if (situation.request) take(situation.request.originAbsent, situation);
      else sides(situation, (truth) => assumeOriginPresent(situation.constraint, !truth), take);
      return;
    case 'method': {
      const method = situation.method ?? situation.request?.method;
      if (method !== undefined) take(has(condition.in, method), situation);
      else {
        const decided = decideMethod(situation.constraint, condition.in);
        if (decided !== undefined) take(decided, situation);
        else sides(situation, (truth) => assumeMethod(situation.constraint, condition.in, truth), take);
      }
      return;
    }
    case 'authenticated': {
      const known = situation.request?.authenticated;
      for (const truth of known === undefined ? [true, false] : [known]) {
        const constraint = assumeAuthenticated(situation.constraint, condition.authentication, truth);
        if (constraint) take(truth, { ...situation, constraint });
      }
      return;
    }
    case 'test': {
      resolve(condition.value, situation, (value, next) => judgeText(value, condition.in, condition.check, next, take));
      return;
    }
    case 'unknown': {
      const known = situation.request?.unknown?.(condition.id, situation.path);
      if (known !== undefined) {
        take(known, situation);
        return;
      }
      // What the file system holds is a question about the present path: a rerouted request asks it anew.
      const ofPath = condition.reason === 'file-system' && situation.path !== undefined;
      const key = ofPath ? `${conditionKey(condition)}@${situation.path ?? ''}` : conditionKey(condition);
      const { reason, ofRequest, ofOrigin, comparing, setting } = condition;
      const of = { ...(ofRequest && { ofRequest }), ...(ofOrigin && { ofOrigin }) };
      const fact = { reason, ...of, ...(comparing && { comparing }), ...(setting && { setting }) };
      sides(situation, (truth) => assumeFact(situation.constraint, key, { truth, ...fact }), take);
      return;
    }
  }
}

/**
 * `all` and `any`: the first condition that comes out as `decisive` decides. What is still to be judged lies on a list of its own: a
 * configuration may have more conditions than a program's stack has room. Each pair of an unknown and an origin can double the ways:
 * past as many as there may be cases the rest is not known.
 */
function judgeInOrder<S extends Situation>(of: readonly Condition[], decisive: boolean, start: S, take: TakeTruth<S>): void {
  if (!start.request && isDecidedByOrigin(of, decisive, start.constraint)) {
    take(decisive, start);
    return;
  }
  const open: { readonly situation: S; readonly at: number; readonly isDecided: boolean }[] = [
    { situation: start, at: 0, isDecided: false },
  ];
  let answers = 0;
  for (let way = open.pop(); way !== undefined; way = open.pop()) {
    const { situation, at, isDecided } = way;
    const condition = of[at];
    if (isDecided || condition === undefined) {
      answers++;
      take(isDecided ? decisive : !decisive, situation);
    } else if (answers >= MOST_CASES) judge(unknown(`more:${conditionKey(condition)}`, 'too-many-cases'), situation, take);
    else {
      const ways: typeof open = [];
      judge(condition, situation, (truth, next) => {
        ways.push({ situation: next, at: at + 1, isDecided: truth === decisive });
      });
      open.push(...ways.reverse());
    }
  }
}

function sides<S extends Situation>(situation: S, assume: (truth: boolean) => Constraint | undefined, take: TakeTruth<S>): void {
  for (const truth of [true, false]) {
    const constraint = assume(truth);
    if (constraint) take(truth, constraint === situation.constraint ? situation : { ...situation, constraint });
  }
}

function judgeOrigin<S extends Situation>(condition: Extract<Condition, { kind: 'origin' }>, situation: S, take: TakeTruth<S>): void {
  const known = situation.request?.origin(condition.in);
  if (known !== undefined) take(known, situation);
  else if (situation.request) judge(unknown(`undecided:${canonicalKey(condition.in)}`, 'undecided-pattern'), situation, take);
  else {
    const decided = decideOrigin(situation.constraint, condition.in);
    if (decided !== undefined) {
      take(decided, situation);
      return;
    }
    const test = condition.check ? { in: condition.in, check: condition.check } : { in: condition.in };
    if (condition.in.kind === 'all') sides(situation, (truth) => assumeOriginPresent(situation.constraint, truth), take);
    else sides(situation, (truth) => assumeOrigin(situation.constraint, test, truth), take);
  }
}

/** A text test on a value without variables and choices. */
function judgeText<S extends Situation>(
  value: Value,
  set: OriginSet,
  check: OriginCheck | undefined,
  situation: S,
  take: TakeTruth<S>,
): void {
  // What a request brings holds no NUL, which says of Apache's variables that they are not set.
  if (value.kind !== 'literal' && value.kind !== 'unknown' && set.kind === 'oneOf' && set.values.every((text) => text.includes('\0'))) {
    take(false, situation);
    return;
  }
  switch (value.kind) {
    case 'literal': {
      const answer = contains(set, value.text);
      if (answer !== undefined) take(answer, situation);
      else judge(unknown(`undecided:${canonicalKey(set)}:${value.text}`, 'undecided-pattern'), situation, take);
      return;
    }
    case 'origin': {
      const absent = contains(set, value.absent);
      const whenAbsent =
        absent === undefined ? unknown(`undecided:${canonicalKey(set)}:absent`, 'undecided-pattern') : absent ? originAbsent : never;
      judge(any(whenAbsent, originIn(set, check)), situation, take);
      return;
    }
    case 'request':
      judgeDatum(value, set, situation, take);
      return;
    case 'originPart':
      judge(partTest(value, set), situation, take);
      return;
    default: {
      if (value.kind === 'concat' && value.parts.some(isMethod)) {
        judgeByMethod(value, set, check, situation, take);
        return;
      }
      const reduced = betweenLiterals(value, set, check);
      if (reduced) judge(reduced, situation, take);
      else
        judge(unknown(`${valueKey(value)}:${canonicalKey(set)}`, value.kind === 'unknown' ? value.reason : 'unsupported'), situation, take);
    }
  }
}

/** What only a page's own request carries, and never its preflight: credentials, and the usual names for keys and tokens. */
const fromPages =
  /^(?:cookie:.*|header:(?:authorization|cookie|content-type|x-requested-with|(?:x-)?api-?key|(?:x-)?(?:access|auth|csrf|xsrf)-token|token))$/;

function judgeDatum<S extends Situation>(
  value: Extract<Value, { kind: 'request' }>,
  set: OriginSet,
  situation: S,
  take: TakeTruth<S>,
): void {
  const { datum } = value;
  if (situation.request) {
    const text = presentDatum(datum, situation);
    const answer = text === undefined ? undefined : contains(set, text ?? value.absent);
    if (answer !== undefined) take(answer, situation);
    else judge(unknown(`${datum}:${canonicalKey(set)}`, 'unsupported'), situation, take);
    return;
  }
  if (situation.constraint.preflight && fromPages.test(datum)) {
    judgeText({ kind: 'literal', text: value.absent }, set, undefined, situation, take);
    return;
  }
  if (datum === 'path' && situation.path !== undefined) {
    judgeText({ kind: 'literal', text: situation.path }, set, undefined, situation, take);
    return;
  }
  if (set.kind === 'oneOf' && datum === 'method' && set.ignoreCase !== true) {
    judge({ kind: 'method', in: anyOf(...set.values) }, situation, take);
  } else if (set.kind === 'oneOf') {
    const key = set.ignoreCase === true ? `${datum}/i` : datum;
    const values = set.ignoreCase === true ? set.values.map((each) => each.toLowerCase()) : set.values;
    const decided = decideDatum(situation.constraint, key, values);
    if (decided !== undefined) take(decided, situation);
    else sides(situation, (truth) => assumeDatum(situation.constraint, key, values, truth), take);
  } else if (set.kind === 'all') take(true, situation);
  else if (set.kind === 'none') take(false, situation);
  else if (set.kind === 'complement') judge(not({ kind: 'test', value, in: set.of }), situation, take);
  else
    sides(
      situation,
      (truth) => assumeFact(situation.constraint, `${datum}:${canonicalKey(set)}`, { truth, asked: { datum, in: set } }),
      take,
    );
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
function judgeByMethod<S extends Situation>(
  value: Extract<Value, { kind: 'concat' }>,
  set: OriginSet,
  check: OriginCheck | undefined,
  situation: S,
  take: TakeTruth<S>,
): void {
  let others: S | undefined = situation;
  for (const method of spelledOut) {
    if (others === undefined) return;
    const at: S = others;
    others = undefined;
    judge({ kind: 'method', in: anyOf<string>(method) }, at, (truth, next) => {
      if (!truth) others = next;
      else {
        const parts = value.parts.map((part): Value => (isMethod(part) ? { kind: 'literal', text: method } : part));
        judgeText(join(parts, value), set, check, next, take);
      }
    });
  }
  if (others !== undefined) judge(unknown(`${valueKey(value)}:${canonicalKey(set)}`, 'unsupported'), others, take);
}

/**
 * Resolves variables and choices of a value: one answer for each combination that the situation leaves open. The answers
 * are literals, request data, unknowns, and concatenations of these.
 */
export function resolve<S extends Situation>(value: Value, situation: S, take: TakeValue<S>): void {
  switch (value.kind) {
    case 'variable': {
      const assigned = situation.variables.get(value.name);
      if (assigned) resolve(place(assigned, value), situation, take);
      else take(place({ kind: 'literal', text: value.unset }, value), situation);
      return;
    }
    case 'choice':
      resolveChoice(value, situation, take);
      return;
    case 'concat': {
      let partial: (readonly [readonly Value[], S])[] = [[[], situation]];
      for (const part of value.parts) {
        partial = partial.flatMap(([done, at]) =>
          resolved(part, at).map(([value, next]): readonly [readonly Value[], S] => [[...done, value], next]),
        );
        if (partial.length > MOST_COMBINATIONS) {
          take(place({ kind: 'unknown', id: valueKey(value), reason: 'too-many-cases' }, value), situation);
          return;
        }
      }
      for (const [parts, next] of partial) {
        const joined = join(parts, value);
        take(wholeMatch(joined, next.constraint) ?? joined, next);
      }
      return;
    }
    case 'request': {
      const text = presentDatum(value.datum, situation);
      if (text === undefined) take(value, situation);
      else take(place({ kind: 'literal', text: text ?? value.absent }, value), situation);
      return;
    }
    case 'origin': {
      if (situation.request) take(place({ kind: 'literal', text: situation.request.originText ?? value.absent }, value), situation);
      else if (situation.constraint.originPresent === false) take(place({ kind: 'literal', text: value.absent }, value), situation);
      else take(value, situation);
      return;
    }
    case 'originPart': {
      const text = situation.request?.capture(value);
      if (text !== undefined) take(place({ kind: 'literal', text }, value), situation);
      else take(value, situation);
      return;
    }
    case 'requestPart': {
      const text = presentDatum(value.datum, situation);
      const found = text === undefined ? undefined : capture(value.pattern, value.group, text ?? '');
      if (found === undefined || found.kind === 'undecided') take(value, situation);
      else take(place({ kind: 'literal', text: found.kind === 'text' ? found.text : '' }, value), situation);
      return;
    }
    default:
      take(value, situation);
  }
}

/** The answers of `resolve` as a list. */
export function resolved<S extends Situation>(value: Value, situation: S): readonly (readonly [Value, S])[] {
  const answers: (readonly [Value, S])[] = [];
  resolve(value, situation, (answer, next) => void answers.push([answer, next]));
  return answers;
}

/** The first option that holds, for each way in which the conditions can come out; the list as in `judgeInOrder`. */
function resolveChoice<S extends Situation>(value: Extract<Value, { kind: 'choice' }>, start: S, take: TakeValue<S>): void {
  const open: { readonly situation: S; readonly at: number; readonly chosen?: Value | undefined }[] = [{ situation: start, at: 0 }];
  let answers = 0;
  for (let way = open.pop(); way !== undefined; way = open.pop()) {
    const { situation, at, chosen } = way;
    const option = value.options[at];
    if (chosen || !option) {
      answers++;
      resolve(chosen ?? value.otherwise, situation, take);
    } else if (answers >= MOST_CASES) take(place({ kind: 'unknown', id: valueKey(value), reason: 'too-many-cases' }, value), situation);
    else {
      const ways: typeof open = [];
      judge(option.when, situation, (truth, next) => {
        ways.push({ situation: next, at: at + 1, chosen: truth ? option.value : undefined });
      });
      open.push(...ways.reverse());
    }
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
