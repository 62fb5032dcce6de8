import { Random } from '../../../tools/random.ts';
import { origins, type Case } from './configuration.ts';

/** One request of a case, before the port is known. */
export interface CaseRequest {
  readonly method: string;
  readonly path: string;
  readonly query: string;
  readonly origin: string | null;
  readonly headers: readonly (readonly [string, string])[];
}

/** What stands in every case's document root. */
export const documents: readonly string[] = ['/a.txt', '/sub/b.txt', '/x.cgi', '/errors/e.html'];
export const folders: readonly string[] = ['/', '/sub', '/sub/', '/errors', '/errors/'];

/** How many requests a case gets. */
export const requestsPerCase = 11;

/** The requests of a case: every kind of answer, every kind of origin. */
export function requestsOf(generated: Case): readonly CaseRequest[] {
  const random = new Random(generated.seed ^ 0x5bd1e995);
  const proxied = generated.kind === 'server';
  const paths = [
    '/a.txt',
    '/sub/b.txt',
    '/missing.txt',
    '/old',
    '/x.cgi?200',
    '/x.cgi?404-cors',
    '/a.txt',
    '/x.cgi?202-cors',
    '/missing.cgi',
    '/sub/missing.txt',
  ];
  const upstream = ['/api/200', '/api/404-cors', '/api/202-cors', '/api/500', '/down/x', '/api/local'];
  const wanted = Array.from({ length: requestsPerCase }, (_, index) => {
    if (proxied && index % 3 === 2) return random.pick(upstream);
    return index < 5 ? (paths[index] ?? '/a.txt') : random.pick(paths);
  });
  return wanted.map((target, index) => {
    // A path of the upstream carries its script as a query too, for configurations that hand it to the CGI program.
    const [path = '/', query = target.startsWith('/api/') ? target.slice('/api/'.length) : ''] = target.split('?');
    const method = index === 1 || index === 6 ? 'OPTIONS' : random.pick(['GET', 'GET', 'GET', 'OPTIONS', 'PUT', 'POST', 'HEAD']);
    const origin =
      index === 0 || index === 1
        ? origins.allowed
        : index === 3
          ? null
          : random.pick([origins.allowed, origins.second, 'null', null, random.pick(origins.hostile), random.pick(origins.hostile)]);
    const headers: [string, string][] = [['User-Agent', 'Probe/1']];
    if (method === 'OPTIONS' && random.chance(0.8))
      headers.push(['Access-Control-Request-Method', 'PUT'], ['Access-Control-Request-Headers', 'content-type']);
    return { method, path, query, origin, headers };
  });
}

export type Line = readonly [name: string, value: string];

/** What the scripted application sends for `404`, `202-cors` and the like; behind the proxy and as CGI alike. */
export function scripted(text: string): { readonly status: number; readonly lines: readonly Line[] } {
  const status = Number(/^\d{3}/.exec(text)?.[0] ?? 200);
  if (!text.endsWith('-cors')) return { status, lines: [] };
  return {
    status,
    lines: [
      ['Access-Control-Allow-Origin', 'https://up.example'],
      ['Vary', 'X-Up'],
      ['Access-Control-Allow-Methods', 'PATCH'],
      ['Access-Control-Expose-Headers', 'X-Up'],
    ],
  };
}

/** The CGI program: it answers as its query says. */
export const program = `#!/bin/sh
case "$QUERY_STRING" in
  [1-5][0-9][0-9]*) status=$(printf %.3s "$QUERY_STRING"); [ "$status" = 200 ] || printf 'Status: %s\\r\\n' "$status" ;;
esac
printf 'Content-Type: text/plain\\r\\n'
case "$QUERY_STRING" in
  *-cors) printf 'Access-Control-Allow-Origin: https://up.example\\r\\nVary: X-Up\\r\\nAccess-Control-Allow-Methods: PATCH\\r\\nAccess-Control-Expose-Headers: X-Up\\r\\n' ;;
esac
printf '\\r\\nanswer\\n'
`;
