import type { Rule } from '../../core/rule.ts';
import { placeKey } from '../../core/text.ts';
import type { RequestDatum, Value } from '../../policy/model.ts';
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
      for (const { line, write } of linesOf(proven([...view.actual, ...view.preflight]), 'Access-Control-Allow-Origin')) {
        const data = dataIn(line.value);
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
          { fixes: offer('Allow a fixed list of origins', 'unsafe', authoring.allowOnly(write, [])) },
        );
      }
    }
  },
};

function dataIn(value: Value): readonly RequestDatum[] {
  if (value.kind === 'request') return [value.datum];
  return value.kind === 'concat' ? value.parts.flatMap(dataIn) : [];
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
