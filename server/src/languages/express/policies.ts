/** Policies of an application: for each path that it routes, what its requests meet in order. */
import { remember } from '../../core/remember.ts';
import type { LanguageId } from '../../core/language.ts';
import type { Place } from '../../core/text.ts';
import { anyOf, type Methods } from '../../policy/codes.ts';
import { all, always, any, never, not, test, unknown } from '../../policy/condition.ts';
import { noRoutes, type Observation, type RoutesAround } from '../../policy/observation.ts';
import type { Alternative, Condition, Policy } from '../../policy/model.ts';
import { send } from '../javascript/steps.ts';
import type { ExpressApplication, Handler, Layer } from './application.ts';
import type { FollowedHandler, HandlerFollower } from './handlers.ts';
import { pathSource } from './path-source.ts';
import { type ExpressVersion, isLiteral, isParameter, joinPaths, pathProblem, patternSet, segmentsOf } from './paths.ts';
import { answersOptionsOnly } from '../javascript/unseen-routes.ts';
import { elsewhere, type FlatEntry, type FlatLayer, type FlatPath, RouteTable } from './route-table.ts';
import { type Item, Signatures, stepsOf } from './steps.ts';

export interface ApplicationPolicies {
  readonly policies: readonly Policy[];
  readonly routing: readonly Alternative[];
  readonly routes: readonly { readonly method: string; readonly path: string; readonly place: Place; readonly policy: string }[];
  /** Paths that this version of Express refuses or never matches. */
  readonly problems: readonly Extract<Observation, { kind: 'routePath' }>[];
  /** Handlers with the policies that they shape, and the routes of their router around them. */
  readonly handlers: readonly {
    readonly followed: FollowedHandler;
    readonly handler: Handler;
    readonly policies: readonly string[];
    /** The router whose `use` registers it; undefined in a route. */
    readonly usedBy: object | undefined;
    /** The layer that registers it; undefined for a server's own handler. */
    readonly layer: Layer | undefined;
    readonly around: RoutesAround;
  }[];
}

const mostRoutes = 600;
/** The path of routes whose own cannot be known. */
const unknownPath = ':unknown';

export class PolicyBuilder {
  readonly #follower: HandlerFollower;
  readonly #version: ExpressVersion;
  readonly #language: LanguageId;
  readonly #known = new WeakMap<FlatLayer, readonly Item[]>();

  /** `language`: the framework whose policies these are, where it is one that is built on Express. */
  constructor(follower: HandlerFollower, version: ExpressVersion, language: LanguageId = 'express') {
    this.#follower = follower;
    this.#version = version;
    this.#language = language;
  }

  /** The policies of an application that nothing is mounted around. `prefix` keeps ids apart; `entrance` hands it its requests. */
  build(application: ExpressApplication, prefix: string, fragment: boolean, entrance?: Handler): ApplicationPolicies {
    const table = new RouteTable(application, this.#version, entrance);
    const byPath = new Map<string, { path: string; flat: FlatPath; layers: FlatLayer[] }>();
    const mounts = new Map<string, FlatLayer>();
    for (const entry of table.entries) {
      if (entry.kind === 'end') continue;
      for (const path of entry.paths) {
        if (path.everything && path.source !== '/') continue;
        const source = path.source ?? (path.pattern ? `(${path.pattern.source})` : unknownPath);
        const key = path.written === undefined ? source.toLowerCase() : `${source} ${path.written}`;
        if (entry.layer.kind === 'use') {
          if (source !== '' && source !== '/' && path.source !== undefined && !mounts.has(key)) mounts.set(key, entry);
        } else {
          const known = byPath.get(key);
          if (known) known.layers.push(entry);
          else if (byPath.size < mostRoutes) byPath.set(key, { path: source, flat: path, layers: [entry] });
        }
      }
    }
    const policies: Policy[] = [];
    const routing: Alternative[] = [];
    const wider: { readonly flat: FlatPath; readonly alternative: Alternative }[] = [];
    const listed: ApplicationPolicies['routes'][number][] = [];
    const uses = new Map<FollowedHandler, { handler: Handler; policies: Set<string> }>();
    const bySignature = new Map<string, string>();
    const signatures = new Signatures();
    const record = (items: readonly Item[], id: string): void => {
      for (const item of items) {
        if (item.kind !== 'handler') continue;
        const known = uses.get(item.followed);
        if (known) known.policies.add(id);
        else uses.set(item.followed, { handler: item.handler, policies: new Set([id]) });
      }
    };

    for (const { path, flat, layers } of byPath.values()) {
      const [first] = layers;
      if (!first) continue;
      const items = this.#items(table, path, layers);
      const methods = items.some(({ kind }) => kind === 'unseen') ? undefined : methodsOf(layers);
      const signature = `${signatures.ofAll(items)} ${methods ? `${methods.kind} ${methods.members.join()}` : ''}`;
      let id = bySignature.get(signature);
      if (id === undefined) {
        const title = titleOf(path, layers);
        id = `${prefix}${title}`;
        if (policies.some((policy) => policy.id === id)) id += ` ${first.layer.place.range.start}`;
        bySignature.set(signature, id);
        const { place } = first.layer;
        policies.push({
          id,
          title,
          language: this.#language,
          kind: 'route',
          place: first.layer.paths[0]?.place ?? place,
          extent: place,
          ...(methods ? { methods } : {}),
          steps: stepsOf(items),
          send,
          fragment,
        });
      }
      record(items, id);
      const alternative = { when: routeCondition(flat, this.#version), policy: id };
      if (flat.pattern || !isLiteral(path)) wider.push({ flat, alternative });
      else routing.push(alternative);
      for (const { layer } of layers)
        for (const method of methodNames(layer.methods)) listed.push({ method, path, place: layer.place, policy: id });
    }

    routing.push(...wider.sort((a, b) => textIn(b.flat) - textIn(a.flat)).map(({ alternative }) => alternative));

    // Paths under a mounted middleware that no route has, the longest first.
    for (const [mount, entry] of [...mounts].sort(([a], [b]) => b.length - a.length)) {
      const under = this.#items(table, joinPaths(mount, elsewhere), []);
      const signature = signatures.ofAll(under);
      let policy = bySignature.get(signature);
      if (policy === undefined) {
        policy = `${prefix}use ${mount}`;
        bySignature.set(signature, policy);
        policies.push({
          id: policy,
          title: `use ${mount}`,
          language: this.#language,
          kind: 'application',
          place: entry.layer.paths[0]?.place ?? entry.layer.place,
          extent: entry.layer.place,
          steps: stepsOf(under),
          send,
          fragment,
        });
      }
      record(under, policy);
      routing.push({ when: pathCondition(mount, this.#version, true), policy });
    }

    const items = this.#items(table, elsewhere, []);
    const id = `${prefix}*`;
    policies.push({
      id,
      language: this.#language,
      title: application.type === 'router' ? 'router' : 'application',
      kind: 'application',
      place: application.place,
      extent: application.place,
      steps: stepsOf(items),
      send,
      fragment,
    });
    record(items, id);
    routing.push({ when: always, policy: id });

    return {
      policies,
      routing,
      routes: listed,
      problems: this.#problems(table.entries),
      handlers: [...uses].map(([followed, { handler, policies: ids }]) => ({
        followed,
        handler,
        policies: [...ids],
        usedBy: table.usedBy(handler),
        layer: table.layerOf(handler),
        around: table.routesAround(handler),
      })),
    };
  }

  /** A handler of Node's own server, or middleware whose application is not in sight. */
  buildServer(handler: Handler, place: Place, prefix: string, fragment: boolean): ApplicationPolicies {
    const followed = this.#follower.follow(handler, false, !fragment);
    const items: Item[] = [{ kind: 'handler', followed, handler, when: always, own: true, routers: [] }];
    const id = `${prefix}server`;
    const title = followed.cors?.name ?? (fragment ? 'middleware' : 'server');
    return {
      policies: [
        {
          id,
          title,
          language: this.#language,
          kind: 'application',
          place,
          extent: place,
          steps: stepsOf(items, fragment),
          send,
          fragment,
        },
      ],
      routing: [{ when: always, policy: id }],
      routes: [],
      problems: [],
      handlers: [{ followed, handler, policies: [id], usedBy: undefined, layer: undefined, around: noRoutes }],
    };
  }

  #problems(entries: readonly FlatEntry[]): ApplicationPolicies['problems'] {
    return entries.flatMap((entry) => {
      if (entry.kind === 'end') return [];
      return entry.layer.paths.flatMap((path) => {
        const problem = path.source === undefined ? undefined : pathProblem(path.source, this.#version);
        return problem && path.source !== undefined
          ? [{ kind: 'routePath', place: path.place, path: path.source, framework: `Express ${this.#version ?? ''}`, ...problem } as const]
          : [];
      });
    });
  }

  /** Everything that a request for `route` meets. `own` are the route's own layers. */
  #items(table: RouteTable, route: string, own: readonly FlatLayer[]): Item[] {
    const items: Item[] = [];
    // What no route in sight takes, one out of sight may.
    const rest = own.every(({ layer }) => answersOptionsOnly(layer));
    /** Routers of which a route that does not answer OPTIONS itself was met. */
    const answering = new Map<object, Place>();
    /** When the handlers of parameters have run. */
    const met = new Map<object, Condition>();
    for (const entry of table.candidates(route)) {
      if (entry.kind === 'end') {
        const place = answering.get(entry.router);
        if (place) items.push({ kind: 'options', place, routers: entry.routers });
        continue;
      }
      const { layer } = entry;
      const coverage = entry.everywhere || own.includes(entry) ? 'yes' : table.coverage(entry, route);
      if (coverage === 'no') continue;
      // Of two paths that are not known, one may answer the preflights of the other.
      if (coverage === 'unknown' && layer.kind === 'route' && !(route === unknownPath && takesOptions(layer))) continue;
      const leavesOptions = layer.kind === 'route' && !takesOptions(layer) && layer.route?.takesOptions !== true;
      if (leavesOptions && !answering.has(entry.router)) answering.set(entry.router, layer.place);
      if (entry.routers.at(-1)?.params.length)
        items.push(...this.#paramItems(entry, coverage === 'yes' ? always : pathUnknown(layer), met));
      for (const item of coverage === 'yes' ? this.#certain(entry) : this.#itemsOf(entry, pathUnknown(layer))) {
        items.push(item);
        const brings = rest && item.kind === 'handler' && layer.kind === 'use' && item.followed.bringsRoutes;
        if (brings && layer.paths.length === 0) items.push({ kind: 'unseen', routers: entry.routers });
      }
    }
    return items;
  }

  /** The items of a layer that is met for certain, made once: most routes meet the same layers. */
  #certain(entry: FlatLayer): readonly Item[] {
    let items = this.#known.get(entry);
    if (!items) this.#known.set(entry, (items = this.#itemsOf(entry, always)));
    return items;
  }

  /** What runs for the parameters in a layer's path, where it has not run for this request (behaviour 3.15). */
  #paramItems({ layer, when, routers }: FlatLayer, path: Condition, met: Map<object, Condition>): Item[] {
    const condition = all(when, path, layer.methods ? methodCondition(layer.methods) : always);
    const params = routers.at(-1)?.params.filter(({ name }) => layer.paths.some(({ source }) => hasParameter(source, name))) ?? [];
    return params.map((param): Item => {
      const before = met.get(param) ?? never;
      met.set(param, any(before, condition));
      const followed = this.#follower.follow(param.handler, false, false);
      return { kind: 'handler', followed, handler: param.handler, when: all(condition, not(before)), own: false, routers };
    });
  }

  #itemsOf({ layer, handlers, when, routers, entranceOf }: FlatLayer, path: Condition): Item[] {
    const condition = all(when, path, layer.methods ? methodCondition(layer.methods) : always);
    const route = layer.kind === 'route' ? { route: layer.route ?? layer } : undefined;
    return handlers.map((handler, index) => {
      const final = layer.kind === 'route' && index === handlers.length - 1;
      const followed = this.#follower.follow(handler, layer.kind === 'use' && layer.paths.length > 0, final);
      return { kind: 'handler', followed, handler, when: condition, own: final, routers, ...route, ...(entranceOf && { entranceOf }) };
    });
  }
}

function pathUnknown({ place }: Layer): Condition {
  return unknown(`path:${place.uri}#${place.range.start}`, 'unsupported');
}

function hasParameter(source: string | undefined, name: string): boolean {
  const at = source?.indexOf(`:${name}`) ?? -1;
  return at >= 0 && !/^\w/.test(source?.slice(at + name.length + 1) ?? '');
}

const conditionsOfMethods = new WeakMap<Methods, Condition>();

/** The condition of a route's methods, made once for each kind of route. */
function methodCondition(methods: Methods): Condition {
  let condition = conditionsOfMethods.get(methods);
  if (!condition) conditionsOfMethods.set(methods, (condition = { kind: 'method', in: methods }));
  return condition;
}

function takesOptions({ methods }: Layer): boolean {
  return !methods || methods.members.includes('OPTIONS') === (methods.kind === 'in');
}

function methodsOf(routes: readonly FlatLayer[]): Methods | undefined {
  const [only] = routes;
  if (only && routes.length === 1) return only.layer.methods;
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

const requested = { kind: 'request', datum: 'path', absent: '' } as const;

/** Which paths a route's pattern means: letters in any case, with or without a last slash. */
function routeCondition({ source = unknownPath, pattern, mount }: FlatPath, version: ExpressVersion): Condition {
  if (!pattern) return isLiteral(source) ? literalCondition(source) : pathCondition(source, version);
  if (mount !== '') return unknown(`path:${mount}${pattern.source}`, 'unsupported');
  return test(requested, patternSet(pattern.source, pattern.flags));
}

const literalCondition = remember((source) =>
  test(requested, { kind: 'oneOf', values: source === '/' ? ['/'] : [source, `${source}/`], ignoreCase: true }),
);

/** Which paths a path means that is more than text, or, as a `prefix`, everything under it. */
function pathCondition(source: string, version: ExpressVersion, prefix = false): Condition {
  return test(requested, patternSet(pathSource(source, version, prefix), 'i'));
}

/** How much of a path is text: a route is asked before those that take its requests as well, as its policy has them all. */
function textIn({ source, pattern }: FlatPath): number {
  return pattern || source === undefined ? -1 : segmentsOf(source).filter((segment) => !isParameter(segment)).length;
}
