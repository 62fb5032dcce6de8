import type { Finding } from '../../core/finding.ts';
import type { Rule, RuleContext } from '../../core/rule.ts';
import { placeKey, samePlace } from '../../core/text.ts';
import type { Observation } from '../../policy/observation.ts';
import type { HeaderWrite } from '../../policy/model.ts';
import type { ResponseCase } from '../../policy/evaluate.ts';
import { linesNamed, preflightStatus, type PolicyView } from '../../policy/view.ts';
import { proven } from '../evidence.ts';
import { expectsPreflights } from '../preflight-evidence.ts';
import { offer, report } from '../report.ts';
import { mayBeAdded } from '../sent-lines.ts';

type Route = Extract<Observation, { readonly kind: 'route' }>;

export const missingPreflightHandler: Rule = {
  id: 'missing-preflight-handler',
  category: 'preflight',
  level: 'warning',
  languages: ['express', 'nginx', 'fastify', 'koa', 'nestjs', 'hono'],
  summary: 'Pages may read the response, but nothing answers the preflight.',
  fix: 'unsafe',
  yieldsTo: ['auth-before-preflight', 'cors-after-routes', 'preflight-not-ok', 'preflight-headers-lost'],
  *check(context) {
    const { views, observations, authoring } = context;
    const misspelled = [...misspelledMethods(context)];
    yield* misspelled;
    // Once it is spelled right, that may answer.
    if (misspelled.length > 0) return;
    const ids = new Set(views.map((view) => view.policy.id));
    const routes = observations.filter((each) => each.kind === 'route').filter((each) => ids.has(each.policy));
    const unansweredBy = new Map<string, { readonly write: HeaderWrite; readonly views: PolicyView[] }>();
    for (const view of views) {
      const write = allowedOnActual(view);
      // What stands around a fragment may answer.
      if (view.policy.fragment || !write || !unanswered(view) || answeredElsewhere(view, routes)) continue;
      const known = unansweredBy.get(placeKey(write.place));
      if (known) known.views.push(view);
      else unansweredBy.set(placeKey(write.place), { write, views: [view] });
    }
    const answered = unansweredBy.size === 0 ? new Set<string>() : allowingWhereAnswered(views);
    for (const { write, views: without } of unansweredBy.values()) {
      const concerned = answered.has(placeKey(write.place)) ? without.filter((view) => !servesFilesOnly(view)) : without;
      const [first, ...others] = concerned.map((view) => view.policy);
      if (!first) continue;
      // What several routes share is one mistake, at what they share.
      const place = others.length === 0 && first.kind === 'route' ? first.place : write.place;
      const bare = others.length === 0 ? [] : [first, ...others].filter(({ kind }) => kind === 'route');
      const edits = concerned.map((view) => (carriesToPreflight(view, write) ? (authoring.answerPreflight(view.policy) ?? []) : []));
      yield report(
        'missing-preflight-handler',
        concerned.some((view) => expectsPreflights(view, observations)) ? 'warning' : 'info',
        place,
        'Pages may read this response, but nothing answers the OPTIONS request that browsers send first for other methods than GET, HEAD and POST, for JSON and for Authorization. Answer OPTIONS with the same headers.',
        {
          related: samePlace(place, write.place)
            ? bare.slice(0, 5).map((route) => ({ place: route.place, message: 'Nothing answers OPTIONS here.' }))
            : [{ place: write.place, message: 'The origin is allowed here.' }],
          fixes: edits.every((each) => each.length > 0) ? offer('Answer preflights', 'unsafe', edits.flat()) : [],
        },
      );
    }
  },
};

/** Whether a line of a place that the answer stands in comes out on OPTIONS as well: a map may send it by the method. */
function carriesToPreflight({ policy, preflight }: PolicyView, { place }: HeaderWrite): boolean {
  if (policy.language !== 'nginx') return true;
  const lines = preflight.flatMap((response) => [...response.lines, ...response.withheld]);
  return lines.some(({ writes }) => writes.some((each) => samePlace(each.place, place)));
}

/** What stands there for preflights and never runs. Whether they pass all the same depends on what answers them then. */
function* misspelledMethods({ views, observations, authoring }: RuleContext): Generator<Finding> {
  const concerned = views.filter((view) => allowedOnActual(view) !== undefined);
  if (concerned.length === 0) return;
  const refused = concerned.some(
    (view) => !view.policy.fragment && view.preflight.every((response) => preflightStatus(response) === 'not-ok'),
  );
  const reported = new Set<string>();
  for (const each of observations) {
    if (each.kind !== 'methodNeverSent' || reported.has(placeKey(each.place))) continue;
    reported.add(placeKey(each.place));
    yield report(
      'missing-preflight-handler',
      refused ? 'warning' : 'info',
      each.place,
      `No request has the method \`${each.text}\`, as methods come in upper case, so what stands here for preflights never answers one. Compare with \`${each.replacement}\`.`,
      { fixes: offer(`Compare with ${each.replacement}`, 'unsafe', authoring.replaceText(each.place, each.replacement)) },
    );
  }
}

function allowedOnActual(view: PolicyView): HeaderWrite | undefined {
  return proven(view.actual.filter((response) => !isNobodys(response))).flatMap((response) =>
    linesNamed(response, 'Access-Control-Allow-Origin').flatMap((line) => line.writes),
  )[0];
}

/**
 * Where the lines are written (by place) that are sent as well where preflights are answered, or may be: the files beside, such as an
 * icon, only inherit such a line, and no page asks before it loads them.
 */
function allowingWhereAnswered(views: readonly PolicyView[]): ReadonlySet<string> {
  const responses = views.filter((view) => !unanswered(view)).flatMap((view) => view.actual);
  const lines = responses.flatMap((response) => linesNamed(response, 'Access-Control-Allow-Origin'));
  return new Set(lines.flatMap((line) => line.writes.map((write) => placeKey(write.place))));
}

/** Whether files are all that pages get from a policy; what nothing takes, such as a 404, is nobody's. */
function servesFilesOnly(view: PolicyView): boolean {
  return view.policy.staticFiles === true || view.actual.every((response) => response.by === 'files' || isNobodys(response));
}

/** No preflight is answered by anything that was written for it, and none may be answered out of sight. */
function unanswered(view: PolicyView): boolean {
  // An error on the way, such as files that lead to themselves, answers nothing.
  const answers = view.preflight.filter((response) => response.refusal !== 'error');
  return (
    answers.length > 0 &&
    answers.every(
      (response) =>
        isFilesRefusal(response) ||
        isNobodys(response) ||
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

/** What a framework says where nothing that the author wrote answers, with the headers that were written on the way. */
function isNobodys(response: ResponseCase): boolean {
  return response.by === 'application' && response.answeredAt === undefined && preflightStatus(response) === 'not-ok';
}

/** Another policy of the same path answers OPTIONS. */
function answeredElsewhere({ policy: { id } }: PolicyView, routes: readonly Route[]): boolean {
  const paths = new Set(routes.filter((each) => each.policy === id).map((each) => each.path));
  return routes.some((each) => each.policy !== id && each.method === 'OPTIONS' && (paths.has(each.path) || each.path.includes('*')));
}
