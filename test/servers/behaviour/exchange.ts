/**
 * Requests and responses as one line of text each, so that a fact is one row of a table:
 * `OPTIONS /a | Origin: https://a.com` and `204 | Vary: Origin`.
 */
import assert from 'node:assert/strict';
import { send } from '../programs.ts';
import type { ClientRequest, ClientResponse, HeaderLine } from '../programs.ts';

/** A request, and the status with all header lines that are not left out, in wire order; `…` stands for any text. */
export type Expectation = readonly [request: string, response: string];

/** What every server adds by itself and no fact is about. A row names those it is about in `also`. */
const leftOut: readonly string[] = [
  'server',
  'date',
  'connection',
  'content-type',
  'content-length',
  'transfer-encoding',
  'last-modified',
  'etag',
  'accept-ranges',
  'location',
  'allow',
  'www-authenticate',
  'content-range',
  'keep-alive',
  'x-powered-by',
  'content-security-policy',
  'x-content-type-options',
  'retry-after',
];

const separator = ' | ';

function readLine(text: string): HeaderLine {
  const colon = text.indexOf(':');
  assert.ok(colon > 0, `a header line: ${text}`);
  return [text.slice(0, colon), text.slice(colon + 1).trim()];
}

/** Reads `METHOD /path | Name: value | body=text`. */
function readRequest(text: string): ClientRequest {
  const [first = '', ...lines] = text.split(separator);
  const [method = 'GET', path = '/'] = first.split(' ');
  const body = lines.find((line) => line.startsWith('body='))?.slice('body='.length);
  const headers = lines.filter((line) => !line.startsWith('body=')).map(readLine);
  return { method, path, headers, ...(body === undefined ? {} : { body }) };
}

/** Writes `200 | Name: value`, without the headers that are left out unless `also` names them; `hide` leaves out more. */
function writeResponse({ status, headers }: ClientResponse, also: readonly string[], hide: readonly string[]): string {
  const shown = headers.filter(([name]) => {
    const lower = name.toLowerCase();
    return also.includes(lower) || !(leftOut.includes(lower) || hide.includes(lower));
  });
  return [String(status), ...shown.map(([name, value]) => (value === '' ? `${name}:` : `${name}: ${value}`))].join(separator);
}

/** What was seen with `…` where the row has it, for a value that differs from run to run. */
function blur([request, response]: Expectation, expected: Expectation | undefined): Expectation {
  const [before = '', after] = expected?.[1].split('…') ?? [];
  if (expected === undefined || after === undefined) return [request, response];
  const same = response.length > before.length + after.length && response.startsWith(before) && response.endsWith(after);
  return [request, same ? expected[1] : response];
}

/**
 * Sends each request, one after the other, and compares what comes back. `also` and `hide` are lower-case names of
 * headers to show and not to show; `timeout` is in milliseconds.
 */
export async function compare(
  port: number,
  expectations: readonly Expectation[],
  also: readonly string[] = [],
  hide: readonly string[] = [],
  timeout?: number,
): Promise<void> {
  const seen: Expectation[] = [];
  for (const [request] of expectations) seen.push([request, writeResponse(await send(port, readRequest(request), timeout), also, hide)]);
  assert.deepEqual(
    seen.map((expectation, index) => blur(expectation, expectations[index])),
    expectations,
  );
}
