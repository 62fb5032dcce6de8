import type { Rule } from '../../core/rule.ts';
import { placeKey } from '../../core/text.ts';
import { offer, report } from '../report.ts';

export const overriddenByLaterIf: Rule = {
  id: 'overridden-by-later-if',
  category: 'response',
  level: 'error',
  languages: ['nginx'],
  summary: 'A later `if` that can be true together with an earlier one throws away its CORS headers.',
  fix: 'unsafe',
  yieldsTo: ['preflight-headers-lost'],
  *check({ observations, authoring }) {
    const reported = new Set<string>();
    for (const observation of observations) {
      if (observation.kind !== 'overridden' || reported.has(placeKey(observation.place))) continue;
      const lost = observation.lost.filter((write) => write.name.toLowerCase().startsWith('access-control-'));
      const [first] = lost;
      if (!first) continue;
      reported.add(placeKey(observation.place));
      yield report(
        'overridden-by-later-if',
        'error',
        observation.place,
        `nginx takes the headers of the last true \`if\` only, so when this one is true too, ${first.name} of the earlier one is not sent. Write both conditions into one variable, or the headers into the location.`,
        {
          related: lost.map((write) => ({ place: write.place, message: `${write.name} is thrown away.` })),
          fixes: offer('Repeat the earlier headers here', 'unsafe', authoring.repeatWrites(observation.block, lost)),
        },
      );
    }
  },
};
