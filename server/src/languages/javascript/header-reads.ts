/** Headers of the request that a program reads. */
import type { Place } from '../../core/text.ts';
import type { Observation } from '../../policy/observation.ts';
import * as ts from './syntax.ts';
import type { CallSite } from './values.ts';

export interface HeaderRead {
  readonly name: string;
  readonly place: Place;
}

/**
 * `req.headers.Origin`: Node gives header names in lower case (behaviour 3.10). Nothing is missing where the right name
 * is asked as well: `req.headers.origin || req.headers.Origin`.
 */
export function misspelledHeader({ node, place }: CallSite): readonly Observation[] {
  if (!node || standsBesideRightName(node)) return [];
  const written = ts.textOf(node, ts.fileOf(node));
  const why = `\`${written}\` is always undefined: Node gives header names in lower case. Read \`origin\`.`;
  return [{ kind: 'neverSet', place, variable: written, why, replacement: written.replace(/Origin(?=[^A-Za-z]*$)/i, 'origin') }];
}

function standsBesideRightName(node: ts.Node): boolean {
  let { parent: around } = node;
  while (ts.isParenthesizedExpression(around) || ts.isAsExpression(around) || ts.isBinaryExpression(around)) {
    if (ts.isBinaryExpression(around)) {
      if (!FALLS_BACK.includes(around.operatorToken.kind)) return false;
      if ([around.left, around.right].some((each) => RIGHT_NAME.test(ts.textOf(each, ts.fileOf(each))))) return true;
    }
    around = around.parent;
  }
  return false;
}

const RIGHT_NAME = /headers\W+origin\b|(?:get|header)\(\W*[Oo]rigin\b/;
const FALLS_BACK: readonly ts.SyntaxKind[] = [ts.SyntaxKind.BarBarToken, ts.SyntaxKind.QuestionQuestionToken];
