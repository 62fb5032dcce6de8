/** Which statements control leaves on another way than by their end. By the syntax alone. */
import { isFunctionLike } from './scope.ts';
import * as ts from './syntax.ts';

const leaving = new WeakMap<ts.Node, boolean>();

/**
 * Whether a statement holds a `return`, `break` or `continue` of its own function. What follows it then has to be
 * followed on each side by itself. A `throw` only ends its side.
 */
export function leaves(node: ts.Node): boolean {
  const known = leaving.get(node);
  if (known !== undefined) return known;
  const found =
    ts.isReturnStatement(node) ||
    ts.isBreakStatement(node) ||
    ts.isContinueStatement(node) ||
    (!isFunctionLike(node) && ts.forEachChild(node, (child) => leaves(child) || undefined) === true);
  leaving.set(node, found);
  return found;
}

/** Whether a loop or `switch` holds a `return` or a jump to a label, so that control may go past what follows it. */
export function escapes(node: ts.Node): boolean {
  return (
    ts.isReturnStatement(node) ||
    ((ts.isBreakStatement(node) || ts.isContinueStatement(node)) && node.label !== undefined) ||
    (ts.isContinueStatement(node) && isInSwitchOnly(node)) ||
    (!isFunctionLike(node) && ts.forEachChild(node, (child) => escapes(child) || undefined) === true)
  );
}

/** A `continue` in a `switch` belongs to a loop around it. */
function isInSwitchOnly(node: ts.Node): boolean {
  for (let current: ts.Node | undefined = node.parent; current; current = current.parent as ts.Node | undefined) {
    if (ts.isSwitchStatement(current)) return true;
    if (
      ts.isForOfStatement(current) ||
      ts.isForStatement(current) ||
      ts.isForInStatement(current) ||
      ts.isWhileStatement(current) ||
      ts.isDoStatement(current)
    )
      return false;
  }
  return false;
}

export function repeats(statement: ts.Statement): boolean {
  return (
    ts.isSwitchStatement(statement) ||
    ts.isForOfStatement(statement) ||
    ts.isForStatement(statement) ||
    ts.isForInStatement(statement) ||
    ts.isWhileStatement(statement) ||
    ts.isDoStatement(statement)
  );
}
