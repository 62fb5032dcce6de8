import type { Rule } from '../../core/rule.ts';
import { report } from '../report.ts';

export const corsAfterRoutes: Rule = {
  id: 'cors-after-routes',
  category: 'preflight',
  level: 'error',
  languages: ['express'],
  summary: 'The CORS middleware comes after the routes that it is meant for.',
  fix: 'none',
  yieldsTo: ['auth-before-preflight'],
  *check({ observations }) {
    for (const layer of observations) {
      if (layer.kind !== 'corsLayer' || layer.routesBefore === 0) continue;
      const every = layer.routesBefore >= layer.routes;
      yield report(
        'cors-after-routes',
        every ? 'error' : 'info',
        layer.place,
        `${every ? 'Every route' : `${layer.routesBefore} of ${layer.routes} routes`} of this application ${every ? 'answers' : 'answer'} before this middleware runs, without any CORS header. Move it above the routes.`,
      );
    }
  },
};
