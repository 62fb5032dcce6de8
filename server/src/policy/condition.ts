import type { Place } from '../core/text.ts';
import type { OriginSet, Pattern } from '../cors/origins/origin-set.ts';
import { canonicalKey } from '../cors/origins/origin-set.ts';
import type { Condition, OriginCheck, RequestDatum, Setting, UnknownReason, Value } from './model.ts';
import { anyOf, allBut } from './codes.ts';

/** Constructors of conditions that simplify constants away. */
export const always: Condition = { kind: 'always' };
export const never: Condition = { kind: 'never' };

export function all(...conditions: readonly Condition[]): Condition {
  const of: Condition[] = [];
  for (const each of conditions) {
    if (each.kind === 'all') of.push(...each.of);
    else if (each.kind !== 'always') of.push(each);
  }
  if (of.some((each) => each.kind === 'never')) return never;
  return of.length > 1 ? { kind: 'all', of } : (of[0] ?? always);
}

export function any(...conditions: readonly Condition[]): Condition {
  const of: Condition[] = [];
  for (const each of conditions) {
    if (each.kind === 'any') of.push(...each.of);
    else if (each.kind !== 'never') of.push(each);
  }
  if (of.some((each) => each.kind === 'always')) return always;
  return of.length > 1 ? { kind: 'any', of } : (of[0] ?? never);
}

export function not(condition: Condition): Condition {
  if (condition.kind === 'always') return never;
  if (condition.kind === 'never') return always;
  if (condition.kind === 'not') return condition.of;
  return { kind: 'not', of: condition };
}

export const originIn = (set: OriginSet, check?: OriginCheck): Condition =>
  check === undefined ? { kind: 'origin', in: set } : { kind: 'origin', in: set, check };
export const originAbsent: Condition = { kind: 'originAbsent' };
export const originPresent: Condition = not(originAbsent);
export const methodIs = (...methods: readonly string[]): Condition => ({ kind: 'method', in: anyOf(...methods) });
export const methodIsNot = (...methods: readonly string[]): Condition => ({ kind: 'method', in: allBut(...methods) });
export const unknown = (id: string, reason: UnknownReason, of?: 'request' | 'origin'): Condition =>
  of === undefined
    ? { kind: 'unknown', id, reason }
    : { kind: 'unknown', id, reason, ofRequest: true, ...(of === 'origin' && { ofOrigin: true }) };
/** What a deployment chooses by an environment variable. */
export const setTo = (id: string, setting: Setting = {}): Condition => ({ kind: 'unknown', id, reason: 'environment', setting });
/** Nothing answers behind a server that hands requests on: what the page gets is the server's own. */
export const unreachable: Extract<Condition, { kind: 'unknown' }> = { kind: 'unknown', id: 'upstream:unreachable', reason: 'upstream' };
export const test = (value: Value, set: OriginSet, check?: OriginCheck): Condition =>
  check === undefined ? { kind: 'test', value, in: set } : { kind: 'test', value, in: set, check };

/** A text that two conditions share exactly when they are the same condition. */
export function conditionKey(condition: Condition): string {
  switch (condition.kind) {
    case 'always':
    case 'never':
    case 'originAbsent':
      return condition.kind;
    case 'all':
    case 'any':
      return `${condition.kind}(${condition.of.map(conditionKey).join(',')})`;
    case 'not':
      return `not(${conditionKey(condition.of)})`;
    case 'origin':
      return `origin:${canonicalKey(condition.in)}`;
    case 'method':
      return `${condition.kind}:${condition.in.kind}:${condition.in.members.join('|')}`;
    case 'authenticated':
      return 'authenticated';
    case 'test':
      return `test:${valueKey(condition.value)}:${canonicalKey(condition.in)}`;
    case 'unknown':
      return `unknown:${condition.id}`;
  }
}

/** A text that two values share exactly when they are the same value. Places do not count. */
export function valueKey(value: Value): string {
  switch (value.kind) {
    case 'literal':
      return JSON.stringify(value.text);
    case 'origin':
      return `origin/${value.absent}`;
    case 'originPart':
      return `part/${value.pattern.dialect}/${value.pattern.source}/${value.pattern.flags}/${value.group}`;
    case 'requestPart':
      return `part of ${value.datum}/${value.pattern.dialect}/${value.pattern.source}/${value.pattern.flags}/${value.group}`;
    case 'request':
      return `request/${value.datum}/${value.absent}`;
    case 'concat':
      return `concat(${value.parts.map(valueKey).join(',')})`;
    case 'choice':
      return `choice(${value.options.map((option) => `${conditionKey(option.when)}=>${valueKey(option.value)}`).join(';')};${valueKey(value.otherwise)})`;
    case 'variable':
      return `variable/${value.name}/${value.unset}`;
    case 'unknown':
      return `unknown/${value.id}`;
  }
}

/** Every condition that a condition is made of, itself included; values inside are looked into as well. */
export function* conditionsIn(condition: Condition): Generator<Condition> {
  yield condition;
  if (condition.kind === 'all' || condition.kind === 'any') for (const each of condition.of) yield* conditionsIn(each);
  else if (condition.kind === 'not') yield* conditionsIn(condition.of);
  else if (condition.kind === 'test') yield* conditionsOf(condition.value);
}

/** Every condition that a value depends on. */
export function* conditionsOf(value: Value): Generator<Condition> {
  if (value.kind === 'concat') for (const part of value.parts) yield* conditionsOf(part);
  else if (value.kind === 'choice') {
    for (const option of value.options) {
      yield* conditionsIn(option.when);
      yield* conditionsOf(option.value);
    }
    yield* conditionsOf(value.otherwise);
  }
}

export const literal = (text: string): Value => ({ kind: 'literal', text });
export const requestDatum = (datum: RequestDatum, absent = ''): Value => ({ kind: 'request', datum, absent });

/** What a pattern's group holds of a piece of the request; undefined where the subject is no such piece. */
export function partOf(subject: Value, pattern: Pattern, group: number | string, place?: Place): Value | undefined {
  const part = { pattern, group, ...(place && { place }) };
  if (subject.kind === 'origin') return { kind: 'originPart', ...part };
  return subject.kind === 'request' ? { kind: 'requestPart', datum: subject.datum, ...part } : undefined;
}

/** Whether a condition can only hold for requests with an Origin. */
export function excludesAbsentOrigin(condition: Condition): boolean {
  switch (condition.kind) {
    case 'origin':
      return true;
    case 'not':
      return (
        condition.of.kind === 'originAbsent' ||
        (condition.of.kind === 'any' && condition.of.of.some((each) => each.kind === 'originAbsent'))
      );
    case 'all':
      return condition.of.some(excludesAbsentOrigin);
    case 'any':
      return condition.of.every(excludesAbsentOrigin);
    default:
      return false;
  }
}
