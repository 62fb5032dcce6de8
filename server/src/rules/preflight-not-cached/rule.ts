import type { Rule } from '../../core/rule.ts';
import { placeKey } from '../../core/text.ts';
import { parseMaxAge } from '../../cors/max-age.ts';
import { linesNamed, preflightStatus } from '../../policy/view.ts';
import { proven } from '../evidence.ts';
import { expectsPreflights } from '../preflight-evidence.ts';
import { offer, report, SERVER_LANGUAGES } from '../report.ts';

export const preflightNotCached: Rule = {
  id: 'preflight-not-cached',
  category: 'preflight',
  level: 'info',
  languages: SERVER_LANGUAGES,
  summary: 'Preflights are asked again and again, as no Access-Control-Max-Age is sent.',
  fix: 'safe',
  *check({ views, observations, authoring }) {
    const reported = new Set<string>();
    for (const view of views) {
      if (!expectsPreflights(view, observations)) continue;
      for (const response of proven(view.preflight)) {
        const write = linesNamed(response, 'Access-Control-Allow-Origin')[0]?.writes.at(-1);
        if (!write || !response.complete || preflightStatus(response) !== 'ok' || reported.has(placeKey(write.place))) continue;
        const age = linesNamed(response, 'Access-Control-Max-Age')[0];
        if (age && age.value.kind !== 'literal') continue;
        const text = age?.value.kind === 'literal' ? age.value.text : undefined;
        if (text !== undefined && !/^\s*-?0*\s*$|^\s*-\d+\s*$/.test(text) && parseMaxAge(text).kind !== 'seconds') continue;
        if (text !== undefined && Number(text) > 0) continue;
        reported.add(placeKey(write.place));
        const place = age?.value.place ?? write.place;
        yield report(
          'preflight-not-cached',
          'info',
          place,
          `Browsers ask again before ${text === undefined ? 'nearly every request (after 5 seconds)' : 'every request'}, which costs a round trip each time. Let them keep the answer for 7200 seconds.`,
          {
            fixes: offer(
              'Keep preflights for two hours',
              'safe',
              age && text !== undefined
                ? authoring.replaceText(place, '7200')
                : authoring.addHeaderBeside(write, { name: 'Access-Control-Max-Age', value: '7200' }),
            ),
          },
        );
      }
    }
  },
};
