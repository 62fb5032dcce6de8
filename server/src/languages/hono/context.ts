/** Hono's context: what middleware and handlers write becomes steps of the policy. */
import type { Place } from '../../core/text.ts';
import { anyOf, type Codes, everything } from '../../policy/codes.ts';
import { RequestObject } from '../express/request.ts';
import { FetchRequest } from '../fetch/request.ts';
import type { ExchangeListener } from '../javascript/chains.ts';
import { FetchResponse } from '../javascript/fetch-response.ts';
import { codesOf, HeaderWriter, placesOf } from '../javascript/header-writer.ts';
import type { Interpreter } from '../javascript/interpreter.ts';
import {
  booleanValue,
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
  readonly #raw: FetchRequest;
  constructor(interpreter: Interpreter, listener: ExchangeListener) {
    this.#raw = new FetchRequest(interpreter, listener);
    this.#request = new RequestObject(interpreter, (name, site, found) => listener.read(name, site, found));
  }

  get(name: string, site: CallSite | undefined): JsValue | undefined {
    if (name === 'header') return this.#request.get('get', site);
    if (name === 'raw') return hostValue(this.#raw);
    if (name === 'query' || name === 'param')
      return nativeFunction(`request.${name}`, ([key]) =>
        key?.kind === 'string' ? { kind: 'datum', datum: `${name}:${key.text}` } : undefined,
      );
    if (['json', 'text', 'formData', 'parseBody', 'valid'].includes(name)) return undefined;
    return this.#request.get(name, site);
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
  readonly #passed: Cell<JsValue> = { value: booleanValue(false) };
  /** Names that `header` wrote before `next`: a `Response` in the place of the context's own has none of these lines. */
  readonly #prepared = new Set<string>();

  constructor(interpreter: Interpreter, listener: ExchangeListener) {
    this.#interpreter = interpreter;
    this.#headers = new HeaderWriter(interpreter, 'hono', (write) => listener.throwing(write));
    this.#plain = new HeaderWriter(interpreter, 'headers', (write) => listener.throwing(write));
    this.#request = hostValue(new HonoRequest(interpreter, listener));
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

  set(name: string, value: JsValue, site: CallSite): void {
    if (name === 'res') this.#answerWith(value, site);
  }

  /** `next` was called: there is a response now. */
  goOn(): void {
    this.#interpreter.trail.write(this.#passed, booleanValue(true));
  }

  /** A handler gives back what is no answer of the context's. Behind `next` it counts only where nothing else was met (behaviour 7.10). */
  returned(value: JsValue, site: CallSite): void {
    if (value.kind === 'choice') {
      this.#interpreter.branch(
        value.when,
        () => this.returned(value.then, site),
        () => this.returned(value.otherwise, site),
      );
      return;
    }
    const effects = this.#interpreter.capture(() => this.#answerWith(value, site));
    if (effects.length > 0) this.#interpreter.emit({ kind: 'given', effects, place: site.place });
  }

  /** What comes from code that is not in sight is an answer that is not in sight. */
  #answerWith(value: JsValue, site: CallSite): void {
    if (value.kind === 'choice')
      this.#interpreter.branch(
        value.when,
        () => this.#answerWith(value.then, site),
        () => this.#answerWith(value.otherwise, site),
      );
    else if (value.kind === 'host' && value.host instanceof FetchResponse) this.#send(value.host);
    else if (value.kind === 'unknown') {
      const place = value.place ?? site.place;
      this.#unseen(value.name ?? 'response', place);
      this.#interpreter.emit({ kind: 'respond', status: everything, place });
    }
  }

  /** A `Response` is sent as it is, without what `header` wrote before, but for `headers: c.res.headers` (behaviour 7.10). */
  #send({ status, headers, unseen, site }: FetchResponse): void {
    const { place } = site;
    const isOwn = headers.madeOf?.kind === 'host' && headers.madeOf.host.type === 'headers';
    const isSeen = isOwn || (!unseen && !headers.lines.contents.value.open);
    // Headers that are not in sight may be copies of those.
    if (isSeen && !isOwn && !this.#hasPassed())
      for (const name of this.#prepared)
        this.#headers.write('unset', name, stringValue(''), { place, namePlace: place, valuePlace: place });
    if (!isSeen) this.#unseen('Response', place);
    this.#headers.writeAll('setIfEmpty', headers.lines, site, 'removes');
    this.#interpreter.emit({ kind: 'respond', status: status ? codesOf(status) : unseen ? everything : anyOf(200), place });
  }

  #unseen(name: string, place: Place): void {
    this.#interpreter.emit({ kind: 'delegate', name, id: `response:${place.uri}#${place.range.start}`, place });
  }

  #hasPassed(): boolean {
    const { value } = this.#passed;
    return value.kind === 'boolean' && value.value;
  }

  #respond(status: Codes, site: CallSite): void {
    this.#interpreter.emit({ kind: 'respond', status, place: site.place });
  }

  #header(header: JsValue | undefined, value: JsValue, options: JsValue | undefined, site: CallSite): void {
    if (!header) return;
    const append = options?.kind === 'object' ? options.contents.value.properties.get('append')?.value : undefined;
    const isAppended = append?.kind === 'boolean' && append.value;
    const text = textOfConstant(header);
    if (text === undefined) return;
    if (!this.#hasPassed()) this.#prepared.add(text);
    this.#headers.writeValue(isAppended ? 'append' : 'set', text, value, placesOf(site), 'removes');
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
