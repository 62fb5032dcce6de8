/**
 * Callbacks that cannot bring anything about, whatever they are called with: they only use their own parameters and
 * variables, constants, and code that is not in sight. Following them would cost work and tell nothing.
 */
import { findCell, type Frame } from './frame.ts';
import type { Interpreter } from './interpreter.ts';
import { isAssignment, isFunctionLike, isTypeOnly, scopesOf } from './scope.ts';
import * as ts from './syntax.ts';
import type { FunctionValue, JsValue } from './values.ts';

/** What a function has to do with the world around it, by its text alone. */
interface Reach {
  /** Names that it uses and does not declare. */
  readonly names: ReadonlySet<string>;
  /** It may leave by an error, uses `this`, changes a variable of somebody else, or loads a module. */
  readonly acts: boolean;
  /** It calls something. */
  readonly calls: boolean;
}

const reaches = new WeakMap<ts.Node, Reach>();

/** Global objects through which a program can reach what it exports, or end. */
const powerful = new Set(['process', 'module', 'exports', 'require', 'globalThis', 'global', 'window', 'arguments']);

/**
 * Whether a function's call can have no effect that matters. The functions that it calls in turn are added to `called`.
 * `quiet`: it must not call anything either, as even a call into the unknown can fail.
 */
export function isIdle(interpreter: Interpreter, callback: FunctionValue, quiet = false): boolean {
  if (quiet && reachOf(callback.node).calls) return false;
  const met = new Set<FunctionValue['node']>();
  if (!idle(interpreter, callback, met)) return false;
  for (const node of met) interpreter.called.add(node);
  return true;
}

function idle(interpreter: Interpreter, { node, frame }: FunctionValue, met: Set<FunctionValue['node']>): boolean {
  if (met.has(node)) return true;
  met.add(node);
  const { names, acts } = reachOf(node);
  if (acts) return false;
  const scopes = scopesOf(frame.file);
  for (const name of names) {
    const binding = scopes.lookUp(name, node.parent);
    if (!binding) {
      if (powerful.has(name)) return false;
      continue;
    }
    const value = valueOf(interpreter, frame, binding);
    if (!value || !isHarmless(interpreter, value, met)) return false;
  }
  return true;
}

function valueOf(
  interpreter: Interpreter,
  frame: Frame,
  binding: NonNullable<ReturnType<ReturnType<typeof scopesOf>['resolve']>>,
): JsValue | undefined {
  const cell = findCell(frame, binding);
  if (cell) return interpreter.program.force(cell.value);
  return binding.kind === 'import' ? interpreter.program.imported(frame, binding.declarations[0], interpreter) : undefined;
}

/** A value that nothing can be done to, and that says nothing of the request. */
function isHarmless(interpreter: Interpreter, value: JsValue, met: Set<FunctionValue['node']>): boolean {
  switch (value.kind) {
    case 'undefined':
    case 'null':
    case 'boolean':
    case 'number':
    case 'string':
    case 'regex':
    case 'environment':
      return true;
    case 'unknown':
      return value.from === undefined;
    case 'choice':
      return isHarmless(interpreter, value.then, met) && isHarmless(interpreter, value.otherwise, met);
    case 'function':
      return value.self === undefined && idle(interpreter, value, met);
    default:
      return false;
  }
}

function reachOf(node: FunctionValue['node']): Reach {
  let reach = reaches.get(node);
  if (!reach) {
    const reader = new ReachReader();
    reader.function(node, undefined);
    reaches.set(node, (reach = { names: reader.names, acts: reader.acts, calls: reader.calls }));
  }
  return reach;
}

/** The names that a block, function or class declares, and those around it. */
interface Declared {
  readonly names: Set<string>;
  readonly around: Declared | undefined;
}

class ReachReader {
  readonly names = new Set<string>();
  acts = false;
  calls = false;

  function(node: FunctionValue['node'], around: Declared | undefined): void {
    const own = open(around);
    if (node.name?.kind === ts.SyntaxKind.ComputedPropertyName) this.#visit(node.name, own);
    if (ts.isFunctionExpression(node) && node.name) own.names.add(node.name.text);
    for (const parameter of node.parameters) declare(parameter.name, own);
    for (const parameter of node.parameters) this.#visit(parameter, own);
    if (!('body' in node) || !node.body) return;
    if (ts.isBlock(node.body)) this.#statements(node.body, own);
    else this.#visit(node.body, own);
  }

  /** The children of a block, whose declarations hold from its start. */
  #statements(node: ts.Node, scope: Declared): void {
    collectDeclarations(node, scope);
    ts.forEachChild(node, (child) => {
      this.#visit(child, scope);
    });
  }

  #visit(node: ts.Node, scope: Declared): void {
    if (this.acts || isTypeOnly(node)) return;
    this.calls ||= ts.isCallExpression(node) || ts.isNewExpression(node) || ts.isTaggedTemplateExpression(node);
    if (ts.isIdentifier(node)) this.#use(node.text, scope);
    else if (isFunctionLike(node)) this.function(node, scope);
    else if (ts.isPropertyAccessExpression(node)) this.#visit(node.expression, scope);
    else if (ts.isPropertyAssignment(node)) {
      if (!ts.isIdentifier(node.name)) this.#visit(node.name, scope);
      this.#visit(node.initializer, scope);
    } else if (
      node.kind === ts.SyntaxKind.ThisKeyword ||
      node.kind === ts.SyntaxKind.SuperKeyword ||
      node.kind === ts.SyntaxKind.ImportKeyword ||
      ts.isThrowStatement(node) ||
      ts.isClassDeclaration(node) ||
      ts.isClassExpression(node) ||
      ts.isEnumDeclaration(node) ||
      ts.isModuleDeclaration(node) ||
      ((ts.isForOfStatement(node) || ts.isForInStatement(node)) && !ts.isVariableDeclarationList(node.initializer))
    )
      this.acts = true;
    else if (isWrite(node) && !this.#writesOwn(node, scope)) this.acts = true;
    else if (opensScope(node)) this.#statements(node, open(scope));
    else
      ts.forEachChild(node, (child) => {
        this.#visit(child, scope);
      });
  }

  #use(name: string, scope: Declared): void {
    if (!isDeclared(name, scope)) this.names.add(name);
  }

  /** A change of a variable of its own, or of something that belongs to an unknown: both sides are then looked at. */
  #writesOwn(node: ts.Node, scope: Declared): boolean {
    const target = ts.isBinaryExpression(node)
      ? node.left
      : ts.isPrefixUnaryExpression(node) || ts.isPostfixUnaryExpression(node)
        ? node.operand
        : undefined;
    if (!target) return false;
    const own = ts.isIdentifier(target)
      ? isDeclared(target.text, scope)
      : ts.isPropertyAccessExpression(target) || ts.isElementAccessExpression(target);
    if (own)
      ts.forEachChild(node, (child) => {
        this.#visit(child, scope);
      });
    return own;
  }
}

function open(around: Declared | undefined): Declared {
  return { names: new Set(), around };
}

function isDeclared(name: string, scope: Declared): boolean {
  for (let current: Declared | undefined = scope; current; current = current.around) if (current.names.has(name)) return true;
  return false;
}

function declare(name: ts.BindingName, scope: Declared): void {
  if (ts.isIdentifier(name)) scope.names.add(name.text);
  else for (const element of name.elements) if (ts.isBindingElement(element)) declare(element.name, scope);
}

/** What the statements directly in a node declare. A `var` further inside counts as somebody else's, which is the safe side. */
function collectDeclarations(node: ts.Node, scope: Declared): void {
  const collect = (each: ts.Node): void => {
    if (ts.isVariableDeclaration(each)) declare(each.name, scope);
    else if (ts.isFunctionDeclaration(each)) {
      if (each.name) scope.names.add(each.name.text);
    } else if (ts.isVariableStatement(each) || ts.isVariableDeclarationList(each)) ts.forEachChild(each, collect);
  };
  ts.forEachChild(node, collect);
}

function opensScope(node: ts.Node): boolean {
  return (
    ts.isBlock(node) ||
    ts.isForStatement(node) ||
    ts.isForOfStatement(node) ||
    ts.isForInStatement(node) ||
    ts.isCatchClause(node) ||
    ts.isCaseClause(node) ||
    node.kind === ts.SyntaxKind.DefaultClause
  );
}

function isWrite(node: ts.Node): boolean {
  if (ts.isBinaryExpression(node)) return isAssignment(node.operatorToken.kind);
  return (
    (ts.isPrefixUnaryExpression(node) || ts.isPostfixUnaryExpression(node)) &&
    (node.operator === ts.SyntaxKind.PlusPlusToken || node.operator === ts.SyntaxKind.MinusMinusToken)
  );
}
