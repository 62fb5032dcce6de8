/** The routes of an application's routers, and which of them the requests for a path may meet. */
import { anyOf, type Methods } from '../../policy/codes.ts';
import { PathIndex } from '../javascript/path-index.ts';
import { joined } from '../javascript/path-patterns.ts';
import { type KoaRouter, type Middleware, type RouterLayer, RouterMiddleware } from './router.ts';

export interface Route {
  readonly path: string;
  readonly layer: RouterLayer;
}

/** The routes that a middleware brings in. */
export function routesOf({ value }: Middleware): readonly Route[] {
  if (value.kind !== 'host' || !(value.host instanceof RouterMiddleware) || value.host.type !== 'routes') return [];
  const { router } = value.host;
  router.used = true;
  return router.layers.flatMap((layer) => (layer.names ? [{ path: wholePath(router, layer), layer }] : []));
}

export class RoutesTable {
  readonly #routes = new PathIndex<Route>();
  readonly #layers = new Map<KoaRouter, PathIndex<RouterLayer>>();

  constructor(routes: readonly Route[]) {
    for (const route of routes) this.#routes.add(route.path, route);
  }

  /** The routes of all routers that requests for a path may meet, and perhaps others. */
  near(path: string): readonly Route[] {
    return this.#routes.near(path);
  }

  /** The same of the layers of one router, in their order. */
  layersNear(router: KoaRouter, path: string): readonly RouterLayer[] {
    let layers = this.#layers.get(router);
    if (!layers) {
      this.#layers.set(router, (layers = new PathIndex<RouterLayer>()));
      for (const layer of router.layers) layers.add(wholePath(router, layer), layer, layer.isPrefix);
    }
    return layers.near(path);
  }
}

/** The path of a layer with the prefix of its router. */
export function wholePath(router: KoaRouter, layer: RouterLayer): string {
  return joined(router.prefix, layer.path === '/' && router.prefix !== '' ? '' : layer.path);
}

/** The methods that some layers take together; undefined where that is every method. */
export function methodsOf(layers: readonly RouterLayer[]): Methods | undefined {
  return layers.some(({ methods }) => methods === undefined)
    ? undefined
    : anyOf(...new Set(layers.flatMap(({ methods }) => methods?.members ?? [])));
}

/** Middleware has no names of methods; what answers nothing but OPTIONS is there for preflights. */
export function isRoute({ names }: RouterLayer): boolean {
  return names?.some((name) => name !== 'OPTIONS') === true;
}
