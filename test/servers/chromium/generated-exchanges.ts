/** Random requests and response pairs, from a seed: about two thirds of every choice are ones that pass. */
import type { CredentialsMode } from '../../../server/src/cors/fetch.ts';
import type { RequestHeader } from '../../../server/src/cors/safelist.ts';
import type { Answer, Script } from './scripted-server.ts';
import { Random } from '../../../tools/random.ts';

export interface Exchange {
  readonly from: 'page' | 'sandboxed frame';
  readonly method: string;
  readonly headers: readonly RequestHeader[];
  readonly credentials: CredentialsMode;
  readonly script: Script;
}

const methods: readonly [string, ...string[]] = [
  'GET',
  'HEAD',
  'POST',
  'PUT',
  'DELETE',
  'PATCH',
  'put',
  'patch',
  'post',
  'OPTIONS',
  'QUERY',
  'delete',
  'Get',
];

const requestHeaders: readonly [RequestHeader, ...RequestHeader[]] = [
  ['X-Custom', '1'],
  ['Authorization', 'Bearer t'],
  ['Content-Type', 'application/json'],
  ['Content-Type', 'text/plain;charset=UTF-8'],
  ['Content-Type', 'text/plain; charset="utf-8"'],
  ['Content-Type', 'multipart/form-data ; boundary=x'],
  ['Content-Type', 'text'],
  ['Accept', 'application/json'],
  ['Accept', 'text/html;q=(0.5)'],
  ['Accept', 'a'.repeat(129)],
  ['Accept-Language', 'en;q=0.8, fr'],
  ['Accept-Language', 'en_GB'],
  ['Content-Language', 'de-DE'],
  ['Range', 'bytes=0-'],
  ['Range', 'bytes=10-20'],
  ['Range', 'bytes=-5'],
  ['X-Requested-With', 'XMLHttpRequest'],
  ['Sec-Something', '1'],
  ['Cookie', 'a=b'],
  ['Save-Data', 'on'],
  ['Device-Memory', '4'],
  ['Cache-Control', 'no-cache'],
];

type Lines = readonly string[];

/** Values of Access-Control-Allow-Origin, one entry a line. `origin` is the requesting one. */
function allowOrigin(random: Random, origin: string): Lines {
  if (random.chance(0.72)) return random.chance(0.7) ? [origin] : ['*'];
  const pageLike = origin === 'null' ? 'http://127.0.0.1:1' : origin;
  return random.pick<Lines>([
    [],
    [''],
    ['null'],
    ['NULL'],
    [`${pageLike}/`],
    [pageLike.toUpperCase()],
    [pageLike.replace('http:', 'https:')],
    [pageLike.replace('http://', '')],
    ['https://myapp.com'],
    ['http://*.0.0.1'],
    [`${origin}, https://myapp.com`],
    [`${origin} https://myapp.com`],
    [origin, origin],
    ['*', '*'],
    ['*', origin],
    ['', origin],
    [`"${origin}"`],
    ['myapp.com'],
    ['localhost:3000'],
    ['https://'],
    [`  ${origin}\t`],
    ['*.myapp.com'],
    ['https://m\u00fcller.example'],
    ['true'],
  ]);
}

function allowCredentials(random: Random): Lines {
  if (random.chance(0.7)) return ['true'];
  return random.pick<Lines>([[], [''], ['True'], ['TRUE'], ['false'], ['true', 'true'], ['true, true'], [' true '], ['1'], ['"true"']]);
}

function allowMethods(random: Random): Lines {
  if (random.chance(0.6)) return ['GET, POST, PUT, DELETE, PATCH, OPTIONS, QUERY, patch'];
  return random.pick<Lines>([
    [],
    [''],
    ['*'],
    ['GET'],
    ['PUT'],
    ['put'],
    ['patch'],
    ['PATCH'],
    ['PUT, DELETE', 'PATCH, patch'],
    ['GET; PUT'],
    ['GET PUT'],
    ['"PUT"'],
    ['PUT,,DELETE,'],
    [','],
    ['PUT', 'GET;'],
    ['OPTIONS,\tPUT\t, DELETE'],
    ['*, PUT'],
    ['GET/POST'],
  ]);
}

function allowHeaders(random: Random): Lines {
  const all =
    'X-Custom, authorization, CONTENT-TYPE, accept, accept-language, content-language, range, x-requested-with, save-data, device-memory, cache-control';
  if (random.chance(0.6)) return [all];
  return random.pick<Lines>([
    [],
    [''],
    ['*'],
    ['*'],
    ['*, Authorization'],
    ['X-Custom'],
    ['x-custom, content-type'],
    ['x-custom', 'content-type, Authorization'],
    ['x custom'],
    ['x-custom; content-type'],
    ['"x-custom"'],
    [all, 'a:b'],
    ['Authorization'],
    [',x-custom,'],
    ['content-type'],
  ]);
}

function exposeHeaders(random: Random): Lines {
  return random.pick<Lines>([
    [],
    [],
    ['X-Total'],
    ['x-total, x-page'],
    ['*'],
    ['*', 'X-Page'],
    ['x total'],
    ['Set-Cookie, X-Total'],
    ['X-Page', 'X-Total'],
    [''],
  ]);
}

const entries = (name: string, values: Lines): [string, string][] => values.map((value) => [name, value]);

function answer(random: Random, origin: string, preflight: boolean): Answer {
  const headers = [
    ...entries('Access-Control-Allow-Origin', allowOrigin(random, origin)),
    ...entries('Access-Control-Allow-Credentials', allowCredentials(random)),
    ...(preflight || random.chance(0.1) ? entries('Access-Control-Allow-Methods', allowMethods(random)) : []),
    ...(preflight || random.chance(0.1) ? entries('Access-Control-Allow-Headers', allowHeaders(random)) : []),
    ...(preflight ? [] : entries('Access-Control-Expose-Headers', exposeHeaders(random))),
  ];
  if (preflight) {
    const status = random.chance(0.8)
      ? random.pick([200, 204])
      : random.pick([201, 206, 299, 300, 301, 302, 307, 308, 400, 401, 403, 404, 405, 418, 500, 502]);
    if ([301, 302, 307, 308].includes(status)) headers.push(['Location', '/elsewhere']);
    return { status, headers };
  }
  headers.push(
    ['X-Total', '3'],
    ['X-Page', '1'],
    ['Content-Type', 'application/json'],
    ['Set-Cookie', 'a=b'],
    ['ETag', '"e"'],
    ['Last-Modified', 'Mon, 01 Jan 2024 00:00:00 GMT'],
    ['Pragma', 'no-cache'],
    ['Cache-Control', 'no-store'],
    ['Content-Language', 'en'],
    ['Expires', '0'],
  );
  return { status: random.chance(0.7) ? 200 : random.pick([201, 204, 400, 401, 403, 404, 418, 500, 503]), headers };
}

/** `count` exchanges; `pageOrigin` is the serialized origin of the page that fetches. */
export function generateExchanges(seed: number, count: number, pageOrigin: string): Exchange[] {
  const random = new Random(seed);
  return Array.from({ length: count }, () => {
    const from = random.chance(0.2) ? 'sandboxed frame' : 'page';
    const origin = from === 'page' ? pageOrigin : 'null';
    const headers: RequestHeader[] = [];
    for (const wanted of [0.55, 0.35, 0.15]) {
      const header = random.pick(requestHeaders);
      if (random.chance(wanted) && !headers.some(([name]) => name === header[0])) headers.push(header);
    }
    return {
      from,
      method: random.pick(methods),
      headers,
      credentials: random.pick<CredentialsMode>(['omit', 'same-origin', 'include', 'include']),
      script: { preflight: answer(random, origin, true), actual: answer(random, origin, false) },
    };
  });
}
