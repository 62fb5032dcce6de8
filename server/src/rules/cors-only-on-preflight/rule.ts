import type { Rule } from '../../core/rule.ts';
import { contains, placeKey, type Place } from '../../core/text.ts';
import type { ResponseCase } from '../../policy/evaluate.ts';
import type { HeaderWrite } from '../../policy/model.ts';
import { canSucceed, linesNamed, preflightStatus, type PolicyView } from '../../policy/view.ts';
import { proven } from '../evidence.ts';
import { HEADER_LANGUAGES, offer, report } from '../report.ts';
import { mayBeAdded } from '../sent-lines.ts';

const NAME = 'Access-Control-Allow-Origin';

export const corsOnlyOnPreflight: Rule = {
  id: 'cors-only-on-preflight',
  category: 'preflight',
  level: 'error',
  languages: HEADER_LANGUAGES,
  summary: 'The preflight is allowed, and the response itself carries no CORS headers.',
  fix: 'unsafe',
  yieldsTo: ['cors-after-routes'],
  *check({ views, observations, authoring }) {
    const answers = new Map<string, { readonly place: Place; readonly writes: readonly HeaderWrite[]; silent: boolean }>();
    for (const view of views) {
      // Where nothing that is in sight answers, what does, such as a proxy or a router of a package's, may allow it; so may what
      // stands around a router of a file.
      if (view.policy.fragment) continue;
      const unseen = view.actual.some(isUnseenRoute);
      if (!unseen && !view.actual.some((response) => response.by !== 'application' || response.answeredAt !== undefined)) continue;
      for (const response of proven(view.preflight)) {
        const write = linesNamed(response, NAME)[0]?.writes.at(-1);
        const place = response.answeredAt ?? write?.place;
        if (!write || !place || preflightStatus(response) === 'not-ok') continue;
        // One answer to the preflights of many routes is right where some route allows its response.
        const answer = answers.get(placeKey(place)) ?? { place, writes: [write, ...credentialWrites(response)], silent: true };
        answer.silent &&= !unseen && isSilent(view);
        answers.set(placeKey(place), answer);
      }
    }
    for (const { place, writes, silent } of answers.values()) {
      if (!silent) continue;
      // Middleware behind the routes meets preflights only, as no route answers them: that it stands there is the mistake.
      const [layer] = observations.flatMap((each) => (each.kind === 'corsLayer' && isInside(place, each.place) ? [each.place] : []));
      yield report(
        'cors-only-on-preflight',
        'error',
        place,
        'The preflight is allowed here, but the response to the actual request carries no Access-Control-Allow-Origin: it is executed, and the page cannot read the answer. Send the header with every response.',
        {
          ...(layer && { cause: layer }),
          related: writes.slice(0, 1).map((write) => ({ place: write.place, message: 'Sent with the preflight only.' })),
          fixes: offer('Send it with every response', 'unsafe', authoring.sendBeyondPreflight(writes, place)),
        },
      );
    }
  },
};

/** An answer of routes that are not in sight, which may send what they like. */
function isUnseenRoute(response: ResponseCase): boolean {
  return response.by === 'application' && response.answeredAt === undefined && canSucceed(response);
}

/** What lets credentials in goes with the origin, where it is written by itself. */
function credentialWrites(response: ResponseCase): readonly HeaderWrite[] {
  const origins = linesNamed(response, NAME).flatMap((line) => line.writes.map((write) => placeKey(write.place)));
  return linesNamed(response, 'Access-Control-Allow-Credentials')
    .flatMap((line) => line.writes.slice(-1))
    .filter((write) => !origins.includes(placeKey(write.place)));
}

/** No response but a preflight's carries the header, nor can it come from out of sight. */
function isSilent({ actual }: PolicyView): boolean {
  return actual.every(
    (response) =>
      !mayBeAdded(response, 'access-control-allow-origin') &&
      ![...response.lines, ...response.withheld].some((line) => line.name.toLowerCase() === NAME.toLowerCase()),
  );
}

function isInside(inner: Place, outer: Place): boolean {
  return inner.uri === outer.uri && contains(outer.range, inner.range);
}
