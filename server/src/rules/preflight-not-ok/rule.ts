import type { Rule, RuleContext } from '../../core/rule.ts';
import { placeKey, samePlace, type Place } from '../../core/text.ts';
import { intersection } from '../../cors/origins/origin-set.ts';
import { canSucceed, linesNamed, preflightStatus, type PolicyView } from '../../policy/view.ts';
import { has, intersect, isEmpty } from '../../policy/codes.ts';
import { originsOf } from '../../policy/constraint.ts';
import type { ResponseCase } from '../../policy/evaluate.ts';
import { proven, together } from '../evidence.ts';
import { asksForPreflights, expectsPreflights, hasUnseenRoutes } from '../preflight-evidence.ts';
import { HEADER_LANGUAGES, offer, report } from '../report.ts';

export const preflightNotOk: Rule = {
  id: 'preflight-not-ok',
  category: 'preflight',
  level: 'error',
  languages: HEADER_LANGUAGES,
  summary: 'Preflights are answered with a redirect or an error, which browsers take for a refusal.',
  fix: 'unsafe',
  yieldsTo: ['auth-before-preflight'],
  *check(context) {
    const { observations, authoring } = context;
    const refused = new Map<string, Refusal[]>();
    for (const refusal of refusals(context)) {
      const key = placeKey(refusal.place);
      refused.set(key, [...(refused.get(key) ?? []), refusal]);
    }
    for (const all of refused.values()) {
      // One answer may stand before many routes: what is known of any of them counts.
      const known = all.find(
        ({ view, statuses }) =>
          asksForPreflights(view, observations) ||
          // What is missing is not missing to the routes out of sight, which the headers may be for.
          (expectsPreflights(view, observations) && !(statuses.every(isMissing) && hasUnseenRoutes(view, observations))),
      );
      const refusal = known ?? all[0];
      if (!refusal) continue;
      const { place, statuses, view } = refusal;
      yield report(
        'preflight-not-ok',
        known ? 'error' : 'info',
        place,
        `A preflight gets the status ${statuses.join(' or ')} here, and it passes only with one from 200 to 299: the actual request is never sent. Answer OPTIONS with 204.`,
        {
          fixes: offer(
            'Answer preflights with 204',
            'unsafe',
            authoring.answerPreflight(view.policy, refusal.isOnlyForPreflights ? place : undefined),
          ),
        },
      );
    }
  },
};

/** An answer to preflights of origins whose actual requests are allowed. */
interface Refusal {
  readonly place: Place;
  readonly statuses: readonly number[];
  readonly view: PolicyView;
  /** It has the headers, and no actual request gets it. */
  readonly isOnlyForPreflights: boolean;
}

function* refusals({ views, origins }: RuleContext): Generator<Refusal> {
  for (const view of views) {
    const actual = proven(view.actual);
    // Where everything is refused, as below a folder that nobody may see, a preflight that passes would gain nothing.
    const allowed = actual.filter(
      (response) => canSucceed(response) && linesNamed(response, 'Access-Control-Allow-Origin').some((line) => line.writes.length > 0),
    );
    // A server that redirects everything is reached under another name.
    if (allowed.length === 0 || actual.every(redirects)) continue;
    const somePass = proven(view.preflight).some((response) => preflightStatus(response) === 'ok');
    // Who is refused by a check that is not in sight, as by a list of origins, may be refused rightly.
    for (const response of proven(view.preflight.filter(isRefusal))) {
      const { answeredAt: place, status } = response;
      if (!place || status.kind !== 'in' || status.members.length === 0) continue;
      if (isRefusedToAll(response, view) || (somePass && restsOnWhatIsAsked(response))) continue;
      // An answer to origins that are refused anyway is no mistake, nor one where an actual request is led elsewhere as well.
      const concerned = allowed.some(
        (each) =>
          !redirects(each) &&
          together(each, response) &&
          origins.isEmpty(intersection([originsOf(each.when), originsOf(response.when)])) === false,
      );
      const isOnlyForPreflights =
        linesNamed(response, 'Access-Control-Allow-Origin').length > 0 &&
        !views.some((each) => each.actual.some((other) => isAnsweredAt(other, place)));
      if (concerned) yield { place, statuses: status.members, view, isOnlyForPreflights };
    }
  }
}

/** What files answer is missing-preflight-handler's, and what authentication answers is auth-before-preflight's. */
function isRefusal(response: ResponseCase): boolean {
  return (
    preflightStatus(response) === 'not-ok' &&
    response.by !== 'files' &&
    response.refusal !== 'authentication' &&
    response.refusal !== 'error'
  );
}

/** Whether the method or the headers that a preflight asks for decide: refusing some of them is what preflights are for. */
function restsOnWhatIsAsked({ when }: ResponseCase): boolean {
  return (
    [...when.facts.keys()].some((key) => key.startsWith('header:access-control-request-')) ||
    [...when.data].some(([key, { oneOf, noneOf }]) => key.startsWith('header:access-control-request-') && (oneOf ?? noneOf).some(Boolean))
  );
}

/**
 * Whether an actual request does not find what is not found here, is sent to the address that this one is sent to, as to https, or is
 * refused for the client's address just as well. A page that asks at the right address never meets such an answer.
 */
function isRefusedToAll({ answeredAt, refusal, status }: ResponseCase, { actual }: PolicyView): boolean {
  if (refusal === 'access') return actual.some((other) => other.refusal === 'access' && isAnsweredElsewhere(other, actual));
  const elsewhere = status.kind === 'in' && status.members.every((code) => isMissing(code) || (code >= 300 && code < 400));
  if (!elsewhere || !answeredAt) return false;
  const alike = actual.filter((other) => isAnsweredAt(other, answeredAt));
  return alike.some((other) => has(other.when.methods, 'GET') || isAnsweredElsewhere(other, actual));
}

/** Whether a method that is refused in one case is answered in another: something else than the method decides. */
function isAnsweredElsewhere({ answeredAt, when }: ResponseCase, actual: readonly ResponseCase[]): boolean {
  return actual.some(
    (other) => other.refusal === undefined && !isAnsweredAt(other, answeredAt) && !isEmpty(intersect(other.when.methods, when.methods)),
  );
}

function isAnsweredAt(response: ResponseCase, place: Place | undefined): boolean {
  return place !== undefined && response.answeredAt !== undefined && samePlace(response.answeredAt, place);
}

function isMissing(code: number): boolean {
  return code === 404 || code === 410;
}

function redirects({ status }: ResponseCase): boolean {
  return status.kind === 'in' && status.members.every((code) => code >= 300 && code < 400);
}
