/** Takes a piece of code out without leaving a hole. */
import type { FileEdit } from '../../core/finding.ts';
import type { EditableFile, Edits } from './edits.ts';
import * as ts from './syntax.ts';

/** Takes an option, an entry, a layer, a link of a chain or a statement out; undefined for what has no such form. */
export function deletion(file: EditableFile, node: ts.Node): Edits {
  const { parent } = node;
  if (ts.isPropertyAssignment(node) || ts.isShorthandPropertyAssignment(node))
    return ts.isObjectLiteralExpression(node.parent) ? [withoutProperty(file, node.parent, node)] : undefined;
  if (ts.isArrayLiteralExpression(parent) && ts.isArrayLiteralExpression(parent)) return [file.deleteElement(parent.elements, node)];
  const statement = ts.isExpressionStatement(node) ? node : ts.isExpressionStatement(parent) ? parent : undefined;
  if (statement) return isArmOf(statement) ? [file.edit(file.startOf(statement), statement.end, '{}')] : [file.deleteStatement(statement)];
  // A layer that is registered goes; where nothing else is registered with it, the call does.
  if (ts.isCallExpression(parent) && parent.arguments.some((argument) => argument === node)) {
    const isPath = (each: ts.Node): boolean =>
      ts.isStringLiteralLike(each) || ts.isRegularExpressionLiteral(each) || ts.isArrayLiteralExpression(each);
    const others = parent.arguments.filter((argument) => argument !== node && !isPath(argument));
    return others.length > 0 ? [file.deleteElement(parent.arguments, node)] : deletion(file, parent);
  }
  // `res.a().b()`: a link of a chain goes without its neighbours.
  if (ts.isCallExpression(node) && ts.isPropertyAccessExpression(node.expression) && ts.isPropertyAccessExpression(parent))
    return [file.edit(node.expression.expression.end, node.end, '')];
  return undefined;
}

/** The only option of a call goes with its object, where that is the last of several arguments. */
function withoutProperty(file: EditableFile, object: ts.ObjectLiteralExpression, property: ts.Node): FileEdit {
  const { parent } = object;
  const passed = ts.isCallExpression(parent) || ts.isNewExpression(parent) ? (parent.arguments ?? []) : [];
  return object.properties.length === 1 && passed.length > 1 && passed.at(-1) === object
    ? file.deleteElement(passed, object)
    : file.deleteElement(object.properties, property);
}

/** The statement is the whole branch of an `if`, and cannot go without leaving a hole. */
export function isArmOf(statement: ts.Statement): boolean {
  return ts.isIfStatement(statement.parent);
}
