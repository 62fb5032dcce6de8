/**
 * Where browsers knowingly do something else than the standard, as data. `fetch.ts` follows the standard; rewriting an
 * exchange by a deviation and judging the result gives the browser's own verdict.
 */
import { HeaderLines } from './header-lines.ts';
import type { FetchRequest, FetchResponse } from './fetch.ts';
import type { Browser } from './max-age.ts';
import { asciiLower } from './token.ts';

export type DeviationName = 'authorization-covered-by-wildcard' | 'client-hints-need-no-preflight' | 'user-agent-needs-no-preflight';

/** A request, and the answer to its preflight where one is looked at. */
export interface Exchange {
  readonly request: FetchRequest;
  readonly preflight?: FetchResponse;
}

export interface Deviation {
  readonly name: DeviationName;
  readonly browsers: readonly Browser[];
  readonly summary: string;
  /** Where it was observed or read. */
  readonly source: string;
  /** The exchange as such a browser takes it; the same object where the deviation does not concern it. */
  readonly rewrite: (exchange: Exchange) => Exchange;
}

const wholeNumber = /^[0-9]+$/;
const decimalNumber = /^[0-9]+(?:\.[0-9]+)?$/;

/** Client hints that a page may set in Chromium without asking, with the form their values must have. */
const clientHints: ReadonlyMap<string, RegExp> = new Map([
  ['device-memory', decimalNumber],
  ['dpr', decimalNumber],
  ['width', wholeNumber],
  ['viewport-width', wholeNumber],
  ['rtt', wholeNumber],
  ['downlink', decimalNumber],
  ['ect', /^(?:slow-2g|2g|3g|4g)$/],
  ['save-data', /^on$/i],
  ['intervention', /^/],
]);

/** The exchange without the request headers that the browser does not count. */
function withoutHeaders(exchange: Exchange, ignored: (name: string, value: string) => boolean): Exchange {
  const headers = exchange.request.headers.filter(([name, value]) => !ignored(asciiLower(name), value));
  if (headers.length === exchange.request.headers.length) return exchange;
  return { ...exchange, request: { ...exchange.request, headers } };
}

function listAuthorization(exchange: Exchange): Exchange {
  const { request, preflight } = exchange;
  if (preflight === undefined || request.credentials === 'include') return exchange;
  const list = new HeaderLines('Access-Control-Allow-Headers', preflight).tokens;
  const names = list.ok ? list.tokens.map(asciiLower) : [];
  if (!names.includes('*') || names.includes('authorization')) return exchange;
  const headers = [...preflight.headers, ['Access-Control-Allow-Headers', 'Authorization'] as const];
  return { request, preflight: { ...preflight, headers } };
}

export const deviations: readonly Deviation[] = [
  {
    name: 'authorization-covered-by-wildcard',
    browsers: ['chromium', 'firefox', 'webkit'],
    summary:
      'Without credentials, * in Access-Control-Allow-Headers covers Authorization too, which the standard excludes; ' +
      'Chromium and Firefox have announced that they will follow the standard.',
    source:
      'Chromium 156 (test/servers/chromium); Firefox: CORSAllowHeaderFromPreflightDeprecation in security.properties; ' +
      'WebKit: CrossOriginPreflightResultCacheItem::validateCrossOriginHeaders',
    rewrite: listAuthorization,
  },
  {
    name: 'client-hints-need-no-preflight',
    browsers: ['chromium'],
    summary: 'A page may set Save-Data, Device-Memory and the other client hints without a preflight, if their value is well-formed.',
    source: 'Chromium 156 (test/servers/chromium); services/network/public/cpp/cors/cors.cc, IsCorsSafelistedHeader',
    rewrite: (exchange) => withoutHeaders(exchange, (name, value) => clientHints.get(name)?.test(value) ?? false),
  },
  {
    name: 'user-agent-needs-no-preflight',
    browsers: ['chromium'],
    summary: 'A User-Agent that a page sets causes no preflight.',
    source: 'Chromium 156 (test/servers/chromium)',
    rewrite: (exchange) => withoutHeaders(exchange, (name) => name === 'user-agent'),
  },
];

/** The exchange as a browser takes it, and which of its deviations concern it. */
export function asTakenBy(browser: Browser, exchange: Exchange): { readonly exchange: Exchange; readonly applied: DeviationName[] } {
  const applied: DeviationName[] = [];
  let current = exchange;
  for (const deviation of deviations) {
    if (!deviation.browsers.includes(browser)) continue;
    const rewritten = deviation.rewrite(current);
    if (rewritten !== current) applied.push(deviation.name);
    current = rewritten;
  }
  return { exchange: current, applied };
}
