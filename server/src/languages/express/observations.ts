/** What an application says about CORS beside its header lines. */
import type { Effects } from '../javascript/effects.ts';
import type { Observation } from '../../policy/observation.ts';
import { conditionsIn } from '../../policy/condition.ts';
import type { Condition } from '../../policy/model.ts';
import { contains, type Place } from '../../core/text.ts';
import { type JsValue, textOfConstant } from '../javascript/values.ts';
import { toValue } from '../javascript/interpreter.ts';
import type { HandlerFollower } from './handlers.ts';
import type { ApplicationPolicies } from './policies.ts';
import type { ExpressRuntime } from './runtime.ts';
import type { CorsMiddleware } from './cors-package.ts';

/** `stops`: when the program ends at start-up. */
export function observe(
  built: readonly ApplicationPolicies[],
  runtime: ExpressRuntime,
  follower: HandlerFollower,
  stops: readonly Condition[],
): Observation[] {
  const observations: Observation[] = [...follower.observations];
  for (const { routes, handlers, problems } of built) {
    observations.push(...problems);
    for (const route of routes) observations.push({ kind: 'route', ...route });
    for (const { followed, policies, routesBefore, routes: routesAround } of handlers) {
      if (followed.cors) observations.push({ kind: 'corsLayer', ...followed.cors, policies, routesBefore, routes: routesAround });
      if (followed.takesErrors) observations.push({ kind: 'errorAnswer', place: followed.place, policies, what: 'The error handler' });
      if (followed.authentication) observations.push({ kind: 'authentication', authentication: followed.authentication, policies });
      for (const { name, place } of followed.reads)
        observations.push({ kind: 'requestHeaderRead', name: name.toLowerCase(), place, policies });
      writesIn(followed.effects, observations);
    }
  }
  for (const call of runtime.corsCalls) observations.push(...optionsOf(call, stops));
  return observations;
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

type ValueType = Extract<Observation, { kind: 'corsOption' }>['valueType'];

function typeOfOption(value: JsValue): ValueType {
  switch (value.kind) {
    case 'string':
    case 'number':
    case 'boolean':
    case 'undefined':
    case 'null':
    case 'array':
    case 'set':
    case 'object':
    case 'function':
    case 'environment':
      return value.kind;
    case 'regex':
      return 'regexp';
    case 'concat':
      return 'string';
    case 'condition':
      return 'boolean';
    default:
      return undefined;
  }
}

/** Every option of a call of the package, with its type. */
function optionsOf(call: CorsMiddleware, stops: readonly Condition[]): Observation[] {
  if (call.options.kind !== 'object') return [];
  return [...call.options.contents.value.properties].map(([name, property]): Observation => {
    const { value } = property;
    const place = property.property ?? call.place;
    // A variable without which the program does not start is set.
    const isSet = value.kind === 'environment' && stops.some((stop) => mentions(stop, value.name));
    const valueType = isSet ? 'string' : typeOfOption(value);
    const elements = value.kind === 'array' ? value.contents.value.elements : undefined;
    return {
      kind: 'corsOption',
      package: 'cors',
      name,
      namePlace: property.keyPlace ?? place,
      valuePlace: property.valuePlace ?? place,
      known: valueType !== undefined && value.kind !== 'environment',
      ...(valueType ? { valueType } : {}),
      value: toValue(value),
      ...(elements
        ? {
            elements: elements.map((each) => {
              const text = textOfConstant(each);
              return {
                type: typeOfOption(each) ?? 'unknown',
                place: placeWithin(each.place, value.place) ?? property.valuePlace ?? place,
                ...(text === undefined ? {} : { text }),
              };
            }),
          }
        : {}),
      layer: call.place,
    };
  });
}

/** An element's own place where it is written in the list, else the list's: a function may be defined elsewhere. */
function placeWithin(element: Place | undefined, list: Place | undefined): Place | undefined {
  return element && list && element.uri === list.uri && contains(list.range, element.range) ? element : undefined;
}

/** Whether a condition asks for an environment variable. */
function mentions(condition: Condition, variable: string): boolean {
  return [...conditionsIn(condition)].some((each) => each.kind === 'unknown' && each.id === `env:${variable}`);
}
