import type { Rule } from '../../core/rule.ts';
import { placeKey, type Place } from '../../core/text.ts';
import type { HeaderWrite } from '../../policy/model.ts';
import type { Observation } from '../../policy/observation.ts';
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
    for (const { place, block, lost } of byLaterIf(observations)) {
      const [first] = lost;
      if (!first) continue;
      const nearest = new Map(lost.map((write) => [write.name.toLowerCase(), write]));
      yield report(
        'overridden-by-later-if',
        'error',
        place,
        `nginx takes the headers of the last true \`if\` only, so when this one is true too, ${first.name} of the earlier one is not sent. Write both conditions into one variable, or the headers into the location.`,
        {
          cause: block,
          related: lost.map((write) => ({ place: write.place, message: `${write.name} is thrown away.` })),
          fixes: offer('Repeat the earlier headers here', 'unsafe', authoring.repeatWrites(block, [...nearest.values()])),
        },
      );
    }
  },
};

interface LaterIf {
  readonly place: Place;
  readonly block: Place;
  /** What any earlier `if` writes, Access-Control-Allow-Origin first, as without it the others are for nothing, and Vary last. */
  readonly lost: readonly HeaderWrite[];
}

/** Each `if` once, with what it takes from all the earlier ones. */
function byLaterIf(observations: readonly Observation[]): readonly LaterIf[] {
  const found = new Map<string, LaterIf>();
  for (const observation of observations) {
    if (observation.kind !== 'overridden') continue;
    const key = placeKey(observation.place);
    found.set(key, { ...observation, lost: [...(found.get(key)?.lost ?? []), ...observation.lost] });
  }
  return [...found.values()].map((each) => ({ ...each, lost: [...each.lost].sort((a, b) => rank(a) - rank(b)) }));
}

function rank({ name }: HeaderWrite): number {
  switch (name.toLowerCase()) {
    case 'access-control-allow-origin':
      return 0;
    case 'vary':
      return 2;
    default:
      return 1;
  }
}
