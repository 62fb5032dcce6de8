/** Moves layers among the statements that register them. */
import type { Place } from '../../core/text.ts';
import { deletion } from './deletion.ts';
import type { EditableFile, Edits } from './edits.ts';
import * as ts from './syntax.ts';

/** Moves the statement that registers a layer above everything that its application registers before it. */
export function registerFirst(file: EditableFile, layer: Place): Edits {
  const node = file.nodeAt(layer);
  const statement = node && file.statementOf(node);
  const application = statement && receiverOf(statement);
  if (!statement || application === undefined || node.parent.parent !== statement) return undefined;
  const siblings: readonly ts.Node[] = ts.isSourceFile(statement.parent) || ts.isBlock(statement.parent) ? statement.parent.statements : [];
  const first = siblings.findIndex((each) => receiverOf(each) === application);
  const between = siblings.slice(first, siblings.indexOf(statement));
  const [target] = between;
  if (!target) return undefined;
  if (isDeclaredIn(file, between, statement)) return undefined;
  return file.moveBefore(target, statement);
}

/** Puts a layer in the place of an earlier one, and takes it out where it was. */
export function replaceLayer(file: EditableFile, earlier: Place, layer: Place): Edits {
  const [from, to] = [file.nodeAt(layer), file.nodeAt(earlier)];
  // The `cors` of `NestFactory.create(AppModule, { cors: true })` is an option, and goes as one.
  if (from && to && ts.isPropertyAssignment(to)) return deletion(file, to);
  const [below, above] = [from && file.statementOf(from), to && file.statementOf(to)];
  if (!from || !to || !below || !above || below === above || below.parent !== above.parent) return undefined;
  const siblings: readonly ts.Node[] = ts.isSourceFile(above.parent) || ts.isBlock(above.parent) ? above.parent.statements : [];
  const between = siblings.slice(siblings.indexOf(above), siblings.indexOf(below));
  const removed = deletion(file, from);
  if (!removed || between.length === 0 || isDeclaredIn(file, between, from)) return undefined;
  const [source, target] = isRegistration(from) === isRegistration(to) ? [from, to] : [registrationOf(from), registrationOf(to)];
  if (!source || !target) return undefined;
  return [file.edit(file.startOf(target), target.end, file.textOf(source)), ...removed];
}

/** Whether a layer is its own registration, as `app.enableCors(…)` is, and no argument of one. */
function isRegistration(layer: ts.Node): boolean {
  return ts.isExpressionStatement(layer) || ts.isExpressionStatement(layer.parent);
}

/** The call that registers a layer and nothing else. */
function registrationOf(layer: ts.Node): ts.Node | undefined {
  if (ts.isExpressionStatement(layer)) return layer.expression;
  if (ts.isExpressionStatement(layer.parent)) return layer;
  const { parent } = layer;
  return ts.isCallExpression(parent) && parent.arguments.length === 1 && ts.isExpressionStatement(parent.parent) ? parent : undefined;
}

/** The first route that a statement's application registers above it, with all from there on that stands above. */
export function routeAbove(statement: ts.Statement): { readonly route: ts.Node; readonly between: readonly ts.Node[] } | undefined {
  const siblings: readonly ts.Node[] = ts.isSourceFile(statement.parent) || ts.isBlock(statement.parent) ? statement.parent.statements : [];
  const above = siblings.slice(0, siblings.indexOf(statement));
  const application = receiverOf(statement);
  const first = application === undefined ? -1 : above.findIndex((each) => receiverOf(each) === application && isRoute(each));
  const [route] = first < 0 ? [] : above.slice(first);
  return route && { route, between: above.slice(first) };
}

/** `app.get('/path', …)`, `app.use('/path', …)`: what may answer a request, other than middleware of all paths. */
function isRoute(statement: ts.Node): boolean {
  if (!ts.isExpressionStatement(statement) || !ts.isCallExpression(statement.expression)) return false;
  const { expression: callee, arguments: passed } = statement.expression;
  if (!ts.isPropertyAccessExpression(callee)) return false;
  const [path, ...handlers] = passed;
  if (!path || handlers.length === 0) return false;
  return (
    callee.name.text !== 'use' || ts.isStringLiteralLike(path) || ts.isArrayLiteralExpression(path) || ts.isRegularExpressionLiteral(path)
  );
}

/** Whether code names something that some of the statements in front of it declare: it cannot stand above them. */
export function isDeclaredIn(file: EditableFile, statements: readonly ts.Node[], code: ts.Node): boolean {
  const names = new Set(file.textOf(code).match(/[A-Za-z_$][\w$]*/g) ?? []);
  return statements.some((each) => declaredIn(each).some((name) => names.has(name)));
}

/** What registers its arguments: the `app` of `app.use(…)`, `app.get(…)`, `app.route(…).get(…)`. */
function receiverOf(statement: ts.Node): string | undefined {
  if (!ts.isExpressionStatement(statement) || !ts.isCallExpression(statement.expression)) return undefined;
  let callee = statement.expression.expression;
  while (ts.isPropertyAccessExpression(callee) && ts.isCallExpression(callee.expression)) callee = callee.expression.expression;
  return ts.isPropertyAccessExpression(callee) &&
    ts.isIdentifier(callee.expression) &&
    /^(?:use|route|all|get|head|post|put|patch|delete|options)$/.test(callee.name.text)
    ? callee.expression.text
    : undefined;
}

/** The names that a statement declares for those below it; functions are there before all. */
function declaredIn(statement: ts.Node): readonly string[] {
  if (ts.isClassDeclaration(statement)) return statement.name ? [statement.name.text] : [];
  return ts.isVariableStatement(statement) ? statement.declarationList.declarations.flatMap(({ name }) => namesIn(name)) : [];
}

function namesIn(name: ts.BindingName): readonly string[] {
  if (ts.isIdentifier(name)) return [name.text];
  return name.elements.flatMap((element) => (ts.isBindingElement(element) ? namesIn(element.name) : []));
}
