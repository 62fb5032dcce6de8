import type { Rule } from '../../core/rule.ts';
import { contains, placeKey } from '../../core/text.ts';
import type { HeaderWrite } from '../../policy/model.ts';
import type { Observation } from '../../policy/observation.ts';
import { linesNamed } from '../../policy/view.ts';
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
    for (const view of views) {
      // One application answers a place, whichever of its blocks writes the line: by whether it is known to send its own.
      const twice = new Map<boolean, HeaderWrite[]>();
      for (const response of proven(view.actual)) {
        if (response.by !== 'upstream' && response.by !== 'cgi') continue;
        const lines = linesNamed(response, 'Access-Control-Allow-Origin');
        const write = lines.flatMap((line) => line.writes)[0];
        const known = lines.some((line) => line.writes.length === 0);
        // A write that replaces the application's line leaves one.
        const replaces = response.by === 'upstream' && write?.table === 'onsuccess' && write.op === 'set';
        if (
          !write ||
          replaces ||
          response.hidden.includes('access-control-allow-origin') ||
          (!known && response.complete) ||
          reported.has(placeKey(write.place))
        )
          continue;
        if (write.table === 'headersMore') continue;
        // That a list here lets the application's line through again is headers-not-inherited's.
        if (observations.some((each) => isHiddenOutside(each, write))) continue;
        // Whether a program answers behind a .htaccess is not known there, and most often none does.
        if (response.by === 'cgi' && !known) continue;
        reported.add(placeKey(write.place));
        twice.set(known, [...(twice.get(known) ?? []), write]);
      }
      for (const [known, [first, ...others]] of twice) {
        if (!first) continue;
        yield report(
          'duplicate-cors-layers',
          known ? 'error' : 'info',
          first.place,
          `${known ? 'The application behind this proxy sends Access-Control-Allow-Origin too' : 'If the application behind this proxy sends Access-Control-Allow-Origin too, the response carries it twice'}, and browsers refuse two. Hide the application's.`,
          {
            confidence: known ? 'proven' : 'likely',
            related: others.map(({ place }) => ({ place, message: 'It is written here as well.' })),
            fixes: offer("Hide the application's header", 'unsafe', authoring.hideUpstream(view.policy, ['Access-Control-Allow-Origin'])),
          },
        );
      }
    }
  },
};

/** Whether a block around the write would hide the application's line, had it no list of its own. */
function isHiddenOutside(observation: Observation, { place }: HeaderWrite): boolean {
  return (
    observation.kind === 'inheritanceLost' &&
    observation.block.uri === place.uri &&
    contains(observation.block.range, place.range) &&
    observation.lost.some(({ op, name }) => op === 'unset' && name.toLowerCase() === 'access-control-allow-origin')
  );
}
