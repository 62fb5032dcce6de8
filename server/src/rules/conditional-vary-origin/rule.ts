import type { Rule } from '../../core/rule.ts';
import { placeKey, samePlace } from '../../core/text.ts';
import type { ResponseCase } from '../../policy/evaluate.ts';
import type { HeaderLine } from '../../policy/model.ts';
import { linesNamed } from '../../policy/view.ts';
import { isCacheable, storedStatuses } from '../cacheable.ts';
import { proven, together } from '../evidence.ts';
import { offer, report, SERVER_LANGUAGES } from '../report.ts';

export const conditionalVaryOrigin: Rule = {
  id: 'conditional-vary-origin',
  category: 'caches',
  level: 'info',
  languages: SERVER_LANGUAGES,
  summary: '`Vary: Origin` is sent only where the origin is allowed, so caches store the other answers for everybody.',
  fix: 'safe',
  yieldsTo: ['missing-vary-origin', 'rejecting-origin-with-error'],
  *check({ views, authoring }) {
    const reported = new Set<string>();
    for (const view of views) {
      const responses = proven(view.actual).filter(
        (response) => isCacheable(response) && (response.complete || response.hidden.includes('vary')),
      );
      const varying = responses.map((response) => [response, varyLine(response)] as const);
      for (const [response, line] of varying) {
        const write = line?.writes.at(-1);
        // Where a deployment or an unseen guard switches CORS off, nobody is allowed for whom a cache could keep the answer.
        const missing = varying.some(
          ([other, its]) => its === undefined && other.refusal === undefined && together(other, response) && alike(other, response),
        );
        const allowed = linesNamed(response, 'Access-Control-Allow-Origin')[0]?.writes.at(-1);
        if (!write || !missing || !allowed || reported.has(placeKey(write.place))) continue;
        reported.add(placeKey(write.place));
        // The cors package writes both at once, by one option.
        const place = samePlace(write.place, allowed.place) ? write.namePlace : write.place;
        yield report(
          'conditional-vary-origin',
          'info',
          place,
          'Answers to other origins, and to none, go out without `Vary: Origin`: a cache that stored one gives it to an allowed page, which is then refused. Send it always.',
          {
            cause: write.place,
            fixes: offer('Send Vary: Origin always', 'safe', authoring.varyAlways(write)),
          },
        );
      }
    }
  },
};

/** Whether caches store both with the same status: an error page without Vary is no answer to another origin. */
function alike(a: ResponseCase, b: ResponseCase): boolean {
  const statuses = storedStatuses(b);
  return storedStatuses(a).some((status) => statuses.includes(status));
}

function varyLine(response: ResponseCase): HeaderLine | undefined {
  return linesNamed(response, 'Vary').find(
    ({ value }) => value.kind === 'literal' && value.text.split(',').some((name) => name.trim().toLowerCase() === 'origin'),
  );
}
