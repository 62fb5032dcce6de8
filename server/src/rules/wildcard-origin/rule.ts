import type { Rule } from '../../core/rule.ts';
import { placeKey } from '../../core/text.ts';
import { readersIn, valuePlace } from '../origin-readers.ts';
import { report, SERVER_LANGUAGES } from '../report.ts';

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
    for (const readers of readersIn(context)) {
      const place = valuePlace(readers);
      if (!place || !readers.wildcard || readers.credentials || readers.view.policy.staticFiles === true || reported.has(placeKey(place)))
        continue;
      reported.add(placeKey(place));
      yield report(
        'wildcard-origin',
        'info',
        place,
        'Every site can read this response, without cookies. That is right for public data; name the origins if it is not public.',
      );
    }
  },
};
