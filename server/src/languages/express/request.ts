/** The request object of Node and Express, with what it knows of the request. */
import { lowerAscii } from '../../cors/origins/origin-set.ts';
import type { Interpreter } from '../javascript/interpreter.ts';
import { truth } from '../javascript/origin-tests.ts';
import { wholeOrigin } from '../javascript/origin-texts.ts';
import { type CallSite, type Cell, type HostObject, hostValue, type JsValue, nativeFunction } from '../javascript/values.ts';

/** Told of every header that a handler reads; `found` is false for a spelling that Node's `headers` never has. */
export type HeaderReader = (name: string, site: CallSite, found: boolean) => void;

const bodies = new Set(['body', 'rawBody', 'files', 'file']);
/** Properties that middleware sets once it knows who the user is. */
const identities = new Set([
  'user',
  'session',
  'auth',
  'token',
  'userId',
  'currentUser',
  'account',
  'jwt',
  'userData',
  'decoded',
  'isAuthenticated',
  'isUnauthenticated',
  'oidc',
  'admin',
]);

export class RequestObject implements HostObject {
  readonly type = 'request';
  readonly #interpreter: Interpreter;
  readonly #onHeader: HeaderReader;
  /** The response to it, as `req.res`. */
  response: JsValue | undefined;
  /** Properties that the program sets. */
  readonly #changed = new Map<string, Cell<JsValue>>();

  constructor(interpreter: Interpreter, onHeader: HeaderReader) {
    this.#interpreter = interpreter;
    this.#onHeader = onHeader;
  }

  get(name: string, site: CallSite | undefined): JsValue | undefined {
    return this.#changed.get(name)?.value ?? this.#given(name, site);
  }

  set(name: string, value: JsValue, site: CallSite): void {
    let cell = this.#changed.get(name);
    if (!cell) this.#changed.set(name, (cell = { value: this.#given(name, site) }));
    this.#interpreter.trail.write(cell, value);
  }

  /** What a property is before the program sets it. */
  #given(name: string, site: CallSite | undefined): JsValue {
    const at = site ? { place: site.place } : {};
    if (name === 'headers')
      return hostValue({
        type: 'request.headers',
        get: (header, where) => this.#header(header, where, true),
        has: (header, where) => truth(this.#header(header, where, true)),
      });
    if (name === 'get' || name === 'header')
      return nativeFunction(`request.${name}`, ([header], where) =>
        header?.kind === 'string' ? this.#header(lowerAscii(header.text), where, false) : undefined,
      );
    if (name === 'res' && this.response) return this.response;
    if (name === 'method') return { kind: 'datum', datum: 'method', ...at };
    if (name === 'path') return { kind: 'datum', datum: 'path', ...at };
    if (name === 'url' || name === 'originalUrl') return { kind: 'datum', datum: 'uri', ...at };
    if (name === 'hostname' || name === 'host') return { kind: 'datum', datum: 'host', ...at };
    if (name === 'protocol') return { kind: 'datum', datum: 'scheme', ...at };
    if (name === 'ip') return { kind: 'datum', datum: 'remote-address', ...at };
    if (name === 'query')
      return hostValue({
        type: 'request.query',
        get: (key, where): JsValue => ({ kind: 'datum', datum: `query:${key}`, ...(where ? { place: where.place } : {}) }),
      });
    if (name === 'params')
      return hostValue({
        type: 'request.params',
        get: (key, where): JsValue => ({ kind: 'datum', datum: `param:${key}`, ...(where ? { place: where.place } : {}) }),
      });
    if (name === 'cookies' || name === 'signedCookies')
      return hostValue({
        type: 'request.cookies',
        get: (key, where): JsValue => ({ kind: 'datum', datum: `cookie:${key}`, ...(where ? { place: where.place } : {}) }),
      });
    if (bodies.has(name))
      return { kind: 'unknown', id: `request.${name}`, reason: 'unsupported', name: `req.${name}`, from: ['body'], ...at };
    if (identities.has(name))
      return { kind: 'unknown', id: `request.${name}`, reason: 'credentials', name: `req.${name}`, from: ['other:identity'], ...at };
    return { kind: 'unknown', id: `request.${name}`, reason: 'unsupported', name: `req.${name}`, from: ['other:request'], ...at };
  }

  /** Node gives header names in lower case, so that another spelling in `req.headers` finds nothing (behaviour 3.10). */
  #header(name: string, site: CallSite | undefined, exact: boolean): JsValue {
    const found = !exact || name === lowerAscii(name);
    if (site) this.#onHeader(name, site, found);
    if (!found) return { kind: 'undefined', ...(site ? { place: site.place } : {}) };
    if (name === 'origin') return { ...wholeOrigin, ...(site ? { place: site.place } : {}) };
    return { kind: 'datum', datum: name === 'referrer' ? 'header:referer' : `header:${name}`, ...(site ? { place: site.place } : {}) };
  }
}
