/** A `Request` of the Fetch API: header names in any case, by a function. */
import { RequestObject } from '../express/request.ts';
import type { ExchangeListener } from '../javascript/chains.ts';
import type { Interpreter } from '../javascript/interpreter.ts';
import { truth } from '../javascript/origin-tests.ts';
import { type CallSite, type HostObject, hostValue, type JsValue, nativeFunction } from '../javascript/values.ts';

export class FetchRequest implements HostObject {
  readonly type = 'request';
  readonly #request: RequestObject;

  constructor(interpreter: Interpreter, listener: ExchangeListener) {
    this.#request = new RequestObject(interpreter, (name, site, found) => listener.read(name, site, found));
  }

  get(name: string, site: CallSite | undefined): JsValue | undefined {
    if (name !== 'headers') return this.#request.get(name, site);
    const read = this.#request.get('get', site);
    return hostValue({
      type: 'request.headers',
      get: (member) => {
        if (member === 'get') return read;
        if (member !== 'has') return undefined;
        return nativeFunction('headers.has', (args, at) => {
          const value = read?.kind === 'host' ? read.host.call?.(args, at) : undefined;
          return value && { kind: 'condition', when: truth(value) };
        });
      },
    });
  }
}
