/** What a CORS package exports: a function that makes the middleware, and is none itself. */
import { type CallSite, type HostObject, hostValue, type JsValue } from './values.ts';

export class CorsMaker implements HostObject {
  readonly type: string;
  readonly call: (args: readonly JsValue[], site: CallSite) => JsValue;

  /** `type`: the package. */
  constructor(type: string, call: CorsMaker['call']) {
    this.type = type;
    this.call = call;
  }

  get(name: string): JsValue | undefined {
    return name === 'default' || name === 'cors' ? hostValue(this) : undefined;
  }
}
