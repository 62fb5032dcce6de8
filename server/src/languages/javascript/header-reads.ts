/** Headers of the request that a program reads. */
import type { Place } from '../../core/text.ts';
import type { Observation } from '../../policy/observation.ts';
import * as ts from './syntax.ts';
import type { CallSite } from './values.ts';

export interface HeaderRead {
  readonly name: string;
  readonly place: Place;
}

/** `req.headers.Origin`: Node gives header names in lower case (behaviour 3.10). */
export function misspelledHeader({ node, place }: CallSite): readonly Observation[] {
  if (!node) return [];
  const written = ts.textOf(node, ts.fileOf(node));
  const why = `\`${written}\` is always undefined: Node gives header names in lower case. Read \`origin\`.`;
  return [{ kind: 'neverSet', place, variable: written, why, replacement: written.replace(/Origin(?=[^A-Za-z]*$)/i, 'origin') }];
}
