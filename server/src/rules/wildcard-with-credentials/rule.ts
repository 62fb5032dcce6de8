import type { Rule } from '../../core/rule.ts';
import type { FileEdit } from '../../core/finding.ts';
import { contains, placeKey, samePlace, type Place } from '../../core/text.ts';
import type { HeaderWrite } from '../../policy/model.ts';
import { allowsCredentials, isText, linesNamed, type PolicyView } from '../../policy/view.ts';
import { preflightReadersIn, readersIn, valuePlace, type SeenReaders } from '../origin-readers.ts';
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
    const all = [...readersIn(context), ...preflightReadersIn(context)].filter(({ wildcard, credentials }) => wildcard && credentials);
    for (const readers of leastAssumed(all, ({ response }) => response)) {
      const place = valuePlace(readers);
      if (!place || reported.has(placeKey(place))) continue;
      reported.add(placeKey(place));
      const credentials = credentialsOf(readers);
      // Nobody asked for credentials: whether any request carries some is not said.
      const assumed = credentials?.implied === true;
      // Where nobody wrote the `*`, the option that makes it matter is what there is to point at.
      const silent = credentials && isWithin(credentials.namePlace, place);
      const refused = silent
        ? '`*` is the default where `origin` is left out, and browsers refuse it when the request carries credentials'
        : 'Browsers refuse `*` when the request carries credentials';
      const settings = settingsOf(readers.response);
      // Answers to preflights may have lines of their own.
      const alike = all.filter((each) => {
        const other = valuePlace(each);
        return other && samePlace(other, place);
      });
      const allow = editsOf(
        alike,
        ({ line }) => line.writes.at(-1),
        (write) => context.authoring.allowOnly(write, place, []),
      );
      const drop = alike.some((each) => isNeeded(credentialsOf(each), each.view))
        ? []
        : editsOf(alike, credentialsOf, (write) => context.authoring.remove(write));
      yield {
        ruleId: 'wildcard-with-credentials',
        ...levelWhereSet(assumed ? 'info' : 'error', settings),
        message: assumed
          ? 'Credentials are allowed by default, and browsers refuse `*` for requests that carry them; requests without cookies work. Name the allowed origins, or stop allowing credentials.'
          : `${whereSet(settings, `${refused}, so no page that gets it can use the credentials that are allowed here.`)} Name the allowed origins, or stop allowing credentials.`,
        place,
        related: credentials && !silent ? [{ place: credentials.namePlace, message: 'Credentials are allowed here.' }] : [],
        fixes: [
          ...(allow.length > 0 ? [{ title: 'Allow a fixed list of origins', applicability: 'unsafe' as const, edits: allow }] : []),
          ...(drop.length > 0 ? [{ title: 'Stop allowing credentials', applicability: 'unsafe' as const, edits: drop }] : []),
        ],
      };
    }
  },
};

/** Whether the response itself allows credentials to named origins by another line: then its preflight has to say so too. */
function isNeeded(credentials: HeaderWrite | undefined, { actual }: PolicyView): boolean {
  if (!credentials) return false;
  return actual.some((response) => {
    const named = linesNamed(response, 'Access-Control-Allow-Origin').some(({ value }) => !isText(value, '*'));
    const [line] = linesNamed(response, 'Access-Control-Allow-Credentials');
    return named && allowsCredentials(response) && !line?.writes.some((write) => samePlace(write.place, credentials.place));
  });
}

/** What changes one line of each of some answers, every line and every edit once; nothing where one of them stays. */
function editsOf(
  answers: readonly SeenReaders[],
  lineOf: (answer: SeenReaders) => HeaderWrite | undefined,
  change: (line: HeaderWrite) => readonly FileEdit[] | undefined,
): readonly FileEdit[] {
  const lines = new Map(answers.flatMap((answer) => lineOf(answer) ?? []).map((line) => [placeKey(line.place), line]));
  const changes = [...lines.values()].map(change);
  if (!changes.every((each): each is readonly FileEdit[] => each !== undefined)) return [];
  return [...new Map(changes.flat().map((edit) => [JSON.stringify(edit), edit])).values()];
}

function credentialsOf({ response }: SeenReaders): HeaderWrite | undefined {
  return linesNamed(response, 'Access-Control-Allow-Credentials')[0]?.writes.at(-1);
}

function isWithin(inner: Place, outer: Place): boolean {
  return inner.uri === outer.uri && contains(outer.range, inner.range);
}
