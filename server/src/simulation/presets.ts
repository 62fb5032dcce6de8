/** Origins worth a try, taken from what the policies of a file allow. */
import { intersection, type OriginSet } from '../cors/origins/index.ts';
import { parseUrl } from '../cors/parse-url.ts';
import { readOrigin } from '../cors/serialized-origin.ts';
import { readersOf, type PolicyView } from '../policy/view.ts';
import type { Analysis } from '../service.ts';
import { someOrigin } from './request.ts';

export interface Presets {
  /** An origin that the policy means to let in; one of nobody's where it names none. */
  readonly honest: string;
  /** A foreign origin that looks like it: one that a careless check lets in, where there is one. */
  readonly lookalike: string;
}

/** The presets of one policy, or of several. */
export function presetsOf(views: readonly PolicyView[], analysis: Pick<Analysis, 'origins' | 'reasoning'>): Presets {
  const { origins } = analysis;
  const sets = views.flatMap((view) =>
    (view.actual.length > 0 ? view.actual : view.preflight).flatMap((response) => readersOf(response, origins)?.origins ?? []),
  );
  const honest = honestOf(sets, analysis);
  return { honest, lookalike: admittedLookalike(sets, analysis) ?? lookalikeOf(honest) };
}

/** A foreign origin that some check lets in; where everybody is let in, a lookalike is no discovery. */
function admittedLookalike(sets: readonly OriginSet[], { reasoning }: Pick<Analysis, 'reasoning'>): string | undefined {
  for (const set of sets) {
    const foreign = reasoning && set.kind !== 'all' ? reasoning.judge(set, reasoning.intent(set, [])).foreign : undefined;
    if (foreign && 'witness' in foreign && foreign.kind !== 'anything') return foreign.witness;
  }
  return undefined;
}

function honestOf(sets: readonly OriginSet[], { origins, reasoning }: Pick<Analysis, 'origins' | 'reasoning'>): string {
  const https: OriginSet = { kind: 'prefix', text: 'https://' };
  for (const set of sets) {
    if (set.kind === 'all' || origins.isSubset({ kind: 'all' }, set) === true) continue;
    // A careless check has members that nobody meant, and they may be the shortest.
    const meant = reasoning?.intent(set, []).set;
    const origin = origins.witness(set, { prefer: [...(meant ? [intersection([meant, https]), meant] : []), https] });
    if (origin !== undefined && origin !== 'null' && readOrigin(origin).valid) return origin;
  }
  return someOrigin;
}

/** An origin that anybody could serve, and that a check of its beginning takes for this one. */
function lookalikeOf(origin: string): string {
  const url = parseUrl(origin);
  // Nothing can follow an address in brackets.
  if (url === undefined || url.hostname.endsWith(']')) return 'https://evil.example';
  const { protocol, hostname, port } = url;
  return `${protocol}//${hostname}.evil.example${port === '' ? '' : `:${port}`}`;
}
