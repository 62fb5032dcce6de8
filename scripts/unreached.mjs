/**
 * Cuts out of a JavaScript module what a bundler leaves in because it lies inside of functions that are needed: functions that
 * nobody names, properties of a factory and members of a namespace that nobody reads.
 *
 * Names are compared as text, wherever they stand: a name that means something else somewhere keeps what it might mean here. Text in
 * strings counts as a use too. So only what no living code mentions goes, and what the caller knows to be never called.
 */
import ts from 'typescript';

/**
 * What may go, by the name that keeps it: functions inside of functions, properties of the object that is declared as one of
 * `factories`, and `namespace.name = …` inside of a namespace's function.
 * @param {ts.SourceFile} file
 * @param {ReadonlySet<string>} factories
 * @returns {Map<ts.Node, string>}
 */
function removable(file, factories) {
  const found = new Map();
  const visit = (/** @type {ts.Node} */ node, /** @type {string | undefined} */ namespace) => {
    if (ts.isFunctionDeclaration(node) && node.name && node.parent !== file) found.set(node, node.name.text);
    if (ts.isVariableDeclaration(node) && ts.isIdentifier(node.name) && factories.has(node.name.text)) {
      if (node.initializer && ts.isObjectLiteralExpression(node.initializer))
        for (const property of node.initializer.properties)
          if (property.name && ts.isIdentifier(property.name)) found.set(property, property.name.text);
    }
    if (namespace !== undefined && ts.isExpressionStatement(node)) {
      const member = assignedMember(node.expression, namespace);
      if (member !== undefined) found.set(node, member);
    }
    const inner = ts.isArrowFunction(node) ? namespaceOf(node) : undefined;
    ts.forEachChild(node, (child) => visit(child, inner ?? namespace));
  };
  visit(file, undefined);
  return found;
}

/** The parameter of `((X2) => { … })(X || (X = {}))`. */
function namespaceOf(/** @type {ts.ArrowFunction} */ node) {
  const [parameter] = node.parameters;
  const isCalled = ts.isParenthesizedExpression(node.parent) && ts.isCallExpression(node.parent.parent);
  return isCalled && parameter && ts.isIdentifier(parameter.name) ? parameter.name.text : undefined;
}

/** `member` of `namespace.member = member`: a plain name is all that it is, so that nothing happens when it goes. */
function assignedMember(/** @type {ts.Expression} */ expression, /** @type {string} */ namespace) {
  if (!ts.isBinaryExpression(expression) || expression.operatorToken.kind !== ts.SyntaxKind.EqualsToken) return undefined;
  const { left, right } = expression;
  if (!ts.isPropertyAccessExpression(left) || !ts.isIdentifier(left.expression) || !ts.isIdentifier(right)) return undefined;
  return left.expression.text === namespace ? left.name.text : undefined;
}

/**
 * The module without what is not reached.
 * @param {string} text
 * @param {{ readonly factories: ReadonlySet<string>, readonly never: ReadonlySet<string> }} options names of variables that hold a
 *   factory's object, and of functions that are named but never called
 * @returns {string}
 */
export function withoutUnreached(text, { factories, never }) {
  const file = ts.createSourceFile('module.js', text, ts.ScriptTarget.Latest, true);
  const candidates = removable(file, factories);
  /** @type {Map<string, ts.Node[]>} */
  const named = new Map();
  for (const [node, name] of candidates) named.set(name, [...(named.get(name) ?? []), node]);
  const used = new Set();
  const living = new Set();
  /** @type {ts.Node[]} */
  const pending = [file];
  const use = (/** @type {string} */ name) => {
    if (used.has(name) || never.has(name)) return;
    used.add(name);
    for (const node of named.get(name) ?? []) {
      living.add(node);
      pending.push(node);
    }
  };
  const visit = (/** @type {ts.Node} */ node, /** @type {ts.Node} */ from) => {
    if (node !== from && candidates.has(node)) return;
    if (ts.isIdentifier(node) && !isOwnName(node, from)) use(node.text);
    if (ts.isStringLiteralLike(node)) use(node.text);
    ts.forEachChild(node, (child) => visit(child, from));
  };
  for (let node = pending.pop(); node; node = pending.pop()) visit(node, node);

  let kept = '';
  let at = 0;
  const cut = (/** @type {ts.Node} */ node) => {
    if (candidates.has(node) && !living.has(node)) {
      kept += text.slice(at, node.pos);
      at = node.end;
      if (!ts.isStatement(node) && text[at] === ',') at++;
    } else ts.forEachChild(node, cut);
  };
  cut(file);
  return kept + text.slice(at);
}

/** The name that a candidate declares or assigns is no use of it; a shorthand property's is. */
function isOwnName(/** @type {ts.Identifier} */ node, /** @type {ts.Node} */ from) {
  if (ts.isFunctionDeclaration(from)) return from.name === node;
  if (ts.isPropertyAssignment(from) || ts.isGetAccessor(from) || ts.isMethodDeclaration(from)) return from.name === node;
  return false;
}
