/** `NextResponse` of Next.js: a `Response` with short cuts, and what comes behind a middleware. */
import { FetchResponse, responseConstructor } from '../javascript/fetch-response.ts';
import type { Interpreter } from '../javascript/interpreter.ts';
import { type CallSite, type HostObject, hostValue, type JsValue, nativeFunction } from '../javascript/values.ts';

/** What the package `next/server` exports. */
export function nextServer(interpreter: Interpreter): JsValue {
  const response = responseConstructor(interpreter);
  // Its headers are sent with whatever comes from behind.
  const goOn = (_: readonly JsValue[], site: CallSite): JsValue =>
    hostValue(new FetchResponse(interpreter, interpreter.unknownAt(site.place, 'unresolved', 'response'), site));
  const nextResponse: HostObject = {
    ...response,
    type: 'NextResponse',
    get: (name, site) =>
      name === 'next' || name === 'rewrite' ? nativeFunction(`NextResponse.${name}`, goOn) : response.get?.(name, site),
  };
  return hostValue({ type: 'next/server', get: (name) => (name === 'NextResponse' ? hostValue(nextResponse) : undefined) });
}
