/** What `fetch.ts` says of an exchange, with the deviations of Chromium. */
import { asTakenBy } from '../../../server/src/cors/deviations.ts';
import type { DeviationName } from '../../../server/src/cors/deviations.ts';
import { judgeActual, judgePreflight, needsPreflight, preflightFor } from '../../../server/src/cors/fetch.ts';
import type { FetchRequest, FetchResponse, Judgement } from '../../../server/src/cors/fetch.ts';
import { asciiLower } from '../../../server/src/cors/token.ts';
import type { Exchange } from './generated-exchanges.ts';
import type { Answer } from './scripted-server.ts';

const asResponse = ({ status, headers }: Answer): FetchResponse => ({ status, headers, maybe: [], complete: true });

/** What the protocol says of an exchange, as Chromium takes it. */
export interface Prediction {
  readonly request: FetchRequest;
  /** Undefined: none is sent. */
  readonly preflight: Judgement | undefined;
  /** Of the preflight where it is not allowed, else of the response. */
  readonly final: Judgement;
  readonly deviations: readonly DeviationName[];
  /** Whether a deviation changes what is sent or what comes of it. */
  readonly differsFromStandard: boolean;
}

function judge(
  request: FetchRequest,
  exchange: Exchange,
  preflightResponse: FetchResponse,
): Pick<Prediction, 'request' | 'preflight' | 'final'> {
  const preflight = needsPreflight(request) ? judgePreflight(request, preflightResponse) : undefined;
  const actual = judgeActual(request, asResponse(exchange.script.actual));
  return { request, preflight, final: preflight !== undefined && preflight.verdict !== 'allowed' ? preflight : actual };
}

/** What Chromium is expected to make of an exchange of a page at `origin`. */
export function predict(exchange: Exchange, origin: string): Prediction {
  const request: FetchRequest = { origin, method: exchange.method, headers: exchange.headers, credentials: exchange.credentials };
  const preflight = asResponse(exchange.script.preflight);
  const standard = judge(request, exchange, preflight);
  const taken = asTakenBy('chromium', { request, preflight });
  const chromium = judge(taken.exchange.request, exchange, taken.exchange.preflight ?? preflight);
  const names = ({ request: made, preflight: asked }: typeof standard): string =>
    asked === undefined ? 'none' : JSON.stringify(preflightFor(made).headers);
  const differsFromStandard = names(standard) !== names(chromium) || standard.final.verdict !== chromium.final.verdict;
  return { ...chromium, deviations: taken.applied, differsFromStandard };
}

/**
 * The reason with the request header that Chromium names. Which of several it names depends on its hash of the names, so
 * any will do whose sending alone is blocked for the same reason.
 */
export function reasonNaming(header: string | undefined, { request, final }: Prediction, exchange: Exchange): string {
  if (final.reasonCode !== 'header-not-allowed' || header === undefined) return final.reason;
  const alone = { ...request, headers: request.headers.filter(([name]) => asciiLower(name) === header) };
  const judgement = judgePreflight(alone, asResponse(exchange.script.preflight));
  return judgement.reasonCode === final.reasonCode ? judgement.reason : final.reason;
}
