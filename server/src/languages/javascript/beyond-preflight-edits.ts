/** Lets what only preflights get reach every response. */
import type { FileEdit } from '../../core/finding.ts';
import { applyEdits, type Place } from '../../core/text.ts';
import type { HeaderWrite } from '../../policy/model.ts';
import type { EditableFile, Edits } from './edits.ts';
import { isDeclaredIn, routeAbove } from './layer-edits.ts';
import { isFunctionLike } from './scope.ts';
import * as ts from './syntax.ts';

/** Moves what only preflights get to where every request passes; `answer` is the place that answers them. */
export function sendBeyondPreflight(file: EditableFile, writes: readonly HeaderWrite[], answer: Place): Edits {
  const [first] = writes;
  const layer = first && file.callAt(first.place);
  if (layer && !file.functionAround(layer)) return useForEveryMethod(file, layer);
  return moveOutOfBranch(file, writes) ?? handleEveryMethod(file, writes, answer);
}

/** Writes inside `if (req.method === 'OPTIONS')` of a middleware move in front of it. */
function moveOutOfBranch(file: EditableFile, writes: readonly HeaderWrite[]): Edits {
  const edits: FileEdit[] = [];
  for (const write of writes) {
    const call = file.callAt(write.place);
    const statement = call && file.statementOf(call);
    const around = call && file.functionAround(call);
    if (!call || !statement || !around) return undefined;
    const { statement: branch, parameters } = around;
    // Only a middleware, which has a `next`, sees other requests than preflights.
    if (!ts.isIfStatement(branch) || parameters.length < 3 || !ts.isExpressionStatement(statement) || !ts.isBlock(statement.parent))
      return undefined;
    if (statement.expression !== call || isDeclaredIn(file, statement.parent.statements, statement)) return undefined;
    edits.push(file.insertBefore(branch, file.textOf(statement)), file.deleteStatement(statement));
  }
  return edits;
}

/** `app.options('*', layer)` becomes `app.use(layer)`, which answers preflights as well. */
function useForEveryMethod(file: EditableFile, layer: ts.CallExpression): Edits {
  const { parent } = layer;
  if (!ts.isCallExpression(parent) || !ts.isPropertyAccessExpression(parent.expression) || parent.arguments.length !== 2) return undefined;
  const [path, second] = parent.arguments;
  const { name } = parent.expression;
  if (!path || second !== layer || name.text !== 'options') return undefined;
  const everywhere = ts.isStringLiteralLike(path) && path.text.includes('*');
  return aboveRoutes(file, parent, [
    file.edit(file.startOf(name), name.end, 'use'),
    ...(everywhere ? [file.edit(file.startOf(path), file.startOf(layer), '')] : []),
  ]);
}

/**
 * `app.options(path, (req, res) => …)` becomes `app.all(path, (req, res, next) => …)`, which answers preflights and lets every
 * other request go on, once the headers are written.
 */
function handleEveryMethod(file: EditableFile, writes: readonly HeaderWrite[], answer: Place): Edits {
  const answering = file.nodeAt(answer);
  const around = answering && file.functionAround(answering);
  const handler = around?.body.parent;
  const route = handler?.parent;
  // Handlers of other frameworks have other parameters.
  if (!around || !handler || !route || !ts.isCallExpression(route) || !file.namesPackage(/express/)) return undefined;
  const { expression: callee, arguments: passed } = route;
  if (!ts.isPropertyAccessExpression(callee) || callee.name.text !== 'options' || passed.length !== 2 || passed[1] !== handler)
    return undefined;
  const { body, statement, parameters } = around;
  const before = body.statements.slice(0, body.statements.indexOf(statement));
  const isWrittenBefore = writes.every((write) => {
    const node = file.nodeAt(write.place);
    const where = node && file.functionAround(node);
    return where?.body === body && before.includes(where.statement);
  });
  const [request, response, next] = parameters;
  if (!isWrittenBefore || before.some(mayEnd) || !request || !response || !ts.isIdentifier(request.name)) return undefined;
  if (next && !ts.isIdentifier(next.name)) return undefined;
  const proceed = next ? file.textOf(next.name) : 'next';
  return aboveRoutes(file, route, [
    file.edit(file.startOf(callee.name), callee.name.end, 'all'),
    ...(next ? [] : [file.edit(response.end, response.end, ', next')]),
    file.insertBefore(
      statement,
      `if (${file.textOf(request.name)}.method !== ${file.quoted('OPTIONS')}) return ${proceed}()${file.semicolon}`,
    ),
  ]);
}

/** Whether a statement may end the handler, so that not every request comes to what follows it. */
function mayEnd(node: ts.Node): boolean {
  if (isFunctionLike(node)) return false;
  return ts.isReturnStatement(node) || ts.forEachChild(node, (child) => mayEnd(child) || undefined) === true;
}

/** Changes a registration, and moves it above the routes that would answer before it. */
function aboveRoutes(file: EditableFile, registration: ts.CallExpression, edits: readonly FileEdit[]): Edits {
  const statement = file.statementOf(registration);
  if (!statement) return undefined;
  const target = routeAbove(statement);
  if (!target) return edits;
  if (isDeclaredIn(file, target.between, statement)) return undefined;
  const start = file.startOf(statement);
  const changed = applyEdits(file.text, edits);
  const code = changed.slice(start, changed.length - (file.text.length - statement.end));
  return [file.insertBefore(target.route, code), file.deleteStatement(statement)];
}
