/** Koa's context: what middleware writes becomes steps of the policy. */
import { anyOf } from '../../policy/codes.ts';
import { originPresent } from '../../policy/condition.ts';
import { RequestObject } from '../express/request.ts';
import { ResponseObject } from '../express/response.ts';
import type { ExchangeListener } from '../javascript/chains.ts';
import type { Parameter } from '../javascript/framework.ts';
import { codesOf, HeaderWriter, placesOf, type UndefinedIs } from '../javascript/header-writer.ts';
import type { Interpreter } from '../javascript/interpreter.ts';
import { isUndefined } from '../javascript/patterns.ts';
import { truth } from '../javascript/origin-tests.ts';
import {
  type CallSite,
  type Cell,
  choiceValue,
  type HostObject,
  hostValue,
  type JsValue,
  nativeFunction,
  stringValue,
  textOfConstant,
  undefinedValue,
} from '../javascript/values.ts';

/** Whether a function in a file gets a context from a caller that is not in sight. `ctx` is Hono's as well, and its `set` is no header. */
export function isContext({ name, type }: Parameter, text: string): boolean {
  if (/\b(?:Koa|Parameterized|Router)Context\b|\bKoa\./.test(type)) return true;
  return /^_?ctx$/.test(name) && /^(?:|any|Context)$/.test(type) && !/['"`](?:npm:|jsr:)?@?hono\b/.test(text);
}

/** `ctx`, `ctx.request` and `ctx.response` in one: Koa delegates from the first to the others. */
export class KoaContext implements HostObject {
  readonly type = 'context';
  readonly #interpreter: Interpreter;
  readonly #headers: HeaderWriter;
  readonly #request: RequestObject;
  readonly #raw: ResponseObject;
  /** Up to version 2 a value that is undefined is sent as the word (behaviour 8.7). */
  readonly #undefinedIs: UndefinedIs;
  /** Undefined until a status is set: Koa begins with 404, and a body makes it 200. */
  readonly #status: Cell<JsValue> = { value: undefinedValue };

  /** `version`: Koa's major version, where it is known. */
  constructor(interpreter: Interpreter, version: number | undefined, listener: ExchangeListener) {
    this.#interpreter = interpreter;
    this.#headers = new HeaderWriter(interpreter, 'koa', (write) => listener.throwing(write));
    this.#undefinedIs = version !== undefined && version >= 3 ? 'throws' : 'sends';
    this.#request = new RequestObject(interpreter, (name, site, found) => listener.read(name, site, found));
    this.#raw = new ResponseObject(interpreter, 'raw', { cookie: () => undefined, throwing: (write) => listener.throwing(write) });
  }

  get self(): JsValue {
    return hostValue(this);
  }

  get(name: string, site: CallSite | undefined): JsValue | undefined {
    const method = (run: (args: readonly JsValue[], site: CallSite) => void): JsValue =>
      nativeFunction(`context.${name}`, (args, at) => {
        run(args, at);
        return undefinedValue;
      });
    switch (name) {
      case 'request':
      case 'response':
        return this.self;
      case 'req':
        return hostValue(this.#request);
      case 'res':
        return this.#raw.self;
      case 'header':
        return this.#request.get('headers', site);
      case 'get':
        return nativeFunction('context.get', (args, at) => this.#read(args, at));
      case 'set':
        return method((args, at) => this.#headers.writeArguments('set', args, at, this.#undefinedIs));
      case 'append':
        return method((args, at) => this.#headers.writeArguments('add', args, at, this.#undefinedIs));
      case 'vary':
        return method(([field], at) => this.#headers.vary(field, at));
      case 'remove':
        return method(([header], at) => {
          const text = header && textOfConstant(header);
          if (text !== undefined) this.#headers.write('unset', text, stringValue(''), placesOf(at));
        });
      case 'throw':
        return method((args, at) => this.#throw(args, at));
      case 'assert':
        return method(([value, ...args], at) => {
          this.#interpreter.branch(
            truth(value ?? undefinedValue),
            () => undefined,
            () => this.#throw(args, at),
          );
        });
      case 'redirect':
        return method((_, at) => {
          this.#interpreter.emit({ kind: 'respond', status: anyOf(302), place: at.place });
        });
      case 'status':
        return this.#status.value.kind === 'undefined' ? { kind: 'number', value: 404 } : this.#status.value;
      case 'state':
        return hostValue({
          type: 'context.state',
          get: (member, at) => this.#request.get(/user|auth|session|jwt|token/i.test(member) ? 'user' : member, at),
        });
      case 'cookies':
        return hostValue({
          type: 'context.cookies',
          get: (member) =>
            member === 'get'
              ? nativeFunction('cookies.get', ([key]) =>
                  key?.kind === 'string' ? { kind: 'datum', datum: `cookie:${key.text}` } : undefined,
                )
              : undefined,
        });
      case 'isAuthenticated':
        return this.#request.get('isAuthenticated', site);
      case 'body':
      case 'type':
      case 'length':
        return undefined;
      default:
        return this.#request.get(name, site);
    }
  }

  set(name: string, value: JsValue, site: CallSite): void {
    if (name === 'status' || name === 'statusCode') {
      this.#interpreter.trail.write(this.#status, value);
      this.#interpreter.emit({ kind: 'respond', status: codesOf(value), place: site.place });
    } else if (name === 'body' && this.#status.value.kind === 'undefined') {
      const status = value.kind === 'null' || value.kind === 'undefined' ? 204 : 200;
      this.#interpreter.emit({ kind: 'respond', status: anyOf(status), place: site.place });
    }
  }

  /** `ctx.get(name)`: an empty text where the request has no such header. */
  #read([header]: readonly JsValue[], site: CallSite): JsValue {
    const read = this.#request.get('get', site);
    const value = header && read?.kind === 'host' ? read.host.call?.([header], site) : undefined;
    if (!value) return this.#interpreter.unknownAt(site.place, 'unresolved', 'ctx.get');
    if (value.kind === 'datum') return choiceValue(isUndefined(value), stringValue(''), value);
    return value.kind === 'originText' ? choiceValue(originPresent, value, stringValue('')) : value;
  }

  #throw(args: readonly JsValue[], site: CallSite): void {
    const interpreter = this.#interpreter;
    const status = args.find((each) => each.kind === 'number');
    interpreter.emit({
      kind: 'raise',
      ...(status?.kind === 'number' ? { status: status.value } : {}),
      place: site.place,
      why: 'an error is thrown',
      handler: interpreter.takesErrors,
    });
    interpreter.dead = true;
  }
}
