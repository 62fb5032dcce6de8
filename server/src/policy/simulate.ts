/**
 * What a page gets when it sends one request: the preflight and the actual exchange, each answered by the policy of one
 * file and judged as a browser judges it. The same evaluation as everywhere (`evaluate.ts`), with a concrete request.
 */
import { judgeActual, judgePreflight, needsPreflight, preflightFor } from '../cors/fetch.ts';
import type { CredentialsMode, FetchRequest, FetchResponse, Judgement, ReasonCode, Step, Verdict } from '../cors/fetch.ts';
import { sentHeaders } from '../cors/safelist.ts';
import { normaliseMethod, safelistedResponseHeaders } from '../cors/headers.ts';
import { everything } from './codes.ts';
import { unreachable } from './condition.ts';
import { unconstrained } from './constraint.ts';
import { evaluateRouted, routed } from './evaluate.ts';
import type { ResponseCase } from './evaluate.ts';
import type { KnownRequest } from './situation.ts';
import { mergeCases } from './merge-cases.ts';
import type { MergedResponse } from './merge-cases.ts';
import type { Alternative, Policy, UnknownReason } from './model.ts';
import { knownRequest } from './request.ts';
import { routingTo, type ServerRouting } from './server-routing.ts';

export interface SimulatedRequest {
  /** As serialized; `null` is the opaque origin; undefined sends no Origin. */
  readonly origin: string | undefined;
  /** As the page writes it; the browser normalises it. */
  readonly method: string;
  /** With the query, as a browser sends it: starting with `/`, encoded. */
  readonly path: string;
  /** Scheme and host of the server; undefined: not known, and not the page's own. */
  readonly server?: { readonly scheme: string; readonly hostname: string; readonly host: string; readonly origin: string };
  readonly headers: readonly (readonly [name: string, value: string])[];
  readonly credentials: CredentialsMode;
  /** What the application or the file system answers with, wherever the configuration leaves it open. */
  readonly status?: number;
  /** Sends the actual request even after a blocked preflight. */
  readonly all?: boolean;
}

/** `no-answer`: the server never answers. */
export type SimulationCode = ReasonCode | 'no-answer';

export interface Exchange {
  readonly kind: 'preflight' | 'actual';
  readonly request: { readonly method: string; readonly path: string; readonly headers: readonly (readonly [string, string])[] };
  readonly response: MergedResponse;
  readonly verdict: Verdict;
  readonly reasonCode: SimulationCode;
  readonly reason: string;
  /** Every step of the browser's algorithm; empty where it makes no check. */
  readonly steps: readonly Step[];
}

export interface Simulation {
  /** The policy (id) that certainly answers the request itself, before anything reroutes it; undefined where that is not known. */
  readonly answeredBy: string | undefined;
  readonly exchanges: readonly Exchange[];
  /** Names that the page may read of the response. */
  readonly exposed: readonly string[];
  readonly verdict: Verdict;
  readonly reasonCode: SimulationCode;
  readonly reason: string;
}

/** The part of a service's `Analysis` that a simulation reads. */
export interface Simulated {
  readonly language: { readonly id: string };
  readonly extraction: { readonly policies: readonly Policy[]; readonly routing: readonly Alternative[] };
}

/** Simulates one request of a page. Never throws. */
export function simulate(analysis: Simulated, request: SimulatedRequest): Simulation {
  const server = new Server(analysis, request);
  const fetch = fetchOf(request);
  const answeredBy = server.answers();
  const exchanges: Exchange[] = [];
  if (fetch && needsPreflight(fetch)) {
    const { method, headers } = preflightFor(fetch);
    const preflight = server.exchange('preflight', method, headers, (response) => judgePreflight(fetch, response));
    exchanges.push(preflight.exchange);
    if (preflight.exchange.verdict === 'blocked' && request.all !== true) return { answeredBy, ...conclude(exchanges, []) };
  }
  const actual = server.exchange('actual', normaliseMethod(request.method), actualHeaders(request, fetch), (response) =>
    fetch
      ? judgeActual(fetch, response)
      : unchecked(
          request,
          response.headers.map(([name]) => name),
        ),
  );
  return { answeredBy, ...conclude([...exchanges, actual.exchange], actual.exposed) };
}

/** Whether it is certainly this policy that answers the request itself, before anything reroutes it. */
export function routesTo(analysis: Simulated, request: SimulatedRequest, policy: string): boolean {
  return new Server(analysis, request).answers() === policy;
}

/** The request as the Fetch standard's CORS protocol sees it; undefined where that has no say in it. */
function fetchOf({ origin, method, headers, credentials, server }: SimulatedRequest): FetchRequest | undefined {
  if (origin === undefined || (server !== undefined && server.origin === origin)) return undefined;
  return { origin, method, headers, credentials };
}

function actualHeaders(request: SimulatedRequest, fetch: FetchRequest | undefined): [string, string][] {
  const method = normaliseMethod(request.method);
  // A same-origin request carries an Origin unless its method is GET or HEAD (Fetch standard, "append a request Origin header").
  const origin = fetch || (method !== 'GET' && method !== 'HEAD') ? request.origin : undefined;
  return [
    ...(origin === undefined ? [] : [['Origin', origin] as [string, string]]),
    ...sentHeaders(request.headers).map(([name, value]): [string, string] => [name, value]),
  ];
}

function unchecked(request: SimulatedRequest, sent: readonly string[]): Judgement {
  const reason =
    request.origin === undefined
      ? 'The request has no Origin, so no browser checks the response.'
      : 'The page and the server are of the same origin, so the browser makes no check.';
  return {
    verdict: 'allowed',
    reasonCode: 'allowed',
    reason,
    steps: [],
    exposed: [...new Set([...safelistedResponseHeaders, ...sent, '*'])],
  };
}

/** One verdict over all exchanges: a blocked one decides, then an unknown one. */
function conclude(exchanges: readonly Exchange[], exposed: readonly string[]): Omit<Simulation, 'answeredBy'> {
  const decisive =
    exchanges.find((exchange) => exchange.verdict === 'blocked') ??
    exchanges.find((exchange) => exchange.verdict === 'unknown') ??
    exchanges.at(-1);
  const { verdict, reasonCode, reason } = decisive ?? { verdict: 'unknown' as const, reasonCode: 'no-answer' as const, reason: '' };
  return { exchanges, exposed: verdict === 'blocked' ? [] : exposed, verdict, reasonCode, reason };
}

type Judge = (response: FetchResponse) => Judgement;

/** The policies of one file as a server that answers. */
class Server {
  readonly #request: SimulatedRequest;
  readonly #policies: readonly Policy[];
  readonly #routing: ServerRouting;
  readonly #decodesPaths: boolean;

  constructor({ language, extraction }: Simulated, request: SimulatedRequest) {
    this.#request = request;
    this.#policies = extraction.policies;
    this.#routing = routingTo(request.server, extraction.routing);
    // nginx and Apache choose by the decoded path with its slashes merged (behaviour 1.13); frameworks by the path as sent.
    this.#decodesPaths = language.id === 'nginx' || language.id === 'apache';
  }

  /** The policy that the actual request finds; undefined where it may find several, or none. */
  answers(): string | undefined {
    const request = this.#known('actual', normaliseMethod(this.#request.method), actualHeaders(this.#request, fetchOf(this.#request)));
    const [found, ...others] = routed({ routing: this.#routing.arriving, request });
    return others.length === 0 ? found : undefined;
  }

  exchange(
    kind: Exchange['kind'],
    method: string,
    headers: readonly (readonly [string, string])[],
    judge: Judge,
  ): { exchange: Exchange; exposed: readonly string[] } {
    const { status, path } = this.#request;
    const cases = evaluateRouted({
      policies: new Map(this.#policies.map((policy) => [policy.id, policy])),
      routing: this.#routing.whole,
      request: this.#known(kind, method, headers),
      ...(status !== undefined && { openStatus: status }),
    });
    const response = mergeCases(cases.length > 0 ? cases : [notInSight]);
    const judgement = judgeCases(cases, response, judge);
    const { verdict, reasonCode, reason, steps, exposed } = judgement;
    const request = { method, path, headers };
    return { exchange: { kind, request, response, verdict, reasonCode, reason, steps }, exposed };
  }

  #known(kind: Exchange['kind'], method: string, headers: readonly (readonly [string, string])[]): KnownRequest {
    const { server, credentials, path: target, origin, status } = this.#request;
    const names = headers.map(([name]) => name.toLowerCase());
    const queryAt = target.indexOf('?');
    const rawPath = queryAt < 0 ? target : target.slice(0, queryAt);
    const sameOrigin = origin === undefined || server?.origin === origin;
    const sendsCredentials = kind === 'actual' && (credentials === 'include' || (credentials === 'same-origin' && sameOrigin));
    // Without cookies and without a header of the page's own there is nothing that could authenticate it.
    const isNobodys = kind === 'preflight' || (!sendsCredentials && names.every((name) => name === 'origin' || plainHeaders.has(name)));
    const known = knownRequest({
      method,
      path: this.#decodesPaths ? decodedPath(rawPath) : rawPath,
      query: queryAt < 0 ? '' : target.slice(queryAt),
      origin: headers.find(([name]) => name.toLowerCase() === 'origin')?.[1] ?? null,
      headers,
      ...(server && { host: server.hostname, scheme: server.scheme }),
      ...(isNobodys && { authenticated: false }),
    });
    return {
      ...known,
      unknown(id, path) {
        // The application behind answers, unless it is asked what is said where it does not.
        return id === unreachable.id && (status === undefined || !gatewayStatuses.has(status)) ? false : known.unknown?.(id, path);
      },
      datum(name) {
        if (name === 'uri') return target;
        if (name === 'header:host') return server?.host;
        if (sendsCredentials && (name === 'header:cookie' || name.startsWith('cookie:'))) return undefined;
        if (name.startsWith('header:') && browserHeaders.has(name.slice(7)) && !names.includes(name.slice(7))) return undefined;
        return known.datum(name);
      },
    };
  }
}

/** What a server says itself where the application behind it does not answer. */
const gatewayStatuses: ReadonlySet<number> = new Set([502, 503, 504]);
/** Request headers that a browser sends of itself, with values that depend on it. */
const browserHeaders = new Set([
  'accept',
  'accept-encoding',
  'accept-language',
  'connection',
  'content-length',
  'dnt',
  'referer',
  'user-agent',
  'cache-control',
  'pragma',
  'priority',
  'sec-fetch-dest',
  'sec-fetch-mode',
  'sec-fetch-site',
  'sec-ch-ua',
  'sec-ch-ua-mobile',
  'sec-ch-ua-platform',
  'sec-gpc',
  'upgrade-insecure-requests',
]);
/** Request headers that name nobody. */
const plainHeaders = new Set([
  'accept',
  'accept-language',
  'content-language',
  'content-type',
  'range',
  'cache-control',
  'pragma',
  'if-none-match',
  'if-modified-since',
]);

const notInSight: ResponseCase = {
  when: unconstrained,
  status: everything,
  by: 'server',
  answeredAt: undefined,
  refusal: undefined,
  lines: [],
  withheld: [],
  complete: false,
  hidden: [],
  unknown: 'outside',
};

/**
 * The verdict over all cases: where every one of them is allowed, or every one blocked, that; else unknown. The reason is
 * that of the merged response where it decides, else that of the first case.
 */
function judgeCases(
  cases: readonly ResponseCase[],
  merged: MergedResponse,
  judge: Judge,
): Omit<Judgement, 'reasonCode'> & { readonly reasonCode: SimulationCode } {
  const whole = judge(merged.forJudging);
  const hanging = cases.filter((each) => each.unknown === undefined && each.status.kind === 'in' && each.status.members.length === 0);
  if (hanging.length > 0 && hanging.length === cases.length) {
    return { verdict: 'blocked', reasonCode: 'no-answer', reason: 'The server never answers this request.', steps: [], exposed: [] };
  }
  if (hanging.length > 0 && whole.verdict === 'allowed') {
    return { ...whole, verdict: 'unknown', reasonCode: 'no-answer', reason: 'The server may never answer this request.' };
  }
  if (whole.verdict !== 'unknown') return whole;
  const each = cases.map((one) => judge(mergeCases([one]).forJudging));
  const [first] = each;
  if (first && first.verdict !== 'unknown' && each.every((judgement) => judgement.verdict === first.verdict)) return first;
  const why = merged.unknowns.length > 0 ? ` It depends on ${merged.unknowns.map((reason) => unknownWords[reason]).join(' and on ')}.` : '';
  return { ...whole, reason: whole.reason + why };
}

/** What an unknown depends on, for a sentence. */
const unknownWords: Readonly<Record<UnknownReason, string>> = {
  upstream: 'what the application behind this server answers',
  'file-system': 'which files exist on the server',
  outside: 'configuration outside of this file',
  unresolved: 'something that could not be followed',
  placeholder: 'a placeholder that is filled in later',
  environment: 'an environment variable',
  credentials: 'whether the user is logged in',
  routes: 'routes that are not in sight',
  path: 'what the program makes of the path',
  'undecided-pattern': 'a pattern that could not be decided',
  unsupported: 'a construct that is not modelled',
  'too-many-cases': 'more cases than are looked at',
};

/** The path as nginx and Apache compare it: decoded, slashes merged. Dots are resolved by the browser already. */
function decodedPath(path: string): string {
  try {
    return decodeURIComponent(path).replace(/\/{2,}/g, '/');
  } catch {
    return path.replace(/\/{2,}/g, '/');
  }
}
