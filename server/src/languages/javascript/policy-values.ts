/** Values of a program in the words of the policy. */
import type { RequestDatum, Value } from '../../policy/model.ts';
import { type JsValue, textOfConstant } from './values.ts';

/** The policy's word for a value. */
export function toValue(value: JsValue): Value {
  const at = value.place ? { place: value.place } : {};
  const text = textOfConstant(value);
  if (text !== undefined) return { kind: 'literal', text, ...at };
  switch (value.kind) {
    case 'originText':
      return value.value
        ? { ...value.value, ...at }
        : { kind: 'unknown', id: `origin-text:${value.place?.range.start ?? 0}`, reason: 'unsupported', ...at };
    case 'datum':
      return { kind: 'request', datum: value.datum, absent: 'undefined', ...at };
    case 'concat':
      return { kind: 'concat', parts: value.parts.map(toValue), ...at };
    case 'choice':
      return { kind: 'choice', options: [{ when: value.when, value: toValue(value.then) }], otherwise: toValue(value.otherwise), ...at };
    case 'environment':
      return { kind: 'unknown', id: `env:${value.name}`, reason: 'environment', ...at };
    case 'unknown':
      return { kind: 'unknown', id: value.id, reason: value.reason, ...at };
    default:
      return {
        kind: 'unknown',
        id: `${value.kind}:${value.place?.uri ?? ''}#${value.place?.range.start ?? 0}`,
        reason: 'unsupported',
        ...at,
      };
  }
}

/** The request data that a value is made of. */
export function dataOf(value: JsValue): readonly RequestDatum[] {
  switch (value.kind) {
    case 'datum':
      return [value.datum];
    case 'originText':
    case 'fields':
      return ['header:origin'];
    case 'unknown':
      return value.from ?? [];
    case 'concat':
      return value.parts.flatMap(dataOf);
    case 'choice':
      return [...dataOf(value.then), ...dataOf(value.otherwise)];
    case 'host':
      return value.host.type === 'request' ? ['other:request'] : [];
    default:
      return [];
  }
}

/** Whether something unknown that is made of these values is another for each request, or for each Origin. */
export function askedOf(...values: readonly JsValue[]): 'request' | 'origin' | undefined {
  const data = values.flatMap(dataOf);
  if (data.length === 0) return undefined;
  return data.includes('header:origin') && !data.includes('other:request') ? 'origin' : 'request';
}
