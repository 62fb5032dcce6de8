/**
 * Name binding: which declaration an identifier means. One walk over a file makes its scopes; no type checker.
 */
import * as ts from './syntax.ts';

export type BindingKind = 'const' | 'let' | 'var' | 'function' | 'class' | 'parameter' | 'import' | 'enum' | 'namespace' | 'catch';

/** One name of one scope. */
export interface Binding {
  readonly name: string;
  kind: BindingKind;
  /** The declaring nodes in source order; several for overloads, merged `var`s and namespaces. */
  readonly declarations: ts.Node[];
  readonly scope: Scope;
}

export interface Scope {
  readonly node: ts.Node;
  readonly parent: Scope | undefined;
  readonly names: Map<string, Binding>;
}

/** The scopes of one file. */
export interface FileScopes {
  readonly top: Scope;
  /** The scope that a node opens, if it opens one. */
  scopeOf(node: ts.Node): Scope | undefined;
  /** What an identifier in an expression means; undefined for globals and property names. */
  resolve(identifier: ts.Identifier): Binding | undefined;
  /** What a name means at a node; undefined for globals. */
  lookUp(name: string, at: ts.Node): Binding | undefined;
  /** Whether the value of a binding never changes after its one declaration. Looks at the whole file. */
  isConstant(binding: Binding): boolean;
}

const cache = new WeakMap<ts.SourceFile, FileScopes>();

/** The scopes of a file, made once for each tree. The inside of a function is looked at when something in it is asked for. */
export function scopesOf(file: ts.SourceFile): FileScopes {
  const known = cache.get(file);
  if (known) return known;
  const made = bind(file);
  cache.set(file, made);
  return made;
}

function bind(file: ts.SourceFile): FileScopes {
  const scopes = new Map<ts.Node, Scope>();
  const resolved = new Map<ts.Identifier, Binding | undefined>();
  const written: ts.Identifier[] = [];
  const pending = new Set<ts.Node>();
  let changed: Set<Binding> | undefined;

  const open = (node: ts.Node, parent: Scope | undefined): Scope => {
    const scope: Scope = { node, parent, names: new Map() };
    scopes.set(node, scope);
    return scope;
  };
  const declare = (scope: Scope, name: string, kind: BindingKind, node: ts.Node): void => {
    const binding = scope.names.get(name);
    if (!binding) scope.names.set(name, { name, kind, declarations: [node], scope });
    else if (kind === 'function' && isOverload(binding.declarations.at(-1))) binding.declarations.splice(0, Infinity, node);
    else if (!(kind === 'function' && isOverload(node))) binding.declarations.push(node);
  };
  const declarePattern = (scope: Scope, name: ts.BindingName, kind: BindingKind, node: ts.Node): void => {
    if (ts.isIdentifier(name)) declare(scope, name.text, kind, node);
    else for (const element of name.elements) if (ts.isBindingElement(element)) declarePattern(scope, element.name, kind, element);
  };
  const functionScope = (scope: Scope): Scope => {
    let current = scope;
    while (current.parent && !isFunctionLike(current.node) && !ts.isModuleBlock(current.node)) current = current.parent;
    return current;
  };
  const writeTarget = (target: ts.Node): void => {
    if (ts.isIdentifier(target)) written.push(target);
    else if (ts.isParenthesizedExpression(target) || ts.isNonNullExpression(target) || ts.isAsExpression(target))
      writeTarget(target.expression);
    else if (ts.isArrayLiteralExpression(target))
      for (const element of target.elements) writeTarget(ts.isSpreadElement(element) ? element.expression : withoutDefault(element));
    else if (ts.isObjectLiteralExpression(target))
      for (const property of target.properties) {
        if (ts.isShorthandPropertyAssignment(property)) writeTarget(property.name);
        else if (ts.isPropertyAssignment(property)) writeTarget(withoutDefault(property.initializer));
        else if (ts.isSpreadAssignment(property)) writeTarget(property.expression);
      }
  };

  const visit = (node: ts.Node, scope: Scope): void => {
    if (isTypeOnly(node)) return;
    let inner = scope;
    if (isFunctionLike(node)) {
      if (ts.isFunctionDeclaration(node) && node.name) declare(scope, node.name.text, 'function', node);
      inner = open(node, scope);
      if (ts.isFunctionExpression(node) && node.name) declare(inner, node.name.text, 'function', node);
      pending.add(node);
      return;
    } else if (ts.isClassDeclaration(node) || ts.isClassExpression(node)) {
      if (ts.isClassDeclaration(node) && node.name) declare(scope, node.name.text, 'class', node);
      inner = open(node, scope);
      if (ts.isClassExpression(node) && node.name) declare(inner, node.name.text, 'class', node);
    } else if (opensBlock(node)) {
      // The block of a function shares the scope of its parameters: a redeclaration there is an error anyway.
      inner = isFunctionLike(node.parent) ? scope : open(node, scope);
    } else if (ts.isVariableDeclaration(node)) {
      const list = node.parent;
      const flags = ts.isVariableDeclarationList(list) ? list.flags : ts.NodeFlags.Let;
      const kind = ts.isCatchClause(list)
        ? 'catch'
        : (flags & ts.NodeFlags.Const) !== 0
          ? 'const'
          : (flags & ts.NodeFlags.Let) !== 0
            ? 'let'
            : 'var';
      declarePattern(kind === 'var' ? functionScope(scope) : scope, node.name, kind, node);
    } else if (ts.isParameter(node)) declarePattern(scope, node.name, 'parameter', node);
    else if (ts.isEnumDeclaration(node)) declare(scope, node.name.text, 'enum', node);
    else if (ts.isModuleDeclaration(node) && ts.isIdentifier(node.name)) declare(scope, node.name.text, 'namespace', node);
    else if (ts.isImportClause(node) && node.name) declare(scope, node.name.text, 'import', node);
    else if (ts.isNamespaceImport(node) || ts.isImportSpecifier(node) || ts.isImportEqualsDeclaration(node))
      declare(scope, node.name.text, 'import', node);
    else if (ts.isBinaryExpression(node) && isAssignment(node.operatorToken.kind)) writeTarget(node.left);
    else if (
      (ts.isPrefixUnaryExpression(node) || ts.isPostfixUnaryExpression(node)) &&
      (node.operator === ts.SyntaxKind.PlusPlusToken || node.operator === ts.SyntaxKind.MinusMinusToken)
    )
      writeTarget(node.operand);
    if ((ts.isForOfStatement(node) || ts.isForInStatement(node)) && !ts.isVariableDeclarationList(node.initializer))
      writeTarget(node.initializer);
    ts.forEachChild(node, (child) => visit(child, inner));
  };

  const top = open(file, undefined);
  ts.forEachChild(file, (child) => visit(child, top));

  const enter = (node: ts.Node): void => {
    const scope = scopes.get(node);
    if (scope && pending.delete(node)) ts.forEachChild(node, (child) => visit(child, scope));
  };
  /** Looks into the functions around a node, the outermost first. */
  const enterAround = (node: ts.Node): void => {
    const around: ts.Node[] = [];
    for (let current: ts.Node | undefined = node; current; current = current.parent as ts.Node | undefined) {
      if (!functionKinds.has(current.kind)) continue;
      if (scopes.has(current) && !pending.has(current)) break;
      around.push(current);
    }
    for (const each of around.reverse()) enter(each);
  };
  const scopeAround = (node: ts.Node): Scope => {
    for (let current: ts.Node | undefined = node; current; current = current.parent as ts.Node | undefined) {
      const scope = scopes.get(current);
      if (scope) return scope;
    }
    return top;
  };
  const lookUp = (name: string, at: ts.Node): Binding | undefined => {
    enterAround(at);
    for (let scope: Scope | undefined = scopeAround(at); scope; scope = scope.parent) {
      const binding = scope.names.get(name);
      if (binding) return binding;
    }
    return undefined;
  };
  return {
    top,
    scopeOf(node) {
      enterAround(node);
      return scopes.get(node);
    },
    resolve(identifier) {
      if (resolved.has(identifier)) return resolved.get(identifier);
      const binding = isPropertyName(identifier) ? undefined : lookUp(identifier.text, identifier);
      resolved.set(identifier, binding);
      return binding;
    },
    lookUp,
    isConstant(binding) {
      if (!changed) {
        while (pending.size > 0) for (const node of [...pending]) enter(node);
        changed = new Set(written.flatMap((identifier) => lookUp(identifier.text, identifier) ?? []));
      }
      return binding.declarations.length === 1 && !changed.has(binding);
    },
  };
}

export type FunctionNode = ts.FunctionLikeDeclaration;

const functionKinds: ReadonlySet<ts.SyntaxKind> = new Set([
  ts.SyntaxKind.FunctionDeclaration,
  ts.SyntaxKind.FunctionExpression,
  ts.SyntaxKind.ArrowFunction,
  ts.SyntaxKind.MethodDeclaration,
  ts.SyntaxKind.Constructor,
  ts.SyntaxKind.GetAccessor,
  ts.SyntaxKind.SetAccessor,
]);

/** Functions, methods, accessors and constructors. */
export function isFunctionLike(node: ts.Node): node is FunctionNode {
  return functionKinds.has(node.kind);
}

/** `=`, `+=`, `??=` and their like. */
export function isAssignment(kind: ts.SyntaxKind): boolean {
  return kind >= ts.SyntaxKind.FirstAssignment && kind <= ts.SyntaxKind.LastAssignment;
}

/** Types declare names of their own kind; parameters of function types may even have no name. */
export function isTypeOnly({ kind }: ts.Node): boolean {
  return (
    (kind >= ts.SyntaxKind.FirstTypeNode && kind <= ts.SyntaxKind.LastTypeNode) ||
    kind >= ts.SyntaxKind.FirstJSDocNode ||
    kind === ts.SyntaxKind.InterfaceDeclaration ||
    kind === ts.SyntaxKind.TypeAliasDeclaration
  );
}

/**
 * Whether an expression is always of the same value: every name in it is imported, global, its own, or a constant that is made of such
 * ones. A parameter and the variable of a loop stand for many values.
 */
export function isOfOneValue(expression: ts.Node, scopes: FileScopes): boolean {
  const followed = new Set<Binding>();
  const isSettled = (name: ts.Identifier): boolean => {
    const binding = scopes.resolve(name);
    if (!binding || followed.has(binding) || binding.kind === 'import' || binding.kind === 'function') return true;
    if (binding.declarations.every((each) => contains(expression, each))) return true;
    followed.add(binding);
    const initializer = initializerOf(binding.declarations[0]);
    return initializer !== undefined && scopes.isConstant(binding) && visit(initializer);
  };
  const visit = (node: ts.Node): boolean => {
    if (node.kind === ts.SyntaxKind.ThisKeyword) return false;
    return ts.isIdentifier(node) ? isSettled(node) : ts.forEachChild(node, (child) => !visit(child) || undefined) !== true;
  };
  return visit(expression);
}

/** What a variable is declared with, or the whole that it is a part of. */
function initializerOf(declaration: ts.Node | undefined): ts.Expression | undefined {
  let node = declaration;
  while (node && (ts.isBindingElement(node) || ts.isObjectBindingPattern(node) || ts.isArrayBindingPattern(node))) node = node.parent;
  return node && ts.isVariableDeclaration(node) ? node.initializer : undefined;
}

function contains(outer: ts.Node, inner: ts.Node): boolean {
  return outer.pos <= inner.pos && inner.end <= outer.end;
}

function isOverload(node: ts.Node | undefined): boolean {
  return node !== undefined && ts.isFunctionDeclaration(node) && !node.body;
}

function opensBlock(node: ts.Node): boolean {
  return (
    ts.isBlock(node) ||
    ts.isModuleBlock(node) ||
    ts.isForStatement(node) ||
    ts.isForOfStatement(node) ||
    ts.isForInStatement(node) ||
    ts.isCatchClause(node) ||
    node.kind === ts.SyntaxKind.CaseBlock
  );
}

function withoutDefault(node: ts.Expression): ts.Expression {
  return ts.isBinaryExpression(node) && node.operatorToken.kind === ts.SyntaxKind.EqualsToken ? node.left : node;
}

/** Whether an identifier is only the name of a property or of a member, or an import's foreign name. */
function isPropertyName(identifier: ts.Identifier): boolean {
  const { parent } = identifier;
  if (ts.isPropertyAccessExpression(parent)) return parent.name === identifier;
  if (ts.isPropertyAssignment(parent) || ts.isMethodDeclaration(parent) || ts.isPropertyDeclaration(parent))
    return parent.name === identifier;
  if (ts.isBindingElement(parent)) return parent.propertyName === identifier;
  if (ts.isImportSpecifier(parent)) return parent.propertyName === identifier;
  return ts.isEnumMember(parent) && parent.name === identifier;
}
