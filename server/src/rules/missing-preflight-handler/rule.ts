import type { Rule } from '../../core/rule.ts';
import { placeKey } from '../../core/text.ts';
import type { Observation } from '../../policy/observation.ts';
import type { HeaderWrite } from '../../policy/model.ts';
import type { ResponseCase } from '../../policy/evaluate.ts';
import { linesNamed, preflightStatus, type PolicyView } from '../../policy/view.ts';
import { proven } from '../evidence.ts';
import { expectsPreflights } from '../preflight-evidence.ts';
import { offer, report } from '../report.ts';
import { mayBeAdded } from '../sent-lines.ts';

export const missingPreflightHandler: Rule = {
  id: 'missing-preflight-handler',
  category: 'preflight',
  level: 'warning',
  languages: ['express', 'nginx', 'koa'],
  summary: 'Pages may read the response, but nothing answers the preflight.',
  fix: 'unsafe',
  yieldsTo: ['auth-before-preflight', 'cors-after-routes', 'preflight-not-ok', 'preflight-headers-lost'],
  *check({ views, observations, authoring }) {
    const reported = new Set<string>();
    for (const view of views) {
      const write = allowedOnActual(view);
      if (!write || !unanswered(view) || answeredElsewhere(view, views, observations)) continue;
      const place = view.policy.kind === 'route' ? view.policy.place : write.place;
      if (reported.has(placeKey(place))) continue;
      reported.add(placeKey(place));
      yield report(
        'missing-preflight-handler',
        expectsPreflights(view, observations) ? 'warning' : 'info',
        place,
        'Pages may read this response, but nothing answers the OPTIONS request that browsers send first for other methods than GET, HEAD and POST, for JSON and for Authorization. Answer OPTIONS with the same headers.',
        {
          related:
            view.policy.kind === 'route' ? [{ place: write.place, message: 'The origin is allowed here, for this route only.' }] : [],
          fixes: offer('Answer preflights', 'unsafe', authoring.answerPreflight(view.policy)),
        },
      );
    }
  },
};

function allowedOnActual(view: PolicyView): HeaderWrite | undefined {
  return proven(view.actual).flatMap((response) => linesNamed(response, 'Access-Control-Allow-Origin').flatMap((line) => line.writes))[0];
}

/** No preflight is answered by anything that was written for it, and none may be answered out of sight. */
function unanswered(view: PolicyView): boolean {
  return (
    view.preflight.length > 0 &&
    view.preflight.every(
      (response) =>
        isFilesRefusal(response) ||
        (!mayBeAdded(response, 'access-control-allow-origin') &&
          response.refusal === undefined &&
          linesNamed(response, 'Access-Control-Allow-Origin').length === 0 &&
          response.answeredAt === undefined),
    )
  );
}

/** nginx answers OPTIONS for a static file with 405 (behaviour 1.16). */
function isFilesRefusal(response: ResponseCase): boolean {
  return response.by === 'files' && preflightStatus(response) === 'not-ok';
}

/** Another policy of the same path answers OPTIONS. */
function answeredElsewhere(view: PolicyView, views: readonly PolicyView[], observations: readonly Observation[]): boolean {
  const paths = new Set(observations.flatMap((each) => (each.kind === 'route' && each.policy === view.policy.id ? [each.path] : [])));
  return views.some(
    (other) =>
      other !== view &&
      observations.some(
        (each) =>
          each.kind === 'route' &&
          each.policy === other.policy.id &&
          each.method === 'OPTIONS' &&
          (paths.has(each.path) || /\*/.test(each.path)),
      ),
  );
}
