import { parseMaxAge } from '../cors/max-age.ts';
import type { Origins } from '../cors/origins/index.ts';
import { intersection, type OriginSet, union } from '../cors/origins/origin-set.ts';
import { originsOf } from './constraint.ts';
import { linesNamed, preflightStatus, readersOf, type PolicyView, type Readers } from './view.ts';

/** Who may read, in as few words as the policy allows. */
export type Audience =
  /** Any site, by `*` or because its own origin is sent back. */
  | { readonly kind: 'any' }
  /** These origins and no others. */
  | { readonly kind: 'listed'; readonly origins: readonly string[] }
  /** Origins that a check lets in, more than are worth listing. */
  | { readonly kind: 'checked'; readonly example: string | undefined };

/** A policy in one line: what a code lens, a hover and the simulator's heading say of it. */
export interface PolicySummary {
  readonly audience: Audience;
  readonly credentials: boolean;
  /** Whether a preflight of an allowed origin passes; `unknown` where an application in the way answers it. */
  readonly preflight: 'passes' | 'fails' | 'unknown';
  /** Seconds that browsers may keep the preflight's answer, where the policy says so. */
  readonly maxAge: number | undefined;
}

/** More origins than these are not listed. */
const MOST_LISTED = 20;

/** Summarises a policy; undefined where it writes no Access-Control-Allow-Origin that anybody can use. */
export function summarise(view: PolicyView, origins: Origins): PolicySummary | undefined {
  const responses = view.actual.length > 0 ? view.actual : view.preflight;
  const readers = responses.flatMap((response) => readersOf(response, origins) ?? []);
  if (readers.length === 0) return undefined;
  const allowed = union(readers.map((each) => each.origins));
  return {
    audience: audienceOf(readers, allowed, origins),
    credentials: readers.some((each) => each.credentials),
    preflight: preflightOf(view, allowed, origins),
    maxAge: maxAgeOf(view),
  };
}

function audienceOf(readers: readonly Readers[], allowed: OriginSet, origins: Origins): Audience {
  if (readers.some((each) => each.wildcard) || allowed.kind === 'all' || origins.isSubset({ kind: 'all' }, allowed) === true)
    return { kind: 'any' };
  const listed = origins.members(allowed, MOST_LISTED);
  return listed ? { kind: 'listed', origins: listed } : { kind: 'checked', example: origins.witness(allowed) };
}

function preflightOf(view: PolicyView, allowed: OriginSet, origins: Origins): PolicySummary['preflight'] {
  const met = view.preflight.filter((response) => origins.isEmpty(intersection([originsOf(response.when), allowed])) !== true);
  const passes = met.filter(
    (response) => preflightStatus(response) === 'ok' && linesNamed(response, 'Access-Control-Allow-Origin').length === 1,
  );
  if (passes.length > 0) return 'passes';
  return met.length > 0 &&
    met.every((response) => response.complete && response.unknown === undefined && preflightStatus(response) !== 'open')
    ? 'fails'
    : 'unknown';
}

function maxAgeOf(view: PolicyView): number | undefined {
  for (const response of view.preflight) {
    const value = linesNamed(response, 'Access-Control-Max-Age')[0]?.value;
    const age = value?.kind === 'literal' ? parseMaxAge(value.text) : undefined;
    if (age?.kind === 'seconds') return age.seconds;
  }
  return undefined;
}

/**
 * `CORS: 2 origins · credentials · preflight ✓`; with `⚠ any site` where every site reads with cookies, and `⚠ no site` where
 * what is sent equals no origin that a browser has.
 */
export function lensText({ audience, credentials, preflight }: PolicySummary): string {
  const who =
    audience.kind === 'any'
      ? credentials
        ? '⚠ any site'
        : 'any site'
      : audience.kind === 'listed'
        ? audience.origins.length === 0
          ? '⚠ no site'
          : counted(audience.origins.length, 'origin')
        : 'origins by pattern';
  return [
    `CORS: ${who}`,
    ...(credentials ? ['credentials'] : []),
    ...(preflight === 'unknown' ? [] : [`preflight ${preflight === 'passes' ? '✓' : '✗'}`]),
  ].join(' · ');
}

/** "allows 3 origins, with cookies; preflights cached 2 h in Chromium". */
export function sentenceOf({ audience, credentials, preflight, maxAge }: PolicySummary): string {
  const who =
    audience.kind === 'any'
      ? 'allows any site'
      : audience.kind === 'listed'
        ? `allows ${audience.origins.length === 0 ? 'no site' : counted(audience.origins.length, 'origin')}`
        : `allows the origins that a check lets in${audience.example === undefined ? '' : `, such as ${audience.example}`}`;
  const cached = maxAge === undefined ? '' : `; preflights cached ${duration(Math.min(maxAge, 7200))} in Chromium`;
  const fails = preflight === 'fails' ? '; preflights fail' : '';
  return `${who}, ${credentials ? 'with' : 'without'} cookies${fails}${fails === '' ? cached : ''}`;
}

function counted(count: number, noun: string): string {
  return `${count} ${noun}${count === 1 ? '' : 's'}`;
}

/** Seconds as people say them: `2 h`, `10 min`, `5 s`. */
export function duration(seconds: number): string {
  if (seconds >= 3600 && seconds % 3600 === 0) return `${seconds / 3600} h`;
  return seconds >= 60 && seconds % 60 === 0 ? `${seconds / 60} min` : `${seconds} s`;
}
