/** How fixes are written in JavaScript, in the file's own style. */
import type { Authoring, WantedHeader } from '../../core/authoring.ts';
import type { SourceFile } from '../../core/files.ts';
import type { FileEdit } from '../../core/finding.ts';
import { indentationAt, type Place } from '../../core/text.ts';
import type { Authentication, CheckEntry, HeaderWrite, OriginCheck, Policy, Step, Steps } from '../../policy/model.ts';
import { isFunctionLike } from '../javascript/scope.ts';
import { escapeRegex } from '../javascript/origin-tests.ts';
import * as ts from '../javascript/syntax.ts';
import { EditableFile } from './edits.ts';

type Edits = readonly FileEdit[] | undefined;

/** Options of the cors package by the header that they write. */
const optionNames: Readonly<Record<string, string>> = {
  'access-control-allow-origin': 'origin',
  'access-control-allow-credentials': 'credentials',
  'access-control-allow-methods': 'methods',
  'access-control-allow-headers': 'allowedHeaders',
  'access-control-expose-headers': 'exposedHeaders',
  'access-control-max-age': 'maxAge',
};

const placeholder = 'https://app.example.com';

export function authoringFor(file: SourceFile, tree: ts.SourceFile): Authoring {
  return new JavaScriptAuthoring(new EditableFile(file, tree));
}

class JavaScriptAuthoring implements Authoring {
  readonly #file: EditableFile;

  constructor(file: EditableFile) {
    this.#file = file;
  }

  /** Node sends what was set with every status. */
  sendAlways(): Edits {
    return undefined;
  }

  hideUpstream(): Edits {
    return undefined;
  }

  repeatWrites(): Edits {
    return undefined;
  }

  addHeaderBeside(write: HeaderWrite, header: WantedHeader): Edits {
    const node = this.#propertyOf(write);
    const call = node ? undefined : this.#file.callAt(write.place);
    if (call && ts.isPropertyAccessExpression(call.expression)) {
      const statement = this.#file.statementOf(call);
      const value = this.#valueOf(header, call);
      if (!statement || value === undefined) return undefined;
      const receiver = this.#file.textOf(call.expression.expression);
      const method = /^(setHeader|header|set)$/.test(call.expression.name.text) ? call.expression.name.text : 'setHeader';
      return [
        this.#file.insertAfter(statement, `${receiver}.${method}(${this.#file.quoted(header.name)}, ${value})${this.#file.semicolon}`),
      ];
    }
    if (!node || !ts.isPropertyAssignment(node)) return undefined;
    const isOption = /^(origin|credentials|methods|allowedHeaders|exposedHeaders|maxAge)$/.test(this.#file.textOf(node.name));
    const name = isOption ? optionNames[header.name.toLowerCase()] : this.#file.quoted(header.name);
    if (name === undefined) return undefined;
    const text =
      typeof header.value === 'string'
        ? isOption && /^(true|\d+)$/.test(header.value)
          ? header.value
          : this.#file.quoted(header.value)
        : isOption
          ? undefined
          : this.#file.textOf(node.initializer);
    return text === undefined ? undefined : [this.#insertProperty(node, `${name}: ${text}`)];
  }

  /** The property of an options or headers object that a write stands for. */
  #propertyOf(write: HeaderWrite): ts.PropertyAssignment | undefined {
    const { parent } = this.#file.nodeAt(write.namePlace) ?? {};
    return parent && ts.isPropertyAssignment(parent) ? parent : undefined;
  }

  #insertProperty(after: ts.Node, code: string): FileEdit {
    const { text } = this.#file;
    const isMultiline = text.slice(after.parent.pos, after.parent.end).includes('\n');
    const lead = isMultiline ? this.#file.lineBreak + this.#file.indentation(after) : ' ';
    return this.#file.edit(after.end, after.end, `,${lead}${code}`);
  }

  #valueOf(header: WantedHeader, near: ts.CallExpression): string | undefined {
    if (typeof header.value === 'string') return this.#file.quoted(header.value);
    const [, value] = near.arguments;
    if (value && !ts.isStringLiteralLike(value)) return this.#file.textOf(value);
    const request = this.#requestName(near);
    return request === undefined ? undefined : `${request}.headers.origin`;
  }

  /** The name of the request in a handler around a node. */
  #requestName(node: ts.Node): string | undefined {
    for (let current: ts.Node | undefined = node; current; current = current.parent as ts.Node | undefined) {
      if (!isFunctionLike(current) || current.parameters.length < 2) continue;
      const [first, second] = current.parameters;
      const request = current.parameters.length === 4 ? second : first;
      if (request && ts.isIdentifier(request.name)) return request.name.text;
    }
    return undefined;
  }

  varyByOrigin(write: HeaderWrite): Edits {
    const call = this.#file.callAt(write.place);
    const around = call && this.#file.functionAround(call);
    if (!call || !around || !ts.isPropertyAccessExpression(call.expression)) return undefined;
    const receiver = this.#file.textOf(call.expression.expression);
    const root = /^[\w$]+/.exec(receiver)?.[0];
    const isParameter = around.parameters.some((parameter) => ts.isIdentifier(parameter.name) && parameter.name.text === root);
    const first = isParameter ? around.body.statements[0] : around.statement;
    // Behind a statement that replaces Vary, or else before everything.
    const replacing = around.body.statements.findLast((statement) =>
      new RegExp(`^${escapeRegex(receiver)}\\.(setHeader|set|header)\\(\\s*['"\`]Vary`, 'i').test(this.#file.textOf(statement)),
    );
    if (replacing) return [this.#file.insertAfter(replacing, this.#varyCode(receiver))];
    return first && [this.#file.insertBefore(first, this.#varyCode(receiver))];
  }

  #varyCode(receiver: string): string {
    const { text, semicolon } = this.#file;
    const origin = this.#file.quoted('Origin');
    if (/express/i.test(text) || /\bres(ponse)?\.(json|send|status|set|header|vary)\(/.test(text))
      return `${receiver}.vary(${origin})${semicolon}`;
    const method = /vary/i.test(text) ? 'appendHeader' : 'setHeader';
    return `${receiver}.${method}(${this.#file.quoted('Vary')}, ${origin})${semicolon}`;
  }

  varyAlways(write: HeaderWrite): Edits {
    const call = this.#file.callAt(write.place);
    const statement = call && this.#file.statementOf(call);
    const around = call && this.#file.functionAround(call);
    if (!call || !around || !statement || !ts.isExpressionStatement(statement) || statement === around.statement) return undefined;
    const first = around.body.statements[0];
    if (!first || this.#isArmOf(statement)) return undefined;
    return [this.#file.insertBefore(first, this.#file.textOf(statement)), this.#file.deleteStatement(statement)];
  }

  /** The statement is the whole branch of an `if`, and cannot go without leaving a hole. */
  #isArmOf(statement: ts.Statement): boolean {
    return ts.isIfStatement(statement.parent);
  }

  mergeVary(write: HeaderWrite): Edits {
    const call = this.#file.callAt(write.place);
    if (!call || !ts.isPropertyAccessExpression(call.expression) || call.arguments.length !== 2) return undefined;
    const [, value] = call.arguments;
    const { name } = call.expression;
    if (!value || !/^(setHeader|header|set|append)$/.test(name.text)) return undefined;
    return [this.#file.edit(this.#file.startOf(name), this.#file.startOf(value), 'vary(')];
  }

  rewrite(place: Place, code: string): Edits {
    if (place.uri !== this.#file.file.uri) return undefined;
    if (code !== '') return [this.#file.edit(place.range.start, place.range.end, code)];
    const node = this.#file.nodeAt(place);
    return node && this.#delete(node);
  }

  #delete(node: ts.Node): Edits {
    const { parent } = node;
    if (ts.isPropertyAssignment(node) || ts.isShorthandPropertyAssignment(node))
      return ts.isObjectLiteralExpression(node.parent) ? [this.#file.deleteElement(node.parent.properties, node)] : undefined;
    if (ts.isArrayLiteralExpression(parent) && ts.isArrayLiteralExpression(parent))
      return [this.#file.deleteElement(parent.elements, node)];
    const statement = ts.isExpressionStatement(node) ? node : ts.isExpressionStatement(parent) ? parent : undefined;
    if (statement)
      return this.#isArmOf(statement)
        ? [this.#file.edit(this.#file.startOf(statement), statement.end, '{}')]
        : [this.#file.deleteStatement(statement)];
    // `res.a().b()`: a link of a chain goes without its neighbours.
    if (ts.isCallExpression(node) && ts.isPropertyAccessExpression(node.expression) && ts.isPropertyAccessExpression(parent))
      return [this.#file.edit(node.expression.expression.end, node.end, '')];
    return undefined;
  }

  guardOrigin(write: HeaderWrite): Edits {
    const call = this.#file.callAt(write.place);
    const statement = call && this.#file.statementOf(call);
    const [, value] = call?.arguments ?? [];
    if (!statement || !value || !ts.isExpressionStatement(statement)) return undefined;
    const start = this.#file.startOf(statement);
    return [this.#file.edit(start, start, `if (${this.#file.textOf(value)}) `)];
  }

  spreadIntoArray(place: Place): Edits {
    return place.uri === this.#file.file.uri
      ? [this.#file.edit(place.range.start, place.range.start, '[...'), this.#file.edit(place.range.end, place.range.end, ']')]
      : undefined;
  }

  remove(write: HeaderWrite): Edits {
    const node = this.#propertyOf(write) ?? this.#file.nodeAt(write.place);
    return node && this.#delete(node);
  }

  replaceValue(write: HeaderWrite, text: string): Edits {
    return this.#replaceLiteral(write.valuePlace, text);
  }

  replaceText(place: Place, text: string): Edits {
    return this.#replaceLiteral(place, text);
  }

  #replaceLiteral(place: Place, text: string): Edits {
    const node = this.#file.nodeAt(place);
    if (!node) return undefined;
    const isNumber = ts.isNumericLiteral(node) && /^\d+$/.test(text);
    const isBoolean = (node.kind === ts.SyntaxKind.TrueKeyword || node.kind === ts.SyntaxKind.FalseKeyword) && /^(true|false)$/.test(text);
    if (isNumber || isBoolean) return [this.#file.edit(place.range.start, place.range.end, text)];
    const code = this.#file.textOf(node);
    const quote = /^["'`]/.exec(code)?.[0];
    if (
      quote === undefined &&
      !ts.isNumericLiteral(node) &&
      node.kind !== ts.SyntaxKind.TrueKeyword &&
      node.kind !== ts.SyntaxKind.FalseKeyword &&
      !ts.isIdentifier(node)
    ) {
      // A property name without quotes.
      return undefined;
    }
    const isName = ts.isIdentifier(node) && ts.isPropertyAssignment(node.parent) && node.parent.name === node;
    if (isName && /^[A-Za-z_$][\w$]*$/.test(text)) return [this.#file.edit(place.range.start, place.range.end, text)];
    return [this.#file.edit(place.range.start, place.range.end, this.#file.quoted(text, quote))];
  }

  replacePattern(check: OriginCheck, source: string, flags: string): Edits {
    const node = this.#file.nodeAt(check.place);
    if (!node) return undefined;
    const isConstructor = (ts.isNewExpression(node) || ts.isCallExpression(node)) && this.#file.textOf(node.expression) === 'RegExp';
    if (!ts.isRegularExpressionLiteral(node) && !isConstructor && !ts.isStringLiteralLike(node)) return undefined;
    return [this.#file.edit(check.place.range.start, check.place.range.end, `/${withEscapedSlashes(source)}/${flags}`)];
  }

  removeEntry(_check: OriginCheck, entry: CheckEntry): Edits {
    const node = this.#file.nodeAt(entry.place);
    if (!node) return undefined;
    const { parent } = node;
    if (ts.isArrayLiteralExpression(parent)) return [this.#file.deleteElement(parent.elements, node)];
    if (ts.isPropertyAssignment(parent) && ts.isObjectLiteralExpression(parent.parent))
      return [this.#file.deleteElement(parent.parent.properties, parent)];
    if (ts.isCaseClause(parent) && parent.statements.length === 0) return [this.#file.deleteStatement(parent as unknown as ts.Statement)];
    if (!ts.isBinaryExpression(parent)) return undefined;
    // `a === 'x' || b`: the comparison goes with its `||`.
    const around = parent.parent;
    if (!ts.isBinaryExpression(around) || around.operatorToken.kind !== ts.SyntaxKind.BarBarToken) return undefined;
    return around.right === parent
      ? [this.#file.edit(around.left.end, around.end, '')]
      : [this.#file.edit(this.#file.startOf(parent), this.#file.startOf(around.right), '')];
  }

  allowOnly(write: HeaderWrite, origins: readonly string[]): Edits {
    const call = this.#file.callAt(write.place);
    const node = this.#propertyOf(write);
    if (!node && call && ts.isPropertyAccessExpression(call.expression)) return this.#allowByHand(write, call, origins);
    const list = this.#list(origins);
    if (node) {
      if (this.#file.textOf(node.name) !== 'origin') return undefined;
      return [this.#file.edit(this.#file.startOf(node.initializer), node.initializer.end, list.text, list.snippet)];
    }
    if (!call) return undefined;
    // cors() with its default: the option is added.
    const [options] = call.arguments;
    if (!options) {
      const at = call.end - 1;
      return [this.#file.edit(at, at, `{ origin: ${list.text} }`, list.snippet === undefined ? undefined : `{ origin: ${list.snippet} }`)];
    }
    const [first] = ts.isObjectLiteralExpression(options) ? options.properties : [];
    if (!first) return undefined;
    const lead = this.#file.text.slice(options.pos, options.end).includes('\n')
      ? this.#file.lineBreak + this.#file.indentation(first)
      : ' ';
    const at = this.#file.startOf(first);
    return [
      this.#file.edit(at, at, `origin: ${list.text},${lead}`, list.snippet === undefined ? undefined : `origin: ${list.snippet},${lead}`),
    ];
  }

  /** Lets a statement that writes Allow-Origin run for the listed origins only. */
  #allowByHand(write: HeaderWrite, call: ts.CallExpression, origins: readonly string[]): Edits {
    const statement = this.#file.statementOf(call);
    const value = this.#file.nodeAt(write.valuePlace);
    const request = this.#requestName(call);
    if (!statement || !value || !ts.isExpressionStatement(statement) || call.arguments.length !== 2) return undefined;
    const isOrigin = write.value.kind === 'origin';
    const origin = isOrigin ? this.#file.textOf(value) : request === undefined ? undefined : `${request}.headers.origin`;
    if (origin === undefined) return undefined;
    const list = this.#list(origins);
    const guard = (text: string): string => `if (${text}.includes(${origin})) `;
    const start = this.#file.startOf(statement);
    const edits = [this.#file.edit(start, start, guard(list.text), list.snippet === undefined ? undefined : guard(list.snippet))];
    if (!isOrigin) edits.push(this.#file.edit(write.valuePlace.range.start, write.valuePlace.range.end, origin));
    return edits;
  }

  #list(origins: readonly string[]): { readonly text: string; readonly snippet: string | undefined } {
    if (origins.length > 0) return { text: `[${origins.map((origin) => this.#file.quoted(origin)).join(', ')}]`, snippet: undefined };
    const { quote } = this.#file;
    return { text: `[${this.#file.quoted(placeholder)}]`, snippet: `[${quote}\${1:${placeholder}}${quote}]` };
  }

  answerPreflight(policy: Policy): Edits {
    const node = this.#file.nodeAt(policy.extent);
    const statement = node && this.#file.statementOf(node);
    const call = this.#file.callAt(policy.extent);
    if (policy.kind !== 'route' || !statement || !call || !ts.isPropertyAccessExpression(call.expression)) return undefined;
    const [path] = call.arguments;
    const middleware = call.arguments.slice(1, -1).find((argument) => /cors/i.test(this.#file.textOf(argument)));
    if (!path || !middleware) return undefined;
    const receiver = this.#file.textOf(call.expression.expression);
    return [
      this.#file.insertBefore(
        statement,
        `${receiver}.options(${this.#file.textOf(path)}, ${this.#file.textOf(middleware)})${this.#file.semicolon}`,
      ),
    ];
  }

  exemptPreflight(authentication: Authentication, policy: Policy): Edits {
    const node = this.#file.nodeAt(authentication.place);
    if (!node) return undefined;
    const moved = this.#moveCorsBefore(node, policy);
    if (moved) return moved;
    const target = ts.isIdentifier(node) ? this.#functionNamed(node.text) : isFunctionLike(node) ? node : undefined;
    if (target) return this.#letPreflightsThrough(target);
    // Middleware of a package is called for the other methods only.
    const code = this.#file.textOf(node);
    if (!ts.isCallExpression(node) && !ts.isIdentifier(node)) return undefined;
    return [
      this.#file.edit(
        authentication.place.range.start,
        authentication.place.range.end,
        `(req, res, next) => (req.method === ${this.#file.quoted('OPTIONS')} ? next() : ${code}(req, res, next))`,
      ),
    ];
  }

  #letPreflightsThrough(target: ts.FunctionLikeDeclaration): Edits {
    if (!target.body || !ts.isBlock(target.body)) return undefined;
    const [first] = target.body.statements;
    const names = target.parameters.map((parameter) => (ts.isIdentifier(parameter.name) ? parameter.name.text : undefined));
    const [request, , next] = names;
    if (!first || request === undefined || next === undefined) return undefined;
    return [
      this.#file.insertBefore(first, `if (${request}.method === ${this.#file.quoted('OPTIONS')}) return ${next}()${this.#file.semicolon}`),
    ];
  }

  #functionNamed(name: string): ts.FunctionLikeDeclaration | undefined {
    for (const statement of this.#file.tree.statements) {
      if (ts.isFunctionDeclaration(statement) && statement.name?.text === name) return statement;
      if (!ts.isVariableStatement(statement)) continue;
      for (const declaration of statement.declarationList.declarations) {
        const { initializer } = declaration;
        if (ts.isIdentifier(declaration.name) && declaration.name.text === name && initializer && isFunctionLike(initializer))
          return initializer;
      }
    }
    return undefined;
  }

  /** `app.use(cors(…))` below the authentication moves above it, where both are statements of one list. */
  #moveCorsBefore(node: ts.Node, policy: Policy): Edits {
    const statement = this.#file.statementOf(node);
    const write = firstAllowOrigin(policy.steps);
    const cors = write && this.#layerStatement(write.place);
    if (!statement || !cors || cors.parent !== statement.parent || cors.pos <= statement.pos) return undefined;
    const code = this.#file.textOf(cors);
    return [this.#file.insertBefore(statement, code), this.#file.deleteStatement(cors)];
  }

  /** The `use` statement that registers what is written at a place. */
  #layerStatement(place: Place): ts.Statement | undefined {
    for (const statement of this.#file.tree.statements) {
      if (
        !ts.isExpressionStatement(statement) ||
        !ts.isCallExpression(statement.expression) ||
        !ts.isPropertyAccessExpression(statement.expression.expression)
      )
        continue;
      if (statement.expression.expression.name.text !== 'use') continue;
      const holds = place.uri === this.#file.file.uri && statement.pos <= place.range.start && place.range.end <= statement.end;
      const names = statement.expression.arguments.some((argument) => /\bcors\b/i.test(this.#file.textOf(argument)));
      if (holds || names) return statement;
    }
    return undefined;
  }

  carryInto(answer: Place, writes: readonly HeaderWrite[]): Edits {
    const node = this.#file.nodeAt(answer);
    const around = node && this.#file.functionAround(node);
    if (!node || !around) return undefined;
    const copied = new Set<ts.Statement>();
    for (const write of writes) {
      const call = this.#file.callAt(write.place);
      const where = call && this.#file.functionAround(call);
      if (!call || where?.body !== around.body || where.statement === around.statement) return undefined;
      copied.add(where.statement);
    }
    if (copied.size === 0) return undefined;
    // What sends the headers moves in front of the branch that answers, so that both ways carry them.
    const moved = [...copied].filter((statement) => statement.pos > around.statement.pos);
    if (moved.length !== copied.size) return undefined;
    const code = moved
      .map((statement) => this.#file.textOf(statement))
      .join(this.#file.lineBreak + this.#file.indentation(around.statement));
    return [this.#file.insertBefore(around.statement, code), ...moved.map((statement) => this.#file.deleteStatement(statement))];
  }

  disableComment(offset: number, scope: 'next-line' | 'line' | 'file', ruleId: string): FileEdit | undefined {
    const { text, lineBreak } = this.#file;
    if (scope === 'file') {
      const at = text.startsWith('#!') ? text.indexOf('\n') + 1 : 0;
      return this.#file.edit(at, at, `// cors-lint-disable-file ${ruleId}${lineBreak}`);
    }
    if (scope === 'next-line') {
      const lineStart = text.lastIndexOf('\n', offset - 1) + 1;
      if (this.#isInsideText(lineStart)) return undefined;
      return this.#file.edit(lineStart, lineStart, `${indentationAt(text, offset)}// cors-lint-disable-next-line ${ruleId}${lineBreak}`);
    }
    const newline = text.indexOf('\n', offset);
    const lineEnd = newline < 0 ? text.length : text[newline - 1] === '\r' ? newline - 1 : newline;
    const lineStart = text.lastIndexOf('\n', offset - 1) + 1;
    if (this.#isInsideText(lineEnd) || ts.commentsOf(this.#file.tree).some((comment) => comment.end > lineStart && comment.start < lineEnd))
      return undefined;
    return this.#file.edit(lineEnd, lineEnd, ` // cors-lint-disable-line ${ruleId}`);
  }

  /** Whether an offset lies within a template, a comment or text of JSX, where no comment can begin. */
  #isInsideText(offset: number): boolean {
    const inside = (node: ts.Node): boolean =>
      ts.forEachChild(node, (child) => {
        if (child.pos > offset || child.end < offset) return undefined;
        const within = this.#file.startOf(child) < offset && child.end > offset;
        const opaque =
          within &&
          (ts.isNoSubstitutionTemplateLiteral(child) ||
            ts.isStringLiteral(child) ||
            child.kind === ts.SyntaxKind.JsxText ||
            child.kind === ts.SyntaxKind.TemplateHead ||
            child.kind === ts.SyntaxKind.TemplateMiddle ||
            child.kind === ts.SyntaxKind.TemplateTail);
        return opaque || inside(child) || undefined;
      }) === true;
    return (
      inside(this.#file.tree) ||
      ts.commentsOf(this.#file.tree).some((comment) => comment.block && comment.start < offset && offset < comment.end)
    );
  }
}

function withEscapedSlashes(source: string): string {
  let inClass = false;
  let escaped = '';
  for (let at = 0; at < source.length; at++) {
    const character = source[at] ?? '';
    if (character === '\\') {
      escaped += character + (source[at + 1] ?? '');
      at++;
      continue;
    }
    if (character === '[') inClass = true;
    if (character === ']') inClass = false;
    escaped += character === '/' && !inClass ? '\\/' : character;
  }
  return escaped;
}

function firstAllowOrigin(steps: Steps): HeaderWrite | undefined {
  const search = (step: Step): HeaderWrite | undefined => {
    if (step.kind === 'write') return step.write.name.toLowerCase() === 'access-control-allow-origin' ? step.write : undefined;
    return step.kind === 'branch' ? (firstAllowOrigin(step.then) ?? firstAllowOrigin(step.otherwise ?? [])) : undefined;
  };
  for (const step of steps) {
    const found = search(step);
    if (found) return found;
  }
  return undefined;
}
