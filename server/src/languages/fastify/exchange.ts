/** Fastify's request and reply: what hooks and handlers write becomes steps of the policy. */
import type { Place } from '../../core/text.ts';
import { anyOf } from '../../policy/codes.ts';
import { RequestObject } from '../express/request.ts';
import { ResponseObject } from '../express/response.ts';
import type { ExchangeListener } from '../javascript/chains.ts';
import { codesOf, HeaderWriter, placesOf } from '../javascript/header-writer.ts';
import type { Interpreter } from '../javascript/interpreter.ts';
import { truth } from '../javascript/origin-tests.ts';
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

/** Answers of @fastify/sensible. */
const sensible: Readonly<Record<string, number>> = { badRequest: 400, unauthorized: 401, forbidden: 403, notFound: 404 };
const chained = new Set(['type', 'charset', 'setCookie', 'cookie', 'clearCookie', 'serializer', 'hijack', 'trailer', 'then']);

export class FastifyRequest extends RequestObject {
  readonly #interpreter: Interpreter;

  constructor(interpreter: Interpreter, listener: ExchangeListener) {
    super(interpreter, (name, site, found) => listener.read(name, site, found));
    this.#interpreter = interpreter;
  }

  override get(name: string, site: CallSite | undefined): JsValue | undefined {
    if (name === 'raw') return hostValue(this);
    if (name === 'jwtVerify') return nativeFunction('request.jwtVerify', (_, at) => this.#verify(at));
    return super.get(name, site);
  }

  /** @fastify/jwt: throws 401 without a valid token. */
  #verify(site: CallSite): JsValue {
    const interpreter = this.#interpreter;
    const token = interpreter.unknownAt(site.place, 'credentials', 'token', ['header:authorization']);
    interpreter.branch(
      truth(token),
      () => undefined,
      () => {
        interpreter.emit({
          kind: 'raise',
          status: 401,
          place: site.place,
          why: 'the token is missing',
          handler: interpreter.takesErrors,
        });
        interpreter.dead = true;
      },
    );
    return token;
  }
}

export class FastifyReply implements HostObject {
  readonly type = 'reply';
  readonly #interpreter: Interpreter;
  readonly #headers: HeaderWriter;
  readonly #raw: ResponseObject;
  readonly #status: Cell<JsValue> = { value: { kind: 'number', value: 200 } };

  constructor(interpreter: Interpreter, listener: ExchangeListener) {
    this.#interpreter = interpreter;
    this.#headers = new HeaderWriter(interpreter, 'fastify', (write) => listener.throwing(write));
    this.#raw = new ResponseObject(interpreter, 'raw', {
      cookie: () => undefined,
      throwing: (write) => listener.throwing(write),
    });
  }

  get self(): JsValue {
    return hostValue(this);
  }

  get(name: string): JsValue | undefined {
    const method = (run: (args: readonly JsValue[], site: CallSite) => void): JsValue =>
      nativeFunction(`reply.${name}`, (args, site) => {
        run(args, site);
        return this.self;
      });
    switch (name) {
      case 'header':
        // An undefined value is sent as an empty one (behaviour 6.8).
        return method((args, site) =>
          this.#headers.writeArguments('set', args.length === 1 ? [...args, undefinedValue] : args, site, 'empties'),
        );
      case 'headers':
        return method(([headers], site) => {
          if (headers) this.#headers.writeAll('set', headers, site, 'empties');
        });
      case 'removeHeader':
        return method(([header], site) => {
          const text = header && textOfConstant(header);
          if (text !== undefined) this.#headers.write('unset', text, stringValue(''), placesOf(site));
        });
      case 'code':
      case 'status':
        return method(([code], site) => {
          this.#interpreter.trail.write(this.#status, code ?? undefinedValue);
          this.#interpreter.emit({ kind: 'respond', status: codesOf(code ?? undefinedValue), place: site.place });
        });
      case 'send':
        return method((_, site) => this.#answer(site.place));
      case 'redirect':
        return method((args, site) => {
          const status = args.find((each) => each.kind === 'number');
          this.#interpreter.emit({ kind: 'answer', status: status ? codesOf(status) : anyOf(302), by: 'application', place: site.place });
        });
      case 'callNotFound':
        return method((_, site) => this.#interpreter.emit({ kind: 'answer', status: anyOf(404), by: 'application', place: site.place }));
      case 'raw':
        return this.#raw.self;
      case 'statusCode':
        return this.#status.value;
      case 'sent':
        return { kind: 'boolean', value: false };
      default: {
        const status = Object.hasOwn(sensible, name) ? sensible[name] : undefined;
        if (status !== undefined)
          return method((_, site) =>
            this.#interpreter.emit({ kind: 'answer', status: anyOf(status), by: 'application', place: site.place }),
          );
        return chained.has(name) ? method(() => undefined) : undefined;
      }
    }
  }

  set(name: string, value: JsValue): void {
    if (name === 'statusCode') this.#interpreter.trail.write(this.#status, value);
  }

  #answer(place: Place): void {
    this.#interpreter.emit({ kind: 'answer', status: codesOf(this.#status.value), by: 'application', place });
  }
}
