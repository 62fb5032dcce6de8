import type { Place } from '../core/text.ts';
import type { HeaderWrite } from '../policy/model.ts';
import type { Observation } from '../policy/observation.ts';
import { contains, samePlace } from '../core/text.ts';

type CorsOption = Extract<Observation, { kind: 'corsOption' }>;

/** Packages that let everything pass which they do not know, with those that hand their options to one of them. */
const packages: ReadonlySet<string> = new Set(['cors', '@fastify/cors', '@nestjs/core', '@nestjs/websockets', 'socket.io']);

/** What a CORS package does not know in its `origin` option and takes for "every origin" (behaviour 3.1). */
export interface TakenForAll {
  readonly option: CorsOption;
  /** With its article, such as "a Set". */
  readonly what: string;
  readonly place: Place;
}

export function takenForAll(observation: Observation): TakenForAll | undefined {
  if (observation.kind !== 'corsOption' || observation.name !== 'origin' || !packages.has(observation.package)) return undefined;
  const { valueType, valuePlace, elements } = observation;
  if (valueType === 'set') return { option: observation, what: 'a Set', place: valuePlace };
  if (valueType === 'object') return { option: observation, what: 'a plain object', place: valuePlace };
  const element = elements?.find(
    ({ type, text }) => ['function', 'object', 'set'].includes(type) || (type === 'boolean' && text === 'true'),
  );
  if (!element) return undefined;
  const what = `an array that holds ${element.type === 'boolean' ? '`true`' : `a ${element.type}`}`;
  return { option: observation, what, place: element.place };
}

/**
 * Where a value stands that lets every origin in though its author wrote something else: an option that the package does not know,
 * or a variable that holds the Origin only sometimes. The rule for that says why.
 */
export function misreadValue(write: HeaderWrite | undefined, observations: readonly Observation[]): Place | undefined {
  if (!write) return undefined;
  const isMisread = observations.some((each) => {
    if (each.kind === 'neverSet') return each.place.uri === write.valuePlace.uri && contains(write.valuePlace.range, each.place.range);
    const taken = takenForAll(each);
    return taken !== undefined && samePlace(taken.option.valuePlace, write.valuePlace);
  });
  return isMisread ? write.valuePlace : undefined;
}
