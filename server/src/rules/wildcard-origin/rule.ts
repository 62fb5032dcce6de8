import type { Rule } from '../../core/rule.ts';
import { placeKey } from '../../core/text.ts';
import { readersIn, valuePlace } from '../origin-readers.ts';
import { levelWhereSet, report, SERVER_LANGUAGES } from '../report.ts';
import { leastAssumed, settingsOf } from '../evidence.ts';
import { whereSet } from '../words.ts';

export const wildcardOrigin: Rule = {
  id: 'wildcard-origin',
  category: 'readers',
  level: 'info',
  languages: [...SERVER_LANGUAGES, 'ingress'],
  summary: 'Every site can read the response, without cookies.',
  fix: 'none',
  yieldsTo: ['invalid-allow-origin', 'wildcard-with-credentials'],
  *check(context) {
    const reported = new Set<string>();
    for (const readers of leastAssumed(readersIn(context), ({ response }) => response)) {
      const place = valuePlace(readers);
      if (!place || !readers.wildcard || readers.credentials || readers.view.policy.staticFiles === true || reported.has(placeKey(place)))
        continue;
      reported.add(placeKey(place));
      const settings = settingsOf(readers.response);
      yield report(
        'wildcard-origin',
        'info',
        place,
        `${whereSet(settings, 'Every site can read this response, without cookies.')} That is right for public data; name the origins if it is not public.`,
        levelWhereSet('info', settings),
      );
    }
  },
};
