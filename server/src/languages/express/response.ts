/** The response object of Node and Express: what handlers write becomes steps of the policy. */
import type { Place } from '../../core/text.ts';
import { anyOf, everything, type Codes } from '../../policy/codes.ts';
import type { HeaderWrite, Op } from '../../policy/model.ts';
import { originAbsent } from '../../policy/condition.ts';
import { type Interpreter, toValue } from '../javascript/interpreter.ts';
import { isUndefined } from '../javascript/patterns.ts';
import {
  type CallSite,
  type Cell,
  type HostObject,
  hostValue,
  type JsValue,
  nativeFunction,
  type Property,
  stringValue,
  textOfConstant,
  undefinedValue,
} from '../javascript/values.ts';

/** Where the parts of a header write stand. */
export interface WritePlaces {
  readonly place: Place;
  readonly namePlace: Place;
  readonly valuePlace: Place;
}

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
  readonly #status: Cell<JsValue> = { value: { kind: 'number', value: 200 } };

  constructor(interpreter: Interpreter, listener: ResponseListener) {
    this.#interpreter = interpreter;
    this.#listener = listener;
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
        return method((args, site) => this.#vary(args[0], site));
      case 'removeHeader':
        return method(([header], site) => {
          const text = header && textOfConstant(header);
          if (text !== undefined) this.write('unset', text, stringValue(''), placesOf(site));
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
      case 'locals':
        return undefined;
      case 'req':
        return undefined;
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
    if (headers) this.#writeAll('set', headers, site, 'throws');
  }

  #write(op: Op, args: readonly JsValue[], site: CallSite, undefinedIs: 'throws' | 'sends'): JsValue {
    const [name, value] = args;
    if (!name) return this.self;
    if (args.length === 1) {
      this.#writeAll(op, name, site, undefinedIs);
      return this.self;
    }
    const text = textOfConstant(name);
    if (text === undefined || name.kind === 'array') {
      if (name.kind === 'choice')
        this.#interpreter.branch(
          name.when,
          () => void this.#write(op, [name.then, ...args.slice(1)], site, undefinedIs),
          () => void this.#write(op, [name.otherwise, ...args.slice(1)], site, undefinedIs),
        );
      return this.self;
    }
    this.#writeValue(op, text, value ?? undefinedValue, placesOf(site), undefinedIs);
    return this.self;
  }

  /** An object or Map of headers. */
  #writeAll(op: Op, headers: JsValue, site: CallSite, undefinedIs: 'throws' | 'sends'): void {
    if (headers.kind === 'choice') {
      this.#interpreter.branch(
        headers.when,
        () => this.#writeAll(op, headers.then, site, undefinedIs),
        () => this.#writeAll(op, headers.otherwise, site, undefinedIs),
      );
      return;
    }
    if (headers.kind === 'set' && headers.mapped) {
      for (const [name, value] of headers.mapped.value)
        this.#writeValue(op, name, value, { place: site.place, namePlace: site.place, valuePlace: value.place ?? site.place }, undefinedIs);
      return;
    }
    if (headers.kind !== 'object') return;
    for (const [name, property] of headers.contents.value.properties)
      this.#writeValue(op, name, property.value, placesOfProperty(property, site), undefinedIs);
  }

  #writeValue(op: Op, name: string, value: JsValue, places: WritePlaces, undefinedIs: 'throws' | 'sends'): void {
    if (value.kind === 'choice') {
      this.#interpreter.branch(
        value.when,
        () => this.#writeValue(op, name, value.then, places, undefinedIs),
        () => this.#writeValue(op, name, value.otherwise, places, undefinedIs),
      );
      return;
    }
    if (value.kind === 'array') {
      // Several values make several lines (behaviour 3.9).
      value.contents.value.elements.forEach((element, index) =>
        this.#writeValue(index === 0 ? op : 'add', name, element, places, undefinedIs),
      );
      return;
    }
    if (undefinedIs === 'throws' && (value.kind === 'originText' || value.kind === 'undefined' || value.kind === 'datum')) {
      // Node refuses an undefined value (behaviour 3.8).
      const fail = (): void => {
        this.#interpreter.emit({
          kind: 'raise',
          place: places.place,
          why: `${name} is undefined`,
          handler: this.#interpreter.tryBlocks.at(-1),
          status: 500,
        });
        this.#interpreter.dead = true;
      };
      if (value.kind === 'undefined') fail();
      else if (value.kind === 'originText') {
        this.#listener.throwing(headerWrite(op, name, value, places));
        this.#interpreter.branch(originAbsent, fail, () => this.write(op, name, value, places));
      } else this.#interpreter.branch(isUndefined(value), fail, () => this.write(op, name, value, places));
      return;
    }
    this.write(op, name, value, places);
  }

  write(op: Op, name: string, value: JsValue, places: WritePlaces): void {
    this.#interpreter.emit({ kind: 'write', write: headerWrite(op, name, value, places) });
  }

  #vary(field: JsValue | undefined, site: CallSite): JsValue {
    if (!field) return this.self;
    if (field.kind === 'choice') {
      this.#interpreter.branch(
        field.when,
        () => void this.#vary(field.then, site),
        () => void this.#vary(field.otherwise, site),
      );
      return this.self;
    }
    const fields = field.kind === 'array' ? field.contents.value.elements : [field];
    for (const each of fields) {
      const text = textOfConstant(each);
      if (text === undefined) continue;
      for (const name of text.split(','))
        if (name.trim() !== '') this.write('merge', 'Vary', stringValue(name.trim(), each.place), placesOf(site));
    }
    return this.self;
  }
}

function headerWrite(op: Op, name: string, value: JsValue, places: WritePlaces): HeaderWrite {
  return { op, table: 'response', name, value: toValue(value), ...places };
}

/** `res.set(name, value)`: the places of the two arguments. */
function placesOf(site: CallSite): WritePlaces {
  const [name, value] = site.argumentPlaces;
  return { place: site.place, namePlace: name ?? site.place, valuePlace: value ?? name ?? site.place };
}

export function placesOfProperty(property: Property, site: CallSite): WritePlaces {
  const place = property.property ?? site.place;
  return { place, namePlace: property.keyPlace ?? place, valuePlace: property.valuePlace ?? place };
}

export function codesOf(value: JsValue): Codes {
  if (value.kind === 'number') return anyOf(value.value);
  if (value.kind === 'choice') {
    const [then, otherwise] = [codesOf(value.then), codesOf(value.otherwise)];
    if (then.kind === 'in' && otherwise.kind === 'in') return anyOf(...new Set([...then.members, ...otherwise.members]));
  }
  return everything;
}
