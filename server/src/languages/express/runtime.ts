/** What Express, cors and Node's servers add to the language while a program is followed. */
import type { Place } from '../../core/text.ts';
import type { Interpreter } from '../javascript/interpreter.ts';
import {
  type CallSite,
  type FunctionValue,
  type HostObject,
  hostValue,
  type JsValue,
  nativeFunction,
  undefinedValue,
} from '../javascript/values.ts';
import { ExpressApplication, type Handler } from './application.ts';
import { CorsMiddleware, isCorsCallback } from './cors-package.ts';

/** Middleware that neither answers nor writes a header about CORS: body parsers and their like. */
export class QuietMiddleware implements HostObject {
  readonly type = 'quiet middleware';
  readonly name: string;
  readonly place: Place;
  constructor(name: string, place: Place) {
    this.name = name;
    this.place = place;
  }
}

/** `express.static(root, options)`. */
export class StaticFiles implements HostObject {
  readonly type = 'static files';
  readonly options: JsValue;
  readonly place: Place;
  constructor(options: JsValue, place: Place) {
    this.options = options;
    this.place = place;
  }
}

/** A handler of Node's own server, or an application given to it. */
export interface NodeServer {
  readonly handler: Handler;
  readonly place: Place;
}

export class ExpressRuntime {
  readonly applications: ExpressApplication[] = [];
  readonly corsCalls: CorsMiddleware[] = [];
  readonly servers: NodeServer[] = [];
  readonly #interpreter: Interpreter;
  readonly #packages = new Map<string, JsValue>();

  constructor(interpreter: Interpreter) {
    this.#interpreter = interpreter;
    this.#packages.set('express', this.#express());
    this.#packages.set('cors', this.#cors());
    for (const name of ['http', 'https', 'http2', 'spdy']) this.#packages.set(name, this.#http(name));
    for (const name of ['express-promise-router', 'router']) this.#packages.set(name, this.#router());
  }

  packageExports(name: string): JsValue | undefined {
    return this.#packages.get(name);
  }

  /** Whether an application or a server has a function for a handler. */
  registers(value: FunctionValue): boolean {
    const same = (each: JsValue): boolean => each.kind === 'function' && each.node === value.node;
    return (
      this.applications.some((application) => application.layers.some((layer) => layer.handlers.some((handler) => same(handler.value)))) ||
      this.servers.some((server) => same(server.handler.value))
    );
  }

  unknownCall(name: string, args: readonly JsValue[], site: CallSite): void {
    const interpreter = this.#interpreter;
    const handed = args.some((each) => each.kind === 'host' && (each.host.type === 'response' || each.host.type === 'next'));
    if (handed) interpreter.emit({ kind: 'delegate', name, id: `delegate:${site.place.uri}#${site.place.range.start}`, place: site.place });
    args.forEach((each, index) => {
      // The callback of an origin that is handed on is called with what nobody can tell, as functions are.
      if (each.kind !== 'host' || !isCorsCallback(each.host)) return;
      const error = interpreter.unknownAt(site.argumentPlaces[index] ?? site.place, 'unresolved', 'error');
      each.host.call?.([error, interpreter.unknownAt(site.place, 'unresolved', name)], site);
    });
    for (const each of args)
      if (each.kind === 'host' && each.host instanceof ExpressApplication) {
        const value = interpreter.unknownAt(site.place, 'unresolved', name);
        each.host.layers.push({
          kind: 'use',
          methods: undefined,
          paths: [],
          handlers: [{ value, place: site.place }],
          place: site.place,
          when: interpreter.pathCondition(),
        });
      }
  }

  /** An application or router that is made, or that a caller not in sight gives to a function. */
  makeApplication(type: 'application' | 'router', place: Place, assumed = false): JsValue {
    const application = new ExpressApplication(type, place, this.#interpreter, assumed);
    this.applications.push(application);
    return application.self;
  }

  #express(): JsValue {
    const make = (_: readonly JsValue[], site: CallSite): JsValue => this.makeApplication('application', site.place);
    const self: JsValue = hostValue({
      type: 'express',
      call: make,
      get: (name) => {
        if (name === 'Router') return this.#router();
        if (name === 'default') return self;
        if (name === 'static')
          return nativeFunction('express.static', (args, site) => hostValue(new StaticFiles(args[1] ?? undefinedValue, site.place)));
        if (['json', 'urlencoded', 'raw', 'text', 'query'].includes(name))
          return nativeFunction(`express.${name}`, (_, site) => hostValue(new QuietMiddleware(`express.${name}`, site.place)));
        return undefined;
      },
    });
    return self;
  }

  #router(): JsValue {
    const make = (_: readonly JsValue[], site: CallSite): JsValue => this.makeApplication('router', site.place);
    const self: JsValue = hostValue({
      type: 'express.Router',
      call: make,
      construct: make,
      get: (name) => (name === 'default' || name === 'Router' ? self : undefined),
    });
    return self;
  }

  #cors(): JsValue {
    const make = ([options]: readonly JsValue[], site: CallSite): JsValue => {
      const middleware = new CorsMiddleware(options ?? undefinedValue, site.place, this.#interpreter.pathCondition());
      this.corsCalls.push(middleware);
      return hostValue(middleware);
    };
    const self: JsValue = hostValue({ type: 'cors package', call: make, get: (name) => (name === 'default' ? self : undefined) });
    return self;
  }

  #http(name: string): JsValue {
    const create = (args: readonly JsValue[], site: CallSite): JsValue => {
      const index = args.findLastIndex(
        (each) => each.kind === 'function' || (each.kind === 'host' && each.host instanceof ExpressApplication),
      );
      const value = args[index];
      if (value)
        this.servers.push({ handler: { value, place: site.argumentPlaces[index] ?? site.place, through: 'node' }, place: site.place });
      return hostValue(this.#server());
    };
    const functions = new Set(['createServer', 'createSecureServer', 'Server']);
    const self: JsValue = hostValue({
      type: name,
      get: (member) =>
        member === 'default'
          ? self
          : functions.has(member)
            ? hostValue({ type: `${name}.${member}`, call: create, construct: create })
            : undefined,
    });
    return self;
  }

  /** `server.on('request', handler)`. */
  #server(): HostObject {
    const server: HostObject = {
      type: 'server',
      get: (name) =>
        name === 'on' || name === 'listen'
          ? nativeFunction(`server.${name}`, (args, site) => {
              const [event, handler] = args;
              if (name === 'on' && event?.kind === 'string' && event.text === 'request' && handler)
                this.servers.push({
                  handler: { value: handler, place: site.argumentPlaces[1] ?? site.place, through: 'node' },
                  place: site.place,
                });
              return hostValue(server);
            })
          : undefined,
    };
    return server;
  }
}
