import type { Rule } from '../../core/rule.ts';
import { placeKey } from '../../core/text.ts';
import { capture, contains } from '../../cors/origins/origin-set.ts';
import { originsOf, type Constraint } from '../../policy/constraint.ts';
import type { ResponseCase } from '../../policy/evaluate.ts';
import type { RequestDatum, Value } from '../../policy/model.ts';
import { isNeverAnOrigin } from '../../policy/never-origin.ts';
import { proven } from '../evidence.ts';
import { offer, report, SERVER_LANGUAGES } from '../report.ts';
import { linesOf } from '../sent-lines.ts';

/** A page cannot choose these of its own request, though whoever speaks HTTP directly can. */
const NOT_THE_PAGES: readonly RequestDatum[] = [
  'host',
  'scheme',
  'header:host',
  'header:x-forwarded-host',
  'header:x-forwarded-proto',
  'remote-address',
  'protocol',
  'method',
];

type Piece = Extract<Value, { kind: 'requestPart' }>;

export const requestControlledOrigin: Rule = {
  id: 'request-controlled-origin',
  category: 'readers',
  level: 'error',
  languages: SERVER_LANGUAGES,
  summary: 'Access-Control-Allow-Origin is built from the Referer, the query, the body, a cookie or the path.',
  fix: 'unsafe',
  yieldsTo: ['invalid-allow-origin', 'wildcard-with-credentials', 'reflected-origin-with-credentials'],
  *check({ views, authoring }) {
    const reported = new Set<string>();
    for (const view of views) {
      for (const { line, response, write } of linesOf(proven(view.answers), 'Access-Control-Allow-Origin')) {
        // Nobody lets itself in with what is no origin: that is invalid-allow-origin's.
        if (isNeverAnOrigin(line.value)) continue;
        // The Origin has gone first, and every request that a browser checks has one: `req.headers.origin || req.headers.referer`.
        if (response.when.originPresent === false) continue;
        const data = [...dataIn(line.value), ...pieceLettingIn(line.value, response)];
        const place = line.value.place ?? write.valuePlace;
        if (data.length === 0 || reported.has(placeKey(place))) continue;
        reported.add(placeKey(place));
        const chosen = data.filter((datum) => !NOT_THE_PAGES.includes(datum));
        const controlled = chosen.length > 0;
        const hosts = data.filter((datum) => /host$/.test(datum));
        yield report(
          'request-controlled-origin',
          controlled ? 'error' : 'info',
          place,
          controlled
            ? `The allowed origin is taken from ${named(chosen)}, which the calling page can choose: any site can let itself in. Allow a fixed list of origins.`
            : `The allowed origin is built from ${named(hosts.length > 0 ? hosts : data)}, so it names this server itself: pages of the same origin need no CORS. Allow the origins of your pages, or send nothing.`,
          { fixes: offer('Allow a fixed list of origins', 'unsafe', authoring.allowOnly(write, place, [])) },
        );
      }
    }
  },
};

function dataIn(value: Value): readonly RequestDatum[] {
  // What the connection decides, such as its port, names neither a page nor this server.
  if (value.kind === 'request') return value.datum.startsWith('other:') ? [] : [value.datum];
  return value.kind === 'concat' ? value.parts.flatMap(dataIn) : [];
}

const FOREIGN = 'https://evil.example';

/**
 * The datum of which pieces are the value, where some request of a foreign page brings about that page's own origin. A pattern may
 * take pieces of the author's own addresses only, so such a request is tried on everything that the case asks of the datum.
 */
function pieceLettingIn(value: Value, { when }: ResponseCase): readonly RequestDatum[] {
  const parts = value.kind === 'concat' ? value.parts : [value];
  const pieces = parts.filter((part) => part.kind === 'requestPart');
  const [first] = pieces;
  if (!first || NOT_THE_PAGES.includes(first.datum) || pieces.some(({ datum }) => datum !== first.datum)) return [];
  if (contains(originsOf(when), FOREIGN) !== true) return [];
  const taken = requestsOf(FOREIGN, first).some((text) => mayBe(text, first.datum, when) && spells(parts, text, FOREIGN));
  return taken ? [first.datum] : [];
}

/** Texts with which a page can have its origin, or the host of it, taken out of a datum. */
function requestsOf(origin: string, { datum, pattern }: Piece): readonly string[] {
  // Of its own address a browser sends nothing less than the origin with a slash.
  if (datum === 'header:referer') return [`${origin}/`];
  const host = origin.replace('https://', '');
  // Servers merge the slashes of a path.
  const texts = datum === 'path' ? [host] : [origin, host];
  const before = [...pattern.source.matchAll(/[\w-]+=/g)].map(([name]) => name);
  return ['', '/', ...before].flatMap((start) => texts.flatMap((text) => [start + text, `${start}${text}/`]));
}

/** Whether a case's request may carry a text; not where that is undecided. */
function mayBe(text: string, datum: RequestDatum, { facts, data }: Constraint): boolean {
  for (const { asked, truth } of facts.values()) if (asked?.datum === datum && contains(asked.in, text) !== truth) return false;
  return [datum, `${datum}/i`].every((key) => {
    const known = data.get(key);
    return known?.oneOf?.includes(text) !== false && known?.noneOf.includes(text) !== true;
  });
}

/** Whether the parts of a value are a text together, where the datum that they are pieces of is another. */
function spells(parts: readonly Value[], datum: string, wanted: string): boolean {
  const texts = parts.map((part) => {
    if (part.kind === 'literal') return part.text;
    const found = part.kind === 'requestPart' ? capture(part.pattern, part.group, datum) : undefined;
    return found?.kind === 'text' ? found.text : undefined;
  });
  return !texts.includes(undefined) && texts.join('') === wanted;
}

/** What the value is made of, in a page author's words. */
function named([datum = 'other:request']: readonly RequestDatum[]): string {
  const [kind, key] = datum.split(':');
  switch (kind) {
    case 'header':
      return `the ${(key ?? '').replace(/(?<![^-])[a-z]/g, (letter) => letter.toUpperCase())} request header`;
    case 'query':
      return key === undefined ? 'the query' : `the query parameter \`${key}\``;
    case 'cookie':
      return key === undefined ? 'a cookie' : `the cookie \`${key}\``;
    case 'param':
      return `the path parameter \`${key ?? ''}\``;
    case 'path':
    case 'body':
    case 'method':
    case 'scheme':
      return `the request's ${kind}`;
    case 'host':
      return 'the host that is asked';
    case 'uri':
      return 'the address that is asked';
    default:
      return 'the request';
  }
}
