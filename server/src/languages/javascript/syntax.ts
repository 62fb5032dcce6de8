/**
 * The one door to TypeScript's parser.
 *
 * Everything that reads JavaScript or TypeScript imports this file (`import * as ts from '../javascript/syntax.ts'`)
 * and nothing else of the `typescript` package: in the bundles that package is replaced by a reduced build which holds
 * only what is named here (`scripts/slim-typescript.mjs`). The reduced build has no methods on nodes, so positions come
 * from `startOf` and `textOf`. Nothing here needs Node or a file system.
 */
import {
  createSourceFile,
  forEachChild,
  getTokenPosOfNode,
  isSourceFile,
  JSDocParsingMode,
  ScriptKind,
  ScriptTarget,
  SyntaxKind,
} from 'typescript';
import type { Node, SourceFile } from 'typescript';

declare module 'typescript' {
  /** Exported by the package and left out of its declarations; what `node.getStart` calls. */
  function getTokenPosOfNode(node: Node, sourceFile?: SourceFile): number;
  interface Node {
    /** Left out of the declarations: what a node and those below it contain, as bits. */
    readonly transformFlags: number;
  }
}

export {
  createTextChangeRange,
  createTextSpan,
  forEachChild,
  isArrayBindingPattern,
  isArrayLiteralExpression,
  isArrowFunction,
  isAsExpression,
  isAwaitExpression,
  isBinaryExpression,
  isBindingElement,
  isBlock,
  isBreakStatement,
  isCallExpression,
  isCaseClause,
  isCatchClause,
  isClassDeclaration,
  isClassExpression,
  isConditionalExpression,
  isConstructorDeclaration,
  isContinueStatement,
  isDeleteExpression,
  isDoStatement,
  isElementAccessExpression,
  isEnumDeclaration,
  isEnumMember,
  isExportAssignment,
  isExportDeclaration,
  isExpressionStatement,
  isExternalModuleReference,
  isForInStatement,
  isForOfStatement,
  isForStatement,
  isFunctionDeclaration,
  isFunctionExpression,
  isGetAccessorDeclaration,
  isIdentifier,
  isIfStatement,
  isImportClause,
  isImportDeclaration,
  isImportEqualsDeclaration,
  isImportSpecifier,
  isLabeledStatement,
  isMethodDeclaration,
  isModuleBlock,
  isModuleDeclaration,
  isNamespaceExport,
  isNamespaceImport,
  isNewExpression,
  isNonNullExpression,
  isNoSubstitutionTemplateLiteral,
  isNumericLiteral,
  isObjectBindingPattern,
  isObjectLiteralExpression,
  isOmittedExpression,
  isParameter,
  isParenthesizedExpression,
  isPostfixUnaryExpression,
  isPrefixUnaryExpression,
  isPrivateIdentifier,
  isPropertyAccessExpression,
  isPropertyAssignment,
  isPropertyDeclaration,
  isRegularExpressionLiteral,
  isReturnStatement,
  isSatisfiesExpression,
  isShorthandPropertyAssignment,
  isSourceFile,
  isSpreadAssignment,
  isSpreadElement,
  isStringLiteral,
  isStringLiteralLike,
  isSwitchStatement,
  isTaggedTemplateExpression,
  isTemplateExpression,
  isThrowStatement,
  isTryStatement,
  isTypeAssertionExpression,
  isTypeOfExpression,
  isVariableDeclaration,
  isVariableDeclarationList,
  isVariableStatement,
  isVoidExpression,
  isWhileStatement,
  isYieldExpression,
  NodeFlags,
  SyntaxKind,
  updateSourceFile,
} from 'typescript';
export type {
  ArrayLiteralExpression,
  BinaryExpression,
  BindingName,
  Block,
  CallExpression,
  ClassLikeDeclaration,
  ConstructorDeclaration,
  ElementAccessExpression,
  EnumDeclaration,
  Expression,
  ForInStatement,
  ForOfStatement,
  ForStatement,
  WhileStatement,
  FunctionLikeDeclaration,
  Identifier,
  IfStatement,
  MethodDeclaration,
  NewExpression,
  Node,
  NodeArray,
  ObjectLiteralElementLike,
  ObjectLiteralExpression,
  ParameterDeclaration,
  PropertyAccessExpression,
  PropertyAssignment,
  PropertyName,
  SourceFile,
  Statement,
  StringLiteralLike,
  SwitchStatement,
  TryStatement,
  VariableDeclaration,
} from 'typescript';

/** A half-open range of UTF-16 offsets. */
export interface SyntaxRange {
  readonly start: number;
  readonly end: number;
}

/** A line or block comment with its delimiters. */
export interface Comment extends SyntaxRange {
  readonly block: boolean;
}

/**
 * How a file is read, by the end of its name. JavaScript always admits JSX, and type annotations with it (as errors
 * that do not disturb the tree); in TypeScript `<T>x` is an assertion except in `.tsx`.
 */
function scriptKindOf(fileName: string): ScriptKind {
  const extension = /\.([cm]?[jt]sx?)$/i.exec(fileName)?.[1]?.toLowerCase();
  switch (extension) {
    case 'ts':
    case 'mts':
    case 'cts':
      return ScriptKind.TS;
    case 'tsx':
      return ScriptKind.TSX;
    case 'jsx':
      return ScriptKind.JSX;
    default:
      return ScriptKind.JS;
  }
}

/** Parses any text. It never fails: errors in the text leave missing nodes in the tree. Parent links are set. */
export function parse(text: string, fileName: string): SourceFile {
  return createSourceFile(
    fileName,
    text,
    { languageVersion: ScriptTarget.Latest, jsDocParsingMode: JSDocParsingMode.ParseNone },
    true,
    scriptKindOf(fileName),
  );
}

/** The offset of a node's first token, after comments and white space. */
export function startOf(node: Node, file: SourceFile): number {
  return getTokenPosOfNode(node, file);
}

/** From the first token of a node to its end. */
export function rangeOf(node: Node, file: SourceFile): SyntaxRange {
  return { start: getTokenPosOfNode(node, file), end: node.end };
}

/** The source text of a node without the comments before it. */
export function textOf(node: Node, file: SourceFile): string {
  return file.text.slice(getTokenPosOfNode(node, file), node.end);
}

/** The file a node belongs to. */
export function fileOf(node: Node): SourceFile {
  let current = node;
  while (!isSourceFile(current)) current = current.parent;
  // A parsed tree has one root, and setParentNodes links every node to it.
  return current;
}

/** Whether a declaration has a modifier: `export`, `default`, `static`, `async`. */
export function hasModifier(node: Node, kind: SyntaxKind): boolean {
  const { modifiers } = node as { readonly modifiers?: readonly Node[] };
  return modifiers?.some((each) => each.kind === kind) === true;
}

/** Node kinds whose text may hold `//` or `/*` without being a comment. */
const opaqueKinds = new Set([
  SyntaxKind.StringLiteral,
  SyntaxKind.NoSubstitutionTemplateLiteral,
  SyntaxKind.TemplateHead,
  SyntaxKind.TemplateMiddle,
  SyntaxKind.TemplateTail,
  SyntaxKind.RegularExpressionLiteral,
  SyntaxKind.JsxText,
]);

/** Every comment of a file in the order of the text. */
export function commentsOf(file: SourceFile): Comment[] {
  const { text } = file;
  if (!text.includes('//') && !text.includes('/*')) return [];
  const opaque: SyntaxRange[] = [];
  const collect = (node: Node): void => {
    if (opaqueKinds.has(node.kind)) opaque.push(rangeOf(node, file));
    else forEachChild(node, collect);
  };
  collect(file);
  opaque.sort((a, b) => a.start - b.start);

  const comments: Comment[] = [];
  let next = 0;
  let at = text.startsWith('#!') ? endOfLine(text, 0) : 0;
  for (;;) {
    at = text.indexOf('/', at);
    if (at < 0) return comments;
    while (next < opaque.length && (opaque[next]?.end ?? 0) <= at) next++;
    const literal = opaque[next];
    if (literal && literal.start <= at) {
      at = literal.end;
      continue;
    }
    const following = text[at + 1];
    if (following !== '/' && following !== '*') {
      at++;
      continue;
    }
    const block = following === '*';
    const close = block ? text.indexOf('*/', at + 2) : -1;
    const end = block ? (close < 0 ? text.length : close + 2) : endOfLine(text, at);
    comments.push({ start: at, end, block });
    at = end;
  }
}

function endOfLine(text: string, from: number): number {
  for (let at = from; at < text.length; at++) {
    const code = text.charCodeAt(at);
    if (code === 10 || code === 13 || code === 0x2028 || code === 0x2029) return at;
  }
  return text.length;
}
