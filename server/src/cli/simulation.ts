import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import type { CredentialsMode, Verdict } from '../cors/fetch.ts';
import { forbiddenMethods } from '../cors/headers.ts';
import { readOrigin } from '../cors/serialized-origin.ts';
import { isToken } from '../cors/token.ts';
import type { Place } from '../core/text.ts';
import { simulate as simulatePolicy, type SimulatedRequest, type Simulation } from '../policy/simulate.ts';
import { createService } from '../service.ts';
import { Lines } from './positions.ts';
import { languageFor, languageIdOf, workspaceFolders } from './scan.ts';
import { reasonOf } from './walk.ts';
import { diskWorkspace } from './workspace.ts';

/** A request that no page can make, or a file that cannot be simulated. */
export class SimulationError extends Error {
  override readonly name = 'SimulationError';
}

export interface SimulateOptions {
  /** The configuration or program, or a fragment of one. */
  readonly file: string;
  /** Its text, where it is not that of the file on disk. */
  readonly text?: string;
  /** What relative paths are relative to; default: the process's own. */
  readonly cwd?: string;
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

/** Lines and columns count from 1. */
export interface WrittenBy {
  readonly file: string;
  readonly line: number;
  readonly column: number;
}

export interface ExchangeReport {
  readonly kind: 'preflight' | 'actual';
  readonly request: {
    readonly method: string;
    readonly path: string;
    readonly headers: readonly (readonly [name: string, value: string])[];
  };
  readonly response: {
    /** null: not known. */
    readonly status: number | null;
    /** The Access-Control headers and Vary, one entry a line in wire order; a null value is sent but not known. */
    readonly headers: readonly (readonly [name: string, value: string | null])[];
    /** Names of lines that may or may not be sent. */
    readonly maybe: readonly string[];
    /** False where an unknown upstream may add lines. */
    readonly complete: boolean;
  };
  /** What wrote each of the response's `headers`. */
  readonly writtenBy: readonly (WrittenBy | null)[];
  readonly verdict: Verdict;
  readonly reasonCode: string;
  readonly reason: string;
}

export interface SimulationReport {
  readonly exchanges: readonly ExchangeReport[];
  /** Response headers that the page may read. */
  readonly exposed: readonly string[];
  readonly verdict: Verdict;
  readonly reasonCode: string;
  readonly reason: string;
}

/** The origin of the page where nobody names one. */
const SOME_ORIGIN = 'https://example.com';

/**
 * What a page gets when it fetches: the preflight, where the Fetch standard sends one, and the actual exchange. Rejects with
 * a SimulationError for a request that cannot be and a file that cannot be read or is of no language.
 */
export async function simulate(options: SimulateOptions): Promise<SimulationReport> {
  const request = requestOf(options);
  const cwd = resolve(options.cwd ?? process.cwd());
  const path = resolve(cwd, options.file);
  const text = options.text ?? readText(path, options.file);
  const uri = pathToFileURL(path).href;
  const language = languageFor(uri, text, true);
  if (!language) throw new SimulationError(`${options.file} is neither nginx or Apache configuration nor JavaScript or TypeScript.`);
  const workspace = diskWorkspace(workspaceFolders(cwd, [path], () => true));
  const analysis = await createService({ workspace }).analyse({ uri, text, ...languageIdOf(language) }, { evenUnrelated: true });
  if (!analysis) throw new SimulationError(`${options.file} could not be analysed.`);
  return report(simulatePolicy(analysis, request), uri, text);
}

function readText(path: string, named: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch (error) {
    throw new SimulationError(`${named}: ${reasonOf(error)}`);
  }
}

/** The request of the options as a browser would send it; a SimulationError where none would. */
function requestOf(options: SimulateOptions): SimulatedRequest {
  const { method = 'GET', headers = [], credentials = 'same-origin', status, all } = options;
  if (!isToken(method)) throw new SimulationError(`"${method}" is not a method.`);
  if (forbiddenMethods.includes(method.toUpperCase()))
    throw new SimulationError(`No page can send ${method.toUpperCase()}: browsers refuse it.`);
  for (const [name, value] of headers) {
    if (!isToken(name)) throw new SimulationError(`"${name}" is not a header name.`);
    if (/[\0\r\n]/.test(value)) throw new SimulationError(`The value of ${name} holds a line break.`);
  }
  if (status !== undefined && !(Number.isInteger(status) && status >= 100 && status <= 599))
    throw new SimulationError(`${status} is not a status from 100 to 599.`);
  const url = options.url === undefined ? undefined : urlOf(options.url);
  const origin = options.origin === 'none' ? undefined : originOf(options.origin ?? SOME_ORIGIN);
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

function urlOf(text: string): URL {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (url === undefined || (url.protocol !== 'http:' && url.protocol !== 'https:')) {
    throw new SimulationError(
      `"${text}" is not an address.${/^[\w.-]+(?::\d+)?(?:\/|$)/.test(text) ? ` Did you mean "https://${text}"?` : ''}`,
    );
  }
  return url;
}

function originOf(text: string): string {
  const reading = readOrigin(text);
  if (reading.valid) return text;
  throw new SimulationError(
    `"${text}" is not an origin that a browser sends.${reading.suggestion === undefined ? '' : ` Did you mean "${reading.suggestion}"?`}`,
  );
}

function pathOf(path: string | undefined, url: URL | undefined): string {
  if (path === undefined) return url ? url.pathname + url.search : '/';
  if (!path.startsWith('/')) throw new SimulationError(`The path "${path}" does not start with a slash. Did you mean "/${path}"?`);
  const parsed = new URL(`http://server${path}`);
  return parsed.pathname + parsed.search;
}

function report(simulation: Simulation, uri: string, text: string): SimulationReport {
  const lines = new Map([[uri, new Lines(text)]]);
  const writtenBy = (place: Place | null): WrittenBy | null => {
    if (place === null || !place.uri.startsWith('file:')) return null;
    const file = fileURLToPath(place.uri);
    let known = lines.get(place.uri);
    if (!known) lines.set(place.uri, (known = new Lines(readText(file, file))));
    return { file, ...known.at(place.range.start) };
  };
  return {
    exchanges: simulation.exchanges.map(({ kind, request, response, verdict, reasonCode, reason }) => ({
      kind,
      request,
      response: { status: response.status, headers: response.headers, maybe: response.maybe, complete: response.complete },
      writtenBy: response.writtenBy.map(writtenBy),
      verdict,
      reasonCode,
      reason,
    })),
    exposed: simulation.exposed,
    verdict: simulation.verdict,
    reasonCode: simulation.reasonCode,
    reason: simulation.reason,
  };
}
