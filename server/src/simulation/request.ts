/** The request that somebody asks about, as text, read into one that a browser would send. */
import type { CredentialsMode } from '../cors/fetch.ts';
import { forbiddenMethods } from '../cors/headers.ts';
import { parseUrl } from '../cors/parse-url.ts';
import { readOrigin } from '../cors/serialized-origin.ts';
import { isToken } from '../cors/token.ts';
import type { SimulatedRequest } from '../policy/simulate.ts';

/** Which of the options a problem is about; undefined for the file. */
export type RequestField = 'origin' | 'method' | 'path' | 'url' | 'headers' | 'status';

/** A request that no page can make, or a file that cannot be simulated. */
export class SimulationError extends Error {
  override readonly name = 'SimulationError';
  readonly field: RequestField | undefined;

  constructor(message: string, field?: RequestField) {
    super(message);
    this.field = field;
  }
}

/** What is asked of the simulator, by whichever way: command line, library or panel. */
export interface RequestOptions {
  /** The page's origin, serialized; `null` is an opaque one, `none` sends no Origin. Default: `https://example.com`. */
  readonly origin?: string;
  /** Default: GET. */
  readonly method?: string;
  /** Default: the URL's, or `/`. */
  readonly path?: string;
  /** The address that the page fetches. Without it the request is cross-origin and goes to the first server. */
  readonly url?: string;
  readonly headers?: readonly (readonly [name: string, value: string])[];
  /** Default: `same-origin`, which sends no credentials across origins. */
  readonly credentials?: CredentialsMode;
  /** The status of the application or the file system, wherever the configuration leaves it open. */
  readonly status?: number;
  /** Sends the actual request even after a blocked preflight. */
  readonly all?: boolean;
}

/** The origin of the page where nobody names one. */
export const someOrigin = 'https://example.com';

/** The request of the options as a browser would send it. Throws a SimulationError where none would. */
export function readRequest(options: RequestOptions): SimulatedRequest {
  const { method = 'GET', headers = [], credentials = 'same-origin', status, all } = options;
  if (!isToken(method)) throw new SimulationError(`"${method}" is not a method.`, 'method');
  if (forbiddenMethods.includes(method.toUpperCase()))
    throw new SimulationError(`No page can send ${method.toUpperCase()}: browsers refuse it.`, 'method');
  for (const [name, value] of headers) {
    if (!isToken(name)) throw new SimulationError(`"${name}" is not a header name.`, 'headers');
    if (/[\0\r\n]/.test(value)) throw new SimulationError(`The value of ${name} holds a line break.`, 'headers');
  }
  if (status !== undefined && !(Number.isInteger(status) && status >= 100 && status <= 599))
    throw new SimulationError(`${status} is not a status from 100 to 599.`, 'status');
  const url = options.url === undefined ? undefined : readUrl(options.url);
  const origin = options.origin === 'none' ? undefined : originOf(options.origin ?? someOrigin);
  return {
    origin,
    method,
    path: pathOf(options.path, url),
    ...(url && { server: { scheme: url.protocol.slice(0, -1), hostname: url.hostname, host: url.host, origin: url.origin } }),
    headers,
    credentials,
    ...(status !== undefined && { status }),
    ...(all !== undefined && { all }),
  };
}

function readUrl(text: string): URL {
  const url = parseUrl(text);
  if (url === undefined || (url.protocol !== 'http:' && url.protocol !== 'https:')) {
    throw new SimulationError(
      `"${text}" is not an address.${/^[\w.-]+(?::\d+)?(?:\/|$)/.test(text) ? ` Did you mean "https://${text}"?` : ''}`,
      'url',
    );
  }
  return url;
}

function originOf(text: string): string {
  const reading = readOrigin(text);
  if (reading.valid) return text;
  throw new SimulationError(
    `"${text}" is not an origin that a browser sends.${reading.suggestion === undefined ? '' : ` Did you mean "${reading.suggestion}"?`}`,
    'origin',
  );
}

function pathOf(path: string | undefined, url: URL | undefined): string {
  if (path === undefined) return url ? url.pathname + url.search : '/';
  if (!path.startsWith('/')) throw new SimulationError(`The path "${path}" does not start with a slash. Did you mean "/${path}"?`, 'path');
  const parsed = new URL(`http://server${path}`);
  return parsed.pathname + parsed.search;
}

/** A form's fields as options: text everywhere, an empty field left away. Throws a SimulationError for what cannot be read. */
export function readForm(form: {
  readonly origin: string;
  readonly method: string;
  readonly address: string;
  readonly headers: string;
  readonly credentials: CredentialsMode;
  readonly status: string;
}): RequestOptions {
  const origin = form.origin.trim();
  const method = form.method.trim();
  const address = form.address.trim();
  const status = form.status.trim();
  if (status !== '' && !/^\d{3}$/.test(status)) throw new SimulationError(`"${status}" is not a status from 100 to 599.`, 'status');
  return {
    ...(origin !== '' && { origin }),
    ...(method !== '' && { method }),
    ...(address !== '' && (address.includes('://') ? { url: address } : { path: address })),
    headers: form.headers.split(/\r?\n/).flatMap((line) => (line.trim() === '' ? [] : [readHeaderLine(line)])),
    credentials: form.credentials,
    ...(status !== '' && { status: Number(status) }),
  };
}

function readHeaderLine(line: string): readonly [name: string, value: string] {
  const colon = line.indexOf(':');
  if (colon <= 0) throw new SimulationError(`"${line.trim()}" is not a header. Write it as "Name: value".`, 'headers');
  return [line.slice(0, colon).trim(), line.slice(colon + 1).trim()];
}
