/** Applications, routers and routes of Express while a program is followed: their layers in the order of registration. */
import type { Place } from '../../core/text.ts';
import type { Condition, Writer } from '../../policy/model.ts';
import { anyOf, type Methods } from '../../policy/codes.ts';
import type { Interpreter } from '../javascript/interpreter.ts';
import { MadeHandler } from '../javascript/made-handler.ts';
import * as ts from '../javascript/syntax.ts';
import { type CallSite, type HostObject, hostValue, type JsValue, nativeFunction, textOfConstant } from '../javascript/values.ts';

export interface Handler {
  readonly value: JsValue;
  /** The argument as written. */
  readonly place: Place;
  /** Whose response it is given; undefined where what calls it is not in sight. */
  readonly through?: Writer;
}

/** A path of a layer as written; `source` undefined where it cannot be known, `pattern` for a regular expression. */
export interface LayerPath {
  readonly source: string | undefined;
  readonly pattern?: { readonly source: string; readonly flags: string };
  /** The expression, where what it comes to cannot be known: what is written alike is one path. */
  readonly written?: string;
  readonly place: Place;
}

/** Routes that are not in sight, so that every request may be answered: NestJS's controllers, a socket's handshake. */
export class UnseenRoutes implements HostObject {
  readonly type = 'unseen routes';
}

/** A route whose handler a framework on top of Express makes. */
export interface MadeRoute {
  readonly methods: Methods | undefined;
  readonly path: string | undefined;
  readonly pathPlace: Place;
  readonly place: Place;
  readonly handler: HostObject;
}

export interface Layer {
  /** `use`: a prefix, for every method. `route`: the whole path. */
  readonly kind: 'use' | 'route';
  /** The methods of a route; every method for `all`. */
  readonly methods: Methods | undefined;
  readonly paths: readonly LayerPath[];
  readonly handlers: readonly Handler[];
  readonly place: Place;
  /** Where the layer is registered under a condition. */
  readonly when: Condition;
  /** What `route(path)` made, which its methods share: one that takes OPTIONS answers it for all. */
  readonly route?: { takesOptions: boolean };
}

const routeMethods = new Set([
  'get',
  'post',
  'put',
  'delete',
  'patch',
  'options',
  'head',
  'all',
  'copy',
  'lock',
  'mkcol',
  'move',
  'propfind',
  'proppatch',
  'purge',
  'report',
  'search',
  'unlock',
  'subscribe',
  'unsubscribe',
  'trace',
]);
const chained = new Set(['set', 'enable', 'disable', 'engine', 'on', 'once']);

export class ExpressApplication implements HostObject {
  readonly type: 'application' | 'router';
  readonly place: Place;
  readonly layers: Layer[] = [];
  /** What runs before the first layer whose path has a parameter of that name, once for each request. */
  readonly params: { readonly name: string; readonly handler: Handler }[] = [];
  /** Made for a parameter that the caller is not in sight of. */
  readonly assumed: boolean;
  mounted = false;
  readonly #interpreter: Interpreter;
  readonly #responses: Pick<Handler, 'through'>;

  constructor(type: 'application' | 'router', place: Place, interpreter: Interpreter, assumed = false) {
    this.type = type;
    this.place = place;
    this.#interpreter = interpreter;
    this.assumed = assumed;
    // What is called `app` and has a `use` may be of another framework, such as connect.
    this.#responses = assumed ? {} : { through: 'express' };
  }

  get self(): JsValue {
    return hostValue(this);
  }

  get(name: string): JsValue | undefined {
    const method = (run: (args: readonly JsValue[], site: CallSite) => JsValue | undefined): JsValue =>
      nativeFunction(`${this.type}.${name}`, run);
    if (name === 'use') return method((args, site) => this.#use(args, site));
    if (routeMethods.has(name)) return method((args, site) => this.#verb(name, args, site));
    if (name === 'param') return method((args, site) => this.#param(args, site));
    if (name === 'handle') return method((args, site) => this.call(args, site));
    if (name === 'route') return method((args, site) => this.#route(args[0], site));
    if (name === 'listen')
      return method((args, site) => {
        for (const callback of args) if (callback.kind === 'function') this.#interpreter.callWithUnknowns(callback, site);
        return { kind: 'unknown', id: `server:${site.place.range.start}`, reason: 'unsupported' };
      });
    if (chained.has(name)) return method(() => this.self);
    return undefined;
  }

  /** Middleware of a framework that is built on Express, behind what is registered by now. */
  addMiddleware(value: JsValue, place: Place, path?: string): void {
    this.layers.push({
      kind: 'use',
      methods: undefined,
      paths: path === undefined ? [] : [{ source: path, place }],
      handlers: [{ value, place, ...this.#responses }],
      place,
      when: this.#interpreter.pathCondition(),
    });
  }

  /** A route of a framework that is built on Express, behind what is registered by now. `path`: undefined where it cannot be known. */
  addRoute({ methods, path, pathPlace, place, handler }: MadeRoute): void {
    this.layers.push({
      kind: 'route',
      methods,
      paths: [{ source: path, place: pathPlace }],
      handlers: [{ value: hostValue(handler), place, ...this.#responses }],
      place,
      when: this.#interpreter.pathCondition(),
    });
  }

  set(): void {
    // Properties of an application (`app.db = …`) say nothing about its layers.
  }

  /** `app(req, res)`: the application answers where the handler around it is its entrance. */
  call(args: readonly JsValue[], site: CallSite): JsValue {
    const id = `delegate:${site.place.uri}#${site.place.range.start}`;
    if (args[1]?.kind === 'host' && args[1].host.type === 'response')
      this.#interpreter.emit({ kind: 'delegate', name: this.type, id, place: site.place, to: this.place });
    return { kind: 'unknown', id, reason: 'unsupported' };
  }

  #param([first, callback]: readonly JsValue[], site: CallSite): JsValue {
    if (callback?.kind !== 'function' || !first) return this.self;
    const place = site.argumentPlaces[1] ?? site.place;
    for (const each of first.kind === 'array' ? first.contents.value.elements : [first]) {
      const name = textOfConstant(each);
      if (name === undefined) continue;
      const value: JsValue = { kind: 'datum', datum: `param:${name}` };
      const host = new MadeHandler('param', (args, at) => void this.#interpreter.callFunction(callback, [...args, value, each], at));
      this.params.push({ name, handler: { value: hostValue(host), place, ...this.#responses } });
    }
    return this.self;
  }

  #use(args: readonly JsValue[], site: CallSite): JsValue {
    const [first] = args;
    const paths = first ? this.#paths(first, site.argumentPlaces[0] ?? site.place) : undefined;
    this.#add(
      'use',
      undefined,
      paths ?? [],
      paths ? args.slice(1) : args,
      paths ? site.argumentPlaces.slice(1) : site.argumentPlaces,
      site,
    );
    return this.self;
  }

  #verb(name: string, args: readonly JsValue[], site: CallSite): JsValue {
    const [first, ...handlers] = args;
    // `app.get('env')` reads a setting.
    if (!first || (name === 'get' && handlers.length === 0))
      return name === 'get' && this.type === 'application'
        ? { kind: 'unknown', id: `setting:${(first && textOfConstant(first)) ?? ''}`, reason: 'environment' }
        : this.self;
    const place = site.argumentPlaces[0] ?? site.place;
    const paths = named(this.#paths(first, place) ?? [{ source: undefined, place }], site);
    this.#add('route', methodsOfVerb.get(name), paths, handlers, site.argumentPlaces.slice(1), site);
    return this.self;
  }

  #route(path: JsValue | undefined, site: CallSite): JsValue {
    const place = site.argumentPlaces[0] ?? site.place;
    const paths = path ? named(this.#paths(path, place) ?? [{ source: undefined, place }], site) : [];
    const shared = { takesOptions: false };
    const route: HostObject = {
      type: 'route',
      get: (name) =>
        routeMethods.has(name)
          ? nativeFunction(`route.${name}`, (args, at) => {
              shared.takesOptions ||= name === 'all' || name === 'options';
              this.#add('route', methodsOfVerb.get(name), paths, args, at.argumentPlaces, at, shared);
              return hostValue(route);
            })
          : undefined,
    };
    return hostValue(route);
  }

  #add(
    kind: Layer['kind'],
    methods: Methods | undefined,
    paths: readonly LayerPath[],
    values: readonly JsValue[],
    places: readonly Place[],
    site: CallSite,
    route?: Layer['route'],
  ): void {
    const handlers = values.flatMap((value, index) => this.#handlers(value, places[index] ?? site.place));
    for (const { value } of handlers) if (value.kind === 'host' && value.host instanceof ExpressApplication) value.host.mounted = true;
    const when = this.#interpreter.pathCondition();
    this.layers.push({ kind, methods, paths, handlers, place: site.place, when, ...(route ? { route } : {}) });
  }

  #handlers(value: JsValue, place: Place): Handler[] {
    if (value.kind === 'array') return value.contents.value.elements.flatMap((each) => this.#handlers(each, place));
    return [{ value, place, ...this.#responses }];
  }

  /** The paths that a first argument means; undefined where it is a handler. */
  #paths(value: JsValue, place: Place): LayerPath[] | undefined {
    switch (value.kind) {
      case 'string':
        return [{ source: value.text, place: value.place ?? place }];
      case 'regex':
        return [{ source: undefined, pattern: { source: value.source, flags: value.flags }, place }];
      case 'concat':
      case 'environment':
        return [{ source: undefined, place }];
      case 'choice': {
        // `settings.root || '/'`: a path on one side tells what the other is.
        const paths = this.#paths(value.then, place) ?? this.#paths(value.otherwise, place);
        return paths && [{ source: undefined, place }];
      }
      case 'array': {
        const { elements } = value.contents.value;
        const [first] = elements;
        if (!first || !['string', 'regex', 'concat'].includes(first.kind)) return undefined;
        return elements.flatMap((each) => this.#paths(each, each.place ?? place) ?? []);
      }
      default:
        return undefined;
    }
  }
}

/** Paths that cannot be known, with what is written in their place. */
function named(paths: readonly LayerPath[], { node }: CallSite): readonly LayerPath[] {
  if (!node || paths.every((path) => path.source !== undefined || path.pattern)) return paths;
  const { text } = ts.fileOf(node);
  return paths.map((path) =>
    path.source !== undefined || path.pattern ? path : { ...path, written: text.slice(path.place.range.start, path.place.range.end) },
  );
}

/** The methods of each kind of route, the same object wherever one is registered. A GET route answers HEAD as well. */
const methodsOfVerb = new Map<string, Methods | undefined>(
  [...routeMethods].map((verb) => [verb, verb === 'all' ? undefined : verb === 'get' ? anyOf('GET', 'HEAD') : anyOf(verb.toUpperCase())]),
);
