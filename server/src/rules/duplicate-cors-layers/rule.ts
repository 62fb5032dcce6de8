import type { FileEdit } from '../../core/finding.ts';
import type { Rule } from '../../core/rule.ts';
import { contains, placeKey } from '../../core/text.ts';
import type { HeaderWrite } from '../../policy/model.ts';
import type { Observation } from '../../policy/observation.ts';
import { linesNamed, type PolicyView } from '../../policy/view.ts';
import { proven } from '../evidence.ts';
import { offer, report } from '../report.ts';

export const duplicateCorsLayers: Rule = {
  id: 'duplicate-cors-layers',
  category: 'response',
  level: 'error',
  languages: ['nginx', 'apache'],
  summary: 'The proxy and the application behind it both send Access-Control-Allow-Origin.',
  fix: 'unsafe',
  *check({ views, observations, authoring }) {
    const reported = new Set<string>();
    const found = views.map((view) => ({ view, writes: writtenTwice(view, observations) }));
    const sending = new Map<string, PolicyView[]>();
    for (const { view, writes } of found) {
      for (const { write } of writes) {
        const others = sending.get(placeKey(write.place));
        if (others) others.push(view);
        else sending.set(placeKey(write.place), [view]);
      }
    }
    for (const { writes } of found) {
      // One application answers a place, whichever of its blocks writes the line: by whether it is known to send its own.
      for (const known of [true, false]) {
        const [first, ...others] = writes.filter((each) => each.known === known && !reported.has(placeKey(each.write.place)));
        if (!first) continue;
        for (const { write } of [first, ...others]) reported.add(placeKey(write.place));
        // A line of a server is sent by all of its places that inherit it.
        const places = sending.get(placeKey(first.write.place)) ?? [];
        const edits = places.map((view) => authoring.hideUpstream(view.policy, ['Access-Control-Allow-Origin']));
        const complete = edits.every((each): each is readonly FileEdit[] => each !== undefined);
        yield report(
          'duplicate-cors-layers',
          known ? 'error' : 'info',
          first.write.place,
          `${known ? 'The application behind this proxy sends Access-Control-Allow-Origin too' : 'If the application behind this proxy sends Access-Control-Allow-Origin too, the response carries it twice'}, and browsers refuse two. Hide the application's.`,
          {
            confidence: known ? 'proven' : 'likely',
            related: others.map(({ write }) => ({ place: write.place, message: 'It is written here as well.' })),
            fixes: offer("Hide the application's header", 'unsafe', complete ? edits.flat() : undefined),
          },
        );
      }
    }
  },
};

/** What writes the header beside an application that does, each once; `known`: that it does is seen, and else it may. */
function writtenTwice(
  view: PolicyView,
  observations: readonly Observation[],
): readonly { readonly write: HeaderWrite; readonly known: boolean }[] {
  const found = new Map<string, { readonly write: HeaderWrite; readonly known: boolean }>();
  for (const response of proven(view.actual)) {
    if (response.by !== 'upstream' && response.by !== 'cgi') continue;
    const lines = linesNamed(response, 'Access-Control-Allow-Origin');
    const write = lines.flatMap((line) => line.writes)[0];
    const known = lines.some((line) => line.writes.length === 0);
    // A write that replaces the application's line leaves one.
    const replaces = response.by === 'upstream' && write?.table === 'onsuccess' && write.op === 'set';
    if (!write || replaces || response.hidden.includes('access-control-allow-origin') || (!known && response.complete)) continue;
    if (write.table === 'headersMore' || found.has(placeKey(write.place))) continue;
    // That a list here lets the application's line through again is headers-not-inherited's.
    if (observations.some((each) => isHiddenOutside(each, write))) continue;
    // Whether a program answers behind a .htaccess is not known there, and most often none does.
    if (response.by === 'cgi' && !known) continue;
    found.set(placeKey(write.place), { write, known });
  }
  return [...found.values()];
}

/** Whether a block around the write would hide the application's line, had it no list of its own. */
function isHiddenOutside(observation: Observation, { place }: HeaderWrite): boolean {
  return (
    observation.kind === 'inheritanceLost' &&
    observation.block.uri === place.uri &&
    contains(observation.block.range, place.range) &&
    observation.lost.some(({ op, name }) => op === 'unset' && name.toLowerCase() === 'access-control-allow-origin')
  );
}
