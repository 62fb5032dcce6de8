/** Applications and routers of Koa while a program is followed: middleware and routes in the order of registration. */
import type { Place } from '../../core/text.ts';
import { anyOf, type Methods } from '../../policy/codes.ts';
import type { Condition } from '../../policy/model.ts';
import type { Interpreter } from '../javascript/interpreter.ts';
import { joined } from '../javascript/path-patterns.ts';
import * as ts from '../javascript/syntax.ts';
import {
  type CallSite,
  type FunctionValue,
  type HostObject,
  hostValue,
  type JsValue,
  nativeFunction,
  undefinedValue,
} from '../javascript/values.ts';

export interface Middleware {
  readonly value: JsValue;
  readonly place: Place;
  readonly when: Condition;
}

export interface RouterLayer {
  /** Undefined for middleware of the router, which runs only where a route is met. */
  readonly names: readonly string[] | undefined;
  /** Undefined for `all`. */
  readonly methods: Methods | undefined;
  readonly path: string;
  readonly isPrefix: boolean;
  readonly pathPlace: Place;
  readonly place: Place;
  readonly handlers: readonly Omit<Middleware, 'when'>[];
  readonly when: Condition;
}

/** What `router.routes()` and `router.allowedMethods()` make. */
export class RouterMiddleware implements HostObject {
  readonly type: 'routes' | 'allowedMethods';
  readonly router: KoaRouter;
  constructor(type: 'routes' | 'allowedMethods', router: KoaRouter) {
    this.type = type;
    this.router = router;
  }
}

const routeMethods = new Set(['get', 'post', 'put', 'patch', 'delete', 'del', 'options', 'head', 'all']);

export class KoaRouter implements HostObject {
  readonly type = 'koa router';
  readonly place: Place;
  readonly layers: RouterLayer[] = [];
  prefix: string;
  used = false;
  /** Some of its routes are not in sight. */
  hasUnseen = false;
  readonly #interpreter: Interpreter;

  constructor(interpreter: Interpreter, place: Place, prefix: string) {
    this.#interpreter = interpreter;
    this.place = place;
    this.prefix = prefix;
  }

  get self(): JsValue {
    return hostValue(this);
  }

  get(name: string): JsValue | undefined {
    const method = (run: (args: readonly JsValue[], site: CallSite) => void): JsValue =>
      nativeFunction(`router.${name}`, (args, site) => {
        run(args, site);
        return this.self;
      });
    if (routeMethods.has(name)) return method((args, site) => this.#verb(name, args, site));
    switch (name) {
      case 'use':
        return method((args, site) => this.#use(args, site));
      case 'prefix':
        return method(([prefix]) => {
          if (prefix?.kind === 'string') this.prefix = joined(prefix.text, this.prefix);
        });
      case 'routes':
      case 'middleware':
        return nativeFunction('router.routes', () => hostValue(new RouterMiddleware('routes', this)));
      case 'allowedMethods':
        return nativeFunction('router.allowedMethods', () => hostValue(new RouterMiddleware('allowedMethods', this)));
      case 'param':
      case 'redirect':
        return method(() => undefined);
      default:
        return undefined;
    }
  }

  set(): void {
    // Properties of a router say nothing about its layers.
  }

  #verb(name: string, args: readonly JsValue[], site: CallSite): void {
    // A route may have a name before its path.
    const at = args[1]?.kind === 'string' ? 1 : 0;
    const given = args[at];
    const upper = name === 'del' ? 'DELETE' : name.toUpperCase();
    // A list of paths makes a route of each.
    for (const path of given?.kind === 'array' ? given.contents.value.elements : [given]) {
      if (path?.kind !== 'string') {
        this.hasUnseen = true;
        continue;
      }
      this.layers.push({
        names: name === 'all' ? ['ALL'] : [upper],
        methods: name === 'all' ? undefined : upper === 'GET' ? anyOf('GET', 'HEAD') : anyOf(upper),
        path: path.text,
        isPrefix: false,
        pathPlace: site.argumentPlaces[at] ?? site.place,
        place: site.place,
        handlers: args.slice(at + 1).map((value, index) => ({ value, place: site.argumentPlaces[index + at + 1] ?? site.place })),
        when: this.#interpreter.pathCondition(),
      });
    }
  }

  #use(args: readonly JsValue[], site: CallSite): void {
    const [first] = args;
    const path = first?.kind === 'string' ? first.text : '';
    const offset = first?.kind === 'string' ? 1 : 0;
    const when = this.#interpreter.pathCondition();
    for (const [index, value] of args.slice(offset).entries()) {
      const place = site.argumentPlaces[index + offset] ?? site.place;
      if (value.kind === 'host' && value.host instanceof RouterMiddleware) {
        if (value.host.type === 'allowedMethods') continue;
        // The layers of another router, under its prefix and the path.
        const { router } = value.host;
        router.used = true;
        this.hasUnseen ||= router.hasUnseen;
        for (const layer of router.layers)
          this.layers.push({ ...layer, path: joined(path, joined(router.prefix, layer.path)).replace(/(?<=.)\/$/, '') });
        continue;
      }
      if (value.kind === 'unknown' && /rout/i.test(value.name ?? '')) this.hasUnseen = true;
      this.layers.push({
        names: undefined,
        methods: undefined,
        path,
        isPrefix: true,
        pathPlace: offset === 1 ? (site.argumentPlaces[0] ?? site.place) : place,
        place: site.place,
        handlers: [{ value, place }],
        when,
      });
    }
  }
}

export class KoaApplication implements HostObject {
  readonly type = 'koa';
  readonly place: Place;
  readonly assumed: boolean;
  readonly middleware: Middleware[] = [];
  /** A listener may put headers on errors, which Koa then sends. */
  dressesErrors = false;
  /** It was handed to code that is not in sight. */
  hasUnseen = false;
  readonly #interpreter: Interpreter;

  constructor(interpreter: Interpreter, place: Place, assumed = false) {
    this.#interpreter = interpreter;
    this.place = place;
    this.assumed = assumed;
  }

  get self(): JsValue {
    return hostValue(this);
  }

  /** Whether a function is among its middleware. */
  registers({ node }: FunctionValue): boolean {
    const holds = (value: JsValue): boolean =>
      value.kind === 'array' ? value.contents.value.elements.some(holds) : value.kind === 'function' && value.node === node;
    return this.middleware.some(({ value }) => holds(value));
  }

  get(name: string): JsValue | undefined {
    if (name === 'use')
      return nativeFunction('koa.use', ([value], site) => {
        if (value) this.middleware.push({ value, place: site.argumentPlaces[0] ?? site.place, when: this.#interpreter.pathCondition() });
        return this.self;
      });
    if (name === 'listen' || name === 'on')
      return nativeFunction(`koa.${name}`, (args, site) => {
        for (const each of args) {
          if (each.kind === 'function') this.#interpreter.callWithUnknowns(each, site);
          const isListener = args[0]?.kind === 'string' && args[0].text === 'error' && each !== args[0];
          if (isListener && (each.kind !== 'function' || /\bheaders\b/.test(ts.textOf(each.node, each.frame.file))))
            this.dressesErrors = true;
        }
        return undefinedValue;
      });
    return undefined;
  }

  set(name: string): void {
    // `app.keys`, `app.proxy` and the like say nothing about middleware.
    if (name === 'onerror') this.dressesErrors = true;
  }
}
