import type { Rule } from '../../core/rule.ts';
import { contains, placeKey, samePlace, type Place } from '../../core/text.ts';
import type { HeaderWrite } from '../../policy/model.ts';
import { allowsCredentials, isText, linesNamed, type PolicyView } from '../../policy/view.ts';
import { preflightReadersIn, readersIn, valuePlace } from '../origin-readers.ts';
import { levelWhereSet, SERVER_LANGUAGES } from '../report.ts';
import { leastAssumed, settingsOf } from '../evidence.ts';
import { whereSet } from '../words.ts';

export const wildcardWithCredentials: Rule = {
  id: 'wildcard-with-credentials',
  category: 'readers',
  level: 'error',
  languages: [...SERVER_LANGUAGES, 'ingress'],
  summary: 'Access-Control-Allow-Origin is `*` together with credentials, which every browser refuses.',
  fix: 'unsafe',
  yieldsTo: ['invalid-allow-origin'],
  *check(context) {
    const reported = new Set<string>();
    for (const readers of leastAssumed([...readersIn(context), ...preflightReadersIn(context)], ({ response }) => response)) {
      const place = valuePlace(readers);
      if (!readers.wildcard || !readers.credentials || !place || reported.has(placeKey(place))) continue;
      reported.add(placeKey(place));
      const write = readers.line.writes.at(-1);
      const allow = write && context.authoring.allowOnly(write, place, []);
      const credentials = linesNamed(readers.response, 'Access-Control-Allow-Credentials')[0]?.writes.at(-1);
      // Nobody asked for credentials: whether any request carries some is not said.
      const assumed = credentials?.implied === true;
      // Where nobody wrote the `*`, the option that makes it matter is what there is to point at.
      const silent = credentials && isWithin(credentials.namePlace, place);
      const refused = silent
        ? '`*` is the default where `origin` is left out, and browsers refuse it when the request carries credentials'
        : 'Browsers refuse `*` when the request carries credentials';
      const settings = settingsOf(readers.response);
      const drop = credentials && !isNeeded(credentials, readers.view) ? context.authoring.remove(credentials) : undefined;
      yield {
        ruleId: 'wildcard-with-credentials',
        ...levelWhereSet(assumed ? 'info' : 'error', settings),
        message: assumed
          ? 'Credentials are allowed by default, and browsers refuse `*` for requests that carry them; requests without cookies work. Name the allowed origins, or stop allowing credentials.'
          : `${whereSet(settings, `${refused}, so no page that gets it can use the credentials that are allowed here.`)} Name the allowed origins, or stop allowing credentials.`,
        place,
        related: credentials && !silent ? [{ place: credentials.namePlace, message: 'Credentials are allowed here.' }] : [],
        fixes: [
          ...(allow ? [{ title: 'Allow a fixed list of origins', applicability: 'unsafe' as const, edits: allow }] : []),
          ...(drop ? [{ title: 'Stop allowing credentials', applicability: 'unsafe' as const, edits: drop }] : []),
        ],
      };
    }
  },
};

/** Whether the response itself allows credentials to named origins by another line: then its preflight has to say so too. */
function isNeeded({ place }: HeaderWrite, { actual }: PolicyView): boolean {
  return actual.some((response) => {
    const named = linesNamed(response, 'Access-Control-Allow-Origin').some(({ value }) => !isText(value, '*'));
    const [line] = linesNamed(response, 'Access-Control-Allow-Credentials');
    return named && allowsCredentials(response) && !line?.writes.some((write) => samePlace(write.place, place));
  });
}

function isWithin(inner: Place, outer: Place): boolean {
  return inner.uri === outer.uri && contains(outer.range, inner.range);
}
