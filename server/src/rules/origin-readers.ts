import type { RuleContext } from '../core/rule.ts';
import { placeKey, type Place } from '../core/text.ts';
import { union, type OriginSet } from '../cors/origins/origin-set.ts';
import { originsOf, type OriginTest } from '../policy/constraint.ts';
import type { OriginCheck } from '../policy/model.ts';
import { readersOf, type PolicyView, type Readers } from '../policy/view.ts';
import { proven } from './evidence.ts';

/** Readers of a response together with the view that they belong to. */
export interface SeenReaders extends Readers {
  readonly view: PolicyView;
}

const seen = new WeakMap<RuleContext['views'], readonly SeenReaders[]>();

/**
 * Everybody who can read an actual response of the file: one entry for each case with one Allow-Origin line whose value is
 * known, whatever else is unknown. Computed once for all rules.
 */
export function readersIn(context: RuleContext): readonly SeenReaders[] {
  let readers = seen.get(context.views);
  if (!readers) {
    readers = context.views.flatMap((view) => {
      const responses = view.actual.length > 0 ? view.actual : view.preflight;
      const readable = responses.flatMap((response) => {
        const found = readersOf(response, context.origins);
        return found ? [{ ...found, view }] : [];
      });
      const certain = new Set(
        proven(
          readable.map((each) => each.response),
          { deployments: true },
        ),
      );
      return readable.filter((each) => certain.has(each.response));
    });
    seen.set(context.views, readers);
  }
  return readers;
}

/** One check on the Origin that lets readers in, with everybody it lets in. */
export interface GrantingCheck {
  readonly check: OriginCheck;
  /** What the check and those that hold together with it admit: the author's text is read from there. */
  readonly admits: OriginSet;
  /** What gets in: the readers of every case that rests on the check. */
  readonly readers: readonly SeenReaders[];
  readonly credentials: boolean;
}

/** The checks whose success makes the request's own Origin readable, each once, in order of their places. */
export function grantingChecks(context: RuleContext): readonly GrantingCheck[] {
  const found = new Map<string, { test: OriginTest; check: OriginCheck; readers: SeenReaders[] }>();
  for (const readers of readersIn(context)) {
    if (readers.line.value.kind === 'literal') continue;
    for (const test of readers.response.when.admitted) {
      if (!test.check) continue;
      const key = placeKey(test.check.place);
      const known = found.get(key);
      if (known) known.readers.push(readers);
      else found.set(key, { test, check: test.check, readers: [readers] });
    }
  }
  const all = [...found.values()].sort((a, b) => a.check.place.range.start - b.check.place.range.start);
  return all
    .filter(
      ({ test, readers }) =>
        namesSomebody(context, test) ||
        !all.some((other) => readers.every((each) => other.readers.includes(each)) && namesSomebody(context, other.test)),
    )
    .map(({ check, readers }) => ({
      check,
      admits: union(readers.flatMap((each) => each.response.when.admitted.map((test) => test.in))),
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

/** One check on the Origin, wherever it stands. */
export interface FoundCheck {
  readonly check: OriginCheck;
  readonly admits: OriginSet;
  /** Its success lets Access-Control-Allow-Origin out, to whomever. */
  readonly grants: boolean;
}

/** Every check that any case rests on, each once, those that nobody can pass included. */
export function checksIn({ views }: Pick<RuleContext, 'views'>): readonly FoundCheck[] {
  const found = new Map<string, { check: OriginCheck; admits: OriginSet; grants: boolean }>();
  for (const response of views.flatMap((view) => [...view.actual, ...view.preflight, ...view.impossible])) {
    const allows = [...response.lines, ...response.withheld].some((line) => line.name.toLowerCase() === 'access-control-allow-origin');
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

/** Whether nothing that is known restricts the origins of a case: every site takes this path. */
export function admitsEverySite(readers: Readers): boolean {
  return readers.response.when.admitted.length === 0 && originsOf(readers.response.when).kind !== 'none';
}
