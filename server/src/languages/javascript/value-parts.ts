/** Finds the code that stands for one part of a value, so that a fix leaves what else the value says. */
import type { Place } from '../../core/text.ts';
import type { EditableFile } from './edits.ts';
import { isFunctionLike, scopesOf } from './scope.ts';
import * as ts from './syntax.ts';

/** Code that a fix may put another value in the place of. */
export interface ValuePart {
  readonly node: ts.Node;
  /**
   * `whole`: it is all that the value says. `operand`: one of those that an expression chooses from, or what a variable holds at times.
   * `entry`: one of a list. `told`, `returned`: what a function tells its callback or gives back in one of its ways.
   */
  readonly role: 'whole' | 'operand' | 'entry' | 'told' | 'returned';
}

/**
 * The code of `part` in a value, which may be written there, kept by a variable, or told to a callback; undefined where other code may
 * rest on it, and where it stands in a file that is not this one.
 */
export function partOf(file: EditableFile, value: ts.Node, part: Place): ValuePart | undefined {
  const node = file.nodeAt(part);
  if (!node) return undefined;
  if (isFunctionLike(value)) return partOfFunction(file, value, value, node);
  if (isBare(value, node)) return { node: value, role: 'whole' };
  const top = chosenIn(file, node);
  if (top === value) return { node, role: 'operand' };
  if (ts.isArrayLiteralExpression(top.parent) && chosenIn(file, top.parent) === value) return { node, role: 'entry' };
  return ts.isIdentifier(value) ? partOfVariable(file, value, node, top) : partOfMember(file, value, node, top);
}

/** The expression that a node is one of the outcomes of, as far as only choices and parentheses stand between. */
function chosenIn(file: EditableFile, node: ts.Node): ts.Node {
  const { parent } = node;
  const isOutcome =
    ts.isParenthesizedExpression(parent) ||
    ts.isAsExpression(parent) ||
    (ts.isConditionalExpression(parent) && parent.condition !== node) ||
    (ts.isBinaryExpression(parent) && parent.right === node && isChoice(parent));
  return isOutcome ? chosenIn(file, parent) : node;
}

function isChoice({ operatorToken }: ts.BinaryExpression): boolean {
  const { BarBarToken, QuestionQuestionToken, AmpersandAmpersandToken } = ts.SyntaxKind;
  return [BarBarToken, QuestionQuestionToken, AmpersandAmpersandToken].some((kind) => kind === operatorToken.kind);
}

/** Whether a value is a node, or one in parentheses or with a type. */
function isBare(value: ts.Node, node: ts.Node): boolean {
  if (value === node) return true;
  if (ts.isParenthesizedExpression(value) || ts.isAsExpression(value)) return isBare(value.expression, node);
  return false;
}

function partOfVariable(file: EditableFile, use: ts.Identifier, node: ts.Node, top: ts.Node): ValuePart | undefined {
  const scopes = scopesOf(file.tree);
  const binding = scopes.resolve(use);
  const declaration = binding?.declarations[0];
  if (!binding || !declaration || binding.declarations.length > 1) return undefined;
  const kept = ts.isVariableDeclaration(declaration) ? declaration.initializer : declaration;
  if (kept && isFunctionLike(kept) && isWithin(node, kept)) return partOfFunction(file, use, kept, node);
  if (!ts.isVariableDeclaration(declaration) || !ts.isIdentifier(declaration.name)) return undefined;
  if (kept && isBare(kept, node) && scopes.isConstant(binding)) return { node: use, role: 'whole' };
  const { parent } = top;
  const isAssigned = ts.isBinaryExpression(parent) && parent.right === top && isName(parent.left, declaration.name);
  if (top !== kept && !(isAssigned && scopes.resolve(parent.left as ts.Identifier) === binding)) return undefined;
  // What the variable holds is read here alone.
  const statement = declaration.parent.parent;
  const isExported = ts.isVariableStatement(statement) && (statement.modifiers?.length ?? 0) > 0;
  const reads = file.usesOf(declaration.name).filter((each) => !isTarget(each));
  return !isExported && reads.length === 1 ? { node, role: 'operand' } : undefined;
}

function isName(node: ts.Node, { text }: ts.Identifier): boolean {
  return ts.isIdentifier(node) && node.text === text;
}

function isTarget(node: ts.Node): boolean {
  const { parent } = node;
  return ts.isBinaryExpression(parent) && parent.left === node && parent.operatorToken.kind === ts.SyntaxKind.EqualsToken;
}

/** `config.origin` of an object that is written in the same file. */
function partOfMember(file: EditableFile, value: ts.Node, node: ts.Node, top: ts.Node): ValuePart | undefined {
  const { parent } = top;
  const isMember = ts.isPropertyAccessExpression(value) && ts.isPropertyAssignment(parent) && file.textOf(parent.name) === value.name.text;
  return isMember && top === node ? { node: value, role: 'whole' } : undefined;
}

function isWithin(node: ts.Node, outer: ts.Node): boolean {
  return node.pos >= outer.pos && node.end <= outer.end;
}

/** What a function answers with: as a whole where it says nothing else, or else what it tells the callback at one place. */
function partOfFunction(file: EditableFile, value: ts.Node, called: ts.Node, node: ts.Node): ValuePart | undefined {
  if (answersAlike(file, called)) return { node: value, role: 'whole' };
  if (node === called || !isWithin(node, called)) return undefined;
  const top = chosenIn(file, node);
  const { parent } = top;
  if (parent === called || (ts.isReturnStatement(parent) && functionOf(parent) === called)) return { node, role: 'returned' };
  const isTold = ts.isCallExpression(parent) && parent.arguments[1] === top && isParameterOf(file, called, parent.expression);
  return isTold ? { node, role: 'told' } : undefined;
}

function functionOf(node: ts.Node): ts.Node {
  return isFunctionLike(node.parent) ? node.parent : functionOf(node.parent);
}

function isParameterOf(file: EditableFile, called: ts.Node, callee: ts.Node): boolean {
  if (!isFunctionLike(called) || !ts.isIdentifier(callee)) return false;
  const declared = scopesOf(file.tree).resolve(callee)?.declarations ?? [];
  return called.parameters.some((parameter) => declared.includes(parameter));
}

/** Whether all that a function does is to let its argument, or everybody, through. */
function answersAlike(file: EditableFile, called: ts.Node): boolean {
  if (!isFunctionLike(called) || !called.body) return false;
  const isPlain = (each: ts.Node): boolean => isMadeOfArguments(file, called, each);
  if (!ts.isBlock(called.body)) return isPlain(called.body);
  const [only, second] = called.body.statements;
  if (!only || second) return false;
  if (ts.isReturnStatement(only)) return only.expression !== undefined && isPlain(only.expression);
  return ts.isExpressionStatement(only) && isPlain(only.expression);
}

/** An argument, a constant, a header that is read, or the callback called with such ones. */
function isMadeOfArguments(file: EditableFile, called: ts.Node, node: ts.Node): boolean {
  const isPlain = (each: ts.Node): boolean => isMadeOfArguments(file, called, each);
  if (ts.isIdentifier(node)) return node.text === 'undefined' || isParameterOf(file, called, node);
  if (ts.isParenthesizedExpression(node) || ts.isPropertyAccessExpression(node)) return isPlain(node.expression);
  if (ts.isBinaryExpression(node)) return isChoice(node) && isPlain(node.left) && isPlain(node.right);
  if (ts.isCallExpression(node)) {
    const isRead = ts.isPropertyAccessExpression(node.expression) && /^(?:get|header)$/.test(node.expression.name.text);
    return (isRead || ts.isIdentifier(node.expression)) && isPlain(node.expression) && node.arguments.every(isPlain);
  }
  const { TrueKeyword, NullKeyword } = ts.SyntaxKind;
  return ts.isStringLiteralLike(node) || node.kind === TrueKeyword || node.kind === NullKeyword;
}
