/** The ports that a program listens on, as far as its text names them. */
import type { SourceFile } from '../../core/files.ts';
import type { NamedPlace } from '../../core/navigation.ts';
import { treeOf } from './trees.ts';
import { scopesOf } from './scope.ts';
import * as ts from './syntax.ts';

/** `app.listen(3000)`, `server.listen({ port })`: a definition of each port that is a number in this file. */
export function portsOf(file: SourceFile): readonly NamedPlace[] {
  if (!/\blisten\s*\(/.test(file.text)) return [];
  const tree = treeOf(file);
  const ports: NamedPlace[] = [];
  const visit = (node: ts.Node): void => {
    if (ts.isCallExpression(node) && ts.isPropertyAccessExpression(node.expression) && node.expression.name.text === 'listen') {
      const [first] = node.arguments;
      const port = first && portIn(first, tree, 0);
      if (port !== undefined)
        ports.push({ kind: 'port', name: String(port), role: 'definition', place: { uri: file.uri, range: ts.rangeOf(node, tree) } });
    }
    ts.forEachChild(node, visit);
  };
  visit(tree);
  return ports;
}

/** How often a name may stand for another one. */
const deepest = 8;

/** The number that an expression stands for; of `process.env.PORT || 3000` the one that the author fell back to. */
function portIn(node: ts.Expression, tree: ts.SourceFile, depth: number): number | undefined {
  if (depth > deepest) return undefined;
  const inner = (each: ts.Expression): number | undefined => portIn(each, tree, depth + 1);
  if (ts.isNumericLiteral(node) || ts.isStringLiteralLike(node)) return /^\d{1,5}$/.test(node.text) ? Number(node.text) : undefined;
  if (ts.isParenthesizedExpression(node) || ts.isAsExpression(node) || ts.isNonNullExpression(node)) return inner(node.expression);
  if (ts.isPrefixUnaryExpression(node)) return node.operator === ts.SyntaxKind.PlusToken ? inner(node.operand) : undefined;
  if (ts.isCallExpression(node)) {
    const [argument] = node.arguments;
    return argument && /^(?:Number|(?:Number\.)?parseInt)$/.test(ts.textOf(node.expression, tree)) ? inner(argument) : undefined;
  }
  if (ts.isBinaryExpression(node)) {
    const { kind } = node.operatorToken;
    const falls = kind === ts.SyntaxKind.BarBarToken || kind === ts.SyntaxKind.QuestionQuestionToken;
    return falls && ts.textOf(node.left, tree).includes('process.env') ? inner(node.right) : undefined;
  }
  if (ts.isObjectLiteralExpression(node)) {
    for (const property of node.properties) {
      if (!property.name || !ts.isIdentifier(property.name) || property.name.text !== 'port') continue;
      if (ts.isPropertyAssignment(property)) return inner(property.initializer);
      if (ts.isShorthandPropertyAssignment(property)) return constant(property.name, tree, depth);
    }
    return undefined;
  }
  return ts.isIdentifier(node) ? constant(node, tree, depth) : undefined;
}

function constant(name: ts.Identifier, tree: ts.SourceFile, depth: number): number | undefined {
  const scopes = scopesOf(tree);
  const binding = scopes.resolve(name);
  const [declaration] = binding?.declarations ?? [];
  if (!binding || !declaration || !scopes.isConstant(binding)) return undefined;
  return ts.isVariableDeclaration(declaration) && declaration.initializer && ts.isIdentifier(declaration.name)
    ? portIn(declaration.initializer, tree, depth + 1)
    : undefined;
}
