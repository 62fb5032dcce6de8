/** `NextResponse` of Next.js: a `Response` with short cuts, and what comes behind a middleware. */
import { FetchResponse, responseConstructor } from '../javascript/fetch-response.ts';
import type { Interpreter } from '../javascript/interpreter.ts';
import { type CallSite, type HostObject, hostValue, type JsValue, nativeFunction } from '../javascript/values.ts';

/** What the package `next/server` exports. */
export function nextServer(interpreter: Interpreter): JsValue {
  const response = responseConstructor(interpreter);
  const goOn = (_: readonly JsValue[], site: CallSite): JsValue => answerFromBehind(interpreter, site);
  const nextResponse: HostObject = {
    ...response,
    type: 'NextResponse',
    get: (name, site) =>
      name === 'next' || name === 'rewrite' ? nativeFunction(`NextResponse.${name}`, goOn) : response.get?.(name, site),
  };
  return hostValue({ type: 'next/server', get: (name) => (name === 'NextResponse' ? hostValue(nextResponse) : undefined) });
}

/** The answer of what a middleware stands before: the headers that it gets are sent with whatever comes from there. */
export function answerFromBehind(interpreter: Interpreter, site: CallSite): JsValue {
  return hostValue(new FetchResponse(interpreter, interpreter.unknownAt(site.place, 'unresolved', 'response'), site));
}
