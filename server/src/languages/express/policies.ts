/** Policies of an application: for each path that it routes, what its requests meet in order. */
import type { Place } from '../../core/text.ts';
import { allBut, anyOf, everything, type Codes, type Methods } from '../../policy/codes.ts';
import { all, always, conditionKey, test, unknown } from '../../policy/condition.ts';
import type { Observation } from '../../policy/observation.ts';
import type { Alternative, Condition, Policy, Sending, Sent, Step, Steps } from '../../policy/model.ts';
import { type Effect, type Effects, straighten } from '../javascript/effects.ts';
import { ExpressApplication, type Handler, type Layer, type LayerPath } from './application.ts';
import type { HandlerFollower } from './handlers.ts';
import { type FollowedHandler } from './handlers.ts';
import { type Coverage, covers, type ExpressVersion, isEverything, joinPaths, pathProblem } from './paths.ts';

/** One thing that a request meets on its way. */
type Item =
  | {
      readonly kind: 'handler';
      readonly followed: FollowedHandler;
      readonly handler: Handler;
      readonly when: Condition;
      readonly own: boolean;
    }
  /** Express answers OPTIONS itself at the end of a router with routes on the path. */
  | { readonly kind: 'options'; readonly place: Place };

/** A path with the mounts before it. */
interface FlatPath extends Omit<LayerPath, 'place'> {
  readonly everything: boolean;
  readonly place: Place | undefined;
  /** The literal segments that it begins with, in lower case. */
  readonly start: string;
}

interface FlatLayer {
  readonly kind: 'layer';
  readonly layer: Layer;
  /** Without the routers among them. */
  readonly handlers: readonly Handler[];
  readonly when: Condition;
  readonly paths: readonly FlatPath[];
  /** The application and the routers around, the outermost first. */
  readonly routers: readonly ExpressApplication[];
  /** This mount of the router. */
  readonly router: object;
}

/** A layer, or the end of a router with routes of its own. */
type FlatEntry = FlatLayer | { readonly kind: 'end'; readonly router: object };

/** The entries in their order, and those of routes by the literal start of their paths. */
class FlatIndex {
  readonly entries: readonly FlatEntry[];
  readonly #general: number[] = [];
  readonly #byStart = new Map<string, number[]>();

  constructor(entries: readonly FlatEntry[]) {
    this.entries = entries;
    entries.forEach((entry, index) => {
      if (entry.kind === 'end' || entry.layer.kind === 'use') this.#general.push(index);
      else
        for (const start of new Set(entry.paths.map((path) => path.start))) {
          const known = this.#byStart.get(start);
          if (known) known.push(index);
          else this.#byStart.set(start, [index]);
        }
    });
  }

  /** Entries that a route whose path begins with `start` may meet: routes begin with one of its own beginnings. */
  *candidates(start: string): Generator<FlatEntry> {
    const indexes = [...this.#general];
    for (let beginning = start; ; beginning = beginning.slice(0, beginning.lastIndexOf('/'))) {
      indexes.push(...(this.#byStart.get(beginning) ?? []));
      if (beginning === '') break;
    }
    for (const index of indexes.sort((a, b) => a - b)) {
      const entry = this.entries[index];
      if (entry) yield entry;
    }
  }
}

export interface ApplicationPolicies {
  readonly policies: readonly Policy[];
  readonly routing: readonly Alternative[];
  readonly routes: readonly { readonly method: string; readonly path: string; readonly place: Place; readonly policy: string }[];
  /** Handlers with the policies that they shape and the number of routes registered before them. */
  /** Paths that this version of Express refuses or never matches. */
  readonly problems: readonly Extract<Observation, { kind: 'routePath' }>[];
  readonly handlers: readonly {
    readonly followed: FollowedHandler;
    readonly handler: Handler;
    readonly policies: readonly string[];
    readonly routesBefore: number;
    readonly routes: number;
  }[];
}

const deepestMount = 8;
const mostRoutes = 600;
const mostLayers = 4000;
/** A path that no route has. */
const elsewhere = '/\u2026';

export class PolicyBuilder {
  readonly #follower: HandlerFollower;
  readonly #version: ExpressVersion;

  constructor(follower: HandlerFollower, version: ExpressVersion) {
    this.#follower = follower;
    this.#version = version;
  }

  /** The policies of an application that nothing is mounted around. `prefix` keeps ids apart. */
  build(application: ExpressApplication, prefix: string, fragment: boolean): ApplicationPolicies {
    const flat = new FlatIndex(this.#flatten(application, '', always, [], []));
    const byPath = new Map<string, { path: string; layers: FlatLayer[] }>();
    const mounts = new Map<string, FlatLayer>();
    for (const entry of flat.entries) {
      if (entry.kind === 'end') continue;
      for (const path of entry.paths) {
        if (path.everything && path.source !== '/') continue;
        const source = path.source ?? (path.pattern ? `(${path.pattern.source})` : ':unknown');
        const key = source.toLowerCase();
        if (entry.layer.kind === 'use') {
          if (source !== '' && source !== '/' && path.source !== undefined && !mounts.has(key)) mounts.set(key, entry);
        } else {
          const known = byPath.get(key);
          if (known) known.layers.push(entry);
          else if (byPath.size < mostRoutes) byPath.set(key, { path: source, layers: [entry] });
        }
      }
    }
    const policies: Policy[] = [];
    const routing: Alternative[] = [];
    const listed: ApplicationPolicies['routes'][number][] = [];
    const uses = new Map<FollowedHandler, { handler: Handler; policies: Set<string> }>();
    const bySignature = new Map<string, string>();
    const record = (items: readonly Item[], id: string): void => {
      for (const item of items) {
        if (item.kind !== 'handler') continue;
        const known = uses.get(item.followed);
        if (known) known.policies.add(id);
        else uses.set(item.followed, { handler: item.handler, policies: new Set([id]) });
      }
    };

    for (const { path, layers } of byPath.values()) {
      const [first] = layers;
      if (!first) continue;
      const items = this.#items(flat, path, new Set(layers));
      const methods = methodsOf(layers);
      const signature = items.map((item) => this.#signatureOf(item)).join('|') + JSON.stringify(methods ?? '');
      let id = bySignature.get(signature);
      if (id === undefined) {
        const title = titleOf(path, layers);
        id = `${prefix}${title}`;
        bySignature.set(signature, id);
        const { place } = first.layer;
        policies.push({
          id,
          title,
          kind: 'route',
          place: first.layer.paths[0]?.place ?? place,
          extent: place,
          ...(methods ? { methods } : {}),
          steps: this.#steps(items),
          send,
          fragment,
        });
      }
      record(items, id);
      routing.push({ when: pathCondition(path), policy: id });
      for (const { layer } of layers)
        for (const method of methodNames(layer.methods)) listed.push({ method, path, place: layer.place, policy: id });
    }

    // Paths under a mounted middleware that no route has, the longest first.
    for (const [mount, entry] of [...mounts].sort(([a], [b]) => b.length - a.length)) {
      const under = this.#items(flat, joinPaths(mount, elsewhere), new Set());
      const signature = under.map((item) => this.#signatureOf(item)).join('|');
      let policy = bySignature.get(signature);
      if (policy === undefined) {
        policy = `${prefix}use ${mount}`;
        bySignature.set(signature, policy);
        policies.push({
          id: policy,
          title: `use ${mount}`,
          kind: 'application',
          place: entry.layer.paths[0]?.place ?? entry.layer.place,
          extent: entry.layer.place,
          steps: this.#steps(under),
          send,
          fragment,
        });
      }
      record(under, policy);
      routing.push({ when: pathCondition(mount, true), policy });
    }

    const items = this.#items(flat, elsewhere, new Set());
    const id = `${prefix}*`;
    policies.push({
      id,
      title: application.type === 'router' ? 'router' : 'application',
      kind: 'application',
      place: application.place,
      extent: application.place,
      steps: this.#steps(items),
      send,
      fragment,
    });
    record(items, id);
    routing.push({ when: always, policy: id });

    return {
      policies,
      routing,
      routes: listed,
      problems: this.#problems(flat.entries),
      handlers: [...uses].map(([followed, { handler, policies: ids }]) => ({
        followed,
        handler,
        policies: [...ids],
        ...routesAround(flat.entries, handler),
      })),
    };
  }

  /** A handler of Node's own server, or middleware whose application is not in sight. */
  buildServer(handler: Handler, place: Place, prefix: string, fragment: boolean): ApplicationPolicies {
    const followed = this.#follower.follow(handler, false, !fragment);
    const items: Item[] = [{ kind: 'handler', followed, handler, when: always, own: true }];
    const id = `${prefix}server`;
    const title = followed.cors?.name ?? (fragment ? 'middleware' : 'server');
    return {
      policies: [{ id, title, kind: 'application', place, extent: place, steps: this.#steps(items, fragment), send, fragment }],
      routing: [{ when: always, policy: id }],
      routes: [],
      problems: [],
      handlers: [{ followed, handler, policies: [id], routesBefore: 0, routes: 0 }],
    };
  }

  /** The layers of an application in order, those of mounted routers in their place with their whole paths. */
  #flatten(
    application: ExpressApplication,
    mount: string,
    when: Condition,
    around: readonly ExpressApplication[],
    flat: FlatEntry[],
  ): FlatEntry[] {
    const routers = [...around, application];
    const router = {};
    let hasRoutes = false;
    for (const layer of application.layers) {
      if (flat.length > mostLayers) break;
      const condition = all(when, layer.when);
      const sources = layer.paths.length > 0 ? layer.paths : [undefined];
      const own = layer.handlers.filter(({ value }) => !(value.kind === 'host' && value.host instanceof ExpressApplication));
      if (own.length > 0 || layer.kind === 'route') {
        const entry: FlatLayer = {
          kind: 'layer',
          layer,
          handlers: own,
          when: condition,
          paths: sources.map((path) => this.#flatPath(path, mount)),
          routers,
          router,
        };
        flat.push(entry);
        hasRoutes ||= layer.kind === 'route';
      }
      for (const { value } of layer.handlers) {
        if (value.kind !== 'host' || !(value.host instanceof ExpressApplication) || routers.length > deepestMount) continue;
        for (const path of sources)
          this.#flatten(value.host, joinPaths(mount, path?.source ?? (path ? ':unknown' : '')), condition, routers, flat);
      }
    }
    if (hasRoutes) flat.push({ kind: 'end', router });
    return flat;
  }

  #problems(flat: readonly FlatEntry[]): ApplicationPolicies['problems'] {
    return flat.flatMap((entry) => {
      if (entry.kind === 'end') return [];
      return entry.layer.paths.flatMap((path) => {
        const problem = path.source === undefined ? undefined : pathProblem(path.source, this.#version);
        return problem && path.source !== undefined
          ? [{ kind: 'routePath', place: path.place, path: path.source, framework: `Express ${this.#version ?? ''}`, ...problem } as const]
          : [];
      });
    });
  }

  #flatPath(path: LayerPath | undefined, mount: string): FlatPath {
    if (!path) return { source: mount, everything: mount === '' || mount === '/', place: undefined, start: literalStart(mount) };
    if (path.pattern) return { source: undefined, pattern: path.pattern, everything: false, place: path.place, start: '' };
    const everything = path.source !== undefined && isEverything(path.source, this.#version) && (mount === '' || mount === '/');
    const source = path.source === undefined || everything ? path.source : joinPaths(mount, path.source);
    return {
      source,
      everything: everything || (source === '/' && mount === '' && path.source === '/'),
      place: path.place,
      start: source === undefined || everything ? '' : literalStart(source),
    };
  }

  /** Everything that a request for `route` meets. */
  #items(flat: FlatIndex, route: string, own: ReadonlySet<FlatLayer>): Item[] {
    const items: Item[] = [];
    /** Routers of which a route that does not answer OPTIONS itself was met. */
    const answering = new Map<object, Place>();
    const isElsewhere = route.endsWith(elsewhere);
    for (const entry of flat.candidates(literalStart(route))) {
      if (entry.kind === 'end') {
        const place = answering.get(entry.router);
        if (place) items.push({ kind: 'options', place });
        continue;
      }
      const { layer } = entry;
      const coverage = own.has(entry) ? 'yes' : this.#coverage(entry, route, isElsewhere);
      if (coverage === 'no' || (coverage === 'unknown' && layer.kind === 'route')) continue;
      if (layer.kind === 'route' && layer.methods && !has(layer.methods, 'OPTIONS') && !answering.has(entry.router))
        answering.set(entry.router, layer.place);
      const path: Condition =
        coverage === 'unknown' ? unknown(`path:${layer.place.uri}#${layer.place.range.start}`, 'unsupported') : always;
      const method: Condition = layer.methods ? { kind: 'method', in: layer.methods } : always;
      const when = all(entry.when, path, method);
      entry.handlers.forEach((handler, index) => {
        const final = layer.kind === 'route' && index === entry.handlers.length - 1;
        const followed = this.#follower.follow(handler, layer.kind === 'use' && layer.paths.length > 0, final);
        items.push({ kind: 'handler', followed, handler, when, own: final });
      });
    }
    return items;
  }

  #coverage(entry: FlatLayer, route: string, isElsewhere: boolean): Coverage {
    const { layer } = entry;
    const start = literalStart(route);
    let result: Coverage = 'no';
    for (const path of entry.paths) {
      if (!path.start.startsWith(start) && !start.startsWith(path.start)) continue;
      const { source } = path;
      if (layer.kind === 'use' ? path.everything : path.everything && path.source !== '/') return 'yes';
      if (layer.kind === 'route') {
        // Routes with parameters have policies of their own; elsewhere only those count that take every path.
        if (isElsewhere && !endsInSplat(path, this.#version)) continue;
        if (source !== undefined && isLiteral(source)) {
          if (source.toLowerCase() === route.toLowerCase()) return 'yes';
          continue;
        }
      }
      const coverage = covers(path, route, layer.kind === 'route', this.#version);
      if (coverage === 'yes') return 'yes';
      if (coverage === 'unknown') result = 'unknown';
    }
    return result;
  }

  /** The steps through a list of items. `open`: what comes behind them is not in sight. */
  #steps(items: readonly Item[], open = false): Steps {
    const steps: Step[] = [];
    items.forEach((item, index) => {
      if (item.kind === 'options') {
        steps.push({
          kind: 'branch',
          when: { kind: 'method', in: anyOf('OPTIONS') },
          then: [{ kind: 'answer', status: anyOf(200), by: 'application' }],
        });
        return;
      }
      if (item.followed.takesErrors) return;
      const own = collapse(this.#convert(item.followed.effects, items, index));
      if (own.length === 0) return;
      if (item.when.kind === 'always') steps.push(...own);
      else steps.push({ kind: 'branch', when: item.when, then: own });
    });
    // Nothing answered: Express says 404 and keeps the headers written so far (behaviour 3.7).
    if (!open) steps.push({ kind: 'answer', status: anyOf(404), by: 'application' });
    return steps;
  }

  /** What two policies have in common where they are the same but for their own handlers, which only answer. */
  #signatureOf(item: Item): string {
    if (item.kind === 'options') return 'options';
    const when = conditionKey(item.when);
    const plain = item.own && !item.followed.takesErrors ? plainAnswer(collapse(this.#convert(item.followed.effects, [], 0))) : undefined;
    return plain ? `answer ${JSON.stringify(plain.status)} ${when}` : `${item.handler.place.uri}#${item.handler.place.range.start} ${when}`;
  }

  #convert(effects: Effects, items: readonly Item[], index: number): Steps {
    return effects.flatMap((effect): Steps => {
      switch (effect.kind) {
        case 'branch':
          return [
            {
              kind: 'branch',
              when: effect.when,
              then: this.#convert(effect.then, items, index),
              otherwise: this.#convert(effect.otherwise, items, index),
              ...(effect.place ? { place: effect.place } : {}),
            },
          ];
        case 'next':
          return [];
        case 'raise':
          return this.#raised(effect, items, index + 1);
        case 'delegate':
          return [
            {
              kind: 'branch',
              when: unknown(effect.id, 'unresolved'),
              then: [{ kind: 'upstream', by: 'upstream', hidden: [], place: effect.place }],
            },
          ];
        default:
          return [effect];
      }
    });
  }

  /** The error handlers behind an item, or Express's own, which keeps the headers (behaviour 3.7). */
  #raised(raise: Extract<Effect, { kind: 'raise' }>, items: readonly Item[], from: number): Steps {
    const status: Codes = anyOf(raise.status ?? 500);
    const refuses = raise.why === 'authentication' || raise.status === 401;
    for (let index = from; index < items.length; index++) {
      const item = items[index];
      if (item?.kind !== 'handler' || !item.followed.takesErrors) continue;
      const effects = straighten(item.followed.effects, (end) =>
        end ? [end] : [{ kind: 'answer', status: everything, by: 'application', place: item.handler.place }],
      );
      const steps = this.#convert(effects, items, index);
      return refuses ? steps.map(asRefusal) : steps;
    }
    if (refuses) return [{ kind: 'answer', status, by: 'application', place: raise.place, refusal: 'authentication' }];
    return [{ kind: 'fail', status, place: raise.place, why: raise.why }];
  }
}

function isLiteral(path: string): boolean {
  return !/[:*(){}+?]/.test(path);
}

const starts = new Map<string, string>();

/** The literal segments at the start of a path, in lower case, without a last slash. */
function literalStart(path: string): string {
  const known = starts.get(path);
  if (known !== undefined) return known;
  if (starts.size > mostLayers) starts.clear();
  const special = path.search(/[:*(){}+?\u2026]/);
  const start = (special < 0 ? path : path.slice(0, path.lastIndexOf('/', special))).replace(/\/$/, '').toLowerCase();
  starts.set(path, start);
  return start;
}

function endsInSplat(path: FlatPath, version: ExpressVersion): boolean {
  return (
    path.pattern !== undefined ||
    (path.source !== undefined && (isEverything(path.source, version) || /(^|\/)(\*|\(\.\*\)|\{?\*\w+\}?)$/.test(path.source)))
  );
}

function asRefusal(step: Step): Step {
  if (step.kind === 'answer') return { ...step, refusal: 'authentication' };
  if (step.kind === 'branch')
    return { ...step, then: step.then.map(asRefusal), ...(step.otherwise ? { otherwise: step.otherwise.map(asRefusal) } : {}) };
  return step;
}

/** Express sends what was written; the lines of an upstream come with it where it is a proxy. */
function send({ tables }: Sending): Sent {
  return { lines: [...(tables.response ?? []), ...(tables.upstream ?? [])], withheld: [] };
}

const aboutCors = /^(access-control-.*|vary|origin|timing-allow-origin)$/i;

/** Leaves out what says nothing about CORS: other header lines, and branches whose sides answer alike. */
function collapse(steps: Steps): Steps {
  return steps.flatMap((step): Steps => {
    if (step.kind === 'write')
      return aboutCors.test(step.write.name) || !/^(content-|etag|cache-control|date|server|x-powered-by)/i.test(step.write.name)
        ? [step]
        : [];
    if (step.kind !== 'branch') return [step];
    const then = collapse(step.then);
    const otherwise = collapse(step.otherwise ?? []);
    if (then.length === 0 && otherwise.length === 0) return [];
    const [a, b] = [plainAnswer(then), plainAnswer(otherwise)];
    if (a && b) return [{ kind: 'answer', status: unionOf(a.status, b.status), by: 'application', ...(a.place ? { place: a.place } : {}) }];
    return [{ ...step, then, otherwise }];
  });
}

/** A side that only answers, with no refusal that a rule asks about. Header lines without CORS in them are dropped. */
function plainAnswer(steps: Steps): { readonly status: Codes; readonly place?: Place | undefined } | undefined {
  const relevant = steps.filter((step) => step.kind !== 'write' || aboutCors.test(step.write.name));
  const [only] = relevant;
  if (relevant.length !== 1 || !only) return undefined;
  if (only.kind === 'answer' && only.refusal === undefined && only.by === 'application') return { status: only.status, place: only.place };
  return only.kind === 'fail' ? { status: only.status, place: only.place } : undefined;
}

function unionOf(a: Codes, b: Codes): Codes {
  if (a.kind === 'in' && b.kind === 'in') return anyOf(...new Set([...a.members, ...b.members]));
  const excluded = a.kind === 'notIn' ? a : b;
  const other = a.kind === 'notIn' ? b : a;
  return allBut(...excluded.members.filter((code) => other.members.includes(code) === (other.kind === 'notIn')));
}

function has(methods: Methods, method: string): boolean {
  return methods.members.includes(method) === (methods.kind === 'in');
}

function methodsOf(routes: readonly FlatLayer[]): Methods | undefined {
  const names = new Set<string>();
  for (const { layer } of routes) {
    if (!layer.methods) return undefined;
    for (const name of layer.methods.members) names.add(name);
  }
  return anyOf(...names);
}

function methodNames(methods: Methods | undefined): readonly string[] {
  return methods ? methods.members.filter((name) => name !== 'HEAD' || methods.members.length === 1) : ['ALL'];
}

function titleOf(path: string, layers: readonly FlatLayer[]): string {
  const names = new Set(layers.flatMap(({ layer }) => methodNames(layer.methods)));
  return `${[...names].join(', ')} ${path}`;
}

/** Which paths a route's pattern means: letters in any case, with or without a last slash, or everything under it. */
function pathCondition(path: string, prefix = false): Condition {
  const datum = { kind: 'request', datum: 'path', absent: '' } as const;
  if (!prefix && isLiteral(path))
    return test(datum, { kind: 'oneOf', values: path === '/' ? ['/'] : [path, `${path}/`], ignoreCase: true });
  const source = path
    .split('/')
    .map((segment) => {
      if (segment.startsWith('(') && segment.endsWith(')')) return segment;
      if (/^\{?\*/.test(segment)) return '.*';
      return segment
        .replace(/[.^$|\\]/g, '\\$&')
        .replace(/:\w+(\([^)]*\))?\??/g, '[^/]+')
        .replace(/\*/g, '.*');
    })
    .join('/');
  return test(datum, {
    kind: 'pattern',
    pattern: { dialect: 'javascript', source: `^${source}${prefix ? '(?:/|$)' : '/?$'}`, flags: 'i' },
  });
}

/** How many routes of the router that a handler is mounted on come before it, and how many there are. */
function routesAround(flat: readonly FlatEntry[], handler: Handler): { readonly routesBefore: number; readonly routes: number } {
  const index = flat.findIndex((entry) => entry.kind === 'layer' && entry.handlers.includes(handler));
  const own = flat[index];
  if (own?.kind !== 'layer') return { routesBefore: 0, routes: 0 };
  const router = own.routers.at(-1);
  const isRoute = (entry: FlatEntry): boolean =>
    entry.kind === 'layer' && entry.layer.kind === 'route' && router !== undefined && entry.routers.includes(router);
  const routes = flat.filter(isRoute).length;
  const whole = own.layer.kind === 'use' && own.layer.paths.length === 0;
  return { routesBefore: whole ? flat.slice(0, index).filter(isRoute).length : 0, routes };
}
