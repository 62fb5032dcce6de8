import type { Rule } from '../../core/rule.ts';
import { offer, report } from '../report.ts';

export const noCorsMode: Rule = {
  id: 'no-cors-mode',
  category: 'request',
  level: 'warning',
  languages: ['javascript'],
  summary: "`mode: 'no-cors'` makes the response opaque, and the program reads it.",
  fix: 'unsafe',
  *check({ observations, authoring }) {
    for (const request of observations) {
      if (request.kind !== 'clientRequest' || !request.responseRead) continue;
      for (const option of request.options) {
        if (option.name !== 'mode' || option.text !== 'no-cors') continue;
        yield report(
          'no-cors-mode',
          'warning',
          option.valuePlace,
          "With `no-cors` the response is opaque: status 0, no headers, an empty body. Leave the mode out, and allow this page's origin on the server.",
          {
            fixes: offer('Remove the mode', 'unsafe', authoring.rewrite(option.property, '')),
          },
        );
      }
    }
  },
};
