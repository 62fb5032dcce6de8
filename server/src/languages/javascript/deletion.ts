/** Takes a piece of code out without leaving a hole. */
import type { FileEdit } from '../../core/finding.ts';
import type { EditableFile, Edits } from './edits.ts';
import * as ts from './syntax.ts';

/** Takes an option, an entry, a layer, a link of a chain or a statement out; undefined for what has no such form. */
export function deletion(file: EditableFile, node: ts.Node): Edits {
  const { parent } = node;
  if (ts.isPropertyAssignment(node) || ts.isShorthandPropertyAssignment(node))
    return ts.isObjectLiteralExpression(node.parent) ? withoutProperty(file, node.parent, node) : undefined;
  if (ts.isArrayLiteralExpression(parent)) return withoutElement(file, parent.elements, node);
  const statement = ts.isExpressionStatement(node) ? node : ts.isExpressionStatement(parent) ? parent : undefined;
  if (statement) return isArmOf(statement) ? [file.edit(file.startOf(statement), statement.end, '{}')] : [file.deleteStatement(statement)];
  // A layer that is registered goes; where nothing else is registered with it, the call does.
  if (ts.isCallExpression(parent) && parent.arguments.some((argument) => argument === node)) {
    const isPath = (each: ts.Node): boolean =>
      ts.isStringLiteralLike(each) || ts.isRegularExpressionLiteral(each) || ts.isArrayLiteralExpression(each);
    const others = parent.arguments.filter((argument) => argument !== node && !isPath(argument));
    return others.length > 0 ? withoutElement(file, parent.arguments, node) : deletion(file, parent);
  }
  // `res.a().b()`: a link of a chain goes without its neighbours.
  if (ts.isCallExpression(node) && ts.isPropertyAccessExpression(node.expression) && ts.isPropertyAccessExpression(parent))
    return [file.edit(node.expression.expression.end, node.end, '')];
  return undefined;
}

/** The only option of a call goes with its object, where that is the last of several arguments. */
function withoutProperty(file: EditableFile, object: ts.ObjectLiteralExpression, property: ts.Node): readonly FileEdit[] {
  const { parent } = object;
  const passed = ts.isCallExpression(parent) || ts.isNewExpression(parent) ? (parent.arguments ?? []) : [];
  return object.properties.length === 1 && passed.length > 1 && passed.at(-1) === object
    ? withoutElement(file, passed, object)
    : withoutElement(file, object.properties, property);
}

/** The statement is the whole branch of an `if`, and cannot go without leaving a hole. */
export function isArmOf(statement: ts.Statement): boolean {
  return ts.isIfStatement(statement.parent);
}

/** Blanks and comments up to a comma; the lookahead keeps what a comment says whole, commas and all. */
const UP_TO_COMMA = /^(?:(?=(\s+|\/\/[^\r\n]*|\/\*[^]*?\*\/))\1)*,/;

/**
 * Takes one of a comma-separated list of nodes out, with the comment behind it where it has its lines for itself. A comment
 * on a line of its own above stays.
 */
export function withoutElement(file: EditableFile, elements: readonly ts.Node[], element: ts.Node): readonly FileEdit[] {
  const { text } = file;
  const start = file.startOf(element);
  const before = elements[elements.indexOf(element) - 1];
  const next = elements[elements.indexOf(element) + 1];
  const comma = UP_TO_COMMA.exec(text.slice(element.end));
  const end = element.end + (comma?.[0].length ?? 0);
  const isCommented = /\/[/*]/.test(text.slice(before?.end ?? element.pos, start));
  const line = file.lineOf(start, end);
  if (line && (before || next || isCommented))
    return [...withoutCommaBehind(file, comma ? undefined : before), file.edit(line.start, line.end, '')];
  if (next) {
    const isBeside = !text.slice(end, file.startOf(next)).includes('\n');
    return [isBeside ? file.edit(start, file.startOf(next), '') : file.edit(text.slice(0, start).trimEnd().length, end, '')];
  }
  if (before && !isCommented) return [file.edit(before.end, element.end, '')];
  if (before) return [...withoutCommaBehind(file, comma ? undefined : before), file.edit(start, end, '')];
  // The only one goes with the blanks around it.
  const last = line?.end ?? end;
  return [file.edit(text.slice(0, start).trimEnd().length, last + (/^\s*/.exec(text.slice(last))?.[0].length ?? 0), '')];
}

/** What becomes the last of a list has a comma behind it only where the last one had. */
function withoutCommaBehind(file: EditableFile, node: ts.Node | undefined): readonly FileEdit[] {
  const comma = node && UP_TO_COMMA.exec(file.text.slice(node.end));
  return comma ? [file.edit(node.end + comma[0].length - 1, node.end + comma[0].length, '')] : [];
}
