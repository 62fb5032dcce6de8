import type { Rule } from '../../core/rule.ts';
import { placeKey } from '../../core/text.ts';
import { intersection } from '../../cors/origins/origin-set.ts';
import { linesNamed, preflightStatus } from '../../policy/view.ts';
import { has } from '../../policy/codes.ts';
import { originsOf } from '../../policy/constraint.ts';
import { proven, together } from '../evidence.ts';
import { expectsPreflights } from '../preflight-evidence.ts';
import { report } from '../report.ts';

export const preflightNotOk: Rule = {
  id: 'preflight-not-ok',
  category: 'preflight',
  level: 'error',
  languages: ['express', 'nginx', 'apache'],
  summary: 'Preflights are answered with a redirect or an error, which browsers take for a refusal.',
  fix: 'unsafe',
  yieldsTo: ['auth-before-preflight'],
  *check({ views, observations, authoring, origins }) {
    const reported = new Set<string>();
    for (const view of views) {
      const allowed = proven(view.actual).filter((response) =>
        linesNamed(response, 'Access-Control-Allow-Origin').some((line) => line.writes.length > 0),
      );
      if (allowed.length === 0) continue;
      for (const response of proven(view.preflight)) {
        const place = response.answeredAt;
        // What files answer is missing-preflight-handler's.
        if (
          !place ||
          response.by === 'files' ||
          response.refusal === 'authentication' ||
          response.refusal === 'error' ||
          response.status.kind !== 'in' ||
          preflightStatus(response) !== 'not-ok' ||
          response.status.members.length === 0 ||
          reported.has(placeKey(place))
        )
          continue;
        // An answer to origins that are refused anyway is no mistake.
        if (
          !allowed.some(
            (actual) =>
              together(actual, response) && origins.isEmpty(intersection([originsOf(actual.when), originsOf(response.when)])) === false,
          )
        )
          continue;
        // What a GET does not find at the same line either is missing for everybody.
        if (
          response.status.members.every((status) => status === 404 || status === 410) &&
          view.actual.some(
            (actual) => has(actual.when.methods, 'GET') && actual.answeredAt && placeKey(actual.answeredAt) === placeKey(place),
          )
        )
          continue;
        // Access that depends on the client's address is refused to the actual request too.
        if (response.refusal === 'access' && view.actual.some((actual) => actual.refusal === 'access')) continue;
        // A server that redirects everything is reached under another name.
        if (
          proven(view.actual).every(
            (actual) => actual.status.kind === 'in' && actual.status.members.every((status) => status >= 300 && status < 400),
          )
        )
          continue;
        reported.add(placeKey(place));
        const edits = authoring.answerPreflight(view.policy);
        yield report(
          'preflight-not-ok',
          expectsPreflights(view, observations) ? 'error' : 'info',
          place,
          `A preflight gets the status ${response.status.members.join(' or ')} here, and it passes only with one from 200 to 299: the actual request is never sent. Answer OPTIONS with 204.`,
          {
            fixes: edits ? [{ title: 'Answer preflights with 204', applicability: 'unsafe', edits }] : [],
          },
        );
      }
    }
  },
};
