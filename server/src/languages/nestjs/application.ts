/** Applications of NestJS while a program is followed, over an application of Express or an instance of Fastify. */
import type { Place } from '../../core/text.ts';
import { anyOf } from '../../policy/codes.ts';
import { ExpressApplication, UnseenRoutes } from '../express/application.ts';
import { CorsMiddleware } from '../express/cors-package.ts';
import { CorsPlugin, type FastifyInstance } from '../fastify/instance.ts';
import type { Interpreter } from '../javascript/interpreter.ts';
import { MadeHandler } from '../javascript/made-handler.ts';
import { type CallSite, type HostObject, hostValue, type JsValue, nativeFunction, undefinedValue } from '../javascript/values.ts';
import { mayHaveUnseenRoutes, routesOf } from './controllers.ts';
import { propertyOf } from './decorators.ts';
import { ModuleGraph } from './modules.ts';

const quiet = new Set([
  'useGlobalPipes',
  'useWebSocketAdapter',
  'enableShutdownHooks',
  'useLogger',
  'useStaticAssets',
  'useBodyParser',
  'setBaseViewsDir',
  'setViewEngine',
  'disable',
  'set',
]);

export interface NestOptions {
  readonly place: Place;
  readonly site: CallSite;
  /** The root module; undefined where the application comes from somebody who is not in sight. */
  readonly module?: JsValue;
  /** The `cors` option of `NestFactory.create`, which is applied at `listen`. */
  readonly cors?: { readonly options: JsValue; readonly place: Place };
  /** Where Fastify is below. */
  readonly fastify?: FastifyInstance;
}

export class NestApplication implements HostObject {
  readonly type = 'nest application';
  readonly express: ExpressApplication;
  readonly options: NestOptions;
  readonly graph: ModuleGraph;
  /** CORS layers that hand their options to the cors package. */
  readonly calls: CorsMiddleware[] = [];
  readonly #interpreter: Interpreter;
  #prefix: string | undefined = '';
  readonly #guards: JsValue[] = [];
  readonly #interceptors: JsValue[] = [];
  #hasFilters = false;
  #started = false;

  constructor(interpreter: Interpreter, options: NestOptions) {
    this.#interpreter = interpreter;
    this.options = options;
    this.express = new ExpressApplication('application', options.place, interpreter);
    this.graph = new ModuleGraph(interpreter);
  }

  get self(): JsValue {
    return hostValue(this);
  }

  /** Its caller is not in sight. */
  get assumed(): boolean {
    return this.options.module === undefined;
  }

  get(name: string): JsValue | undefined {
    const method = (run: (args: readonly JsValue[], site: CallSite) => void): JsValue =>
      nativeFunction(`app.${name}`, (args, site) => {
        run(args, site);
        return this.self;
      });
    switch (name) {
      case 'use':
        return this.options.fastify ? method((args, site) => this.#useOverFastify(args, site.place)) : this.express.get('use');
      case 'enableCors':
        return method(([options], site) => this.#addCors(options ?? undefinedValue, site.place));
      case 'setGlobalPrefix':
        return method(([prefix, options]) => {
          this.#prefix = prefix?.kind === 'string' && options === undefined ? prefix.text : undefined;
        });
      case 'enableVersioning':
        // Versions are a part of paths, of headers or of media types.
        return method(() => {
          this.#prefix = undefined;
        });
      case 'useGlobalGuards':
        return method((guards) => this.#guards.push(...guards));
      case 'useGlobalFilters':
        return method(() => {
          this.#hasFilters = true;
        });
      case 'useGlobalInterceptors':
        return method((interceptors) => this.#interceptors.push(...interceptors));
      case 'init':
      case 'listen':
        return method(() => this.start());
      case 'getHttpAdapter':
      case 'getInstance':
        return nativeFunction(`app.${name}`, () =>
          name === 'getHttpAdapter' ? this.self : (this.options.fastify?.self ?? this.express.self),
        );
      case 'register':
        return this.options.fastify?.get(name);
      default:
        return quiet.has(name) ? method(() => undefined) : undefined;
    }
  }

  #addCors(options: JsValue, place: Place): void {
    const { fastify, site } = this.options;
    if (fastify) {
      // Fastify takes no plugin any more once it listens.
      if (!this.#started) fastify.register(hostValue(new CorsPlugin()), options, { ...site, place, argumentPlaces: [] });
      return;
    }
    const cors = new CorsMiddleware(options, place);
    this.calls.push(cors);
    this.express.addMiddleware(hostValue(cors), place);
  }

  /** Middleware of Express runs as a hook behind the plugin, with Node's own request and response (behaviour 9.8). */
  #useOverFastify(values: readonly JsValue[], place: Place): void {
    for (const value of values)
      this.options.fastify?.addHook({
        phase: 'onRequest',
        value: { ...this.#interpreter.unknownAt(place, 'unsupported', 'headers by middleware'), place: value.place ?? place },
        place,
        when: this.#interpreter.pathCondition(),
      });
  }

  /** What happens when the application starts: the option of the factory, the modules' middleware, then their routes (behaviour 9.2, 9.3). */
  start(): void {
    if (this.#started) return;
    const { module, cors, site, place } = this.options;
    const { graph } = this;
    if (cors) this.#addCors(cors.options, cors.place);
    this.#started = true;
    if (module) graph.read(module, site);
    else graph.isOpen = true;
    const prefix = graph.movesRoutes ? undefined : this.#prefix;
    for (const middleware of graph.middleware) this.#applyMiddleware(middleware, prefix);
    for (const controller of graph.controllers)
      for (const route of routesOf(this.#interpreter, controller, {
        prefix,
        guards: [...this.#guards, ...graph.guards],
        interceptors: [...this.#interceptors, ...graph.interceptors],
        hasFilters: this.#hasFilters || graph.hasFilters,
        writes: this.options.fastify ? 'header' : 'set',
      })) {
        if (this.options.fastify) this.options.fastify.addRoute(route);
        else this.express.addRoute(route);
      }
    if (graph.controllers.some((controller) => mayHaveUnseenRoutes(this.#interpreter, controller))) graph.isOpen = true;
    this.#end(place);
  }

  #applyMiddleware({ value, place, when }: ModuleGraph['middleware'][number], prefix: string | undefined): void {
    if (this.options.fastify) this.#useOverFastify([value], place);
    else
      this.#interpreter.underCondition(when, () =>
        this.express.addMiddleware(
          value,
          place,
          prefix === '' ? undefined : prefix === undefined ? ':unknown' : `/${prefix.replace(/^\//, '')}`,
        ),
      );
  }

  /** Requests that no route takes are answered 404, OPTIONS among them, unless a module out of sight has routes (behaviour 9.3). */
  #end(place: Place): void {
    const { fastify } = this.options;
    const unseen = hostValue(new UnseenRoutes());
    const missing = hostValue(
      new MadeHandler('not found', () => this.#interpreter.emit({ kind: 'answer', status: anyOf(404), by: 'application' })),
    );
    if (!fastify) this.express.addMiddleware(this.graph.isOpen ? unseen : missing, place);
    else if (this.graph.isOpen)
      fastify.addRoute({ method: undefined, methods: undefined, path: '/*', pathPlace: place, place, handler: new UnseenRoutes() });
  }
}

/** The `cors` option of the factory, where it switches CORS on. */
export function factoryCors(options: JsValue | undefined, place: Place): NestOptions['cors'] {
  const value = propertyOf(options, 'cors');
  if (!value || value.kind === 'undefined' || (value.kind === 'boolean' && !value.value)) return undefined;
  const property = options?.kind === 'object' ? options.contents.value.properties.get('cors')?.property : undefined;
  return { options: value, place: property ?? place };
}
