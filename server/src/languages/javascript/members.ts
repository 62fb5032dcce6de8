/** Members of classes and of object literals, by the syntax alone. */
import * as ts from './syntax.ts';

/** The name of a member; undefined where it is computed. */
export function memberName(name: ts.PropertyName): string | undefined {
  if (ts.isIdentifier(name) || ts.isStringLiteralLike(name) || ts.isNumericLiteral(name)) return name.text;
  return ts.isPrivateIdentifier(name) ? name.text : undefined;
}

/** Whether a member belongs to the class itself. */
export function isStatic(member: ts.Node): boolean {
  return ts.hasModifier(member, ts.SyntaxKind.StaticKeyword);
}
