import type { UnknownReason } from '../policy/model.ts';
import type { ResponseCase } from '../policy/evaluate.ts';

/** Unknowns that the text itself leaves open: behind any of them a guard may stand that the analysis cannot see. */
const GUARDS: readonly UnknownReason[] = [
  'unresolved',
  'placeholder',
  'environment',
  'unsupported',
  'undecided-pattern',
  'too-many-cases',
  'outside',
];

/** The keys of the guards that a case rests on. */
function guardsOf(response: ResponseCase, deployments: boolean): ReadonlyMap<string, boolean> {
  const guards = new Map<string, boolean>();
  for (const [key, { truth, reason }] of response.when.facts) {
    if (reason === undefined || !GUARDS.includes(reason)) continue;
    if (!deployments || reason !== 'environment' || isDevelopment(key, truth)) guards.set(key, truth);
  }
  return guards;
}

/**
 * Of the cases that show a mistake, those for which it holds whatever is unknown: no unseen guard stands before them, or
 * the mistake is there on both sides of it. With `deployments` what some environment brings about counts, except in
 * development: the author wrote it for that.
 */
export function proven(
  responses: readonly ResponseCase[],
  { deployments = false }: { readonly deployments?: boolean } = {},
): readonly ResponseCase[] {
  const certain = responses.filter((response) => response.unknown === undefined);
  const guarded = certain.map((response) => [response, guardsOf(response, deployments)] as const);
  return guarded
    .filter(([, guards]) =>
      [...guards].every(([key, truth]) =>
        guarded.some(
          ([, others]) => others.size <= guards.size && [...others].every(([k, t]) => (k === key ? t !== truth : guards.get(k) === t)),
        ),
      ),
    )
    .map(([response]) => response);
}

/** Whether a case only comes up in development, by what NODE_ENV is compared with. */
export function onlyInDevelopment(response: ResponseCase): boolean {
  return [...response.when.facts].some(([key, { truth }]) => isDevelopment(key, truth));
}

function isDevelopment(key: string, truth: boolean): boolean {
  const [, environment] = /^unknown:env:NODE_ENV=(dev|test|local|prod|stag)/.exec(key) ?? [];
  return environment !== undefined && truth === !/prod|stag/.test(environment);
}

/** Whether one server can answer in both ways: nothing that was decided is decided differently. */
export function together(a: ResponseCase, b: ResponseCase): boolean {
  for (const [key, fact] of a.when.facts) {
    const other = b.when.facts.get(key);
    if (other !== undefined && other.truth !== fact.truth) return false;
  }
  return true;
}
