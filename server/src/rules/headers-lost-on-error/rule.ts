import type { Rule } from '../../core/rule.ts';
import { placeKey } from '../../core/text.ts';
import { has, errorStatuses } from '../../policy/codes.ts';
import { linesNamed } from '../../policy/view.ts';
import { proven } from '../evidence.ts';
import { offer, report } from '../report.ts';

export const headersLostOnError: Rule = {
  id: 'headers-lost-on-error',
  category: 'response',
  level: 'warning',
  languages: ['express', 'nginx', 'apache'],
  summary: 'An error page or error handler answers without the CORS headers.',
  fix: 'unsafe',
  *check({ views, observations, authoring }) {
    const reported = new Set<string>();
    for (const observation of observations) {
      if (observation.kind !== 'errorAnswer' || reported.has(placeKey(observation.place))) continue;
      for (const view of views.filter((each) => observation.policies.includes(each.policy.id))) {
        const responses = proven(view.actual);
        const allowed = responses.find((response) =>
          linesNamed(response, 'Access-Control-Allow-Origin').some((line) => line.writes.length > 0),
        );
        const lost = responses.some(
          (response) =>
            response.complete &&
            errorStatuses.some((status) => has(response.status, status)) &&
            linesNamed(response, 'Access-Control-Allow-Origin').length === 0 &&
            response.when.originPresent !== false,
        );
        const writes =
          allowed?.lines.filter((line) => line.name.toLowerCase().startsWith('access-control-allow-')).flatMap((line) => line.writes) ?? [];
        if (!allowed || !lost) continue;
        reported.add(placeKey(observation.place));
        yield report(
          'headers-lost-on-error',
          'warning',
          observation.place,
          `${observation.what} answers in place of the policy and without its CORS headers, so pages see a CORS error instead of the error. Send the same headers there.`,
          {
            related: writes.slice(0, 1).map((write) => ({ place: write.place, message: 'These headers are lost.' })),
            fixes: offer('Send the same headers there', 'unsafe', authoring.carryInto(observation.place, writes)),
          },
        );
        break;
      }
    }
  },
};
