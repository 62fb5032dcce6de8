/** Writes other values in the place of literals, lists and expressions. */
import type { Place } from '../../core/text.ts';
import type { EditableFile, Edits } from './edits.ts';
import * as ts from './syntax.ts';

/** Replaces a literal, a name, a list of literals, or numbers by a text, in its own quotes; undefined for other expressions. */
export function replaceLiteral(file: EditableFile, place: Place, text: string): Edits {
  const node = file.nodeAt(place);
  if (!node) return undefined;
  if (ts.isArrayLiteralExpression(node))
    return replaceElements(
      file,
      node,
      text.split(',').map((name) => name.trim()),
    );
  if (ts.isNumericLiteral(node) && isShared(file, node)) return undefined;
  const isNumber = (ts.isNumericLiteral(node) || ts.isIdentifier(node)) && /^\d+$/.test(text);
  // A variable's name says what the numbers come to: `ONE_WEEK` stays a week.
  if (ts.isBinaryExpression(node) && isOfNumbers(node) && !ts.isVariableDeclaration(node.parent) && /^\d+$/.test(text))
    return [file.edit(place.range.start, place.range.end, text)];
  const isBoolean = (node.kind === ts.SyntaxKind.TrueKeyword || node.kind === ts.SyntaxKind.FalseKeyword) && /^(true|false)$/.test(text);
  if (isNumber || isBoolean) return [file.edit(place.range.start, place.range.end, text)];
  const code = file.textOf(node);
  const quote = /^["'`]/.exec(code)?.[0];
  if (
    quote === undefined &&
    !ts.isNumericLiteral(node) &&
    node.kind !== ts.SyntaxKind.TrueKeyword &&
    node.kind !== ts.SyntaxKind.FalseKeyword &&
    node.kind !== ts.SyntaxKind.NullKeyword &&
    !ts.isIdentifier(node)
  ) {
    // A property name without quotes.
    return undefined;
  }
  const isName = ts.isIdentifier(node) && ts.isPropertyAssignment(node.parent) && node.parent.name === node;
  if (isName && /^[A-Za-z_$][\w$]*$/.test(text)) return [file.edit(place.range.start, place.range.end, text)];
  return [file.edit(place.range.start, place.range.end, file.quoted(text, quote))];
}

/** `60 * 60 * HOURS` */
function isOfNumbers(node: ts.Node): boolean {
  if (ts.isParenthesizedExpression(node)) return isOfNumbers(node.expression);
  if (!ts.isBinaryExpression(node)) return ts.isNumericLiteral(node) || ts.isIdentifier(node);
  const { AsteriskToken, SlashToken, PlusToken, MinusToken } = ts.SyntaxKind;
  const isCounted = [AsteriskToken, SlashToken, PlusToken, MinusToken].some((kind) => kind === node.operatorToken.kind);
  return isCounted && isOfNumbers(node.left) && isOfNumbers(node.right);
}

/** A number that a name keeps for other uses, such as the lifetime of a cookie, is not one header's to change. */
function isShared(file: EditableFile, { parent }: ts.Node): boolean {
  if (!ts.isVariableDeclaration(parent) || !ts.isIdentifier(parent.name)) return false;
  const statement = parent.parent.parent;
  const isExported = ts.isVariableStatement(statement) && (statement.modifiers?.length ?? 0) > 0;
  return isExported || file.usesOf(parent.name).length > 1;
}

/** A list of constant texts by another one; what stays at its beginning is not touched. */
function replaceElements(file: EditableFile, { elements }: ts.ArrayLiteralExpression, texts: readonly string[]): Edits {
  const literals = elements.filter((element) => ts.isStringLiteralLike(element));
  const [first] = literals;
  const last = literals.at(-1);
  if (!first || !last || literals.length < elements.length) return undefined;
  const kept = literals.every((literal, index) => literal.text === texts[index]) ? literals.length : 0;
  const start = file.startOf(first);
  const multiline = file.text.slice(start, last.end).includes('\n');
  const separator = multiline ? `,${file.lineBreak}${file.indentation(last)}` : ', ';
  const added = texts.slice(kept).map((each) => file.quoted(each, file.textOf(first).charAt(0)));
  return [
    kept === 0
      ? file.edit(start, last.end, added.join(separator))
      : file.edit(last.end, last.end, added.map((each) => separator + each).join('')),
  ];
}

/** Puts a text in the place of a value that may turn out undefined. */
export function defaultTo(file: EditableFile, place: Place, text: string): Edits {
  const node = file.nodeAt(place);
  return node && (ts.isPropertyAccessExpression(node) || ts.isIdentifier(node) || ts.isElementAccessExpression(node))
    ? [file.edit(node.end, node.end, ` ?? ${file.quoted(text)}`)]
    : undefined;
}

/** `[...value]` in place of an iterable value. */
export function spreadIntoArray(file: EditableFile, place: Place): Edits {
  return place.uri === file.file.uri
    ? [file.edit(place.range.start, place.range.start, '[...'), file.edit(place.range.end, place.range.end, ']')]
    : undefined;
}
