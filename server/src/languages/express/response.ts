/** The response object of Node and Express: what handlers write becomes steps of the policy. */
import type { Place } from '../../core/text.ts';
import { anyOf, complement, everything, intersect, single, type Codes } from '../../policy/codes.ts';
import { unknown } from '../../policy/condition.ts';
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
  readonly #status: Cell<JsValue>;
  /** The request that it answers, as `res.req`. */
  request: JsValue | undefined;

  /** `through`: whose response it is; undefined where the caller is not in sight. `status`: what it has before anything sets one. */
  constructor(
    interpreter: Interpreter,
    through: Writer | undefined,
    listener: ResponseListener,
    status: JsValue = { kind: 'number', value: 200 },
  ) {
    this.#status = { value: status };
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
      case 'req':
        return this.request;
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

  /** The status that Express answers an error with which carries none (behaviour 3.15). */
  errorStatus(): number | undefined {
    const status = single(this.status());
    return status !== undefined && status >= 400 && status < 600 ? status : undefined;
  }

  answer(status: Codes, place: Place): void {
    this.#interpreter.emit({ kind: 'answer', status, by: 'application', place });
  }

  #answer(name: string, args: readonly JsValue[], site: CallSite): JsValue {
    const [first, second] = args;
    // What they choose by the Accept header they say in Vary (behaviour 3.15).
    if (name === 'redirect' || name === 'format') this.#headers.vary(stringValue('Accept'), site);
    if (name === 'sendStatus') this.answer(first ? codesOf(first) : everything, site.place);
    else if (name === 'redirect') this.answer(second ? codesOf(first?.kind === 'number' ? first : second) : anyOf(302), site.place);
    else if (name === 'format') this.#format(first, site);
    else if (name === 'sendFile' || name === 'download' || name === 'sendfile') this.#sendFile(args, site);
    else this.answer(this.#statusWith(name, args), site.place);
    return this.self;
  }

  /** Express 4 takes a number beside the body, and the only argument of `send`, for the status; Express 5 does not (behaviour 3.15). */
  #statusWith(name: string, args: readonly JsValue[]): Codes {
    const own = this.status();
    if (name !== 'send' && name !== 'json' && name !== 'jsonp') return own;
    const code = args.length > 1 ? args.find((each) => each.kind === 'number') : name === 'send' ? args[0] : undefined;
    return code?.kind === 'number' ? complement(intersect(complement(own), complement(codesOf(code)))) : own;
  }

  /** `format({ json: … })` calls one of its functions, or goes on to the handler of errors with 406. */
  #format(ways: JsValue | undefined, { place }: CallSite): void {
    const interpreter = this.#interpreter;
    if (ways?.kind !== 'object' || ways.contents.value.open) {
      this.answer(everything, place);
      return;
    }
    const { properties } = ways.contents.value;
    const names = [...properties.keys()].filter((name) => name !== 'default');
    const take = (name: string): void => {
      const way = properties.get(name)?.value;
      if (way) interpreter.call(way, [], { place, argumentPlaces: [] }, name);
    };
    const follow = ([name, ...others]: readonly string[]): void => {
      if (name !== undefined) {
        const accepted = unknown(`accepts:${place.uri}#${place.range.start}:${name}`, 'unsupported', 'request');
        interpreter.branch(
          accepted,
          () => {
            take(name);
          },
          () => {
            follow(others);
          },
        );
      } else if (properties.has('default')) take('default');
      else interpreter.emit({ kind: 'raise', status: 406, place, why: 'nothing is acceptable', handler: undefined });
    };
    follow(names);
  }

  /** A file, with the headers among its options; where there is none an error goes on. */
  #sendFile(args: readonly JsValue[], site: CallSite): void {
    const { place } = site;
    const options = args.find((each) => each.kind === 'object');
    const headers = options?.kind === 'object' ? options.contents.value.properties.get('headers')?.value : undefined;
    if (!headers) {
      this.answer(everything, place);
      return;
    }
    this.#interpreter.branch(
      unknown(`file:${place.uri}#${place.range.start}`, 'file-system'),
      () => {
        this.#headers.writeAll('set', headers, site, 'throws');
        this.answer(anyOf(200, 206, 304), place);
      },
      () => {
        this.#interpreter.emit({ kind: 'raise', status: 404, place, why: 'there is no such file', handler: undefined });
      },
    );
  }

  #writeHead(args: readonly JsValue[], site: CallSite): void {
    const [code, ...rest] = args;
    if (code) this.#interpreter.trail.write(this.#status, code);
    const headers = rest.find((each) => each.kind !== 'string' && each.kind !== 'undefined');
    const listed = headers?.kind === 'array' ? headers.contents.value.elements : undefined;
    if (listed?.every(({ kind }) => kind !== 'array'))
      for (let at = 0; at + 1 < listed.length; at += 2) {
        const pair = listed.slice(at, at + 2);
        const argumentPlaces = pair.map((each) => each.place ?? site.place);
        this.#headers.writeArguments('set', pair, { ...site, argumentPlaces }, 'throws');
      }
    else if (headers) this.#headers.writeAll('set', headers, site, 'throws');
  }

  #write(op: Op, args: readonly JsValue[], site: CallSite, undefinedIs: UndefinedIs): JsValue {
    this.#headers.writeArguments(op, args, site, undefinedIs);
    return this.self;
  }
}
