import type { Rule } from '../../core/rule.ts';
import { placeKey } from '../../core/text.ts';
import { nearMissCorsHeader } from '../../cors/near-miss.ts';
import { offer, report, HEADER_LANGUAGES } from '../report.ts';

export const unknownCorsHeader: Rule = {
  id: 'unknown-cors-header',
  category: 'response',
  level: 'warning',
  languages: HEADER_LANGUAGES,
  summary: 'A header is nearly a CORS header, and browsers ignore it.',
  fix: 'unsafe',
  *check({ observations, authoring }) {
    const reported = new Set<string>();
    for (const observation of observations) {
      if (observation.kind !== 'headerWritten' || reported.has(placeKey(observation.write.namePlace))) continue;
      // Whoever takes such a header out knows that it means nothing.
      if (observation.write.op === 'unset') continue;
      const meant = nearMissCorsHeader(observation.write.name);
      if (meant === undefined) continue;
      reported.add(placeKey(observation.write.namePlace));
      yield report(
        'unknown-cors-header',
        'warning',
        observation.write.namePlace,
        `Browsers know no header \`${observation.write.name}\` and ignore it. Write \`${meant}\`.`,
        {
          fixes: offer(`Rename to ${meant}`, 'unsafe', authoring.replaceText(observation.write.namePlace, meant)),
        },
      );
    }
  },
};
