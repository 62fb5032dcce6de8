import type { Rule } from '../../core/rule.ts';
import { placeKey } from '../../core/text.ts';
import type { Origins } from '../../cors/origins/index.ts';
import { intersection } from '../../cors/origins/origin-set.ts';
import { originsOf } from '../../policy/constraint.ts';
import type { ResponseCase } from '../../policy/evaluate.ts';
import { linesNamed, readersOf, writesNamed } from '../../policy/view.ts';
import { proven, together } from '../evidence.ts';
import { HEADER_LANGUAGES } from '../report.ts';

export const authBeforePreflight: Rule = {
  id: 'auth-before-preflight',
  category: 'preflight',
  level: 'error',
  languages: HEADER_LANGUAGES,
  summary: 'Authentication answers the preflight, which never carries credentials.',
  fix: 'unsafe',
  *check({ views, authoring, origins }) {
    const reported = new Set<string>();
    for (const view of views) {
      const allowing = proven(view.actual).filter(allowsOrigin);
      if (allowing.length === 0) continue;
      // Who is refused for the client's address gets no further on the other side of that guard either.
      for (const preflight of proven(view.preflight.filter(isRefused))) {
        if (preflight.refusal !== 'authentication') continue;
        const authentication = preflight.when.authentications.at(-1);
        if (!authentication || reported.has(placeKey(authentication.place))) continue;
        // Those of the origins on a list may be answered before, and what all others get concerns nobody.
        if (!allowing.some((actual) => together(actual, preflight) && shareReaders(actual, preflight, origins))) continue;
        reported.add(placeKey(authentication.place));
        const edits = authoring.exemptPreflight(authentication, view.policy);
        const likely = authentication.confidence === 'likely';
        yield {
          ruleId: 'auth-before-preflight',
          level: likely ? 'warning' : 'error',
          confidence: authentication.confidence,
          message: `${likely ? `If \`${authentication.name}\` refuses requests without credentials (its name says so), it` : `\`${authentication.name}\``} answers the browser's preflight, which never carries credentials, with ${status(preflight)}: the actual request is never sent. Let OPTIONS through before authentication.`,
          place: authentication.place,
          related: writesNamed(view.actual, 'Access-Control-Allow-Origin')
            .slice(0, 1)
            .map((write) => ({ place: write.place, message: 'CORS is configured here.' })),
          fixes: edits ? [{ title: 'Answer preflights before authentication', applicability: 'unsafe', edits }] : [],
        };
      }
    }
  },
};

function isRefused({ refusal }: ResponseCase): boolean {
  return refusal === 'authentication' || refusal === 'access';
}

/** Pages are meant to read the response: it carries Allow-Origin of the policy's own. */
function allowsOrigin(response: ResponseCase): boolean {
  return linesNamed(response, 'Access-Control-Allow-Origin').some((line) => line.writes.length > 0);
}

/** Whether somebody whom the response can be read by gets this answer to a preflight; where its value is not known, whoever gets both. */
function shareReaders(actual: ResponseCase, preflight: ResponseCase, origins: Origins): boolean {
  const readers = readersOf(actual, origins)?.origins ?? originsOf(actual.when);
  return origins.isEmpty(intersection([readers, originsOf(preflight.when)])) === false;
}

function status(response: ResponseCase): string {
  return response.status.kind === 'in' && response.status.members.length > 0 ? response.status.members.join(' or ') : 'an error';
}
