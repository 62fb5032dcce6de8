/** Policies of an application: for each path that it routes, what its requests meet in order. */
import { samePlace, type Place } from '../../core/text.ts';
import { allBut, anyOf, everything, type Codes, type Methods } from '../../policy/codes.ts';
import { all, always, conditionKey, test, unknown } from '../../policy/condition.ts';
import type { Alternative, Condition, Policy, Sending, Sent, Step, Steps } from '../../policy/model.ts';
import { type Effect, type Effects, straighten } from '../javascript/effects.ts';
import { ExpressApplication, type Handler, type Layer, type LayerPath } from './application.ts';
import { type FollowedHandler, HandlerFollower } from './handlers.ts';
import { covers, type ExpressVersion, isEverything, joinPaths } from './paths.ts';

/** One thing that a request meets on its way. */
type Item =
  | { readonly kind: 'handler'; readonly followed: FollowedHandler; readonly handler: Handler; readonly when: Condition; readonly own: boolean }
  /** Express answers OPTIONS itself at the end of a router with routes on the path. */
  | { readonly kind: 'options'; readonly place: Place };

/** One route: a path of a layer with the mounts before it. */
interface Route {
  readonly path: string;
  readonly layer: Layer;
  readonly order: number;
}

export interface ApplicationPolicies {
  readonly policies: readonly Policy[];
  readonly routing: readonly Alternative[];
  readonly routes: readonly { readonly method: string; readonly path: string; readonly place: Place; readonly policy: string }[];
  /** Handlers with the policies that they shape and the number of routes registered before them. */
  readonly handlers: readonly { readonly followed: FollowedHandler; readonly handler: Handler; readonly policies: readonly string[]; readonly routesBefore: number }[];
}

const deepestMount = 8;
const mostRoutes = 400;
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
    const routes = this.#routes(application, '', 0);
    const byPath = new Map<string, Route[]>();
    for (const route of routes) {
      if (isEverything(route.path, this.#version)) continue;
      const key = route.path.toLowerCase();
      byPath.set(key, [...(byPath.get(key) ?? []), route]);
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

    for (const own of byPath.values()) {
      const [first] = own;
      if (!first) continue;
      const items = this.#items(application, '', first.path, new Set(own.map((route) => route.layer)), 0);
      const methods = methodsOf(own);
      const signature = items.map(signatureOf).join('|') + JSON.stringify(methods ?? '');
      let id = bySignature.get(signature);
      if (id === undefined) {
        id = `${prefix}${titleOf(own)}`;
        bySignature.set(signature, id);
        const place = first.layer.place;
        policies.push({
          id, title: titleOf(own), kind: 'route', place: first.layer.paths[0]?.place ?? place, extent: place,
          ...(methods ? { methods } : {}), steps: this.#steps(items), send, fragment,
        });
      }
      record(items, id);
      routing.push({ when: pathCondition(first.path), policy: id });
      for (const route of own) for (const method of methodNames(route.layer.methods)) listed.push({ method, path: route.path, place: route.layer.place, policy: id });
    }

    // Paths under a mounted middleware that no route has, the longest first.
    for (const [mount, layer] of [...this.#mounts(application, '', 0)].sort(([a], [b]) => b.length - a.length)) {
      const under = this.#items(application, '', joinPaths(mount, elsewhere), new Set(), 0);
      const signature = under.map(signatureOf).join('|');
      let policy = bySignature.get(signature);
      if (policy === undefined) {
        policy = `${prefix}use ${mount}`;
        bySignature.set(signature, policy);
        policies.push({ id: policy, title: `use ${mount}`, kind: 'application', place: layer.paths[0]?.place ?? layer.place, extent: layer.place, steps: this.#steps(under), send, fragment });
      }
      record(under, policy);
      routing.push({ when: pathCondition(mount, true), policy });
    }

    const items = this.#items(application, '', elsewhere, new Set(), 0);
    const id = `${prefix}*`;
    policies.push({ id, title: application.type === 'router' ? 'router' : 'application', kind: 'application', place: application.place, extent: application.place, steps: this.#steps(items), send, fragment });
    record(items, id);
    routing.push({ when: always, policy: id });

    return {
      policies,
      routing,
      routes: listed,
      handlers: [...uses].map(([followed, { handler, policies: ids }]) => ({ followed, handler, policies: [...ids], routesBefore: routesBefore(routes, handler) })),
    };
  }

  /** A handler of Node's own server. */
  buildServer(handler: Handler, place: Place, prefix: string, fragment: boolean): ApplicationPolicies {
    const followed = this.#follower.follow(handler, false, true);
    const items: Item[] = [{ kind: 'handler', followed, handler, when: always, own: true }];
    const id = `${prefix}server`;
    const title = followed.cors?.name ?? (fragment ? 'middleware' : 'server');
    return {
      policies: [{ id, title, kind: 'application', place, extent: place, steps: this.#steps(items, fragment), send, fragment }],
      routing: [{ when: always, policy: id }],
      routes: [],
      handlers: [{ followed, handler, policies: [id], routesBefore: 0 }],
    };
  }

  #routes(application: ExpressApplication, mount: string, depth: number): Route[] {
    const found: Route[] = [];
    if (depth > deepestMount) return found;
    for (const layer of application.layers) {
      if (layer.kind === 'route') {
        for (const path of layer.paths) {
          const source = path.source ?? (path.pattern ? `(${path.pattern.source})` : ':unknown');
          found.push({ path: isEverything(source, this.#version) && mount === '' ? source : joinPaths(mount, source), layer, order: found.length });
        }
        continue;
      }
      for (const { value } of layer.handlers) {
        if (value.kind !== 'host' || !(value.host instanceof ExpressApplication)) continue;
        const paths = layer.paths.length > 0 ? layer.paths.map((path) => path.source ?? ':unknown') : [''];
        for (const path of paths) found.push(...this.#routes(value.host, joinPaths(mount, path), depth + 1));
      }
      if (found.length > mostRoutes) return found.slice(0, mostRoutes);
    }
    return found;
  }

  /** Paths under which middleware is mounted, each once. */
  #mounts(application: ExpressApplication, mount: string, depth: number, found = new Map<string, Layer>()): ReadonlyMap<string, Layer> {
    if (depth > deepestMount) return found;
    for (const layer of application.layers) {
      if (layer.kind !== 'use') continue;
      const paths = layer.paths.length > 0 ? layer.paths.flatMap((path) => (path.source === undefined ? [] : [path.source])) : [''];
      for (const path of paths) {
        const at = joinPaths(mount, path);
        for (const { value } of layer.handlers) {
          if (value.kind === 'host' && value.host instanceof ExpressApplication) this.#mounts(value.host, at, depth + 1, found);
          else if (at !== '/' && !isEverything(path, this.#version) && !found.has(at.toLowerCase())) found.set(at.toLowerCase(), layer);
        }
      }
    }
    return found;
  }

  /** Everything that a request for `route` meets in an application mounted at `mount`. */
  #items(application: ExpressApplication, mount: string, route: string, own: ReadonlySet<Layer>, depth: number): Item[] {
    if (depth > deepestMount) return [];
    const items: Item[] = [];
    let optionsPlace: Place | undefined;
    for (const layer of application.layers) {
      const coverage = own.has(layer) ? 'yes' : this.#coverage(layer, mount, route);
      if (coverage === 'no' || (coverage === 'unknown' && layer.kind === 'route')) continue;
      // Routes with parameters have policies of their own; elsewhere only those count that take every path.
      if (layer.kind === 'route' && route.endsWith(elsewhere) && !layer.paths.some((each) => endsInSplat(each, this.#version))) continue;
      const path: Condition = coverage === 'unknown' ? unknown(`path:${layer.place.uri}#${layer.place.range.start}`, 'unsupported') : always;
      const method: Condition = layer.methods ? { kind: 'method', in: layer.methods } : always;
      const when = all(layer.when, path, method);
      if (layer.kind === 'route' && layer.methods && !has(layer.methods, 'OPTIONS')) optionsPlace ??= layer.place;
      layer.handlers.forEach((handler, index) => {
        const { value } = handler;
        if (value.kind === 'host' && value.host instanceof ExpressApplication) {
          const mounts = layer.paths.length > 0 ? layer.paths.map((each) => each.source ?? ':unknown') : [''];
          const at = mounts.find((each) => each === '' || covers({ source: joinPaths(mount, each), place: layer.place }, route, false, this.#version) !== 'no') ?? mounts[0] ?? '';
          items.push(...this.#items(value.host, joinPaths(mount, at), route, own, depth + 1).map((item) => (item.kind === 'handler' ? { ...item, when: all(when, item.when) } : item)));
          return;
        }
        const final = layer.kind === 'route' && index === layer.handlers.length - 1;
        const followed = this.#follower.follow(handler, layer.kind === 'use' && layer.paths.length > 0, final);
        items.push({ kind: 'handler', followed, handler, when, own: own.has(layer) && final });
      });
    }
    if (optionsPlace) items.push({ kind: 'options', place: optionsPlace });
    return items;
  }

  #coverage(layer: Layer, mount: string, route: string): 'yes' | 'no' | 'unknown' {
    if (layer.paths.length === 0) return 'yes';
    let result: 'no' | 'unknown' = 'no';
    for (const path of layer.paths) {
      const everywhere = mount === '' && path.source !== undefined && isEverything(path.source, this.#version);
      const source = path.source === undefined || everywhere ? path.source : joinPaths(mount, path.source);
      const coverage = covers({ ...path, source }, route, layer.kind === 'route', this.#version);
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
        steps.push({ kind: 'branch', when: { kind: 'method', in: anyOf('OPTIONS') }, then: [{ kind: 'answer', status: anyOf(200), by: 'application' }] });
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

  #convert(effects: Effects, items: readonly Item[], index: number): Steps {
    return effects.flatMap((effect): Steps => {
      switch (effect.kind) {
        case 'branch':
          return [{ kind: 'branch', when: effect.when, then: this.#convert(effect.then, items, index), otherwise: this.#convert(effect.otherwise, items, index), ...(effect.place ? { place: effect.place } : {}) }];
        case 'next':
          return [];
        case 'raise':
          return this.#raised(effect, items, index + 1);
        case 'delegate':
          return [{ kind: 'branch', when: unknown(effect.id, 'unresolved'), then: [{ kind: 'upstream', by: 'upstream', hidden: [], place: effect.place }] }];
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
      const effects = straighten(item.followed.effects, (end) => (end ? [end] : [{ kind: 'answer', status: everything, by: 'application', place: item.handler.place }]));
      const steps = this.#convert(effects, items, index);
      return refuses ? steps.map(asRefusal) : steps;
    }
    if (refuses) return [{ kind: 'answer', status, by: 'application', place: raise.place, refusal: 'authentication' }];
    return [{ kind: 'fail', status, place: raise.place, why: raise.why }];
  }
}

function endsInSplat(path: LayerPath, version: ExpressVersion): boolean {
  return path.pattern !== undefined || (path.source !== undefined && (isEverything(path.source, version) || /(^|\/)(\*|\(\.\*\)|\{?\*\w+\}?)$/.test(path.source)));
}

function asRefusal(step: Step): Step {
  if (step.kind === 'answer') return { ...step, refusal: 'authentication' };
  if (step.kind === 'branch') return { ...step, then: step.then.map(asRefusal), ...(step.otherwise ? { otherwise: step.otherwise.map(asRefusal) } : {}) };
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
    if (step.kind === 'write') return aboutCors.test(step.write.name) || !/^(content-|etag|cache-control|date|server|x-powered-by)/i.test(step.write.name) ? [step] : [];
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

function methodsOf(routes: readonly Route[]): Methods | undefined {
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

function titleOf(routes: readonly Route[]): string {
  const names = new Set(routes.flatMap((route) => methodNames(route.layer.methods)));
  return `${[...names].join(', ')} ${routes[0]?.path ?? ''}`;
}

/** Which paths a route's pattern means: letters in any case, with or without a last slash, or everything under it. */
function pathCondition(path: string, prefix = false): Condition {
  const datum = { kind: 'request', datum: 'path', absent: '' } as const;
  if (!prefix && !/[:*(){}+?]/.test(path)) return test(datum, { kind: 'oneOf', values: path === '/' ? ['/'] : [path, `${path}/`], ignoreCase: true });
  const source = path
    .split('/')
    .map((segment) => {
      if (segment.startsWith('(') && segment.endsWith(')')) return segment;
      if (/^\{?\*/.test(segment)) return '.*';
      return segment.replace(/[.^$|\\]/g, '\\$&').replace(/:\w+(\([^)]*\))?\??/g, '[^/]+').replace(/\*/g, '.*');
    })
    .join('/');
  return test(datum, { kind: 'pattern', pattern: { dialect: 'javascript', source: `^${source}${prefix ? '(?:/|$)' : '/?$'}`, flags: 'i' } });
}

function signatureOf(item: Item): string {
  if (item.kind === 'options') return 'options';
  const [only] = item.followed.effects;
  const plain = item.own && item.followed.effects.length === 1 && only?.kind === 'answer' && only.refusal === undefined;
  const when = conditionKey(item.when);
  return plain ? `answer ${JSON.stringify(only.status)} ${when}` : `${item.handler.place.uri}#${item.handler.place.range.start} ${when}`;
}

function routesBefore(routes: readonly Route[], handler: Handler): number {
  return routes.filter(({ layer }) => layer.place.uri === handler.place.uri && layer.place.range.end <= handler.place.range.start && !samePlace(layer.place, handler.place)).length;
}
