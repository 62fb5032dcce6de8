import type { Rule } from '../../core/rule.ts';
import { placeKey } from '../../core/text.ts';
import { privateNetworkHeaders } from '../../cors/headers.ts';
import { offer, report, HEADER_LANGUAGES } from '../report.ts';

export const deprecatedPrivateNetwork: Rule = {
  id: 'deprecated-private-network',
  category: 'response',
  level: 'info',
  languages: HEADER_LANGUAGES,
  summary: 'Access-Control-Allow-Private-Network is superseded by the Local Network Access prompt.',
  fix: 'safe',
  *check({ observations, authoring }) {
    const reported = new Set<string>();
    const retired = privateNetworkHeaders.map((name) => name.toLowerCase());
    for (const observation of observations) {
      if (
        observation.kind !== 'headerWritten' ||
        observation.write.op === 'unset' ||
        !retired.includes(observation.write.name.toLowerCase())
      )
        continue;
      const { write } = observation;
      if (reported.has(placeKey(write.place))) continue;
      reported.add(placeKey(write.place));
      yield report(
        'deprecated-private-network',
        'info',
        write.place,
        'No browser asks for this header any more: Chrome 142 and later ask the user instead (Local Network Access). Remove it.',
        {
          tags: ['deprecated'],
          fixes: offer('Remove the header', 'safe', authoring.remove(write)),
        },
      );
    }
  },
};
