import type { Rule, RuleContext } from '../../core/rule.ts';
import { type Place, samePlace } from '../../core/text.ts';
import { linesNamed } from '../../policy/view.ts';
import { offer, report } from '../report.ts';
import { mayBeAdded } from '../sent-lines.ts';

export const corsAfterRoutes: Rule = {
  id: 'cors-after-routes',
  category: 'preflight',
  level: 'error',
  languages: ['express', 'koa', 'nestjs', 'hono'],
  summary: 'The CORS middleware comes after the routes that it is meant for.',
  fix: 'unsafe',
  yieldsTo: ['auth-before-preflight'],
  *check(context) {
    for (const layer of context.observations) {
      if (layer.kind !== 'corsLayer') continue;
      const { before, all, unseenBehind } = layer.around;
      const bare = before.filter((route) => isBare(route, context)).length;
      if (bare === 0) continue;
      const every = bare === all && !unseenBehind;
      const some = unseenBehind ? `${bare} ${bare === 1 ? 'route' : 'routes'}` : `${bare} of ${all} routes`;
      yield report(
        'cors-after-routes',
        every ? 'error' : 'info',
        layer.place,
        `${every ? 'Every route' : some} of this application ${every || bare === 1 ? 'answers' : 'answer'} before this middleware runs, without any CORS header. Move it above the routes.`,
        { fixes: offer('Move it above the routes', 'unsafe', context.authoring.registerFirst(layer.place)) },
      );
    }
  },
};

/** Whether nothing that answers at a route lets any page read it, such as a CORS layer of its own. */
function isBare(route: Place, { views, observations }: RuleContext): boolean {
  const policies = new Set(observations.flatMap((each) => (each.kind === 'route' && samePlace(each.place, route) ? [each.policy] : [])));
  return !views.some(
    (view) =>
      policies.has(view.policy.id) &&
      view.actual.some(
        (response) => linesNamed(response, 'Access-Control-Allow-Origin').length > 0 || mayBeAdded(response, 'access-control-allow-origin'),
      ),
  );
}
