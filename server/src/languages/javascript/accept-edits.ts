/** Turns an answer that refuses preflights into one that lets them pass. */
import type { Place } from '../../core/text.ts';
import type { EditableFile, Edits } from './edits.ts';
import * as ts from './syntax.ts';

/** Methods of Express, Fastify and Node that are given the status first. */
const TAKES_STATUS = /^(?:status|code|sendStatus|writeHead)$/;

/** `res.sendStatus(405)`, `res.status(405).end()`, `ctx.status = 405`: the status becomes 204, and what was said about it goes. */
export function acceptPreflight(file: EditableFile, refusal: Place): Edits {
  const node = file.nodeAt(refusal);
  const whole = node && ts.isExpressionStatement(node) ? node.expression : node;
  if (!whole) return undefined;
  if (ts.isBinaryExpression(whole))
    return whole.operatorToken.kind === ts.SyntaxKind.EqualsToken ? inPlaceOf(file, whole.right) : undefined;
  let call: ts.Node = whole;
  while (ts.isCallExpression(call) && ts.isPropertyAccessExpression(call.expression)) {
    const status = TAKES_STATUS.test(call.expression.name.text) ? inPlaceOf(file, call.arguments[0]) : undefined;
    if (status) return [...status, ...withoutBody(file, whole, call)];
    call = call.expression.expression;
  }
  return undefined;
}

function inPlaceOf(file: EditableFile, status: ts.Expression | undefined): Edits {
  return status && ts.isNumericLiteral(status) ? [file.edit(file.startOf(status), status.end, '204')] : undefined;
}

/** A 204 has no body: `.json(…)` and `.send(…)` behind it become calls without one. */
function withoutBody(file: EditableFile, whole: ts.Node, status: ts.CallExpression): NonNullable<Edits> {
  if (whole === status || !ts.isCallExpression(whole) || !ts.isPropertyAccessExpression(whole.expression)) return [];
  const { name } = whole.expression;
  if (whole.arguments.length === 0 || !/^(?:json|send|end)$/.test(name.text)) return [];
  // An answer of Fastify's has no `end`, and one of Express's sends nothing with a `send` of nothing.
  return [file.edit(file.startOf(name), whole.end, name.text === 'end' ? 'end()' : 'send()')];
}
