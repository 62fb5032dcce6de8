/**
 * What pages get from a server: requests and origins that a fixture's text suggests, each sent to the real server and judged
 * by the Fetch standard.
 */
import { exposedHeaders } from '../../../server/src/cors/exposed.ts';
import {
  judgeActual,
  judgePreflight,
  needsPreflight,
  preflightFor,
  type FetchRequest,
  type FetchResponse,
} from '../../../server/src/cors/fetch.ts';
import { readOrigin } from '../../../server/src/cors/serialized-origin.ts';
import { send, type ClientResponse, type HeaderLine } from '../programs.ts';
import type { ServedLanguage } from './fixtures.ts';

export const hostile = 'https://evil.example';
export const foreign: readonly string[] = [hostile, 'null'];

/** A request as a page makes it. */
export interface PageRequest {
  readonly method: string;
  readonly path: string;
  readonly headers: readonly HeaderLine[];
  /** The browser asks first whatever the request is: an XMLHttpRequest whose upload is listened to (use-CORS-preflight flag). */
  readonly asksFirst?: true;
  /** Where it is another one than an empty object. */
  readonly body?: string;
}

/** What one page got. */
export interface Outcome {
  readonly allowed: boolean;
  /** The server gets the request itself: no preflight was needed, or it passed. */
  readonly sent: boolean;
  readonly reason: string;
  /** The answer that decided; undefined where none came. */
  readonly response: ClientResponse | undefined;
  readonly preflight: ClientResponse | undefined;
}

/** One page's request in one credentials mode. */
export interface Exchange extends PageRequest {
  readonly origin: string;
  readonly credentials: 'omit' | 'include';
}

export function exchangeKey({ origin, credentials, method, path, headers, asksFirst, body }: Exchange): string {
  const more = [...(asksFirst ? ['asks first'] : []), ...(body === undefined ? [] : [body])];
  return [origin, method, path, ...headers.map((line) => line.join(':')), ...more, credentials].join(' ');
}

const mostPaths = 5;
const mostOrigins = 5;

/** Paths that the text speaks of, with files that are there below them and one that is not. */
export function pathsOf(language: ServedLanguage, text: string): readonly string[] {
  const prefixes =
    language === 'nginx'
      ? [...text.matchAll(/(?:\blocation\s+(?:=\s+|\^~\s+)?|~\^)(\/[\w/.-]*)/g)].map((match) => match[1] ?? '')
      : language === 'apache'
        ? [...text.matchAll(/(?:<Location\s+"?|<Directory\s+"?\/srv\/www|Request_URI\s+"\^)(\/[\w/.-]*)/g)].map((match) => match[1] ?? '')
        : routesOf(text);
  const statuses = ['200', '404', ...[...text.matchAll(/\b(?:error_page|ErrorDocument) (\d{3})/g)].map((match) => match[1] ?? '')];
  // Error pages answer in place of others; asked for by themselves they would prove nothing.
  const pages = errorPagesOf(text);
  const asked = [...new Set(prefixes)].filter((each) => !pages.includes(each));
  const folders = asked.flatMap((each) =>
    each.endsWith('/') ? statuses.map((status) => each + status) : language === 'apache' ? [each, `${each}/200`] : [each],
  );
  const general =
    language === 'apache' ? ['/200', '/missing', '/font.woff2', '/data.json'] : language === 'nginx' ? ['/200', '/404'] : ['/api/200'];
  return [...new Set([...folders.slice(0, mostPaths), ...general])];
}

/** The pages that Apache answers errors with. */
export function errorPagesOf(text: string): readonly string[] {
  return [...text.matchAll(/^\s*ErrorDocument\s+\d{3}\s+"?(\/[\w/.-]+)/gim)].map((match) => match[1] ?? '');
}

/** The paths of routes, below the paths under which routers are mounted. */
function routesOf(text: string): readonly string[] {
  const mounts = [...text.matchAll(/\.use\(\s*['"](\/[\w/.-]*)['"]\s*,/g)].map((match) => match[1] ?? '');
  const routes = [...text.matchAll(/\.(?:get|put|post|patch|delete|all|options|route)\(\s*['"](\/[\w/:.-]*)['"]/g)].map((match) =>
    (match[1] ?? '').replace(/:\w+/g, '7'),
  );
  return routes.flatMap((route) => [route, ...mounts.map((mount) => mount + route)]);
}

const ownHeaders = ['X-Api-Key', 'X-Tenant', 'X-Test', 'X-Requested-With', 'Content-Type', 'Authorization'];

/** Requests that bring out what the text says about methods and headers. */
export function requestsOf(language: ServedLanguage, text: string): readonly PageRequest[] {
  const withPassword = /AuthUserFile|auth_basic/.test(text);
  const authorization: HeaderLine = ['Authorization', withPassword ? 'Basic dXNlcjpwYXNz' : 'Bearer secret'];
  const headers = ownHeaders.filter(
    (name) =>
      new RegExp(name.replaceAll('-', '[-_]'), 'i').test(text) || name === 'X-Test' || (name === 'Content-Type' && /\bjson\(\)/.test(text)),
  );
  const methods = ['PATCH', 'DELETE', 'MKCOL', 'REPORT'].filter((method) => new RegExp(`\\b${method}\\b`, 'i').test(text));
  const json: HeaderLine = ['Content-Type', 'application/json'];
  return pathsOf(language, text).flatMap((path): PageRequest[] => [
    { method: 'GET', path, headers: [] },
    { method: 'POST', path, headers: [], asksFirst: true },
    ...['PUT', 'POST', ...methods].map((method) => ({ method, path, headers: [] })),
    ...headers.map((name) => ({
      method: name === 'Content-Type' ? 'POST' : 'GET',
      path,
      headers: [name === 'Authorization' ? authorization : name === 'Content-Type' ? json : ([name, '1'] as const)],
    })),
    // What a parser cannot read.
    ...(/\bjson\(\)/.test(text) ? [{ method: 'POST', path, headers: [json], body: '{' }] : []),
    ...(withPassword || /require\w*Token/.test(text) ? [{ method: 'PUT', path, headers: [authorization] }] : []),
  ]);
}

/** Origins that the text means, in the words of a browser. */
export function honestOrigins(text: string): readonly string[] {
  const plain = text.replace(/^\s*(?:ServerName|server_name|listen)\b.*$/gim, '').replace(/\\+([./])/g, '$1');
  const written = [...plain.matchAll(/https?:\/\/\w[\w.-]*(?::\d+)?/gi)].map(([origin]) => origin.toLowerCase());
  const domains = [...plain.matchAll(/(?<![\w@-])(?:[a-z0-9-]+\.)+(?:com|io|org|net|app)\b/gi)].map(([domain]) => domain.toLowerCase());
  const candidates = [
    'https://app.example.com',
    ...written,
    ...domains.flatMap((domain) => [`https://${domain}`, `https://www.${domain}`, `https://app.${domain}`]),
    ...domains.map((domain) => `http://${domain}`),
  ];
  const valid = candidates.filter((origin) => readOrigin(origin).valid && !/127\.0\.0\.1|evil/.test(origin));
  return [...new Set(valid)].slice(0, mostOrigins);
}

const asFetch = (response: ClientResponse): FetchResponse => ({
  status: response.status,
  headers: response.headers,
  maybe: [],
  complete: true,
});

/** A server's answers, asked once each. Answers do not depend on the credentials mode, which only the browser knows. */
export class Browser {
  readonly #port: number;
  readonly #answers = new Map<string, Promise<ClientResponse | undefined>>();

  constructor(port: number) {
    this.#port = port;
  }

  /** The answer to a request as it is; undefined where none comes. */
  ask(method: string, path: string, headers: readonly HeaderLine[], written = '{}'): Promise<ClientResponse | undefined> {
    const key = `${method} ${path} ${JSON.stringify(headers)} ${written}`;
    const known = this.#answers.get(key);
    if (known) return known;
    const body = ['PUT', 'POST', 'PATCH'].includes(method) ? written : undefined;
    const answer = send(this.#port, { method, path, headers, ...(body === undefined ? {} : { body }) }, 1500).catch(() => undefined);
    this.#answers.set(key, answer);
    return answer;
  }

  /** What the page gets. */
  async fetch({ origin, method, path, headers, credentials, asksFirst, body }: Exchange): Promise<Outcome> {
    const request: FetchRequest = { origin, method, headers, credentials };
    let preflight: ClientResponse | undefined;
    if (asksFirst || needsPreflight(request)) {
      const { headers: lines } = preflightFor(request);
      preflight = await this.ask('OPTIONS', path, lines);
      if (!preflight) return { allowed: false, sent: false, reason: 'no answer to the preflight', response: undefined, preflight };
      const { verdict, reason } = judgePreflight(request, asFetch(preflight));
      if (verdict !== 'allowed') return { allowed: false, sent: false, reason, response: undefined, preflight };
    }
    const response = await this.ask(method, path, [['Origin', origin], ...headers], body);
    if (!response) return { allowed: false, sent: true, reason: 'no answer', response, preflight };
    const { verdict, reason } = judgeActual(request, asFetch(response));
    return { allowed: verdict === 'allowed', sent: true, reason, response, preflight };
  }

  /** What the page gets where a cache has stored the answer to another page, or to a request without Origin. */
  async fetchCached(exchange: Exchange, stored: string | undefined): Promise<boolean> {
    const first = await this.ask('GET', exchange.path, stored === undefined ? [] : [['Origin', stored]]);
    if (!first || !isStored(first.status)) return (await this.fetch(exchange)).allowed;
    const varies = first.headers.some(
      ([name, value]) => name.toLowerCase() === 'vary' && /(?:^|[\s,])(?:origin|\*)(?:$|[\s,])/i.test(value),
    );
    if (varies) return (await this.fetch(exchange)).allowed;
    return judgeActual({ ...exchange, headers: [] }, asFetch(first)).verdict === 'allowed';
  }
}

/** Whether caches store an answer without being told to; of errors only some (RFC 9110, section 15.1). */
function isStored(status: number): boolean {
  return status < 400 || [404, 405, 410, 414, 501].includes(status);
}

/** The names of response headers that the page can read. */
export function readableHeaders(exchange: Exchange, response: ClientResponse): readonly string[] {
  return exposedHeaders(exchange, asFetch(response)).map((name) => name.toLowerCase());
}
