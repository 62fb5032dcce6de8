import type { Rule } from '../../core/rule.ts';
import { placeKey } from '../../core/text.ts';
import { linesNamed } from '../../policy/view.ts';
import { offer, report } from '../report.ts';
import { mayBeAdded } from '../sent-lines.ts';

export const originHiddenFromApplication: Rule = {
  id: 'origin-hidden-from-application',
  category: 'readers',
  level: 'warning',
  languages: ['nginx', 'apache'],
  summary: "The application behind the proxy does not see the request's Origin, and it is the one that decides.",
  fix: 'unsafe',
  *check({ views, observations, authoring }) {
    const reported = new Set<string>();
    for (const observation of observations) {
      if (observation.kind !== 'originHidden' || reported.has(placeKey(observation.place))) continue;
      const concerned = views.filter((view) => observation.policies.includes(view.policy.id));
      // A proxy that answers for CORS itself may well hide the Origin.
      const own = concerned.some((view) => view.answers.some((response) => linesNamed(response, 'Access-Control-Allow-Origin').length > 0));
      // Nor does it matter where nothing of what the application allows comes through.
      const heard = concerned.some((view) => view.answers.some((response) => mayBeAdded(response, 'access-control-allow-origin')));
      if (own || !heard) continue;
      reported.add(placeKey(observation.place));
      // An interface of its own, as one with WebSockets, is often told so: it then has no other pages in mind.
      yield report(
        'origin-hidden-from-application',
        observation.ownAddress ? 'info' : 'warning',
        observation.place,
        observation.ownAddress
          ? 'The application takes every page for one of its own: where it decides about CORS, it allows nobody, and it cannot refuse anybody. Pass the Origin on, unless only its own pages are meant.'
          : "The application does not get the page's Origin: where it decides about CORS, it decides for another one. Pass the Origin on.",
        {
          confidence: 'likely',
          fixes: offer('Remove this line', 'unsafe', authoring.rewrite(observation.place, '')),
        },
      );
    }
  },
};
