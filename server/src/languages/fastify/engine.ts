/** Fastify joins the reading of a program: routes, hooks and plugins become policies (behaviour 6). */
import type { LanguageId } from '../../core/language.ts';
import type { Place } from '../../core/text.ts';
import { anyOf, everything } from '../../policy/codes.ts';
import { all, always, conditionKey } from '../../policy/condition.ts';
import type { Condition } from '../../policy/model.ts';
import type { Observation } from '../../policy/observation.ts';
import { soundsLikeAuthentication } from '../express/packages.ts';
import { chainPolicies, type ChainPlace } from '../javascript/chain-policies.ts';
import { type ChainEnd, errorAnswer, notFound } from '../javascript/chain-composition.ts';
import { ChainFollower, type FollowedLink, type Link } from '../javascript/chains.ts';
import { type CorsOptions, optionObservations } from '../javascript/cors-options.ts';
import { straighten } from '../javascript/effects.ts';
import type { FrameworkEngine, FrameworkPolicies, FrameworkReading, Parameter, Reading } from '../javascript/framework.ts';
import { identityOf } from '../javascript/handlers.ts';
import { majorVersion } from '../javascript/package-version.ts';
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
  undefinedValue,
} from '../javascript/values.ts';
import { continuesPreflight, followPlugin } from './cors-plugin.ts';
import { FastifyReply, FastifyRequest } from './exchange.ts';
import { CorsPlugin, FastifyInstance, type Hook, type InstanceOptions, type Phase, phases, type Route, SharedPlugin } from './instance.ts';
import { forms } from './production.ts';

export const engine: FrameworkEngine = { join: (reading) => new FastifyReading(reading), forms };

class FastifyReading implements FrameworkReading {
  readonly #reading: Reading;
  readonly #roots: FastifyInstance[] = [];
  readonly #fastify: JsValue;
  readonly #cors: JsValue = hostValue(new CorsPlugin());
  /** Hooks that nothing in sight adds. */
  readonly #loose: { readonly value: FunctionValue; readonly phase: Phase; readonly place: Place }[] = [];
  /** What `fastify-plugin` was given, with the call. */
  readonly #shared: { readonly plugin: JsValue; readonly site: CallSite }[] = [];

  constructor(reading: Reading) {
    this.#reading = reading;
    const make = ([options]: readonly JsValue[], site: CallSite): JsValue => this.makeInstance(site.place, instanceOptions(options)).self;
    const host: HostObject = {
      type: 'fastify package',
      call: make,
      get: (name) => (name === 'default' || name === 'fastify' ? hostValue(host) : undefined),
    };
    this.#fastify = hostValue(host);
  }

  makeInstance(place: Place, options: InstanceOptions = instanceOptions(undefined), assumed = false): FastifyInstance {
    const instance = new FastifyInstance(this.#reading.interpreter, place, options, { assumed });
    this.#roots.push(instance);
    return instance;
  }

  packageExports(name: string): JsValue | undefined {
    if (name === 'fastify') return this.#fastify;
    if (name === '@fastify/cors' || name === 'fastify-cors') return this.#cors;
    if (name !== 'fastify-plugin') return undefined;
    const share = ([plugin = undefinedValue]: readonly JsValue[], site: CallSite): JsValue => {
      this.#shared.push({ plugin, site });
      return hostValue(new SharedPlugin(plugin));
    };
    return nativeFunction('fastify-plugin', share);
  }

  /** A plugin that another file registers, or a loader that goes by folders, is given an instance. */
  followMade(): void {
    const { file, interpreter } = this.#reading;
    for (const { plugin, site } of this.#shared) {
      if (site.place.uri !== file.uri || plugin.kind !== 'function' || interpreter.called.has(plugin.node)) continue;
      this.makeInstance(site.place, instanceOptions(undefined), true).register(hostValue(new SharedPlugin(plugin)), undefined, site);
    }
  }

  /** Code that is not in sight and gets an instance may give it routes. */
  unknownCall(_: string, args: readonly JsValue[], __: CallSite, callee?: JsValue): void {
    if (callee?.kind !== 'unknown' || callee.provenance) return;
    for (const each of args) if (each.kind === 'host' && each.host instanceof FastifyInstance) each.host.root.hasUnseen = true;
  }

  adopt(value: FunctionValue, [request, reply, third]: readonly Parameter[], place: Place): boolean {
    if (!request || !reply || !isReply(reply)) return false;
    this.#loose.push({ value, phase: third && /^_?payload$/.test(third.name) ? 'onSend' : 'onRequest', place });
    return true;
  }

  assume({ name, type, place, methods }: Parameter): JsValue | undefined {
    const isNamed = /^_?fastify(?:Instance|App|Server)?$/i.test(name) || /\bFastify(?:Instance|Plugin(?:Async|Callback)?\w*)?\b/.test(type);
    const registers = methods.has('register') || methods.has('addHook');
    return isNamed || (registers && /^(?:app|server|instance|api)$/.test(name) && !methods.has('use'))
      ? this.makeInstance(place, instanceOptions(undefined), true).self
      : undefined;
  }

  finish(): FrameworkPolicies {
    const { file, files } = this.#reading;
    const version = majorVersion('@fastify/cors', file.uri, files);
    return fastifyPolicies(this.#reading, this.#roots, { language: 'fastify', prefix: 'fastify', version }, () => this.#looseRoots());
  }

  /** An instance for each hook that other files add; what another handler calls is judged there, for what that lets it do. */
  *#looseRoots(): Generator<FastifyInstance> {
    const { interpreter } = this.#reading;
    for (const { value, phase, place } of this.#loose) {
      if (interpreter.called.has(value.node) || this.#roots.some((each) => each.registers(value))) continue;
      const root = new FastifyInstance(interpreter, place, instanceOptions(undefined), { assumed: true });
      root.addHook({ phase, value, place, when: always });
      yield root;
    }
  }
}

export interface FastifyApplications {
  /** The framework that the author writes for, where it stands on Fastify. */
  readonly language: LanguageId;
  readonly prefix: string;
  /** The plugin's major version, where it is known. */
  readonly version: number | undefined;
}

/** Errors are answered with the headers written so far (behaviour 6.9). */
const plainEnd: ChainEnd = { end: notFound, raised: (effect, _, back) => back(errorAnswer(effect)) };

/** The policies of instances that nothing is around. */
export function fastifyPolicies(
  reading: Reading,
  roots: readonly FastifyInstance[],
  applications: FastifyApplications,
  loose: () => Iterable<FastifyInstance> = () => [],
): FrameworkPolicies {
  const { interpreter } = reading;
  const follower = new ChainFollower(interpreter, {
    open: (listener, place) => ({
      args: [
        hostValue(new FastifyRequest(interpreter, listener)),
        new FastifyReply(interpreter, listener).self,
        nativeFunction('done', ([error]) => {
          if (error && error.kind !== 'undefined' && error.kind !== 'null')
            interpreter.emit({ kind: 'raise', place, why: 'done is called with an error', handler: undefined });
          else interpreter.emit({ kind: 'downstream', place });
          return undefinedValue;
        }),
      ],
    }),
    authenticates: ({ name = '', provenance }) =>
      provenance?.package === '@fastify/bearer-auth'
        ? { status: 401, confidence: 'proven' }
        : soundsLikeAuthentication(name)
          ? { status: 401, confidence: 'likely' }
          : undefined,
    silence: 'goesOn',
  });
  const built = roots
    .filter((root) => root.routes.length > 0 || root.hooks.length > 0)
    .map((root, index) =>
      new FastifyPolicies(reading, follower, root, { ...applications, prefix: `${applications.prefix} ${index}:` }).build(),
    );
  for (const root of loose()) {
    const prefix = `${applications.prefix} hook ${root.place.range.start}:`;
    const alone = new FastifyPolicies(reading, follower, root, { ...applications, prefix }).build();
    if (alone.observations.some(({ kind }) => kind === 'corsLayer')) built.push(alone);
  }
  return {
    policies: built.flatMap((each) => each.policies),
    routing: built.flatMap((each) => each.routing),
    observations: [...built.flatMap((each) => each.observations), ...follower.observations],
  };
}

function isReply({ name, type }: Parameter): boolean {
  return type === '' || type === 'any' ? /^_?reply$/.test(name) : /\bFastifyReply\b/.test(type);
}

/** The options of an instance that say how paths are compared. */
export function instanceOptions(options: JsValue | undefined): InstanceOptions {
  const properties = options?.kind === 'object' ? options.contents.value.properties : undefined;
  const router = properties?.get('routerOptions')?.value;
  const inner = router?.kind === 'object' ? router.contents.value.properties : undefined;
  const flag = (name: string): boolean | undefined => {
    const value = (inner?.get(name) ?? properties?.get(name))?.value;
    return value?.kind === 'boolean' ? value.value : undefined;
  };
  return { ignoresCase: flag('caseSensitive') === false, ignoresLastSlash: flag('ignoreTrailingSlash') === true };
}

class FastifyPolicies {
  readonly #reading: Reading;
  readonly #follower: ChainFollower;
  readonly #root: FastifyInstance;
  readonly #applications: FastifyApplications;
  readonly #rules: PathRules;
  readonly #byPath = new PathIndex<Route>();

  constructor(reading: Reading, follower: ChainFollower, root: FastifyInstance, applications: FastifyApplications) {
    this.#reading = reading;
    this.#follower = follower;
    this.#root = root;
    this.#applications = applications;
    this.#rules = { ...root.options, starIncludesParent: false };
    for (const route of root.routes) this.#byPath.add(route.path, route);
  }

  build(): FrameworkPolicies {
    const root = this.#root;
    const byPath = new Map<string, Route[]>();
    for (const route of root.routes) {
      const known = byPath.get(route.path);
      if (known) known.push(route);
      else byPath.set(route.path, [route]);
    }
    const places = [...byPath].flatMap(([path, routes]): ChainPlace[] => {
      const own = routes.filter((route) => !route.preflight && !route.isMissing);
      const [first] = own.length > 0 ? own : routes;
      if (!first || (own.length === 0 && (path === '*' || path === '/*'))) return [];
      const rest = this.#root.hasUnseen && own.every(answersOptionsOnly);
      return [
        {
          path,
          when: pathCondition(path, this.#rules),
          place: first.pathPlace,
          extent: first.place,
          methods:
            rest || own.some((route) => route.methods === undefined) || own.length === 0 ? undefined : anyOf(...own.flatMap(methodsOf)),
          routes: own.flatMap((route) => route.names.map((method) => ({ method, place: route.place }))),
          meets: this.#meets(path, rest),
        },
      ];
    });
    const rank = ({ path }: ChainPlace): number => (path?.includes('*') === true ? 2 : path?.includes(':') === true ? 1 : 0);
    places.sort((a, b) => rank(a) - rank(b) || (b.path?.length ?? 0) - (a.path?.length ?? 0));
    places.push({
      path: undefined,
      when: always,
      place: root.place,
      extent: root.place,
      methods: undefined,
      routes: [],
      meets: this.#meets(undefined, this.#root.hasUnseen),
    });
    const made = chainPolicies({
      ...this.#applications,
      fragment: root.assumed,
      places,
      end: plainEnd,
    });
    const options = root.hooks.flatMap(({ hook }): Observation[] =>
      hook.cors ? optionObservations('@fastify/cors', hook.cors, hook.place, this.#reading.interpreter.stops) : [],
    );
    return { ...made, observations: [...made.observations, ...options] };
  }

  /**
   * What requests for a path meet: its routes, those of patterns that mean it too, and else the answer 404. `rest`: routes out of
   * sight may answer where nothing but that is met.
   */
  #meets(path: string | undefined, rest: boolean): ChainPlace['meets'] {
    const routes = (path === undefined ? this.#root.routes : this.#byPath.near(path))
      .filter((route) => (path === undefined ? /^\/?\*$/.test(route.path) : meets(route.path, path, this.#rules) === 'yes'))
      .sort((a, b) => specificity(b) - specificity(a));
    const chains = routes.map((route) => {
      const method: Condition = route.methods ? { kind: 'method', in: route.methods } : always;
      return { when: all(route.when, method), links: this.#links(route, rest), ...this.#endIn(route.instance) };
    });
    // Hooks that all chains share are followed by them all; what differs is the handler.
    const links = [...this.#hookLinks(this.#root, undefined), ...(rest ? [this.#follower.unseenRoutes(this.#root.place)] : [])];
    return [...chains, { when: always, links, ...this.#endIn(this.#root) }].filter(
      (each, index, list) => list.findIndex((other) => conditionKey(other.when) === conditionKey(each.when)) === index,
    );
  }

  #links(route: Route, rest: boolean): Link[] {
    const { handler, preflight, isMissing, place } = route;
    const links = this.#hookLinks(route.instance, route);
    if (isMissing && rest) links.push(this.#follower.unseenRoutes(place));
    if (preflight) return [...links, this.#preflightRoute(route, preflight)];
    return handler ? [...links, this.#follower.link(handler.value, handler.place, { final: true })] : links;
  }

  /** What `setErrorHandler` of an instance or one around it gives; the headers written so far stay (behaviour 6.11). */
  #endIn(instance: FastifyInstance): { readonly end?: ChainEnd & { readonly key: string } } {
    const handler = instance.errorHandler;
    if (!handler) return {};
    const { value, place } = handler;
    const key = `errors ${place.uri}#${place.range.start}`;
    const raised: ChainEnd['raised'] = (effect, _, back) => {
      const own = errorAnswer(effect);
      const refusal = own.refusal ? { refusal: own.refusal } : {};
      const effects = this.#follower.handler(key, place, ({ args: [request, reply] }, site) => {
        const { interpreter } = this.#reading;
        // It goes on with the status that was set before the error.
        if (reply) interpreter.callMethod(reply, 'code', [interpreter.unknownAt(place, 'unresolved', 'status')], site);
        const error = interpreter.unknownAt(place, 'unresolved', 'error');
        interpreter.call(value, [error, request ?? undefinedValue, reply ?? undefinedValue], site, 'error handler');
      });
      // What it throws in its turn goes to the handler around, with a status of its own.
      return straighten(effects, (last) => back(last?.kind === 'answer' ? { ...last, ...refusal } : { ...own, status: everything }));
    };
    return { end: { key, end: notFound, raised } };
  }

  /** The route that the plugin adds: it answers preflights that the hook handed on, and 404 to others (behaviour 6.5). */
  #preflightRoute({ place }: Route, options: JsValue): Link {
    const key = `preflight ${place.uri}#${place.range.start}`;
    return this.#follower.known(key, place, () => ({
      effects: [
        {
          kind: 'branch',
          when: continuesPreflight(options),
          then: [{ kind: 'answer', status: anyOf(200), by: 'application', place }],
          otherwise: [],
        },
        notFound,
      ],
      reads: [],
      catches: false,
    }));
  }

  /** The hooks that a request meets, by phase and then in the order in which they were added, here or around. */
  #hookLinks(instance: FastifyInstance, route: Route | undefined): Link[] {
    const inherited = this.#root.hooks.flatMap(({ hook, instance: owner }) => (instance.isWithin(owner) ? [hook] : []));
    const hooks = [...inherited, ...(route?.hooks ?? [])];
    const of = (...wanted: readonly Phase[]): Link[] =>
      wanted.flatMap((phase) => hooks.filter((hook) => hook.phase === phase).map((hook) => this.#hookLink(hook, route)));
    // What runs before the payload is sent runs behind every answer.
    return [...of('onSend', 'preSerialization').map(behindAnswers), ...of(...phases.slice(0, 4))];
  }

  #hookLink(hook: Hook, route: Route | undefined): Link {
    const { cors, place, when } = hook;
    if (!cors) return this.#follower.link(hook.value, place, { when });
    const config = route?.config.kind === 'object' ? route.config.contents.value.properties.get('cors')?.value : undefined;
    const routeOptions: CorsOptions = config?.kind === 'object' ? config.contents.value.properties : new Map();
    const isOff = config?.kind === 'boolean' && !config.value;
    const key = `cors ${place.uri}#${place.range.start}/${config ? identityOf(config) : ''}`;
    return this.#follower.known(
      key,
      place,
      () => (isOff ? { effects: [{ kind: 'downstream', place }], reads: [], catches: false } : this.#followCors(cors, place, routeOptions)),
      { when },
    );
  }

  #followCors(options: JsValue, place: Place, routeOptions: CorsOptions): FollowedLink {
    const { interpreter } = this.#reading;
    const { effects } = this.#follower.run(place, ({ args }, site) =>
      followPlugin(
        {
          interpreter,
          place,
          version: this.#applications.version,
          request: args[0] ?? undefinedValue,
          site,
          routeOptions,
          onError: (at) => this.#follower.observations.push({ kind: 'originRejectedWithError', place: at, call: at }),
        },
        options,
      ),
    );
    return { effects, cors: { name: '@fastify/cors', byHand: false, place }, reads: [], catches: false };
  }
}

function methodsOf({ methods }: Route): readonly string[] {
  return methods?.members ?? [];
}

/** find-my-way: literal segments before parameters before stars, and what is met where no route is behind them all. */
function specificity({ path, isMissing }: Route): number {
  if (isMissing) return path.length - 10_000;
  return path.includes('*') ? 0 : path.includes(':') ? 1 : 2;
}

/** A hook that runs once an answer is known, whoever made it. */
function behindAnswers(link: Link): Link {
  return {
    ...link,
    key: `behind ${link.key}`,
    follow: () => {
      const followed = link.follow();
      const own = followed.effects.filter((effect) => effect.kind !== 'downstream' && effect.kind !== 'answer');
      return { ...followed, effects: [{ kind: 'downstream', place: link.place }, ...own] };
    },
  };
}
