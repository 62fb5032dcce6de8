import type { RuleContext } from '../core/rule.ts';
import { placeKey, type Place } from '../core/text.ts';
import type { Origins } from '../cors/origins/index.ts';
import { canonicalKey, union, type OriginSet } from '../cors/origins/origin-set.ts';
import { intersect, isEmpty } from '../policy/codes.ts';
import { originsOf, type OriginTest } from '../policy/constraint.ts';
import { valueKey } from '../policy/condition.ts';
import type { ResponseCase } from '../policy/evaluate.ts';
import type { OriginCheck } from '../policy/model.ts';
import { canSucceed, preflightStatus, readersOf, type PolicyView, type Readers, withName } from '../policy/view.ts';
import { passesUnseenCheck, proven, settingsOf } from './evidence.ts';

/** Readers of a response together with the view that they belong to. */
export interface SeenReaders extends Readers {
  readonly view: PolicyView;
}

const seen = new WeakMap<PolicyView, readonly SeenReaders[]>();

/**
 * Everybody who can read an actual response of the file: one entry for each case with one Allow-Origin line whose value is
 * known, whatever else is unknown. Computed once for all rules.
 */
export function readersIn({ views, origins }: RuleContext): readonly SeenReaders[] {
  return views.flatMap((view) => {
    let readers = seen.get(view);
    if (!readers) seen.set(view, (readers = readersAmong(readable(view), view, origins)));
    return readers;
  });
}

/** What lets somebody read: an actual answer, or the preflight's where the actual one is not in sight. */
function readable({ policy, actual, preflight }: PolicyView): readonly ResponseCase[] {
  return actual.length > 0 || policy.inner ? actual : preflight;
}

const seenPreflights = new WeakMap<PolicyView, readonly SeenReaders[]>();

/**
 * Whose preflights pass where somebody can read the actual response: what such a page asks for is sent and carried out, also where it
 * must not read what comes back.
 */
export function preflightReadersIn({ views, origins }: RuleContext): readonly SeenReaders[] {
  return views.flatMap((view) => {
    let readers = seenPreflights.get(view);
    if (!readers) {
      const passing = view.preflight.filter((response) => preflightStatus(response) === 'ok');
      const isRead = view.actual.some((response) => withName(response.lines, 'Access-Control-Allow-Origin').length > 0);
      seenPreflights.set(view, (readers = isRead ? readersAmong(passing, view, origins) : []));
    }
    return readers;
  });
}

function readersAmong(responses: readonly ResponseCase[], view: PolicyView, origins: Origins): readonly SeenReaders[] {
  const readable = responses.flatMap((response) => {
    // A request without Origin is nobody's: what it gets, such as the `*` of `origin || '*'`, no browser checks.
    const found = response.when.originPresent === false || saysNothing(response) ? undefined : readersOf(response, origins);
    return found ? [{ ...found, view }] : [];
  });
  const byCase = new Map(readable.map((each) => [each.response, each]));
  const shows = (mistake: ResponseCase, other: ResponseCase): boolean => {
    const [readers, others] = [byCase.get(mistake), byCase.get(other)];
    return readers !== undefined && others !== undefined && includesReaders(others, readers);
  };
  const certain = new Set(proven([...byCase.keys()], { deployments: true, shows }));
  return readable.filter((each) => certain.has(each.response));
}

/** Whether the server itself refuses, as by `return 403`: whoever reads that learns nothing. */
function saysNothing(response: ResponseCase): boolean {
  return response.by === 'server' && !canSucceed(response);
}

/** Whether a case lets in everybody whom another one does, in the same way, as far as its tests tell. */
function includesReaders(all: Readers, some: Readers): boolean {
  if (all.wildcard !== some.wildcard || all.credentials !== some.credentials || all.line.value.kind !== some.line.value.kind) return false;
  if (all.line.value.kind === 'literal' && valueKey(all.line.value) !== valueKey(some.line.value)) return false;
  const [wide, narrow] = [all.response.when, some.response.when];
  if (wide.originPresent !== undefined && wide.originPresent !== narrow.originPresent) return false;
  return isWithin(wide.admitted, narrow.admitted) && isWithin(wide.refused, narrow.refused);
}

const keysOfTests = new WeakMap<readonly OriginTest[], ReadonlySet<string>>();

/** The sets that a list of tests is about; each case is held against all others. */
function keysOf(tests: readonly OriginTest[]): ReadonlySet<string> {
  let keys = keysOfTests.get(tests);
  if (!keys) keysOfTests.set(tests, (keys = new Set(tests.map((test) => canonicalKey(test.in)))));
  return keys;
}

function isWithin(some: readonly OriginTest[], all: readonly OriginTest[]): boolean {
  if (some.length === 0 || some === all) return true;
  const keys = keysOf(all);
  for (const key of keysOf(some)) if (!keys.has(key)) return false;
  return true;
}

/** One check on the Origin that lets readers in, with everybody it lets in. */
export interface GrantingCheck {
  readonly check: OriginCheck;
  /** The texts that it compares with in any case, each once. */
  readonly texts: readonly string[];
  /** What the check and those that hold together with it admit, or are meant to: the author's text is read from there. */
  readonly admits: OriginSet;
  /** What gets in: the readers of every case that rests on the check. */
  readonly readers: readonly SeenReaders[];
  readonly credentials: boolean;
}

const granting = new WeakMap<RuleContext['views'], readonly GrantingCheck[]>();

/** The checks whose success makes the request's own Origin readable, each once, in order of their places. Found once for all rules. */
export function grantingChecks(context: RuleContext): readonly GrantingCheck[] {
  let checks = granting.get(context.views);
  if (!checks) granting.set(context.views, (checks = findChecks(context)));
  return checks;
}

function findChecks(context: RuleContext): readonly GrantingCheck[] {
  const found = new Map<string, { test: OriginTest; check: OriginCheck; texts: Set<string>; readers: SeenReaders[] }>();
  for (const readers of readersIn(context)) {
    if (readers.line.value.kind === 'literal') continue;
    for (const test of readers.response.when.admitted) {
      if (!test.check) continue;
      const key = placeKey(test.check.place);
      const known = found.get(key) ?? { test, check: test.check, texts: new Set(), readers: [] };
      known.readers.push(readers);
      for (const { text } of test.check.entries ?? []) known.texts.add(text);
      found.set(key, known);
    }
  }
  const all = [...found.values()].sort((a, b) => a.check.place.range.start - b.check.place.range.start);
  return all
    .filter(
      ({ test, readers }) =>
        namesSomebody(context, test) ||
        !all.some((other) => readers.every((each) => other.readers.includes(each)) && namesSomebody(context, other.test)),
    )
    .map(({ check, texts, readers }) => ({
      check,
      texts: [...texts],
      admits: union(readers.flatMap((each) => each.response.when.admitted.map((test) => test.check?.meant ?? test.in))),
      readers,
      credentials: readers.some((each) => each.credentials),
    }));
}

/** Whether a check speaks of a domain or host. `startsWith('https://')` beside one that does is not what a finding is about. */
function namesSomebody({ reasoning, trustedDomains }: RuleContext, test: OriginTest): boolean {
  if (!reasoning) return true;
  const { domains, hosts, sharedSuffixes } = reasoning.intent(test.in, trustedDomains);
  return domains.length + hosts.length + sharedSuffixes.length > 0;
}

/** The origins that a granting check really makes readers, over all its cases. */
export function readersThrough(granting: GrantingCheck): OriginSet {
  return union(granting.readers.map((each) => each.origins));
}

/**
 * Whether every site that fails a check reads as much as those that pass it: `allowed ? origin : '*'` without credentials, or its own
 * origin either way. What the check lets in is then nobody's gain.
 */
export function failingReadAnyway(context: RuleContext, { check, readers }: GrantingCheck, credentials: boolean): boolean {
  const key = placeKey(check.place);
  // Not where something else has to be passed or set for that.
  const reads = ({ wildcard, line, credentials: allowed, response }: Readers): boolean =>
    (wildcard || line.value.kind === 'origin') &&
    (!credentials || (allowed && !wildcard)) &&
    !passesUnseenCheck(response) &&
    settingsOf(response).length === 0;
  const open = readersIn(context).filter(
    (each) =>
      reads(each) && each.response.when.refused.some((test) => test.check && placeKey(test.check.place) === key) && admitsEverySite(each),
  );
  return readers.every(({ view, response }) =>
    open.some((each) => each.view === view && !isEmpty(intersect(each.response.status, response.status))),
  );
}

/** One check on the Origin, wherever it stands. */
export interface FoundCheck {
  readonly check: OriginCheck;
  readonly admits: OriginSet;
  /** Its success lets Access-Control-Allow-Origin out, to whomever. */
  readonly grants: boolean;
}

const allChecks = new WeakMap<RuleContext['views'], readonly FoundCheck[]>();

/** Every check that any case rests on, each once, those that nobody can pass included. Found once for all rules. */
export function checksIn({ views }: Pick<RuleContext, 'views'>): readonly FoundCheck[] {
  let checks = allChecks.get(views);
  if (!checks) allChecks.set(views, (checks = findAllChecks(views)));
  return checks;
}

function findAllChecks(views: RuleContext['views']): readonly FoundCheck[] {
  const found = new Map<string, { check: OriginCheck; admits: OriginSet; grants: boolean }>();
  for (const response of views.flatMap((view) => view.all)) {
    const allows = [response.lines, response.withheld].some((lines) => withName(lines, 'Access-Control-Allow-Origin').length > 0);
    for (const [tests, admitted] of [
      [response.when.admitted, true],
      [response.when.refused, false],
    ] as const) {
      for (const { check, in: admits } of tests) {
        if (!check) continue;
        const key = placeKey(check.place);
        const known = found.get(key) ?? { check, admits, grants: false };
        known.grants ||= admitted && allows;
        found.set(key, known);
      }
    }
  }
  return [...found.values()];
}

/** Where a line's value was written. */
export function valuePlace(readers: Pick<Readers, 'line'>): Place | undefined {
  return readers.line.value.place ?? readers.line.writes.at(-1)?.valuePlace;
}

/**
 * Whether nothing that is known restricts the origins of a case: every site takes this path. Not where an unseen check lets
 * the request in: if everybody is let in all the same, the line that does so is the one for those who fail it.
 */
export function admitsEverySite(readers: Readers): boolean {
  const { when } = readers.response;
  return when.admitted.length === 0 && originsOf(when).kind !== 'none' && !passesUnseenCheck(readers.response);
}
