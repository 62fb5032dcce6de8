/** What an application says about CORS beside its header lines. */
import type { Place } from '../../core/text.ts';
import type { Condition } from '../../policy/model.ts';
import type { Observation } from '../../policy/observation.ts';
import { optionObservations } from '../javascript/cors-options.ts';
import type { Effects } from '../javascript/effects.ts';
import { writesAllowOrigin } from '../javascript/handlers.ts';
import type { CorsMiddleware } from './cors-package.ts';
import type { HandlerFollower } from './handlers.ts';
import type { ApplicationPolicies } from './policies.ts';

/** The options of calls of the cors package. `stops`: when the program ends at start-up. `name`: the package that hands them to cors. */
export function optionsOf(corsCalls: readonly CorsMiddleware[], stops: readonly Condition[], name = 'cors'): Observation[] {
  return corsCalls.flatMap((call) => optionObservations(name, call.options, call.place, stops));
}

/** `options`: of the calls of the cors package. */
export function observe(built: readonly ApplicationPolicies[], follower: HandlerFollower, options: readonly Observation[]): Observation[] {
  const observations: Observation[] = [...follower.observations];
  for (const { routes, handlers, problems } of built) {
    observations.push(...problems);
    for (const route of routes) observations.push({ kind: 'route', ...route });
    for (const { followed, policies, around } of handlers) {
      if (followed.cors) observations.push({ kind: 'corsLayer', ...followed.cors, policies, around });
      if (followed.takesErrors) {
        const answers = answersIn(followed.effects);
        observations.push({ kind: 'errorAnswer', place: followed.place, policies, what: 'The error handler', answers });
      }
      if (followed.authentication) observations.push({ kind: 'authentication', authentication: followed.authentication, policies });
      for (const { name, place } of followed.reads)
        observations.push({ kind: 'requestHeaderRead', name: name.toLowerCase(), place, policies });
      writesIn(followed.effects, observations);
    }
    observations.push(...refusedFirst({ handlers, routes }));
  }
  observations.push(...options);
  return observations;
}

/** Methods whose requests have a body to parse. */
const WITH_BODY = /^(?:POST|PUT|PATCH)$/;

/**
 * Body parsers and rate limiters that requests meet before their first CORS layer: what they refuse is answered without its
 * headers.
 */
function refusedFirst({ handlers, routes }: Pick<ApplicationPolicies, 'handlers' | 'routes'>): readonly Observation[] {
  // What a parser cannot read goes to the error handler, which may send the headers itself.
  const carries = handlers.some(({ followed }) => followed.takesErrors && maySendHeaders(followed.effects));
  if (!handlers.some(({ followed }) => followed.refuses) || !handlers.some(({ followed }) => followed.cors)) return [];
  const byPolicy = new Map<string, (typeof handlers)[number][]>();
  for (const each of handlers)
    for (const policy of each.policies) {
      const known = byPolicy.get(policy);
      if (known) known.push(each);
      else byPolicy.set(policy, [each]);
    }
  return handlers.flatMap((refusing) => {
    const { refuses, place } = refusing.followed;
    if (!refuses || (refuses.what === 'bodies' && carries)) return [];
    const own = new Set(refusing.policies);
    const meant = routes.filter(
      ({ policy, method }) => own.has(policy) && (refuses.what !== 'bodies' || WITH_BODY.test(method)) && takes(refusing, method),
    );
    return meant.flatMap(({ policy, method }) => {
      const met = (byPolicy.get(policy) ?? []).filter((each) => takes(each, method));
      const cors = met.find(({ followed }) => followed.cors !== undefined);
      const layer = cors?.followed.cors?.place;
      if (!layer || met.indexOf(cors) <= met.indexOf(refusing)) return [];
      const inRoute = refusing.usedBy === undefined;
      // What comes behind the route's answer is not met.
      const isMet = inRoute ? cors.layer === refusing.layer : met.slice(met.indexOf(cors) + 1).some(({ usedBy }) => usedBy === undefined);
      if (!isMet) return [];
      const apart = inRoute || cors.usedBy !== refusing.usedBy;
      return [{ kind: 'refusesFirst', place, name: refuses.name, refuses: refuses.what, layer, apart } as const];
    });
  });
}

/** Whether requests of a method meet a handler; `ALL` for those of any. */
function takes({ layer }: ApplicationPolicies['handlers'][number], method: string): boolean {
  const methods = layer?.methods;
  return !methods || method === 'ALL' || methods.members.includes(method) === (methods.kind === 'in');
}

/** Whether effects write Allow-Origin, or code that is not in sight may. */
function maySendHeaders(effects: Effects): boolean {
  return (
    writesAllowOrigin(effects) ||
    effects.some((effect) =>
      effect.kind === 'branch'
        ? maySendHeaders(effect.then) || maySendHeaders(effect.otherwise)
        : effect.kind === 'delegate' || effect.kind === 'upstream',
    )
  );
}

/** Where a handler answers. */
function answersIn(effects: Effects): Place[] {
  return effects.flatMap((effect) => {
    if (effect.kind === 'branch') return [...answersIn(effect.then), ...answersIn(effect.otherwise)];
    return effect.kind === 'answer' && effect.place ? [effect.place] : [];
  });
}

function writesIn(effects: Effects, observations: Observation[]): void {
  for (const effect of effects) {
    if (effect.kind === 'write') observations.push({ kind: 'headerWritten', write: effect.write });
    else if (effect.kind === 'branch') {
      writesIn(effect.then, observations);
      writesIn(effect.otherwise, observations);
    }
  }
}
