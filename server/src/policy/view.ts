import type { Origins } from '../cors/origins/index.ts';
import { intersection, type OriginSet, type Pattern } from '../cors/origins/origin-set.ts';
import { isWholeGroup } from '../cors/origins/whole-group.ts';
import { allBut, anyOf, everything, has, intersect, isEmpty, isOk, isSubset, errorStatuses, type Methods } from './codes.ts';
import { originsOf, unconstrained, type Constraint } from './constraint.ts';
import { evaluate } from './evaluate.ts';
import type { EvaluationInput, ResponseCase } from './evaluate.ts';
import type { HeaderLine, HeaderWrite, Policy, Value } from './model.ts';

/** A policy with its cases, as rules and the editor's features ask it. */
export interface PolicyView {
  readonly policy: Policy;
  /** Answers to preflights: OPTIONS with an Origin and Access-Control-Request-Method, never with credentials. */
  readonly preflight: readonly ResponseCase[];
  /** Answers to every other request, with and without an Origin. */
  readonly actual: readonly ResponseCase[];
  /** Answers of both kinds: the actual ones, then those to preflights. */
  readonly answers: readonly ResponseCase[];
  /** Cases of either kind that no Origin of a browser's can meet: what is allowed there is allowed to nobody. */
  readonly impossible: readonly ResponseCase[];
  /** The answers and those cases. */
  readonly all: readonly ResponseCase[];
}

/** Who can read a response, by one Access-Control-Allow-Origin line of one case. */
export interface Readers {
  readonly origins: OriginSet;
  /** `*`: every site, but without cookies. */
  readonly wildcard: boolean;
  /** Access-Control-Allow-Credentials is `true` in the same response. */
  readonly credentials: boolean;
  readonly line: HeaderLine;
  readonly response: ResponseCase;
}

/**
 * Each question that stays undecided takes as long as a question may; where so many of a policy did, its other cases are possible without
 * being asked about.
 */
const MOST_UNDECIDED = 64;

/**
 * Evaluates a policy for preflights and for actual requests. Cases whose condition no origin can meet are left out, as
 * far as `origins` decides that. `coming` are the methods by which requests come to it at all.
 */
export function viewPolicy(
  policy: Policy,
  input: Omit<EvaluationInput, 'assume'>,
  origins: Origins,
  coming: Methods = everything,
): PolicyView {
  const impossible: ResponseCase[] = [];
  let undecided = 0;
  const possible = (responses: readonly ResponseCase[]): readonly ResponseCase[] =>
    responses.filter((response) => {
      if (response.when.originPresent !== true || undecided >= MOST_UNDECIDED) return true;
      const isImpossible = origins.isEmpty(originsOf(response.when));
      if (isImpossible === undefined) undecided++;
      const isPossible = isImpossible !== true;
      if (!isPossible) impossible.push(response);
      return isPossible;
    });
  const preflights = has(coming, 'OPTIONS') ? evaluate(policy, { ...input, assume: aPreflight }) : [];
  const methods = intersect(coming, intersect(policy.methods?.kind === 'in' ? policy.methods : everything, allBut('OPTIONS')));
  const others = isEmpty(methods) ? [] : evaluate(policy, { ...input, assume: { ...unconstrained, methods } });
  const [preflight, actual] = [possible(preflights), possible(others)];
  // The same lists for every rule, so that what one of them asked answers the next.
  const answers = [...actual, ...preflight];
  return { policy, preflight, actual, answers, impossible, all: impossible.length === 0 ? answers : [...answers, ...impossible] };
}

const aPreflight: Constraint = {
  ...unconstrained,
  originPresent: true,
  methods: anyOf('OPTIONS'),
  authenticated: false,
  preflight: true,
  data: new Map([['header:access-control-request-method', { noneOf: [''] }]]),
};

/** The lines of a list by their names in lower case: every rule asks for some. */
const named = new WeakMap<readonly HeaderLine[], ReadonlyMap<string, readonly HeaderLine[]>>();
const noLines: readonly HeaderLine[] = [];

/** Those of the lines, sent or withheld by a case, with a name; names compare without case. */
export function withName(lines: readonly HeaderLine[], name: string): readonly HeaderLine[] {
  if (lines.length === 0) return noLines;
  let known = named.get(lines);
  if (!known) {
    const made = new Map<string, HeaderLine[]>();
    for (const line of lines) {
      const lower = line.name.toLowerCase();
      const same = made.get(lower);
      if (same) same.push(line);
      else made.set(lower, [line]);
    }
    named.set(lines, (known = made));
  }
  return known.get(name.toLowerCase()) ?? noLines;
}

/** The lines that a case sends with a name. */
export function linesNamed(response: ResponseCase, name: string): readonly HeaderLine[] {
  return withName(response.lines, name);
}

/** Whether a line's value is exactly a text. */
export function isText(value: Value, text: string): boolean {
  return value.kind === 'literal' && value.text === text;
}

/** Whether the response allows credentials: exactly one line whose value is `true` (Fetch standard, CORS check). */
export function allowsCredentials(response: ResponseCase): boolean {
  const [line, second] = linesNamed(response, 'Access-Control-Allow-Credentials');
  return line !== undefined && second === undefined && isText(line.value, 'true');
}

/** Whether the Origin, or a piece of it, stands in a line's value. */
export function readsOrigin(value: Value): boolean {
  return value.kind === 'origin' || value.kind === 'originPart' || (value.kind === 'concat' && value.parts.some(readsOrigin));
}

/**
 * The readers of a case: the origins o for which it carries Access-Control-Allow-Origin equal to o, or `*`. Undefined
 * where no or several lines are sent, or the value is not known.
 */
export function readersOf(response: ResponseCase, origins: Origins): Readers | undefined {
  const [line, second] = linesNamed(response, 'Access-Control-Allow-Origin');
  if (line === undefined || second !== undefined) return undefined;
  const credentials = allowsCredentials(response);
  const admitted = originsOf(response.when);
  const readers = (set: OriginSet, wildcard = false): Readers => ({ origins: set, wildcard, credentials, line, response });
  const both = (set: OriginSet): OriginSet => intersection([admitted, set]);
  switch (line.value.kind) {
    case 'literal':
      return line.value.text === '*' ? readers(admitted, true) : readers(both({ kind: 'oneOf', values: [line.value.text] }));
    case 'origin':
      return readers(admitted);
    case 'originPart':
      return isWholeGroup(line.value.pattern.source, line.value.group) ? readers(both(origins.fullMatches(line.value.pattern))) : undefined;
    default:
      return undefined;
  }
}

/** The patterns that any case rests on. */
export function patternsIn(views: readonly PolicyView[]): readonly Pattern[] {
  const patterns = new Set<Pattern>();
  for (const { all } of views)
    for (const { when } of all)
      for (const tests of [when.admitted, when.refused]) for (const { check } of tests) if (check?.pattern) patterns.add(check.pattern);
  return [...patterns];
}

/** Whether a case can be an error response. */
export function canFail(response: ResponseCase): boolean {
  return errorStatuses.some((status) => has(response.status, status));
}

/** Whether a case can be anything but an error response. */
export function canSucceed({ status }: ResponseCase): boolean {
  return status.kind === 'notIn' || status.members.some((code) => code < 400);
}

/**
 * Whether a preflight with this response's status passes (Fetch standard, CORS-preflight fetch: an ok status). What never answers lets
 * none pass.
 */
export function preflightStatus({ status }: ResponseCase): 'ok' | 'not-ok' | 'open' {
  if (status.kind === 'notIn')
    return isSubset(status, allBut(...Array.from({ length: 100 }, (_, index) => 200 + index))) ? 'not-ok' : 'open';
  const passing = status.members.filter(isOk);
  if (passing.length === 0) return 'not-ok';
  return passing.length === status.members.length ? 'ok' : 'open';
}

/** The writes that made the lines of a name in any case, each once. */
export function writesNamed(responses: readonly ResponseCase[], name: string): readonly HeaderWrite[] {
  const writes = new Set<HeaderWrite>();
  for (const response of responses)
    for (const lines of [response.lines, response.withheld])
      for (const line of withName(lines, name)) for (const write of line.writes) writes.add(write);
  return [...writes];
}
