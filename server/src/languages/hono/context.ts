/** Hono's context: what middleware and handlers write becomes steps of the policy. */
import { anyOf, type Codes } from '../../policy/codes.ts';
import { RequestObject } from '../express/request.ts';
import type { ExchangeListener } from '../javascript/chains.ts';
import { codesOf, HeaderWriter, placesOf } from '../javascript/header-writer.ts';
import type { Interpreter } from '../javascript/interpreter.ts';
import {
  type CallSite,
  type Cell,
  type HostObject,
  hostValue,
  type JsValue,
  nativeFunction,
  stringValue,
  textOfConstant,
  undefinedValue,
} from '../javascript/values.ts';

const answering = new Set(['json', 'text', 'html', 'body', 'newResponse', 'render']);

/** `c.req`: header names in any case, by a function. */
class HonoRequest implements HostObject {
  readonly type = 'request';
  readonly #request: RequestObject;
  constructor(listener: ExchangeListener) {
    this.#request = new RequestObject((name, site, found) => listener.read(name, site, found));
  }

  get(name: string, site: CallSite | undefined): JsValue | undefined {
    if (name === 'header') return this.#request.get('get', site);
    if (name === 'raw') return hostValue({ type: 'request.raw', get: (member, at) => this.#raw(member, at) });
    if (name === 'query' || name === 'param')
      return nativeFunction(`request.${name}`, ([key]) =>
        key?.kind === 'string' ? { kind: 'datum', datum: `${name}:${key.text}` } : undefined,
      );
    if (['json', 'text', 'formData', 'parseBody', 'valid'].includes(name)) return undefined;
    return this.#request.get(name, site);
  }

  #raw(name: string, site: CallSite | undefined): JsValue | undefined {
    if (name !== 'headers') return this.#request.get(name, site);
    return hostValue({ type: 'request.headers', get: (member) => (member === 'get' ? this.#request.get('get', site) : undefined) });
  }
}

export class HonoContext implements HostObject {
  readonly type = 'context';
  readonly #interpreter: Interpreter;
  readonly #headers: HeaderWriter;
  /** The same lines, written through `c.res.headers`. */
  readonly #plain: HeaderWriter;
  readonly #request: JsValue;
  readonly #status: Cell<JsValue> = { value: { kind: 'number', value: 200 } };

  constructor(interpreter: Interpreter, listener: ExchangeListener) {
    this.#interpreter = interpreter;
    this.#headers = new HeaderWriter(interpreter, 'hono', (write) => listener.throwing(write));
    this.#plain = new HeaderWriter(interpreter, 'headers', (write) => listener.throwing(write));
    this.#request = hostValue(new HonoRequest(listener));
  }

  get self(): JsValue {
    return hostValue(this);
  }

  get(name: string): JsValue | undefined {
    const method = (run: (args: readonly JsValue[], site: CallSite) => void): JsValue =>
      nativeFunction(`context.${name}`, (args, site) => {
        run(args, site);
        return undefinedValue;
      });
    switch (name) {
      case 'req':
        return this.#request;
      case 'res':
        return hostValue({ type: 'response', get: (member) => (member === 'headers' ? this.#responseHeaders() : undefined) });
      case 'header':
        return method(([header, value, options], site) => this.#header(header, value ?? undefinedValue, options, site));
      case 'status':
        return method(([code]) => this.#interpreter.trail.write(this.#status, code ?? undefinedValue));
      case 'redirect':
        return method(([, code], site) => this.#respond(code ? codesOf(code) : anyOf(302), site));
      case 'notFound':
        return method((_, site) => this.#respond(anyOf(404), site));
      case 'get':
        return nativeFunction('context.get', ([key]) => ({
          kind: 'unknown',
          id: `context.${(key && textOfConstant(key)) ?? ''}`,
          reason: 'unsupported',
          from: /user|auth|session|jwt|token/i.test((key && textOfConstant(key)) ?? '') ? ['other:identity'] : ['other:request'],
        }));
      case 'set':
        return method(() => undefined);
      default:
        if (!answering.has(name)) return undefined;
        return method(([, status, headers], site) => {
          const code = status?.kind === 'object' ? status.contents.value.properties.get('status')?.value : status;
          const given = status?.kind === 'object' ? status.contents.value.properties.get('headers')?.value : headers;
          // What was set before stays (behaviour 7.6).
          if (given) this.#headers.writeAll('setIfEmpty', given, site, 'sends');
          this.#respond(code && code.kind !== 'undefined' ? codesOf(code) : codesOf(this.#status.value), site);
        });
    }
  }

  #respond(status: Codes, site: CallSite): void {
    this.#interpreter.emit({ kind: 'respond', status, place: site.place });
  }

  #header(header: JsValue | undefined, value: JsValue, options: JsValue | undefined, site: CallSite): void {
    if (!header) return;
    const append = options?.kind === 'object' ? options.contents.value.properties.get('append')?.value : undefined;
    const isAppended = append?.kind === 'boolean' && append.value;
    const text = textOfConstant(header);
    if (text !== undefined) this.#headers.writeValue(isAppended ? 'append' : 'set', text, value, placesOf(site), 'removes');
  }

  /** `c.res.headers`, a Headers object: an undefined value is the word. */
  #responseHeaders(): JsValue {
    const write = (op: 'set' | 'append'): JsValue =>
      nativeFunction(`headers.${op}`, (args, site) => {
        this.#plain.writeArguments(op, args, site, 'sends');
        return undefinedValue;
      });
    return hostValue({
      type: 'headers',
      get: (name) => {
        if (name === 'set' || name === 'append') return write(name);
        if (name !== 'delete') return undefined;
        return nativeFunction('headers.delete', ([header], site) => {
          const text = header && textOfConstant(header);
          if (text !== undefined) this.#plain.write('unset', text, stringValue(''), placesOf(site));
          return undefinedValue;
        });
      },
    });
  }
}
