/** Koa joins the reading of a program: its applications become policies (behaviour 8). */
import { type Place, placeKey } from '../../core/text.ts';
import { anyOf, everything } from '../../policy/codes.ts';
import { all, always, methodIs } from '../../policy/condition.ts';
import type { Condition, HeaderWrite } from '../../policy/model.ts';
import { noRoutes, type Observation, type RoutesAround } from '../../policy/observation.ts';
import { mayHaveRoutes, soundsLikeAuthentication } from '../express/packages.ts';
import { type ChainPlace, chainPolicies } from '../javascript/chain-policies.ts';
import { errorAnswer, notFound, type Raise } from '../javascript/chain-composition.ts';
import { ChainFollower, type FollowedLink, type Link } from '../javascript/chains.ts';
import { CorsMaker } from '../javascript/cors-maker.ts';
import { optionObservations } from '../javascript/cors-options.ts';
import type { Effect, Effects } from '../javascript/effects.ts';
import type { FrameworkEngine, FrameworkPolicies, FrameworkReading, Parameter, Reading } from '../javascript/framework.ts';
import { majorVersion } from '../javascript/package-version.ts';
import { meets, pathCondition, type PathRules } from '../javascript/path-patterns.ts';
import {
  arrayValue,
  type CallSite,
  type FunctionValue,
  type HostObject,
  hostValue,
  type JsValue,
  nativeFunction,
  undefinedValue,
  type UnknownValue,
} from '../javascript/values.ts';
import { isContext, KoaContext } from './context.ts';
import { corsPackages, followKoaCors, KoaCors } from './cors-middleware.ts';
import { isRoute, methodsOf, type Route, routesOf, RoutesTable, wholePath } from './routes.ts';
import { KoaApplication, KoaRouter, type Middleware, RouterMiddleware } from './router.ts';
import { forms } from './production.ts';

export const engine: FrameworkEngine = { join: (reading) => new KoaReading(reading), forms };

const rules: PathRules = { ignoresCase: true, ignoresLastSlash: true, starIncludesParent: false };
/** Packages that parse JSON. */
const parsers = new Set(['koa-bodyparser', '@koa/bodyparser', 'koa-body']);
/** Packages that refuse with 401, with the way to their middleware: `initialize` and `session` of passport refuse nobody. */
const guards: ReadonlyMap<string, RegExp> = new Map([
  ['koa-jwt', /\(\)$/],
  ['koa-basic-auth', /\(\)$/],
  ['koa-passport', /(?:^|\.)authenticate\.\(\)$/],
]);

class KoaReading implements FrameworkReading {
  readonly #reading: Reading;
  readonly #applications: KoaApplication[] = [];
  readonly #routers: KoaRouter[] = [];
  readonly #calls: KoaCors[] = [];
  /** Middleware that nothing in sight uses. */
  readonly #loose: Omit<Middleware, 'when'>[] = [];

  constructor(reading: Reading) {
    this.#reading = reading;
  }

  packageExports(name: string): JsValue | undefined {
    const { interpreter } = this.#reading;
    if (name === 'koa') {
      const construct = (_: readonly JsValue[], site: CallSite): JsValue => this.#make(site.place).self;
      return callable({ type: 'Koa', construct, call: construct }, 'Koa');
    }
    if (name === '@koa/router' || name === 'koa-router') {
      const construct = ([options]: readonly JsValue[], site: CallSite): JsValue => {
        const prefix = options?.kind === 'object' ? options.contents.value.properties.get('prefix')?.value : undefined;
        const router = new KoaRouter(interpreter, site.place, prefix?.kind === 'string' ? prefix.text : '');
        this.#routers.push(router);
        return router.self;
      };
      return callable({ type: 'Router', construct, call: construct }, 'Router');
    }
    const packageName = name === 'kcors' ? '@koa/cors' : corsPackages.find((each) => each === name);
    if (packageName)
      return hostValue(
        new CorsMaker(packageName, ([options], site) => {
          const middleware = new KoaCors(packageName, options ?? undefinedValue, site.place);
          this.#calls.push(middleware);
          return hostValue(middleware);
        }),
      );
    if (name === 'koa-compose') return nativeFunction(name, ([list]) => list ?? arrayValue([]));
    return undefined;
  }

  adopt(value: FunctionValue, [context, next]: readonly Parameter[], place: Place): boolean {
    if (!context || !next || !isContext(context, this.#reading.file.text)) return false;
    if (!this.#applications.some((application) => application.registers(value))) this.#loose.push({ value, place });
    return true;
  }

  assume({ type, place }: Parameter): JsValue | undefined {
    return /\bKoa\b/.test(type) ? this.#make(place, true).self : undefined;
  }

  #make(place: KoaApplication['place'], assumed = false): KoaApplication {
    const application = new KoaApplication(this.#reading.interpreter, place, assumed);
    this.#applications.push(application);
    return application;
  }

  /** Code that is not in sight and gets the application may give it another way to answer errors, or routes where it is no package's. */
  unknownCall(_: string, args: readonly JsValue[], __: CallSite, callee?: JsValue): void {
    const isOwn = callee?.kind === 'unknown' && !callee.provenance;
    for (const each of args) {
      if (each.kind !== 'host' || !(each.host instanceof KoaApplication || each.host instanceof KoaRouter)) continue;
      if (isOwn) each.host.hasUnseen = true;
      if (each.host instanceof KoaApplication) each.host.dressesErrors = true;
    }
  }

  finish(): FrameworkPolicies {
    const { interpreter, file, files } = this.#reading;
    const version = majorVersion('koa', file.uri, files);
    const follower = new ChainFollower(interpreter, {
      open: (listener, place) => ({
        args: [
          new KoaContext(interpreter, version, listener).self,
          nativeFunction('next', () => {
            interpreter.emit({ kind: 'downstream', place });
            return undefinedValue;
          }),
        ],
      }),
      authenticates: ({ name = '', provenance }: UnknownValue) =>
        provenance && guards.get(provenance.package)?.test(provenance.path.join('.'))
          ? { status: 401, confidence: 'proven' }
          : soundsLikeAuthentication(name)
            ? { status: 401, confidence: 'likely' }
            : undefined,
      parsesJson: ({ provenance }: UnknownValue) => provenance !== undefined && parsers.has(provenance.package),
      silence: { answers: anyOf(404) },
    });
    const build = (application: KoaApplication, prefix: string, fragment: boolean): FrameworkPolicies =>
      new KoaPolicies(this.#reading, follower, application, majorVersion('@koa/cors', file.uri, files)).build(prefix, fragment);
    const built = this.#applications
      .filter(({ middleware }) => middleware.length > 0)
      .map((application, index) => build(application, `koa ${index}:`, application.assumed));
    const used = new Set(
      built.flatMap((each) => each.observations.flatMap((one) => (one.kind === 'corsLayer' ? [placeKey(one.place)] : []))),
    );
    // Middleware and routers that other files use.
    const alone: readonly Middleware[] = [
      ...this.#calls
        .filter(({ place }) => place.uri === file.uri && !used.has(placeKey(place)))
        .map((call) => ({ value: hostValue(call), place: call.place, when: always })),
      ...this.#routers
        .filter((router) => !router.used && router.layers.length > 0 && router.place.uri === file.uri)
        .map((router) => ({ value: hostValue(new RouterMiddleware('routes', router)), place: router.place, when: always })),
    ];
    const buildAlone = (middleware: Middleware, prefix: string): FrameworkPolicies => {
      const application = new KoaApplication(interpreter, middleware.place, true);
      application.middleware.push(middleware);
      return build(application, prefix, true);
    };
    const loose = [
      ...alone.map((middleware, index) => buildAlone(middleware, `koa layer ${index}:`)),
      ...this.#loose
        .map((middleware, index) => buildAlone({ ...middleware, when: always }, `koa middleware ${index}:`))
        .filter(({ observations }) => observations.some(({ kind }) => kind === 'corsLayer')),
    ];
    const options = this.#calls.flatMap((call): Observation[] =>
      optionObservations(call.package, call.options, call.place, interpreter.stops),
    );
    const whole = [...built, ...loose];
    return {
      policies: whole.flatMap((each) => each.policies),
      routing: whole.flatMap((each) => each.routing),
      observations: [...whole.flatMap((each) => each.observations), ...options, ...follower.observations],
    };
  }
}

/** A package that is what it exports, by default and by name. */
function callable(host: HostObject, name: string): JsValue {
  const self: JsValue = hostValue({ ...host, get: (member) => (member === 'default' || member === name ? self : undefined) });
  return self;
}

class KoaPolicies {
  readonly #reading: Reading;
  readonly #follower: ChainFollower;
  readonly #application: KoaApplication;
  readonly #version: number | undefined;
  /** Middleware in order, lists of them laid open. */
  readonly #middleware: readonly Middleware[];
  /** CORS layers whose headers an error takes back, by their place, with where the first such error is thrown. */
  readonly #lost = new Map<string, { readonly link: FollowedLink; readonly thrownAt: Place }>();
  readonly #routes: readonly Route[];
  readonly #table: RoutesTable;
  readonly #hasUnseen: boolean;
  /** What stands around each middleware. */
  readonly #around: readonly RoutesAround[];

  constructor(reading: Reading, follower: ChainFollower, application: KoaApplication, version: number | undefined) {
    this.#reading = reading;
    this.#follower = follower;
    this.#application = application;
    this.#version = version;
    const open = ({ value, place, when }: Middleware): readonly Middleware[] =>
      value.kind === 'array'
        ? value.contents.value.elements.flatMap((each) => open({ value: each, place: each.place ?? place, when }))
        : [{ value, place, when }];
    this.#middleware = application.middleware.flatMap(open);
    this.#routes = this.#middleware.flatMap(routesOf);
    this.#table = new RoutesTable(this.#routes);
    this.#hasUnseen = application.hasUnseen || this.#middleware.some(({ value }) => bringsRoutes(value));
    const all = this.#routes.filter(({ layer }) => isRoute(layer)).length;
    const lastUnseen = this.#middleware.findLastIndex(({ value }) => value.kind === 'unknown');
    let before: readonly Place[] = [];
    this.#around = this.#middleware.map(({ value }, index) => {
      const around = { before, all, unseenBehind: lastUnseen > index };
      if (value.kind === 'host' && value.host instanceof RouterMiddleware && value.host.type === 'routes')
        before = [...before, ...value.host.router.layers.flatMap((layer) => (isRoute(layer) ? [layer.place] : []))];
      return around;
    });
  }

  build(prefix: string, fragment: boolean): FrameworkPolicies {
    const { place } = this.#application;
    const byPath = new Map<string, Route[]>();
    for (const route of this.#routes) byPath.set(route.path, [...(byPath.get(route.path) ?? []), route]);
    const places = [...byPath].map(([path, own]): ChainPlace => {
      const [first] = own;
      const rest = this.#hasUnseen && !own.some(({ layer }) => isRoute(layer));
      return {
        path,
        when: pathCondition(path, rules),
        place: first?.layer.pathPlace ?? place,
        extent: first?.layer.place ?? place,
        methods: rest ? undefined : methodsOf(own.map(({ layer }) => layer)),
        routes: own.flatMap(({ layer }) => (layer.names ?? []).map((method) => ({ method, place: layer.place }))),
        meets: [{ when: always, links: this.#links(path, rest) }],
      };
    });
    const rank = (path = ''): number => (/[*(]/.test(path) ? 2 : path.includes(':') ? 1 : 0);
    places.sort((a, b) => rank(a.path) - rank(b.path));
    places.push({
      path: undefined,
      when: always,
      place,
      extent: place,
      methods: undefined,
      routes: [],
      meets: [{ when: always, links: this.#links(undefined, true) }],
    });
    const made = chainPolicies({
      language: 'koa',
      prefix,
      fragment,
      places,
      end: {
        end: notFound,
        raised: (effect, outer) => {
          this.#noteLost(effect, outer);
          return raised(effect, outer, this.#application.dressesErrors);
        },
      },
    });
    return { ...made, observations: [...made.observations, ...this.#errorAnswers(made.observations)] };
  }

  /** Remembers the layer whose headers go with an error, unless something in front may catch it or send them again. */
  #noteLost({ place }: Raise, outer: readonly FollowedLink[]): void {
    const { assumed, dressesErrors } = this.#application;
    const link = outer.findLast(({ cors }) => cors);
    if (!link?.cors || assumed || dressesErrors) return;
    if (outer.some(({ catches, unseen, keptOnError = [] }) => catches !== false || unseen === true || keptOnError.length > 0)) return;
    const key = placeKey(link.cors.place);
    if (!this.#lost.has(key)) this.#lost.set(key, { link, thrownAt: place });
  }

  #errorAnswers(observations: readonly Observation[]): readonly Observation[] {
    return observations.flatMap((layer): readonly Observation[] => {
      const lost = layer.kind === 'corsLayer' ? this.#lost.get(placeKey(layer.place)) : undefined;
      const write = lost && allowOriginWrite(lost.link.effects);
      if (layer.kind !== 'corsLayer' || !write) return [];
      const what = 'Koa, which takes all headers back for an error that is thrown,';
      return [{ kind: 'errorAnswer', place: write.place, policies: layer.policies, what, thrownAt: lost.thrownAt }];
    });
  }

  /** `rest`: no route in sight takes the actual requests, so that those out of sight may. */
  #links(path: string | undefined, rest: boolean): Link[] {
    const links = this.#middleware.flatMap(({ value, place, when }, index) => {
      const more = { when, around: this.#around[index] ?? noRoutes };
      if (value.kind === 'host' && value.host instanceof RouterMiddleware) {
        const { router, type } = value.host;
        // It looks at what all routers of the application matched.
        if (type === 'allowedMethods') return path === undefined ? [] : this.#allowedMethods(path, place);
        return [
          ...(path === undefined ? [] : this.#routerLinks(router, path, when)),
          ...(rest && router.hasUnseen ? [this.#follower.unseenRoutes(place)] : []),
        ];
      }
      const link = this.#link(value, place, more, false);
      return rest && bringsRoutes(value) ? [link, this.#follower.unseenRoutes(place)] : [link];
    });
    return rest && this.#application.hasUnseen ? [...links, this.#follower.unseenRoutes(this.#application.place)] : links;
  }

  #link(value: JsValue, place: Link['place'], more: Partial<Pick<Link, 'when' | 'around'>>, final: boolean): Link {
    if (!(value.kind === 'host' && value.host instanceof KoaCors)) return this.#follower.link(value, place, { ...more, final });
    const middleware = value.host;
    const at = middleware.place;
    const follow = (): FollowedLink => {
      const { interpreter } = this.#reading;
      let kept: Effects = [];
      const { effects } = this.#follower.run(at, ({ args }, site) => {
        kept = followKoaCors({ interpreter, context: args[0] ?? undefinedValue, site, version: this.#version }, middleware);
      });
      return { effects, cors: { name: 'cors', byHand: false, place: at }, reads: [], catches: false, keptOnError: kept };
    };
    return this.#follower.known(`cors ${at.uri}#${at.range.start}`, at, follow, more);
  }

  /** The middleware of a router runs only where one of its routes is met (behaviour 8.8). */
  #routerLinks(router: KoaRouter, path: string, around: Condition): Link[] {
    const met = this.#table.layersNear(router, path).flatMap((layer) => {
      const coverage = meets(wholePath(router, layer), path, rules, layer.isPrefix);
      return coverage === 'no'
        ? []
        : [{ layer, mine: coverage === 'unknown' ? pathCondition(wholePath(router, layer), rules, layer.isPrefix) : always }];
    });
    const methods = methodsOf(met.flatMap(({ layer }) => (layer.names ? [layer] : [])));
    return met.flatMap(({ layer, mine }) => {
      const own = layer.names ? layer.methods : methods;
      const method: Condition = own ? { kind: 'method', in: own } : always;
      const when = all(around, layer.when, method, mine);
      return layer.handlers.map(({ value, place }, index) =>
        this.#link(value, place, { when }, layer.names !== undefined && index === layer.handlers.length - 1),
      );
    });
  }

  /** It answers OPTIONS for paths with routes, and 405 to other methods, where nothing else answered (behaviour 8.9). */
  #allowedMethods(path: string, place: Link['place']): Link[] {
    const met = this.#table.near(path).flatMap((route) => (meets(route.path, path, rules) === 'yes' ? [route.layer] : []));
    const methods = methodsOf(met);
    if (met.length === 0 || !methods) return [];
    const over = anyOf(404);
    // What it says to OPTIONS by itself is nobody's answer to preflights.
    const options: Effect = { kind: 'respond', status: anyOf(200), over };
    const refusal: Effect = { kind: 'respond', status: anyOf(405), over, place };
    const effects: Effects = [
      { kind: 'downstream', place },
      {
        kind: 'branch',
        when: { kind: 'method', in: methods },
        then: [],
        otherwise: [{ kind: 'branch', when: methodIs('OPTIONS'), then: [options], otherwise: [refusal] }],
      },
    ];
    const key = `allowed ${place.uri}#${place.range.start}/${methods.members.join()}`;
    return [this.#follower.known(key, place, () => ({ effects, reads: [], catches: false }))];
  }
}

/** Whether routes that are not in sight come with a middleware. */
function bringsRoutes(value: JsValue): boolean {
  return value.kind === 'unknown'
    ? mayHaveRoutes(value)
    : value.kind === 'host' && value.host instanceof RouterMiddleware && value.host.router.hasUnseen;
}

function allowOriginWrite(effects: Effects): HeaderWrite | undefined {
  for (const effect of effects) {
    if (effect.kind === 'write' && effect.write.name.toLowerCase() === 'access-control-allow-origin') return effect.write;
    const inner = effect.kind === 'branch' ? (allowOriginWrite(effect.then) ?? allowOriginWrite(effect.otherwise)) : undefined;
    if (inner) return inner;
  }
  return undefined;
}

const headers = [
  'Access-Control-Allow-Origin',
  'Access-Control-Allow-Credentials',
  'Access-Control-Expose-Headers',
  'Access-Control-Allow-Methods',
  'Access-Control-Allow-Headers',
  'Access-Control-Max-Age',
  'Vary',
];

/** An error that nobody catches: Koa takes every header back, and sends those that the error carries (behaviour 8.5). */
function raised(effect: Raise, outer: readonly FollowedLink[], dressed: boolean): Effects {
  const answer = errorAnswer(effect);
  const { place } = effect;
  const unseen: Effect = { kind: 'delegate', name: 'error handler', id: `errors ${place.uri}#${place.range.start}`, place };
  const catching = outer.findLast(({ catches }) => catches);
  if (catching) return [...(catching.catches === 'withHeaders' ? [unseen] : []), { ...answer, status: everything }];
  // The innermost one puts its lines on the error first.
  const kept = outer.toReversed().flatMap(({ keptOnError }) => keptOnError ?? []);
  return [
    ...headers.map((name): Effect => ({
      kind: 'write',
      write: { op: 'unset', table: 'response', name, value: { kind: 'literal', text: '' }, place, namePlace: place, valuePlace: place },
    })),
    ...kept,
    ...(dressed ? [unseen] : []),
    answer,
  ];
}
