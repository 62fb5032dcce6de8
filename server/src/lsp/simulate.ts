import type { CancellationToken, Connection } from 'vscode-languageserver';
import { placeKey, type Place } from '../core/text.ts';
import type { Exchange, SimulatedRequest } from '../policy/simulate.ts';
import { lensText, summarise } from '../policy/summary.ts';
import type { Analysis } from '../service.ts';
import { presetsOf } from '../simulation/presets.ts';
import { readForm, readRequest, SimulationError } from '../simulation/request.ts';
import { consoleLine, curlCommand, simulateIn } from '../simulation/simulate.ts';
import { wayInto } from '../simulation/way-in.ts';
import { signalOf } from './cancellation.ts';
import { closedDocument, toRange } from './documents.ts';
import type { FeatureContext } from './feature-context.ts';
import { policiesRequest, simulateRequest } from './protocol.ts';
import type { PoliciesParams, PoliciesResult, SimulatedExchange, SimulatedHeader, SimulatedPolicy } from './protocol.ts';
import type { SimulatedForm, SimulateParams, SimulateResult, SimulationProblem } from './protocol.ts';

/** A file with more places offers the first ones; the request itself may go anywhere. */
const mostPolicies = 200;

/** Answers what the simulator's panel asks. A cancelled request answers null. */
export function provideSimulation(connection: Connection, context: FeatureContext): void {
  const { documents, service } = context;
  connection.onRequest(simulateRequest, async (params: SimulateParams, token: CancellationToken): Promise<SimulateResult> => {
    const document = documents.get(params.textDocument.uri);
    const request = readSimulated(params.form);
    if (!document) return null;
    if ('problem' in request) return request;
    const simulated = await simulateIn(service, documents.source(document), request, signalOf(token));
    if (!simulated) return null;
    const { exchanges, exposed, verdict, reason, answering } = simulated;
    const places = new Places(context);
    return {
      ...(answering && { answeredBy: { place: placeKey(answering.place), title: answering.title } }),
      exchanges: await Promise.all(exchanges.map((each) => describe(each, request, places))),
      exposed,
      verdict,
      reason,
    };
  });
  connection.onRequest(policiesRequest, async (params: PoliciesParams, token: CancellationToken): Promise<PoliciesResult> => {
    const document = documents.get(params.textDocument.uri);
    const options = { evenUnrelated: true, signal: signalOf(token) };
    const analysis = document && (await service.analyse(documents.source(document), options));
    return analysis ? policiesOf(analysis) : null;
  });
}

function readSimulated(form: SimulatedForm): SimulatedRequest | SimulationProblem {
  try {
    return readRequest(readForm(form));
  } catch (error) {
    if (!(error instanceof SimulationError)) throw error;
    return { problem: error.message, ...(error.field && { field: error.field }) };
  }
}

async function describe(exchange: Exchange, request: SimulatedRequest, places: Places): Promise<SimulatedExchange> {
  const { kind, response, verdict, reason, steps } = exchange;
  const headers = response.headers.map(async ([name, value], index): Promise<SimulatedHeader> => {
    const writtenBy = await places.at(response.writtenBy[index] ?? null);
    return { name, value, ...(writtenBy && { writtenBy }) };
  });
  const { status, maybe, complete } = response;
  const line = consoleLine(request, exchange);
  return {
    kind,
    request: exchange.request,
    response: { status, headers: await Promise.all(headers), maybe, complete },
    verdict,
    reason,
    steps,
    ...(line !== undefined && { console: line }),
    curl: curlCommand(request, exchange),
  };
}

/** The policies that a request can meet, one a place, in the order of the text. */
function policiesOf(analysis: Analysis): readonly SimulatedPolicy[] {
  const found = new Map<string, SimulatedPolicy & { readonly start: number }>();
  for (const view of analysis.views) {
    const { id, title, place } = view.policy;
    // Policies of included files belong to their own documents, and one block may be several policies.
    if (place.uri !== analysis.file.uri || found.has(placeKey(place)) || found.size >= mostPolicies) continue;
    const way = wayInto(view.policy, analysis);
    if (!way) continue;
    const summary = summarise(view, analysis.origins);
    const { start } = place.range;
    found.set(placeKey(place), {
      start,
      id,
      place: placeKey(place),
      title,
      ...(summary && { summary: lensText(summary) }),
      ...way,
      ...presetsOf([view], analysis),
    });
  }
  return [...found.values()].sort((a, b) => a.start - b.start).map(({ start: _, ...policy }) => policy);
}

/** Places as the client opens them; each file that is not open is read once. */
class Places {
  readonly #context: FeatureContext;
  readonly #closed = new Map<string, ReturnType<typeof closedDocument>>();

  constructor(context: FeatureContext) {
    this.#context = context;
  }

  async at(place: Place | null): Promise<SimulatedHeader['writtenBy']> {
    if (place === null) return undefined;
    const { uri } = place;
    const document = this.#context.documents.get(uri) ?? (await this.#read(uri));
    if (!document) return undefined;
    const range = toRange(document, place.range);
    const line = { start: { line: range.start.line, character: 0 }, end: { line: range.start.line + 1, character: 0 } };
    return { uri, range, text: document.getText(line).trim() };
  }

  #read(uri: string): ReturnType<typeof closedDocument> {
    let document = this.#closed.get(uri);
    if (!document) this.#closed.set(uri, (document = closedDocument(this.#context.readText, uri)));
    return document;
  }
}
