/** The response object of Node and Express: what handlers write becomes steps of the policy. */
import type { Place } from '../../core/text.ts';
import { anyOf, everything, type Codes } from '../../policy/codes.ts';
import type { HeaderWrite, Op, Writer } from '../../policy/model.ts';
import { codesOf, HeaderWriter, placesOf, type UndefinedIs } from '../javascript/header-writer.ts';
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

/** Told of what a handler does beside writing lines. */
export interface ResponseListener {
  cookie(options: JsValue | undefined, site: CallSite): void;
  /** A write that throws where the request has no Origin. */
  throwing(write: HeaderWrite): void;
}

const answering = new Set([
  'send',
  'json',
  'jsonp',
  'end',
  'render',
  'sendFile',
  'sendfile',
  'download',
  'format',
  'sendStatus',
  'redirect',
]);
/** Methods that neither answer nor write a header about CORS. */
const chained = new Set([
  'type',
  'contentType',
  'cookie',
  'clearCookie',
  'location',
  'links',
  'attachment',
  'on',
  'once',
  'write',
  'flushHeaders',
  'setTimeout',
  'emit',
  'charset',
]);

export class ResponseObject implements HostObject {
  readonly type = 'response';
  readonly #interpreter: Interpreter;
  readonly #listener: ResponseListener;
  readonly #headers: HeaderWriter;
  readonly #status: Cell<JsValue> = { value: { kind: 'number', value: 200 } };

  /** `through`: whose response it is; undefined where the caller is not in sight. */
  constructor(interpreter: Interpreter, through: Writer | undefined, listener: ResponseListener) {
    this.#interpreter = interpreter;
    this.#listener = listener;
    this.#headers = new HeaderWriter(interpreter, through, (write) => listener.throwing(write));
  }

  get self(): JsValue {
    return hostValue(this);
  }

  get(name: string): JsValue | undefined {
    const method = (run: (args: readonly JsValue[], site: CallSite) => JsValue | undefined): JsValue =>
      nativeFunction(`response.${name}`, run);
    switch (name) {
      case 'setHeader':
        return method((args, site) => this.#write('set', args, site, 'throws'));
      case 'header':
      case 'set':
        return method((args, site) => this.#write('set', args, site, 'sends'));
      case 'append':
      case 'appendHeader':
        return method((args, site) => this.#write('add', args, site, name === 'append' ? 'sends' : 'throws'));
      case 'setHeaders':
        return method((args, site) => this.#write('set', args, site, 'throws'));
      case 'vary':
        return method(([field], site) => {
          this.#headers.vary(field, site);
          return this.self;
        });
      case 'removeHeader':
        return method(([header], site) => {
          const text = header && textOfConstant(header);
          if (text !== undefined) this.#headers.write('unset', text, stringValue(''), placesOf(site));
          return undefinedValue;
        });
      case 'writeHead':
        return method((args, site) => {
          this.#writeHead(args, site);
          return this.self;
        });
      case 'status':
        return method(([code]) => {
          this.#interpreter.trail.write(this.#status, code ?? undefinedValue);
          return this.self;
        });
      case 'statusCode':
        return this.#status.value;
      case 'headersSent':
      case 'writableEnded':
        return { kind: 'boolean', value: false };
      default:
        if (answering.has(name)) return method((args, site) => this.#answer(name, args, site));
        if (chained.has(name))
          return method((args, site) => {
            if (name === 'cookie') this.#listener.cookie(args[2], site);
            return this.self;
          });
        return undefined;
    }
  }

  set(name: string, value: JsValue): void {
    if (name === 'statusCode') this.#interpreter.trail.write(this.#status, value);
  }

  /** The status that would be sent now. */
  status(): Codes {
    return codesOf(this.#status.value);
  }

  answer(status: Codes, place: Place): void {
    this.#interpreter.emit({ kind: 'answer', status, by: 'application', place });
  }

  #answer(name: string, args: readonly JsValue[], site: CallSite): JsValue {
    const [first, second] = args;
    if (name === 'sendStatus') this.answer(first ? codesOf(first) : everything, site.place);
    else if (name === 'redirect') this.answer(second && first?.kind === 'number' ? codesOf(first) : anyOf(302), site.place);
    else if (name === 'send' && second && first?.kind === 'number') this.answer(codesOf(first), site.place);
    else if (name === 'sendFile' || name === 'download' || name === 'sendfile') this.answer(everything, site.place);
    else this.answer(this.status(), site.place);
    return this.self;
  }

  #writeHead(args: readonly JsValue[], site: CallSite): void {
    const [code, ...rest] = args;
    if (code) this.#interpreter.trail.write(this.#status, code);
    const headers = rest.find((each) => each.kind !== 'string' && each.kind !== 'undefined');
    if (headers) this.#headers.writeAll('set', headers, site, 'throws');
  }

  #write(op: Op, args: readonly JsValue[], site: CallSite, undefinedIs: UndefinedIs): JsValue {
    this.#headers.writeArguments(op, args, site, undefinedIs);
    return this.self;
  }
}
