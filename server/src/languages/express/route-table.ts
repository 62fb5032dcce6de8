/** What an application routes: its layers in the order in which requests meet them, those of mounted routers in their place. */
import { remember } from '../../core/remember.ts';
import type { Place } from '../../core/text.ts';
import { all, always } from '../../policy/condition.ts';
import type { Condition } from '../../policy/model.ts';
import { noRoutes, type RoutesAround } from '../../policy/observation.ts';
import { answersOptionsOnly } from '../javascript/unseen-routes.ts';
import { ExpressApplication, type Handler, type Layer, type LayerPath, UnseenRoutes } from './application.ts';
import {
  type Coverage,
  covers,
  type ExpressVersion,
  isEverything,
  isLiteral,
  joinPaths,
  type MountedPath,
  takesEverything,
} from './paths.ts';
import { RouteTrie } from './route-trie.ts';

/** A path with the mounts before it. */
export interface FlatPath extends MountedPath, Omit<LayerPath, 'place'> {
  readonly everything: boolean;
  readonly place: Place | undefined;
  /** The literal segments that it begins with, in lower case. */
  readonly start: string;
}

export interface FlatLayer {
  readonly kind: 'layer';
  readonly layer: Layer;
  /** Without the routers among them. */
  readonly handlers: readonly Handler[];
  readonly when: Condition;
  readonly paths: readonly FlatPath[];
  /** No route, and met on every path. */
  readonly everywhere: boolean;
  /** The application and the routers around, the outermost first. */
  readonly routers: readonly ExpressApplication[];
  /** This mount of the router. */
  readonly router: object;
  /** The application that its handler hands requests to. */
  readonly entranceOf?: Place;
}

/** A layer, or the end of a router with routes of its own. */
export type FlatEntry = FlatLayer | { readonly kind: 'end'; readonly router: object; readonly routers: FlatLayer['routers'] };

const deepestMount = 8;
const mostLayers = 4000;
/** A path that no route has. */
export const elsewhere = '/\u2026';

export class RouteTable {
  readonly entries: readonly FlatEntry[];
  readonly #version: ExpressVersion;
  /** Indexes of the ends of routers and of the layers that are no routes, in order. */
  readonly #general: number[] = [];
  readonly #routes = new RouteTrie();
  /** The first layer of each handler, and the indexes of the routes of each router, mounted routers included. */
  readonly #layerOf = new Map<Handler, number>();
  readonly #routesOf = new Map<ExpressApplication, number[]>();
  /** The index of the last handler that may be a router out of sight. */
  #lastUnseen = -1;

  constructor(application: ExpressApplication, version: ExpressVersion, entrance?: Handler) {
    this.#version = version;
    this.entries = this.#flatten(application, '', always, [], entrance ? [this.#entrance(application, entrance)] : []);
    this.entries.forEach((entry, index) => {
      if (entry.kind === 'end') {
        this.#general.push(index);
        return;
      }
      for (const handler of entry.handlers) if (!this.#layerOf.has(handler)) this.#layerOf.set(handler, index);
      const isUnseen = entry.handlers.some(({ value }) => value.kind === 'host' && value.host instanceof UnseenRoutes);
      if (entry.layer.kind === 'use') this.#general.push(index);
      else for (const path of entry.paths) this.#routes.add(path.source, index);
      if (entry.handlers.some(({ value }) => value.kind === 'unknown')) this.#lastUnseen = index;
      if (entry.layer.kind === 'use' ? !isUnseen : answersOptionsOnly(entry.layer) || takesEveryPath(entry)) return;
      for (const router of new Set(entry.routers)) {
        const known = this.#routesOf.get(router);
        if (known) known.push(index);
        else this.#routesOf.set(router, [index]);
      }
    });
  }

  /** What the requests of a route may meet, in order: the layers that are no routes, the ends of routers, routes like it. */
  candidates(route: string): readonly FlatEntry[] {
    const routes = this.#routes.candidates(route);
    const found: FlatEntry[] = [];
    let [general, like] = [0, 0];
    while (general < this.#general.length || like < routes.length) {
      const [first = Infinity, second = Infinity] = [this.#general[general], routes[like]];
      if (first < second) general++;
      else like++;
      const entry = this.entries[Math.min(first, second)];
      if (entry) found.push(entry);
    }
    return found;
  }

  /** The routes of the router that a handler is mounted on, where it is for all of them. */
  routesAround(handler: Handler): RoutesAround {
    const index = this.#layerOf.get(handler) ?? -1;
    const own = this.entries[index];
    if (own?.kind !== 'layer' || own.layer.kind !== 'use' || own.layer.paths.length > 0) return noRoutes;
    const router = own.routers.at(-1);
    const routes = (router && this.#routesOf.get(router)) ?? [];
    return {
      before: routes.flatMap((each) => (each < index ? (placeOf(this.entries[each]) ?? []) : [])),
      all: routes.length,
      unseenBehind: this.#lastUnseen > index,
    };
  }

  /** The layer that registers a handler. */
  layerOf(handler: Handler): Layer | undefined {
    const own = this.entries[this.#layerOf.get(handler) ?? -1];
    return own?.kind === 'layer' ? own.layer : undefined;
  }

  /** The router whose `use` registers a handler; undefined for handlers of routes. */
  usedBy(handler: Handler): object | undefined {
    const own = this.entries[this.#layerOf.get(handler) ?? -1];
    return own?.kind === 'layer' && own.layer.kind === 'use' ? own.routers.at(-1) : undefined;
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
        const paths = sources.map((path) => this.#flatPath(path, mount));
        const entry: FlatLayer = {
          kind: 'layer',
          layer,
          handlers: own,
          when: condition,
          paths,
          everywhere: layer.kind === 'use' && paths.some((path) => path.everything && path.start === ''),
          routers,
          router,
        };
        flat.push(entry);
        hasRoutes ||= layer.kind === 'route';
      }
      for (const { value } of layer.handlers) {
        if (value.kind !== 'host' || !(value.host instanceof ExpressApplication) || routers.length > deepestMount) continue;
        // A router inside of itself is a line that is being typed: `router.get('/` takes in the route behind it.
        if (routers.includes(value.host)) continue;
        for (const path of sources)
          this.#flatten(value.host, joinPaths(mount, path?.source ?? (path ? ':unknown' : '')), condition, routers, flat);
      }
    }
    if (hasRoutes) flat.push({ kind: 'end', router, routers });
    return flat;
  }

  /** The handler of a server that hands its requests to the application. */
  #entrance(application: ExpressApplication, handler: Handler): FlatLayer {
    return {
      kind: 'layer',
      layer: { kind: 'use', methods: undefined, paths: [], handlers: [handler], place: handler.place, when: always },
      handlers: [handler],
      when: always,
      paths: [this.#flatPath(undefined, '')],
      everywhere: true,
      routers: [],
      router: {},
      entranceOf: application.place,
    };
  }

  #flatPath(path: LayerPath | undefined, mount: string): FlatPath {
    if (!path) return { source: mount, mount, everything: mount === '' || mount === '/', place: undefined, start: literalStart(mount) };
    if (path.pattern) {
      const router = mount === '/' ? '' : mount;
      return { source: undefined, pattern: path.pattern, mount: router, everything: false, place: path.place, start: literalStart(router) };
    }
    const everything = path.source !== undefined && isEverything(path.source, this.#version) && (mount === '' || mount === '/');
    const source = path.source === undefined || everything ? path.source : joinPaths(mount, path.source);
    return {
      source,
      mount,
      everything: everything || (source === '/' && mount === '' && path.source === '/'),
      ...(path.written === undefined ? {} : { written: `${mount}${path.written}` }),
      place: path.place,
      start: source === undefined || everything ? '' : literalStart(source),
    };
  }

  /** Whether a request for `route` meets a layer. */
  coverage(entry: FlatLayer, route: string): Coverage {
    const { layer } = entry;
    const start = literalStart(route);
    const isElsewhere = route.endsWith(elsewhere);
    let result: Coverage = 'no';
    for (const path of entry.paths) {
      if (!path.start.startsWith(start) && !start.startsWith(path.start)) continue;
      const { source } = path;
      if (layer.kind === 'use' ? path.everything : path.everything && path.source !== '/') return 'yes';
      // A path that no route has may be one that a pattern finds itself in.
      if (isElsewhere && path.pattern && !takesEverything(path.pattern)) {
        result = 'unknown';
        continue;
      }
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
}

/** The literal segments at the start of a path, in lower case, without a last slash. */
const literalStart = remember((path) => {
  const special = path.search(/[:*(){}+?\u2026]/);
  return (special < 0 ? path : path.slice(0, Math.max(0, path.lastIndexOf('/', special)))).replace(/\/$/, '').toLowerCase();
});

function endsInSplat(path: FlatPath, version: ExpressVersion): boolean {
  return (
    path.pattern !== undefined ||
    (path.source !== undefined && (isEverything(path.source, version) || /(^|\/)(\*|\(\.\*\)|\{?\*\w+\}?)$/.test(path.source)))
  );
}

function placeOf(entry: FlatEntry | undefined): Place | undefined {
  return entry?.kind === 'layer' ? entry.layer.place : undefined;
}

/** `app.all('*', …)` is no route of its own: what it does not answer goes on to the others. */
function takesEveryPath({ layer, paths }: FlatLayer): boolean {
  return layer.methods === undefined && paths.every((path) => path.everything && path.source !== '/');
}
