/** Instances of Fastify while a program is followed: routes, hooks and plugins in the order in which they are loaded. */
import type { Place } from '../../core/text.ts';
import { anyOf, type Methods } from '../../policy/codes.ts';
import type { Condition } from '../../policy/model.ts';
import { mayHaveRoutes } from '../express/packages.ts';
import type { Interpreter } from '../javascript/interpreter.ts';
import { joined } from '../javascript/path-patterns.ts';
import {
  type CallSite,
  type FunctionValue,
  type HostObject,
  hostValue,
  type JsValue,
  nativeFunction,
  objectValue,
  type ObjectValue,
  textOfConstant,
  undefinedValue,
} from '../javascript/values.ts';

/** The phases of a request in their order (behaviour 6.7). */
export const phases = ['onRequest', 'preParsing', 'preValidation', 'preHandler', 'preSerialization', 'onSend'] as const;
export type Phase = (typeof phases)[number];

export interface Hook {
  readonly phase: Phase;
  readonly value: JsValue;
  readonly place: Place;
  readonly when: Condition;
  /** The options, where the hook is the plugin's. */
  readonly cors?: JsValue;
}

export interface Route {
  readonly methods: Methods | undefined;
  readonly names: readonly string[];
  readonly path: string;
  readonly pathPlace: Place;
  readonly place: Place;
  readonly handler: { readonly value: JsValue; readonly place: Place } | undefined;
  /** Hooks of the route itself. */
  readonly hooks: readonly Hook[];
  readonly config: JsValue;
  readonly instance: FastifyInstance;
  readonly when: Condition;
  /** The route that the plugin adds for preflights; its options. */
  readonly preflight?: JsValue;
  /** What `setNotFoundHandler` gives: it is met where no route is. */
  readonly isMissing?: true;
}

/** A route whose handler a framework on top of Fastify makes. `path`: undefined where it cannot be known. */
export interface MadeRoute {
  readonly method: string | undefined;
  readonly methods: Methods | undefined;
  readonly path: string | undefined;
  readonly pathPlace: Place;
  readonly place: Place;
  readonly handler: HostObject;
}

/** A plugin that shares the instance that it is registered on (`fastify-plugin`). */
export class SharedPlugin implements HostObject {
  readonly type = 'shared plugin';
  readonly plugin: JsValue;
  constructor(plugin: JsValue) {
    this.plugin = plugin;
  }
}

/** The exports of @fastify/cors. */
export class CorsPlugin implements HostObject {
  readonly type = 'fastify cors plugin';
  get(name: string): JsValue | undefined {
    return name === 'default' || name === 'fastifyCors' ? hostValue(this) : undefined;
  }
}

const routeMethods = new Set(['get', 'post', 'put', 'patch', 'delete', 'options', 'head', 'all']);
const returnsSelf = new Set([
  'setSchemaErrorFormatter',
  'setValidatorCompiler',
  'setSerializerCompiler',
  'setReplySerializer',
  'decorateRequest',
  'decorateReply',
  'addSchema',
  'addContentTypeParser',
  'removeAllContentTypeParsers',
  'withTypeProvider',
  'addHttpMethod',
]);

export interface InstanceOptions {
  readonly ignoresCase: boolean;
  readonly ignoresLastSlash: boolean;
}

export class FastifyInstance implements HostObject {
  readonly type = 'fastify';
  readonly parent: FastifyInstance | undefined;
  readonly root: FastifyInstance;
  readonly prefix: string;
  readonly place: Place;
  readonly assumed: boolean;
  readonly options: InstanceOptions;
  /** Of the root: hooks with the instance that they were added to, and routes, in order. */
  readonly hooks: { readonly hook: Hook; readonly instance: FastifyInstance }[] = [];
  readonly routes: Route[] = [];
  /** Of the root: some of its routes are not in sight. */
  hasUnseen = false;
  #errorHandler: { readonly value: JsValue; readonly place: Place } | undefined;
  readonly #interpreter: Interpreter;
  readonly #decorations = new Map<string, JsValue>();

  constructor(
    interpreter: Interpreter,
    place: Place,
    options: InstanceOptions,
    { parent, prefix = '', assumed = false }: { parent?: FastifyInstance; prefix?: string; assumed?: boolean } = {},
  ) {
    this.#interpreter = interpreter;
    this.place = place;
    this.options = options;
    this.parent = parent;
    this.root = parent?.root ?? this;
    this.prefix = parent ? joined(parent.prefix, prefix).replace(/\/$/, '') : prefix;
    this.assumed = assumed;
  }

  get self(): JsValue {
    return hostValue(this);
  }

  /** Whether an instance is this one or one around it. */
  isWithin(instance: FastifyInstance): boolean {
    return this === instance || this.parent?.isWithin(instance) === true;
  }

  /** What answers errors: the innermost handler around. */
  get errorHandler(): { readonly value: JsValue; readonly place: Place } | undefined {
    return this.#errorHandler ?? this.parent?.errorHandler;
  }

  get(name: string): JsValue | undefined {
    const method = (run: (args: readonly JsValue[], site: CallSite) => JsValue | undefined): JsValue =>
      nativeFunction(`fastify.${name}`, run);
    if (routeMethods.has(name)) return method((args, site) => this.#verb(name, args, site));
    switch (name) {
      case 'register':
        return method((args, site) => {
          this.register(args[0] ?? undefinedValue, args[1], site);
          return this.self;
        });
      case 'route':
        return method(([options], site) => this.#route(options ?? undefinedValue, site));
      case 'addHook':
        return method(([phase, value], site) => {
          const text = phase && textOfConstant(phase);
          const known = phases.find((each) => each === text);
          if (known && value) this.addHook({ phase: known, value, place: site.argumentPlaces[1] ?? site.place, when: this.#when() });
          return this.self;
        });
      case 'setErrorHandler':
        return method(([value], site) => {
          if (value) this.#errorHandler = { value, place: site.argumentPlaces[0] ?? site.place };
          return this.self;
        });
      case 'setNotFoundHandler':
        return method((args, site) => {
          this.#setNotFound(args, site);
          return this.self;
        });
      case 'decorate':
        return method(([key, value]) => {
          const text = key && textOfConstant(key);
          if (text !== undefined && value) this.root.#decorations.set(text, value);
          return this.self;
        });
      case 'after':
      case 'ready':
      case 'listen':
        return method((args, site) => {
          for (const callback of args) if (callback.kind === 'function') this.#interpreter.callWithUnknowns(callback, site);
          return this.self;
        });
      default:
        if (returnsSelf.has(name)) return method(() => this.self);
        return this.root.#decorations.get(name);
    }
  }

  set(): void {
    // Properties of an instance say nothing about its routes.
  }

  /** Whether a function is a hook or a handler of it, or of an instance inside. */
  registers({ node }: FunctionValue): boolean {
    const same = (value: JsValue | undefined): boolean => value?.kind === 'function' && value.node === node;
    const { hooks, routes } = this.root;
    return (
      hooks.some(({ hook }) => same(hook.value)) ||
      routes.some((route) => same(route.handler?.value) || route.hooks.some(({ value }) => same(value)))
    );
  }

  addHook(hook: Hook): void {
    this.root.hooks.push({ hook, instance: this });
  }

  /** Requests below the prefix that no route takes meet the instance's hooks and this handler (behaviour 6.12). */
  #setNotFound(args: readonly JsValue[], site: CallSite): void {
    const [options] = args;
    const value = args.findLast((each) => each.kind !== 'object');
    const place = (value && site.argumentPlaces[args.indexOf(value)]) ?? site.place;
    const hooks = hooksOf(options?.kind === 'object' ? options : undefined, site);
    for (const path of this.prefix === '' ? ['/*'] : [this.prefix, `${this.prefix}/*`])
      this.root.routes.push({
        methods: undefined,
        names: [],
        path,
        pathPlace: site.place,
        place: site.place,
        handler: value && { value, place },
        hooks,
        config: undefinedValue,
        instance: this,
        when: this.#when(),
        isMissing: true,
      });
  }

  /** A route of a framework that stands on Fastify. */
  addRoute({ method, methods, path, pathPlace, place, handler }: MadeRoute): void {
    if (path === undefined) {
      this.root.hasUnseen = true;
      return;
    }
    const when = this.#when();
    this.root.routes.push({
      methods,
      names: method === undefined ? [] : [method],
      path,
      pathPlace,
      place,
      handler: { value: hostValue(handler), place },
      hooks: [],
      config: undefinedValue,
      instance: this,
      when,
    });
  }

  #when(): Condition {
    return this.#interpreter.pathCondition();
  }

  /** Loads a plugin: a function with an instance of its own, one that shares this instance, or @fastify/cors. */
  register(plugin: JsValue, options: JsValue | undefined, site: CallSite): void {
    const interpreter = this.#interpreter;
    const value = interpreter.program.force(plugin);
    if (value.kind === 'host') {
      const { host } = value;
      if (host instanceof CorsPlugin) this.#registerCors(options ?? objectValue(new Map()), site);
      else if (host instanceof SharedPlugin) this.#load(host.plugin, options, site, this);
      else {
        const inner = host.get?.('default', site);
        if (inner && host.type === 'module') this.register(inner, options, site);
      }
      return;
    }
    if (value.kind === 'function') {
      const given = options?.kind === 'object' ? options.contents.value.properties.get('prefix')?.value : undefined;
      const prefix = given?.kind === 'string' ? given.text : '';
      this.#load(value, options, site, new FastifyInstance(interpreter, site.place, this.options, { parent: this, prefix }));
      return;
    }
    if (value.kind === 'unknown' && mayHaveRoutes(value)) this.root.hasUnseen = true;
    if (value.kind === 'unknown' && value.provenance?.package === '@fastify/bearer-auth') this.#registerGuard(value, options, site);
    else if (value.kind === 'unknown' && /cors|origin/i.test(`${value.name ?? ''} ${value.provenance?.package ?? ''}`))
      this.addHook({ phase: 'onRequest', value, place: site.argumentPlaces[0] ?? site.place, when: this.#when() });
  }

  /** @fastify/bearer-auth refuses requests without a token in a hook, unless it is only to give the function for one. */
  #registerGuard(value: JsValue, options: JsValue | undefined, site: CallSite): void {
    const given = options?.kind === 'object' ? options.contents.value.properties.get('addHook')?.value : undefined;
    if (given?.kind === 'boolean' && !given.value) return;
    const phase = phases.find((each) => given?.kind === 'string' && given.text === each) ?? 'onRequest';
    this.addHook({ phase, value, place: site.argumentPlaces[0] ?? site.place, when: this.#when() });
  }

  #load(plugin: JsValue, options: JsValue | undefined, site: CallSite, instance: FastifyInstance): void {
    const interpreter = this.#interpreter;
    const value = interpreter.program.force(plugin);
    if (value.kind === 'unknown' && mayHaveRoutes(value)) this.root.hasUnseen = true;
    if (value.kind !== 'function') return;
    const done = nativeFunction('done', () => undefinedValue);
    interpreter.capture(() => {
      interpreter.callFunction(value, [instance.self, options ?? objectValue(new Map()), done], site);
      interpreter.dead = false;
    });
  }

  #registerCors(given: JsValue, site: CallSite): void {
    // A function in place of the options is called with the instance.
    const options = given.kind === 'function' ? this.#interpreter.callFunction(given, [this.self], site) : given;
    const named = options.kind === 'object' ? options.contents.value.properties.get('hook')?.value : undefined;
    const phase = phases.find((each) => named?.kind === 'string' && named.text === each) ?? 'onRequest';
    const when = this.#when();
    this.addHook({ phase, value: undefinedValue, place: site.place, when, cors: options });
    this.root.routes.push({
      methods: anyOf('OPTIONS'),
      names: [],
      // A prefix and the star stand side by side: `/api*` (behaviour 6.5).
      path: this.prefix === '' ? '/*' : `${this.prefix}*`,
      pathPlace: site.place,
      place: site.place,
      handler: undefined,
      hooks: [],
      config: undefinedValue,
      instance: this,
      when,
      preflight: options,
    });
  }

  #verb(name: string, args: readonly JsValue[], site: CallSite): JsValue {
    const [path, second, third] = args;
    const hasOptions = third !== undefined;
    const options = hasOptions || second?.kind === 'object' ? second : undefined;
    const own = options?.kind === 'object' ? options.contents.value.properties.get('handler') : undefined;
    const handler = hasOptions ? third : (own?.value ?? second);
    const place = own && !hasOptions ? own.valuePlace : site.argumentPlaces[hasOptions ? 2 : 1];
    this.#add(name === 'all' ? undefined : [name.toUpperCase()], path, site.argumentPlaces[0], options, handler, place, site);
    return this.self;
  }

  #route(options: JsValue, site: CallSite): JsValue {
    if (options.kind !== 'object') {
      this.root.hasUnseen = true;
      return this.self;
    }
    const { properties } = options.contents.value;
    const method = properties.get('method')?.value;
    const names =
      method?.kind === 'array'
        ? method.contents.value.elements.flatMap((each) => textOfConstant(each)?.toUpperCase() ?? [])
        : method?.kind === 'string'
          ? [method.text.toUpperCase()]
          : undefined;
    const path = properties.get('url') ?? properties.get('path');
    const handler = properties.get('handler');
    this.#add(names, path?.value, path?.valuePlace, options, handler?.value, handler?.valuePlace ?? handler?.keyPlace, site);
    return this.self;
  }

  #add(
    names: readonly string[] | undefined,
    path: JsValue | undefined,
    pathPlace: Place | undefined,
    options: JsValue | undefined,
    handler: JsValue | undefined,
    handlerPlace: Place | undefined,
    site: CallSite,
  ): void {
    const text = path?.kind === 'string' ? path.text : undefined;
    if (text === undefined) {
      this.root.hasUnseen = true;
      return;
    }
    const when = this.#when();
    const properties = options?.kind === 'object' ? options.contents.value.properties : undefined;
    const hooks = hooksOf(options?.kind === 'object' ? options : undefined, site);
    const isStar = names?.includes('*') === true;
    const methods = isStar || !names ? undefined : anyOf(...names, ...(names.includes('GET') && !names.includes('HEAD') ? ['HEAD'] : []));
    this.root.routes.push({
      methods,
      names: names ?? ['ALL'],
      path: joined(this.prefix, text === '/' && this.prefix !== '' ? '' : text),
      pathPlace: pathPlace ?? site.place,
      place: site.place,
      handler: handler ? { value: handler, place: handlerPlace ?? site.place } : undefined,
      hooks,
      config: properties?.get('config')?.value ?? undefinedValue,
      instance: this,
      when,
    });
  }
}

/** The hooks among the options of a route. */
function hooksOf(options: ObjectValue | undefined, site: CallSite): readonly Hook[] {
  const properties = options?.contents.value.properties;
  return phases.flatMap((phase): Hook[] => {
    const property = properties?.get(phase);
    if (!property) return [];
    const { value } = property;
    const values = value.kind === 'array' ? value.contents.value.elements : [value];
    return values.map((each) => ({
      phase,
      value: each,
      place: each.place ?? property.valuePlace ?? site.place,
      when: { kind: 'always' },
    }));
  });
}
