/** Tests of the request's method by text, as choices among the methods, which can be decided without a request. */
import { contains, type OriginSet } from '../cors/origins/origin-set.ts';
import { allBut, anyOf, type Methods } from './codes.ts';

const COMMON: readonly string[] = ['GET', 'HEAD', 'POST', 'PUT', 'DELETE', 'PATCH', 'OPTIONS', 'TRACE', 'CONNECT', 'QUERY'];

/** A method that no test is written for: whether it passes tells a list from its complement. */
const OTHER = 'XYZZY';

/** The methods that pass a test of their name; undefined where a pattern cannot be decided. */
export function methodsIn(set: OriginSet): Methods | undefined {
  const methods = [...new Set([...COMMON, ...namedIn(set)])];
  const answers = [...methods, OTHER].map((method) => contains(set, method));
  if (answers.includes(undefined)) return undefined;
  const open = answers[methods.length] === true;
  const members = methods.filter((_, index) => answers[index] !== open);
  return open ? allBut(...members) : anyOf(...members);
}

/** Further methods that a test speaks of, such as those of WebDAV. */
function namedIn(set: OriginSet): readonly string[] {
  switch (set.kind) {
    case 'oneOf':
      return set.values.flatMap((value) => (set.ignoreCase === true ? [value, value.toUpperCase()] : [value]));
    case 'pattern':
      return set.pattern.source.match(/[A-Z][A-Z-]+/g) ?? [];
    case 'complement':
      return namedIn(set.of);
    case 'union':
    case 'intersection':
      return set.of.flatMap(namedIn);
    default:
      return [];
  }
}
