import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import type { Verdict } from '../cors/fetch.ts';
import type { Place } from '../core/text.ts';
import type { Simulation } from '../policy/simulate.ts';
import { createService } from '../service.ts';
import { readRequest, SimulationError, type RequestOptions } from '../simulation/request.ts';
import { simulateIn } from '../simulation/simulate.ts';
import { Lines } from './positions.ts';
import { languageFor, languageIdOf, workspaceFolders } from './scan.ts';
import { reasonOf } from './walk.ts';
import { diskWorkspace } from './workspace.ts';

export { SimulationError } from '../simulation/request.ts';

export interface SimulateOptions extends RequestOptions {
  /** The configuration or program, or a fragment of one. */
  readonly file: string;
  /** Its text, where it is not that of the file on disk. */
  readonly text?: string;
  /** What relative paths are relative to; default: the process's own. */
  readonly cwd?: string;
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

/**
 * What a page gets when it fetches: the preflight, where the Fetch standard sends one, and the actual exchange. Rejects with
 * a SimulationError for a request that cannot be and a file that cannot be read or is of no language.
 */
export async function simulate(options: SimulateOptions): Promise<SimulationReport> {
  const request = readRequest(options);
  const cwd = resolve(options.cwd ?? process.cwd());
  const path = resolve(cwd, options.file);
  const text = options.text ?? readText(path, options.file);
  const uri = pathToFileURL(path).href;
  const language = languageFor(uri, text, true);
  if (!language)
    throw new SimulationError(
      `${options.file} is neither nginx or Apache configuration nor JavaScript, TypeScript or a Kubernetes manifest.`,
    );
  const workspace = diskWorkspace(workspaceFolders(cwd, [path], () => true));
  const simulated = await simulateIn(createService({ workspace }), { uri, text, ...languageIdOf(language) }, request);
  if (!simulated) throw new SimulationError(`${options.file} could not be analysed.`);
  return report(simulated, uri, text);
}

function readText(path: string, named: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch (error) {
    throw new SimulationError(`${named}: ${reasonOf(error)}`);
  }
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
