/** A `Response` of the Fetch API, which a handler gives back as its answer (Fetch standard, 5.5). */
import { FetchHeaders } from './fetch-headers.ts';
import type { Interpreter } from './interpreter.ts';
import { type CallSite, type HostObject, hostValue, type JsValue, nativeFunction, objectValue } from './values.ts';

export class FetchResponse implements HostObject {
  readonly type = 'Response';
  /** Undefined where nobody gave one. */
  readonly status: JsValue | undefined;
  readonly headers: FetchHeaders;
  /** What else it is like is not in sight: the answer of another server, or options that come from elsewhere. */
  readonly unseen: boolean;
  readonly site: CallSite;

  /** `init`: `{ status, headers }`, or another response whose status and headers this one has as well. */
  constructor(interpreter: Interpreter, init: JsValue | undefined, site: CallSite) {
    this.site = site;
    if (init?.kind === 'host' && init.host instanceof FetchResponse) {
      const { status, headers, unseen } = init.host;
      [this.status, this.headers, this.unseen] = [status, new FetchHeaders(interpreter, hostValue(headers), site), unseen];
      return;
    }
    const given = init?.kind === 'object' ? init.contents.value : undefined;
    this.status = given?.properties.get('status')?.value;
    this.headers = new FetchHeaders(interpreter, given?.properties.get('headers')?.value, site);
    this.unseen = init !== undefined && init.kind !== 'undefined' && given?.open !== false;
  }

  get(name: string): JsValue | undefined {
    if (name === 'headers') return hostValue(this.headers);
    return name === 'status' ? (this.status ?? (this.unseen ? undefined : { kind: 'number', value: 200 })) : undefined;
  }
}

/** `Response`, with what is said of its static methods: `json(data, init)` and `redirect(url, status)`. */
export function responseConstructor(interpreter: Interpreter): HostObject {
  const make = ([, init]: readonly JsValue[], site: CallSite): JsValue => hostValue(new FetchResponse(interpreter, init, site));
  return {
    type: 'Response',
    construct: make,
    get: (name) => {
      if (name === 'json') return nativeFunction('Response.json', make);
      if (name !== 'redirect') return undefined;
      return nativeFunction('Response.redirect', ([url, given], site) => {
        const init =
          given?.kind === 'object' ? given : objectValue(new Map([['status', { value: given ?? { kind: 'number', value: 302 } }]]));
        return make([url ?? init, init], site);
      });
    },
  };
}
