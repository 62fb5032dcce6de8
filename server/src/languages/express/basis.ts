/** What the policies of a program follow from, as plain data: what it registers where, and what each handler does. */
import { placeKey } from '../../core/text.ts';
import type { Observation } from '../../policy/observation.ts';
import { ExpressApplication, type Handler, type Layer, UnseenRoutes } from './application.ts';
import type { FollowedHandler, HandlerFollower } from './handlers.ts';
import type { ExpressVersion } from './paths.ts';
import type { ExpressRuntime } from './runtime.ts';

/** Past this many layers some are left out of the policies. */
const mostLayers = 500;

/**
 * Undefined where the policies follow from more: nothing is registered on an application, there are too many layers, or a call of the
 * cors package is for other files.
 */
export function basisOf(
  { applications, servers, corsCalls }: ExpressRuntime,
  follower: HandlerFollower,
  version: ExpressVersion,
  options: readonly Observation[],
): unknown {
  const layers = applications.reduce((sum, application) => sum + application.layers.length, 0);
  if (!applications.some((application) => !application.mounted && application.layers.length > 0) || layers > mostLayers) return undefined;
  const numbers = new Map(applications.map((application, index) => [application, index]));
  const followed = new Set<FollowedHandler>();
  const describe = (handler: Handler, mounted: boolean, final: boolean): unknown => {
    const does = follower.follow(handler, mounted, final);
    followed.add(does);
    return { place: handler.place, kind: handler.value.kind, unseen: isUnseen(handler), does };
  };
  const ofLayer = ({ kind, methods, paths, place, when, handlers, route }: Layer): unknown => {
    const own = handlers.filter((handler) => !applicationOf(handler));
    const last = kind === 'route' ? own.at(-1) : undefined;
    return {
      ...{ kind, methods, paths, place, when, answersOptions: route?.takesOptions },
      handlers: handlers.map((handler) => {
        const application = applicationOf(handler);
        return application ? (numbers.get(application) ?? -1) : describe(handler, kind === 'use' && paths.length > 0, handler === last);
      }),
    };
  };
  const basis = {
    version,
    applications: applications.map(({ type, place, assumed, mounted, layers: own, params }) => ({
      ...{ type, place, assumed, mounted },
      params: params.map(({ name, handler }) => ({ name, handler: describe(handler, false, false) })),
      layers: own.map(ofLayer),
    })),
    servers: servers.map(({ handler, place }) => ({
      place,
      handler: handler.value.kind === 'function' ? describe(handler, false, true) : undefined,
    })),
    observations: follower.observations,
    options,
  };
  const registered = new Set([...followed].flatMap(({ cors }) => (cors ? [placeKey(cors.place)] : [])));
  return corsCalls.every(({ place }) => registered.has(placeKey(place))) ? basis : undefined;
}

function applicationOf({ value }: Handler): ExpressApplication | undefined {
  return value.kind === 'host' && value.host instanceof ExpressApplication ? value.host : undefined;
}

function isUnseen({ value }: Handler): boolean {
  return value.kind === 'host' && value.host instanceof UnseenRoutes;
}
