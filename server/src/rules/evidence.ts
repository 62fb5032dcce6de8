import type { UnknownReason } from '../policy/model.ts';
import type { ResponseCase } from '../policy/evaluate.ts';

/** Unknowns that the text itself leaves open: behind any of them a guard may stand that the analysis cannot see. */
const GUARDS: readonly UnknownReason[] = ['unresolved', 'placeholder', 'environment', 'unsupported', 'undecided-pattern', 'too-many-cases', 'outside'];

/** The keys of the guards that a case rests on. */
function guardsOf(response: ResponseCase): ReadonlyMap<string, boolean> {
  const guards = new Map<string, boolean>();
  for (const [key, fact] of response.when.facts) if (fact.reason !== undefined && GUARDS.includes(fact.reason)) guards.set(key, fact.truth);
  return guards;
}

/**
 * Of the cases that show a mistake, those for which it holds whatever is unknown: no unseen guard stands before them, or
 * the mistake is there on both sides of it.
 */
export function proven(responses: readonly ResponseCase[]): readonly ResponseCase[] {
  const certain = responses.filter((response) => response.unknown === undefined);
  const guarded = certain.map((response) => [response, guardsOf(response)] as const);
  return guarded
    .filter(([, guards]) =>
      [...guards].every(([key, truth]) => guarded.some(([, others]) => others.size <= guards.size && [...others].every(([k, t]) => (k === key ? t !== truth : guards.get(k) === t)))),
    )
    .map(([response]) => response);
}

/** Whether a case only comes up in development, by what NODE_ENV is compared with. */
export function onlyInDevelopment(response: ResponseCase): boolean {
  return [...response.when.facts].some(([key, { truth }]) => {
    const [, environment] = /^unknown:env:NODE_ENV=(dev|test|local|prod|stag)/.exec(key) ?? [];
    return environment !== undefined && truth === !/prod|stag/.test(environment);
  });
}
