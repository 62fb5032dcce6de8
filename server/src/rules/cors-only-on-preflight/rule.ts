import type { Rule } from '../../core/rule.ts';
import { placeKey } from '../../core/text.ts';
import { linesNamed, preflightStatus } from '../../policy/view.ts';
import { proven } from '../evidence.ts';
import { report } from '../report.ts';

export const corsOnlyOnPreflight: Rule = {
  id: 'cors-only-on-preflight',
  category: 'preflight',
  level: 'error',
  languages: ['express', 'nginx', 'apache'],
  summary: 'The preflight is allowed, and the response itself carries no CORS headers.',
  fix: 'unsafe',
  *check({ views }) {
    const reported = new Set<string>();
    for (const view of views) {
      if (view.policy.methods?.kind === 'in' && view.policy.methods.members.every((method) => method === 'OPTIONS')) continue;
      const actual = view.actual;
      const silent = actual.length > 0 && actual.every((response) => response.complete && response.unknown === undefined && linesNamed(response, 'Access-Control-Allow-Origin').length === 0 && !response.withheld.some((line) => line.name.toLowerCase() === 'access-control-allow-origin'));
      if (!silent) continue;
      for (const response of proven(view.preflight)) {
        const write = linesNamed(response, 'Access-Control-Allow-Origin')[0]?.writes.at(-1);
        const place = response.answeredAt ?? write?.place;
        if (!write || !place || preflightStatus(response) === 'not-ok' || reported.has(placeKey(place))) continue;
        reported.add(placeKey(place));
        yield report('cors-only-on-preflight', 'error', place, 'The preflight is allowed here, but the response to the actual request carries no Access-Control-Allow-Origin: it is executed, and the page cannot read the answer. Send the header with every response.', {
          related: [{ place: write.place, message: 'Sent with the preflight only.' }],
        });
      }
    }
  },
};
