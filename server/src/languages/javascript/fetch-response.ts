/** A `Response` of the Fetch API, which a handler gives back as its answer. */
import { type CallSite, type HostObject, hostValue, type JsValue, nativeFunction } from './values.ts';

export class FetchResponse implements HostObject {
  readonly type = 'Response';
  /** `{ status, headers }`; undefined where nothing was given. */
  readonly init: JsValue | undefined;
  readonly site: CallSite;

  constructor(init: JsValue | undefined, site: CallSite) {
    this.init = init;
    this.site = site;
  }
}

const make = ([, init]: readonly JsValue[], site: CallSite): JsValue => hostValue(new FetchResponse(init, site));

/** The global `Response`. */
export const responseConstructor: HostObject = {
  type: 'Response',
  construct: make,
  get: (name) => (name === 'json' ? nativeFunction('Response.json', make) : undefined),
};
