/** One simulated request against one document: what `cors-lint simulate` prints and what the editor's panel shows. */
import { actualCommand, preflightCommand } from '../cors/curl.ts';
import { chromiumConsoleLine } from '../cors/reasons.ts';
import type { Policy } from '../policy/model.ts';
import { simulate, type Exchange, type SimulatedRequest, type Simulation } from '../policy/simulate.ts';
import type { LintDocument, Service } from '../service.ts';

/**
 * Simulates a request of a page against a document, also where nothing in it is about CORS. Undefined where the document
 * is of no language, or the signal was aborted.
 */
export async function simulateIn(
  service: Service,
  document: LintDocument,
  request: SimulatedRequest,
  signal?: AbortSignal,
): Promise<(Simulation & { readonly answering: Policy | undefined }) | undefined> {
  const reading = await service.read(document, { evenUnrelated: true, ...(signal && { signal }) });
  if (!reading) return undefined;
  const simulation = simulate(reading, request);
  return { ...simulation, answering: reading.extraction.policies.find(({ id }) => id === simulation.answeredBy) };
}

/** Stands for the server in addresses of a request whose server is not known. */
const someServer = 'https://server.example';

/** The address that a request goes to. */
export function addressOf(request: SimulatedRequest): string {
  return (request.server?.origin ?? someServer) + request.path;
}

/** The curl command that repeats an exchange of the request. */
export function curlCommand(request: SimulatedRequest, { kind, request: sent }: Exchange): string {
  const { origin, method, headers, credentials } = request;
  const address = addressOf(request);
  if (kind === 'preflight' && origin !== undefined) return preflightCommand(address, { origin, method, headers, credentials });
  // A request to the page's own server has an Origin for some methods only.
  const sentOrigin = sent.headers.find(([name]) => name === 'Origin')?.[1];
  return actualCommand(address, { origin: sentOrigin, method, headers, credentials });
}

/** The line that the browser's console shows of a blocked exchange; undefined of any other. */
export function consoleLine(request: SimulatedRequest, { verdict, reasonCode, reason }: Exchange): string | undefined {
  if (verdict !== 'blocked' || reasonCode === 'no-answer' || request.origin === undefined) return undefined;
  return chromiumConsoleLine(addressOf(request), request.origin, reason);
}
