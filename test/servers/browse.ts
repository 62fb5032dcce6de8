/** What a page gets from a real server: the browser's verdict over the server's own answers. */
import {
  judgeActual,
  judgePreflight,
  needsPreflight,
  preflightFor,
  type FetchRequest,
  type FetchResponse,
  type Judgement,
} from '../../server/src/cors/fetch.ts';
import { send, type ClientResponse } from './programs.ts';

export const asFetch = (response: ClientResponse): FetchResponse => ({
  status: response.status,
  headers: response.headers,
  maybe: [],
  complete: true,
});

export interface PageRequest extends FetchRequest {
  readonly path: string;
}

/** Sends the preflight, where the request needs one, and the request itself to a server on this machine. */
export async function browse(port: number, request: PageRequest): Promise<Judgement> {
  const { origin, method, path, headers } = request;
  if (needsPreflight(request)) {
    const preflight = preflightFor(request);
    const asked = preflight.headers.filter(([name]) => name.toLowerCase() !== 'origin');
    const answer = await send(port, { method: 'OPTIONS', path, headers: [['Origin', origin], ...asked] });
    const judgement = judgePreflight(request, asFetch(answer));
    if (judgement.verdict !== 'allowed') return judgement;
  }
  return judgeActual(request, asFetch(await send(port, { method, path, headers: [['Origin', origin], ...headers] })));
}
