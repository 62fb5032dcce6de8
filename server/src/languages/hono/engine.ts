/** Hono joins the reading of a program: its applications become policies (behaviour 7). */
import { type Place, placeKey } from '../../core/text.ts';
import { anyOf, everything } from '../../policy/codes.ts';
import { all, always } from '../../policy/condition.ts';
import type { Condition } from '../../policy/model.ts';
import { noRoutes, type Observation, type RoutesAround } from '../../policy/observation.ts';
import { soundsLikeAuthentication } from '../express/packages.ts';
import { type ChainPlace, chainPolicies } from '../javascript/chain-policies.ts';
import { type Answer, errorAnswer, notFound, type Raise } from '../javascript/chain-composition.ts';
import { ChainFollower, type ErrorHandler, type FollowedLink, type Link } from '../javascript/chains.ts';
import { CorsMaker } from '../javascript/cors-maker.ts';
import { optionObservations } from '../javascript/cors-options.ts';
import { type Effects, straighten } from '../javascript/effects.ts';
import type { FrameworkEngine, FrameworkPolicies, FrameworkReading, Parameter, Reading } from '../javascript/framework.ts';
import { PathIndex } from '../javascript/path-index.ts';
import { meets, pathCondition, type PathRules } from '../javascript/path-patterns.ts';
import { answersOptionsOnly } from '../javascript/unseen-routes.ts';
import {
  type CallSite,
  type FunctionValue,
  type HostObject,
  hostValue,
  type JsValue,
  nativeFunction,
  plainObject,
  undefinedValue,
  type UnknownValue,
} from '../javascript/values.ts';
import { HonoApplication, type Layer } from './application.ts';
import { HonoContext } from './context.ts';
import { followHonoCors, HonoCors } from './cors-middleware.ts';
import { forms } from './production.ts';

export const engine: FrameworkEngine = { join: (reading) => new HonoReading(reading), forms };

const rules: PathRules = { ignoresCase: false, ignoresLastSlash: false, starIncludesParent: true };
/** Hono's own middleware that refuses requests without credentials. */
const guards = /^hono\/(?:basic-auth|bearer-auth|jwt|jwk)$/;
const applicationPackages = /^(?:npm:|jsr:)?(?:@hono\/hono|hono)(?:@[\w.^~-]+)?(?:\/(?:quick|tiny))?$/;

class HonoReading implements FrameworkReading {
  readonly #reading: Reading;
  readonly #applications: HonoApplication[] = [];
  readonly #calls: HonoCors[] = [];
  /** Middleware that nothing in sight uses. */
  readonly #loose: LooseMiddleware[] = [];

  constructor(reading: Reading) {
    this.#reading = reading;
  }

  packageExports(name: string): JsValue | undefined {
    if (applicationPackages.test(name) || name === '@hono/zod-openapi') {
      const construct = (_: readonly JsValue[], site: CallSite): JsValue => this.#make(site.place).self;
      const application: HostObject = { type: 'Hono', construct };
      return hostValue({
        type: 'hono package',
        get: (member) => (member === 'Hono' || member === 'OpenAPIHono' ? hostValue(application) : undefined),
      });
    }
    if (/^(?:npm:|jsr:)?(?:@hono\/hono|hono)(?:@[\w.^~-]+)?\/cors$/.test(name))
      return hostValue(
        new CorsMaker('hono/cors', ([options], site) => {
          const middleware = new HonoCors(options ?? undefinedValue, site.place, this.#reading.interpreter.pathCondition());
          this.#calls.push(middleware);
          return hostValue(middleware);
        }),
      );
    if (name === 'hono/http-exception') {
      const construct = ([status]: readonly JsValue[]): JsValue => plainObject({ status: status ?? { kind: 'number', value: 500 } });
      return hostValue({
        type: name,
        get: (member) => (member === 'HTTPException' ? hostValue({ type: member, construct }) : undefined),
      });
    }
    if (name === 'hono/factory')
      return hostValue({
        type: 'hono/factory',
        get: (member) => (member === 'createMiddleware' ? nativeFunction('createMiddleware', ([middleware]) => middleware) : undefined),
      });
    return undefined;
  }

  adopt(value: FunctionValue, [context, next]: readonly Parameter[], place: Place): boolean {
    if (!context || !next || !isContext(context, this.#reading.file.text)) return false;
    this.#loose.push({ value, place });
    return true;
  }

  assume({ type, place }: Parameter): JsValue | undefined {
    return /\b(?:OpenAPI)?Hono\b/.test(type) ? this.#make(place).self : undefined;
  }

  /** Code that is not in sight and gets the application may give it routes; a package serves it. */
  unknownCall(_: string, args: readonly JsValue[], { place }: CallSite, callee?: JsValue): void {
    if (callee?.kind !== 'unknown' || callee.provenance) return;
    for (const each of args) if (each.kind === 'host' && each.host instanceof HonoApplication) each.host.addUnseen(place);
  }

  #make(place: HonoApplication['place']): HonoApplication {
    const application = new HonoApplication(this.#reading.interpreter, place);
    this.#applications.push(application);
    return application;
  }

  finish(): FrameworkPolicies {
    const { interpreter, file } = this.#reading;
    const follower = new ChainFollower(interpreter, {
      open: (listener, place) => {
        const context = new HonoContext(interpreter, listener);
        const next = nativeFunction('next', () => {
          interpreter.emit({ kind: 'downstream', place });
          context.goOn();
          return undefinedValue;
        });
        return { args: [context.self, next], returned: (value, site) => context.returned(value, site) };
      },
      authenticates: ({ name = '', provenance }: UnknownValue) =>
        provenance && guards.test(provenance.package)
          ? { status: 401, confidence: 'proven' }
          : soundsLikeAuthentication(name)
            ? { status: 401, confidence: 'likely' }
            : undefined,
      // A handler that answers nothing is an error (behaviour 7.7).
      silence: { answers: anyOf(500) },
    });
    const built = this.#applications
      .filter(({ mounted, layers }) => !mounted && layers.length > 0)
      .map((application, index) => this.#build(application, follower, `hono ${index}:`));
    const used = new Set(
      built.flatMap((each) => each.observations.flatMap((one) => (one.kind === 'corsLayer' ? [placeKey(one.place)] : []))),
    );
    // Middleware that other files use.
    const loose = this.#calls
      .filter(({ place }) => place.uri === file.uri && !used.has(placeKey(place)))
      .map((middleware, index) => {
        const application = new HonoApplication(interpreter, middleware.place);
        application.layers.push({ ...layerOf(hostValue(middleware), middleware.place), when: middleware.when });
        return this.#build(application, follower, `hono layer ${index}:`, true);
      });
    const options = this.#calls.flatMap((call): Observation[] =>
      optionObservations('hono/cors', call.options, call.place, interpreter.stops),
    );
    // What another handler calls is judged there, for what that lets it do.
    const adopted = this.#loose.flatMap(({ value, place }, index) => {
      if (interpreter.called.has(value.node) || this.#applications.some((each) => each.registers(value))) return [];
      const application = new HonoApplication(interpreter, place);
      application.layers.push(layerOf(value, place));
      const alone = this.#build(application, follower, `hono middleware ${index}:`, true);
      return alone.observations.some(({ kind }) => kind === 'corsLayer') ? [alone] : [];
    });
    const whole = [...built, ...loose, ...adopted];
    return {
      policies: whole.flatMap((each) => each.policies),
      routing: whole.flatMap((each) => each.routing),
      observations: [...whole.flatMap((each) => each.observations), ...options, ...follower.observations],
    };
  }

  #build(application: HonoApplication, follower: ChainFollower, prefix: string, fragment = false): FrameworkPolicies {
    const { interpreter } = this.#reading;
    const { layers, place } = application;
    const routes = layers.filter(({ kind }) => kind === 'route');
    const hasUnseen = layers.some(({ unseen }) => unseen);
    const { missing, isUnsure } = application.ends;
    const unsure = follower.link(interpreter.unknownAt(place, 'unresolved', 'headers of its own'), place);
    const surroundings = layers.map((layer, at) => (layer.kind === 'use' && isEverywhere(layer) ? around(layers, at) : noRoutes));
    const byPath = new PathIndex<number>();
    layers.forEach((layer, at) => byPath.add(isEverywhere(layer) ? '*' : layer.path, at));
    const everywhere = layers.flatMap((layer, at) => (isEverywhere(layer) ? [at] : []));
    /** `rest`: no route in sight takes the actual requests, so that those out of sight may. */
    const links = (path: string | undefined, rest: boolean): Link[] => [
      ...(path === undefined ? everywhere : byPath.near(path)).flatMap((at) => {
        const layer = layers[at];
        if (!layer) return [];
        if (layer.unseen) return rest ? [follower.unseenRoutes(layer.place)] : [];
        return this.#links(layer, path, follower, surroundings[at] ?? noRoutes);
      }),
      ...(isUnsure ? [unsure] : []),
      ...(missing ? [follower.link(missing.value, missing.place, { final: true })] : []),
    ];
    const ofPaths = new Map<string, Layer[]>();
    for (const layer of routes) ofPaths.set(layer.path, [...(ofPaths.get(layer.path) ?? []), layer]);
    const places = [...ofPaths].map(([path, own]): ChainPlace => {
      const [first] = own;
      const rest = hasUnseen && !own.some(isRoute);
      return {
        path,
        when: pathCondition(path, rules),
        place: first?.pathPlace ?? place,
        extent: first?.place ?? place,
        methods:
          rest || own.some(({ methods }) => methods === undefined)
            ? undefined
            : anyOf(...own.flatMap(({ methods }) => methods?.members ?? [])),
        routes: own.flatMap((layer) => layer.names.map((method) => ({ method, place: layer.place }))),
        meets: [{ when: always, links: links(path, rest) }],
      };
    });
    const rank = (path = ''): number => (path.includes('*') ? 2 : path.includes(':') ? 1 : 0);
    places.sort((a, b) => rank(a.path) - rank(b.path));
    // What lies below a middleware's path and has no route.
    const mounts = [...new Set(layers.filter(({ kind, path }) => kind === 'use' && path !== '/*' && path !== '*').map(({ path }) => path))]
      .filter((path) => !ofPaths.has(path))
      .sort((a, b) => b.length - a.length);
    for (const path of mounts) {
      const first = layers.find((layer) => layer.path === path);
      places.push({
        path,
        when: pathCondition(path, rules),
        place: first?.pathPlace ?? place,
        extent: first?.place ?? place,
        methods: undefined,
        routes: [],
        meets: [{ when: always, links: links(path, true) }],
      });
    }
    places.push({
      path: undefined,
      when: always,
      place,
      extent: place,
      methods: undefined,
      routes: [],
      meets: [{ when: always, links: links(undefined, true) }],
    });
    return chainPolicies({
      language: 'hono',
      prefix,
      fragment,
      places,
      end: {
        end: notFound,
        raised: (effect, outer, back) =>
          isUnsure
            ? [
                { kind: 'delegate', name: 'error handler', id: `errors ${prefix}`, place },
                ...back({ ...errorAnswer(effect), status: everything }),
              ]
            : this.#answerError(effect, outer.at(-1)?.errors ?? application.ends.errors, follower, back),
      },
    });
  }

  /** Errors are answered with the headers written so far, by the handler of `onError` where there is one (behaviour 7.7, 7.8). */
  #answerError(effect: Raise, handler: ErrorHandler | undefined, follower: ChainFollower, back: (answer: Answer) => Effects): Effects {
    const own = errorAnswer(effect);
    if (!handler) return back(own);
    const { interpreter } = this.#reading;
    const { value, place } = handler;
    const id = `errors ${place.uri}#${place.range.start}`;
    const effects = follower.handler(id, place, ({ args: [context] }, site) => {
      interpreter.call(value, [interpreter.unknownAt(place, 'unresolved', 'error'), context ?? undefinedValue], site, 'error handler');
    });
    const refusal = own.refusal ? { refusal: own.refusal } : {};
    return straighten(effects, (last) =>
      last?.kind === 'answer'
        ? back({ ...last, ...refusal })
        : // What it throws in its turn is answered elsewhere.
          [{ kind: 'delegate', name: 'error handler', id, place }, ...back({ ...own, status: everything })],
    );
  }

  #links(layer: Layer, path: string | undefined, follower: ChainFollower, around: RoutesAround): Link[] {
    const coverage = isEverywhere(layer) ? 'yes' : path === undefined ? 'no' : meets(layer.path, path, rules);
    if (coverage === 'no') return [];
    const method: Condition = layer.methods ? { kind: 'method', in: layer.methods } : always;
    const mine: Condition = coverage === 'unknown' ? pathCondition(layer.path, rules) : always;
    const when = all(layer.when, method, mine);
    const shared = { when, around };
    return layer.handlers.map(({ value, place }, index) => {
      const final = layer.kind === 'route' && index === layer.handlers.length - 1;
      const link =
        value.kind === 'host' && value.host instanceof HonoCors
          ? this.#cors(value.host, follower, shared)
          : follower.link(value, place, { ...shared, final });
      const { errors } = layer;
      return errors
        ? { ...link, key: `${link.key} errors ${errors.place.range.start}`, follow: () => ({ ...link.follow(), errors }) }
        : link;
    });
  }

  #cors(middleware: HonoCors, follower: ChainFollower, more: Partial<Pick<Link, 'when' | 'around'>>): Link {
    const { interpreter } = this.#reading;
    const { place } = middleware;
    const follow = (): FollowedLink => {
      const { effects } = follower.run(place, ({ args }, site) => followHonoCors(interpreter, middleware, args[0] ?? undefinedValue, site));
      return { effects, cors: { name: 'cors', byHand: false, place }, reads: [], catches: false };
    };
    return follower.known(`cors ${place.uri}#${place.range.start}`, place, follow, more);
  }
}

function isEverywhere({ path }: Layer): boolean {
  return path === '*' || path === '/*';
}

/** What answers nothing but OPTIONS is there for preflights. */
function isRoute(layer: Layer): boolean {
  return layer.kind === 'route' && !answersOptionsOnly(layer);
}

/** The routes around a layer. */
function around(layers: readonly Layer[], at: number): RoutesAround {
  return {
    before: layers.slice(0, at).flatMap((layer) => (isRoute(layer) ? [layer.place] : [])),
    all: layers.filter(isRoute).length,
    unseenBehind: layers.findLastIndex(({ unseen }) => unseen) > at,
  };
}

/** Whether a function gets a context from a caller that is not in sight. `ctx` is Koa's as well, and `c` anybody's. */
function isContext({ name, type, methods }: Parameter, text: string): boolean {
  const speaksOfHono = /['"`](?:npm:|jsr:)?@?hono\b/.test(text);
  if (type !== '') return speaksOfHono && /\bContext\b/.test(type);
  return speaksOfHono ? /^_?(?:c|ctx|context)$/.test(name) : name === 'c' && methods.has('header');
}

interface LooseMiddleware {
  readonly value: FunctionValue;
  readonly place: Place;
}

function layerOf(value: JsValue, place: Place): Layer {
  return {
    kind: 'use',
    methods: undefined,
    names: ['ALL'],
    path: '*',
    pathPlace: place,
    place,
    handlers: [{ value, place }],
    when: always,
  };
}
