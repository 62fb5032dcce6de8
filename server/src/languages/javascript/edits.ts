/** Finding pieces of code by their place, and the edits that fixes are made of. */
import type { SourceFile } from '../../core/files.ts';
import type { FileEdit } from '../../core/finding.ts';
import { indentationAt, lineBreakOf, lineStartAt, type Place, type TextRange } from '../../core/text.ts';
import { isFunctionLike, scopesOf } from './scope.ts';
import * as ts from './syntax.ts';

/** What an operation of the authoring answers: edits, or undefined where the text gives no hold for them. */
export type Edits = readonly FileEdit[] | undefined;

/** A file as fixes see it. */
export class EditableFile {
  readonly file: SourceFile;
  readonly tree: ts.SourceFile;

  constructor(file: SourceFile, tree: ts.SourceFile) {
    this.file = file;
    this.tree = tree;
  }

  get text(): string {
    return this.file.text;
  }

  get isTypeScript(): boolean {
    return /\.[cm]?tsx?$/.test(this.file.uri);
  }

  get lineBreak(): string {
    return lineBreakOf(this.text);
  }

  edit(start: number, end: number, text: string, snippet?: string): FileEdit {
    return { uri: this.file.uri, range: { start, end }, text, ...(snippet === undefined ? {} : { snippet }) };
  }

  /** The largest node that covers exactly a place; undefined for places of other files and between nodes. */
  nodeAt(place: Place): ts.Node | undefined {
    if (place.uri !== this.file.uri) return undefined;
    const { start, end } = place.range;
    let current: ts.Node = this.tree;
    for (;;) {
      if (current !== this.tree && ts.startOf(current, this.tree) === start && current.end === end) return current;
      const inner: ts.Node | undefined = ts.forEachChild(current, (child) =>
        child.pos <= start && child.end >= end && child.end > child.pos ? child : undefined,
      );
      if (!inner) return undefined;
      current = inner;
    }
  }

  /** The call or `new` of exactly a place, inside an expression statement or not. */
  callAt(place: Place): ts.CallExpression | undefined {
    let node = this.nodeAt(place);
    while (node && !ts.isCallExpression(node))
      node = ts.isExpressionStatement(node) || ts.isParenthesizedExpression(node) ? node.expression : undefined;
    return node;
  }

  /** Where a variable is used, its declaration left out. */
  usesOf(name: ts.Identifier): readonly ts.Identifier[] {
    const scopes = scopesOf(this.tree);
    const binding = scopes.resolve(name);
    const uses: ts.Identifier[] = [];
    const visit = (node: ts.Node): void => {
      if (ts.isIdentifier(node) && node !== name && node.text === name.text && scopes.resolve(node) === binding) uses.push(node);
      ts.forEachChild(node, visit);
    };
    visit(binding?.scope.node ?? this.tree);
    return uses;
  }

  textOf(node: ts.Node): string {
    return ts.textOf(node, this.tree);
  }

  startOf(node: ts.Node): number {
    return ts.startOf(node, this.tree);
  }

  indentation(node: ts.Node): string {
    return indentationAt(this.text, this.startOf(node));
  }

  /** Whether a package, given as a pattern for its whole name, stands between quotes anywhere in the file. */
  namesPackage(name: RegExp): boolean {
    return new RegExp(`['"](?:${name.source})['"]`).test(this.text);
  }

  /** One level of indentation, as the file has it. */
  get indentationUnit(): string {
    return /^(\t| {2,8})\S/m.exec(this.text)?.[1] ?? '  ';
  }

  /** The quote that stands more often in the file; a single one where they are even. */
  get quote(): string {
    const single = this.text.split("'").length;
    const double = this.text.split('"').length;
    return double > single ? '"' : "'";
  }

  get semicolon(): string {
    return /;[ \t]*(\r?\n|$)/.test(this.text) || !this.text.includes('\n') ? ';' : '';
  }

  /** The end of a statement among others, which may be written otherwise than the file at large. */
  semicolonAmong(statements: readonly ts.Statement[]): string {
    const simple = statements.filter(
      (each) => ts.isExpressionStatement(each) || ts.isVariableStatement(each) || ts.isReturnStatement(each),
    );
    if (simple.length === 0) return this.semicolon;
    return simple.some((each) => this.text[each.end - 1] === ';') ? ';' : '';
  }

  quoted(text: string, quote = this.quote): string {
    return (
      quote +
      text.replace(/[\\\r\n]/g, (found) => (found === '\n' ? '\\n' : found === '\r' ? '\\r' : '\\\\')).replaceAll(quote, `\\${quote}`) +
      quote
    );
  }

  /** A list of texts as an array literal on one line. */
  list(texts: readonly string[]): string {
    return stringList(texts, (text) => this.quoted(text));
  }

  /** The statement that holds a node. */
  statementOf(node: ts.Node): ts.Statement | undefined {
    for (let current: ts.Node | undefined = node; current; current = current.parent as ts.Node | undefined) {
      const parent = current.parent as ts.Node | undefined;
      if (parent && isBlockOf(parent)) return current as ts.Statement;
      if (
        parent &&
        (ts.isIfStatement(parent) || ts.isForStatement(parent) || ts.isForOfStatement(parent) || ts.isWhileStatement(parent)) &&
        current !== (parent as { expression?: ts.Node }).expression
      )
        return current as ts.Statement;
    }
    return undefined;
  }

  /** The function around a node, and the statement of its body that holds the node. */
  functionAround(
    node: ts.Node,
  ): { readonly body: ts.Block; readonly statement: ts.Statement; readonly parameters: readonly ts.ParameterDeclaration[] } | undefined {
    for (let current: ts.Node | undefined = node; current; current = current.parent as ts.Node | undefined) {
      const parent = current.parent as ts.Node | undefined;
      if (parent && ts.isBlock(parent) && isFunctionLike(parent.parent))
        return { body: parent, statement: current as ts.Statement, parameters: parent.parent.parameters };
    }
    return undefined;
  }

  /** The first statement of a function's body behind directives such as `'use strict'`. */
  firstOf(body: ts.Block): ts.Statement | undefined {
    return body.statements.find((each) => !ts.isExpressionStatement(each) || !ts.isStringLiteralLike(each.expression));
  }

  /**
   * Deletes a statement, with its line and the comment behind it where it stands there alone; of the blank lines above and below it one
   * stays.
   */
  deleteStatement(statement: ts.Statement): FileEdit {
    const { text } = this;
    const line = this.lineOf(this.startOf(statement), statement.end);
    if (!line) return this.edit(this.startOf(statement), statement.end, '');
    const below = /^[ \t]*\r?\n/.exec(text.slice(line.end));
    const isBelowBlank = /\n[ \t]*\r?\n$/.test(text.slice(text.slice(0, line.start).trimEnd().length, line.start));
    return this.edit(line.start, below && isBelowBlank ? line.end + below[0].length : line.end, '');
  }

  /** The whole lines of a piece of code, with a comment behind it; undefined where other code stands on them. */
  lineOf(start: number, end: number): TextRange | undefined {
    const { text } = this;
    const lineStart = lineStartAt(text, start);
    const lineEnd = this.#behindComment(end);
    const lineBreak = /^[ \t]*(?:\r?\n|$)/.exec(text.slice(lineEnd));
    if (text.slice(lineStart, start).trim() !== '' || !lineBreak) return undefined;
    return { start: lineStart, end: lineEnd + lineBreak[0].length };
  }

  /** The end of a comment that fills the rest of the line behind an offset; the offset itself where there is none. */
  #behindComment(offset: number): number {
    const comment = /^[ \t]*(?:\/\/[^\r\n]*|\/\*(?:(?!\*\/)[^\r\n])*\*\/)(?=[ \t]*(?:\r?\n|$))/.exec(this.text.slice(offset));
    return offset + (comment?.[0].length ?? 0);
  }

  /** Moves a statement in front of another one, each with the comments that speak of it. */
  moveBefore(target: ts.Statement | ts.Node, statement: ts.Statement): readonly FileEdit[] {
    const own = this.#withComments(statement);
    const { start } = this.#withComments(target);
    const code = this.text.slice(own.start, own.end);
    return [this.edit(start, start, `${code}${this.lineBreak}${this.indentation(target)}`), this.edit(own.lineStart, own.lineEnd, '')];
  }

  /**
   * A statement with the comment lines right above it and the comment behind it on its line; `lineStart` and `lineEnd` take the
   * lines in whole where nothing else stands on them.
   */
  #withComments(statement: ts.Node): {
    readonly start: number;
    readonly end: number;
    readonly lineStart: number;
    readonly lineEnd: number;
  } {
    const { text } = this;
    let start = this.startOf(statement);
    const end = this.#behindComment(statement.end);
    const line = this.lineOf(start, statement.end);
    if (!line) return { start, end, lineStart: start, lineEnd: end };
    let lineStart = line.start;
    for (;;) {
      const above = lineStartAt(text, lineStart - 1);
      const line = lineStart === 0 ? '' : text.slice(above, lineStart);
      if (!/^\s*(?:\/\/.*|\/\*(?:(?!\*\/).)*\*\/\s*)$/.test(line.trimEnd())) break;
      lineStart = above;
      start = above + (/^\s*/.exec(line)?.[0].length ?? 0);
    }
    return { start, end, lineStart, lineEnd: line.end };
  }

  /** Puts a line of code behind a statement, where it runs under the same condition: an arm of an `if` becomes a block. */
  alsoAfter(statement: ts.Statement, code: string): readonly FileEdit[] {
    if (isBlockOf(statement.parent)) return [this.insertAfter(statement, code)];
    const start = this.startOf(statement);
    const end = this.text[statement.end - 1] === ';' ? '' : ';';
    return [this.edit(start, start, '{ '), this.edit(statement.end, statement.end, `${end} ${code} }`)];
  }

  /** Puts a condition in front of a statement; an `else` behind it stays that of the `if` around it. */
  guarded(statement: ts.Statement, condition: string, snippet?: string): readonly FileEdit[] {
    const start = this.startOf(statement);
    const { parent } = statement;
    if (!ts.isIfStatement(parent) || parent.thenStatement !== statement || !parent.elseStatement)
      return [this.edit(start, start, condition, snippet)];
    return [this.edit(start, start, `{ ${condition}`, snippet && `{ ${snippet}`), this.edit(statement.end, statement.end, ' }')];
  }

  /** Puts a line of code before a statement. */
  insertBefore(statement: ts.Node, code: string): FileEdit {
    const start = this.startOf(statement);
    const end = continuesLine(code, this.text.slice(start)) ? ';' : '';
    return this.edit(start, start, `${code}${end}${this.lineBreak}${this.indentation(statement)}`);
  }

  /** Puts a line of code behind a statement and the comment behind that. */
  insertAfter(statement: ts.Node, code: string): FileEdit {
    const { text } = this;
    const { end } = statement;
    const at = this.#behindComment(end);
    const isContinued = continuesLine(text.slice(0, end), code);
    // What else stands on the line follows the code.
    const close = /^[ \t]*[^\s}/]/.test(text.slice(at)) && !/[;{}]$/.test(code) ? ';' : '';
    const lines = `${this.lineBreak}${this.indentation(statement)}${code}${close}`;
    return isContinued ? this.edit(end, at, `;${text.slice(end, at)}${lines}`) : this.edit(at, at, lines);
  }
}

/** Whether statements stand in a node, one below the other. */
function isBlockOf(node: ts.Node): boolean {
  return (
    ts.isBlock(node) ||
    ts.isSourceFile(node) ||
    ts.isCaseClause(node) ||
    ts.isModuleBlock(node) ||
    node.kind === ts.SyntaxKind.DefaultClause
  );
}

/** Whether a statement without a semicolon would go on in the line below it, instead of ending there. */
function continuesLine(code: string, below: string): boolean {
  return !/[;{}]$/.test(code) && /^[([`/+-]/.test(below);
}

/** A list of strings as an array literal on one line. */
export function stringList(texts: readonly string[], quoted: (text: string) => string): string {
  return `[${texts.map((text) => quoted(text)).join(', ')}]`;
}
