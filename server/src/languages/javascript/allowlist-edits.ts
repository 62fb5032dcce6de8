/** Writes an exact list of origins where something else decides Allow-Origin. */
import type { FileEdit } from '../../core/finding.ts';
import { snippetOf } from '../../core/snippet.ts';
import type { Place } from '../../core/text.ts';
import type { HeaderWrite } from '../../policy/model.ts';
import { withoutElement } from './deletion.ts';
import { propertyOf, requestOrigin } from './header-edits.ts';
import { varyByOrigin } from './vary-edits.ts';
import type { EditableFile, Edits } from './edits.ts';
import * as ts from './syntax.ts';
import { partOf } from './value-parts.ts';

const PLACEHOLDER = 'https://app.example.com';

/**
 * Lets a list of origins decide what `part` of a write, or of the `origin` option of a package, decided; a placeholder where the list
 * is empty.
 */
export function allowOnly(file: EditableFile, write: HeaderWrite, part: Place, origins: readonly string[]): Edits {
  // An option that another file sets would win over one beside it.
  if (write.namePlace.uri !== file.file.uri) return undefined;
  const given = originOptionOf(file, write);
  if (given) return inOption(file, write, given, part, origins);
  const header = propertyOf(file, write);
  if (header) return inHeaders(file, write, header, part, origins);
  const call = file.callAt(write.place);
  if (!call) return undefined;
  if (ts.isPropertyAccessExpression(call.expression)) return allowByHand(file, write, call, part, origins);
  const option = `origin: ${originOption(file, origins)}`;
  // cors() with its default: the option is added.
  const [options] = call.arguments;
  if (!options) return [listing(file, call.end - 1, call.end - 1, `{ ${option} }`, origins)];
  const [first] = ts.isObjectLiteralExpression(options) ? options.properties : [];
  if (!first) return undefined;
  const lead = file.text.slice(options.pos, options.end).includes('\n') ? file.lineBreak + file.indentation(first) : ' ';
  const at = file.startOf(first);
  return [listing(file, at, at, `${option},${lead}`, origins)];
}

/** The value of the `origin` option that a write stands for; a method, and the name of `{ origin }`, are the option as well. */
function originOptionOf(file: EditableFile, write: HeaderWrite): ts.Node | undefined {
  const named = file.nodeAt(write.namePlace);
  if (!named || file.textOf(named) !== 'origin') return undefined;
  if (ts.isShorthandPropertyAssignment(named)) return named.name;
  if (ts.isPropertyAssignment(named.parent)) return named.parent.initializer;
  return ts.isMethodDeclaration(named.parent) ? named.parent : undefined;
}

/** A list in the place of a part of the `origin` option. */
function inOption(file: EditableFile, write: HeaderWrite, option: ts.Node, part: Place, origins: readonly string[]): Edits {
  const found = partOf(file, option, part);
  const list = originOption(file, origins);
  const isFunction = !list.startsWith('[');
  if (!found) return insteadOfStar(file, write, option, isFunction ? `(${list})` : list, origins);
  const { node, role } = found;
  const written = (text: string): Edits => [listing(file, file.startOf(node), node.end, text, origins)];
  switch (role) {
    case 'whole':
      return written(ts.isMethodDeclaration(node) || ts.isShorthandPropertyAssignment(node.parent) ? `origin: ${list}` : list);
    case 'operand':
      return written(isFunction ? `(${list})` : list);
    case 'entry':
      return isFunction ? undefined : written(list.slice(1, -1));
    case 'told':
      return written(list);
    case 'returned':
      // What a function of Hono's and Koa's packages gives back is sent as it is.
      return origins.length > 1 || !file.namesPackage(RETURNING) ? undefined : written(file.quoted(origins[0] ?? PLACEHOLDER));
  }
}

/** The packages whose `origin` is a function that gives a text back. */
const RETURNING = /hono\/cors|@koa\/cors|kcors|koa2?-cors/;

/** An edit that writes origins, or the placeholder for one as a tab stop. */
function listing(file: EditableFile, start: number, end: number, text: string, origins: readonly string[]): FileEdit {
  return file.edit(start, end, text, origins.length > 0 ? undefined : snippetOf(text, [PLACEHOLDER]));
}

/** Takes Allow-Origin out of an object of headers, and writes it before for the listed origins only. */
function inHeaders(file: EditableFile, write: HeaderWrite, header: ts.PropertyAssignment, part: Place, origins: readonly string[]): Edits {
  const { initializer: value, parent: headers } = header;
  const call = headers.parent;
  if (!ts.isCallExpression(call) || !ts.isPropertyAccessExpression(call.expression)) return undefined;
  const method = METHODS_BY_OBJECT.get(call.expression.name.text);
  const receiver = /^[\w$]+(?:\.response)?(?=\.)/.exec(file.textOf(call.expression))?.[0];
  const statement = file.statementOf(call);
  const isInside = statement !== undefined && file.functionAround(call)?.body === file.functionAround(statement)?.body;
  if (method === undefined || receiver === undefined || !isInside || ts.isIfStatement(statement.parent)) return undefined;
  if (!isOfOnePiece(file, write, value, part)) return inChoice(file, write, value, part, origins);
  const origin = write.value.kind === 'origin' ? file.textOf(value) : requestOrigin(file, header, write.through);
  if (origin === undefined) return undefined;
  const guard = `if (${includesOrigin(file, originList(file, origins), origin)}) `;
  const start = file.startOf(statement);
  // Where nothing else is in the object, the statement runs for the listed origins.
  if (
    headers.properties.length === 1 &&
    call.arguments.length === 1 &&
    ts.isExpressionStatement(statement) &&
    statement.expression === call
  )
    return [
      ...varying(file, write, header),
      listing(file, start, start, guard, origins),
      file.edit(file.startOf(value), value.end, origin),
    ];
  const code = `${guard}${receiver}.${method}(${nameOf(file, header)}, ${origin})${file.semicolon}${file.lineBreak}${file.indentation(statement)}`;
  return [...varying(file, write, header), listing(file, start, start, code, origins), ...withoutElement(file, headers.properties, header)];
}

/** What writes one header, by the method that takes an object of them. */
const METHODS_BY_OBJECT: ReadonlyMap<string, string> = new Map([
  ['set', 'set'],
  ['header', 'header'],
  ['headers', 'header'],
  ['writeHead', 'setHeader'],
]);

function nameOf(file: EditableFile, { name }: ts.PropertyAssignment): string {
  return ts.isStringLiteralLike(name) ? file.textOf(name) : file.quoted(file.textOf(name));
}

/** One origin in the place of one of the texts that a program chooses from: a header holds no list. */
function inChoice(file: EditableFile, write: HeaderWrite, value: ts.Node, part: Place, origins: readonly string[]): Edits {
  const found = partOf(file, value, part);
  const one = file.quoted(origins[0] ?? PLACEHOLDER);
  if (origins.length > 1) return undefined;
  if (!found) return insteadOfStar(file, write, value, one, origins);
  return found.role === 'operand' ? [listing(file, file.startOf(found.node), found.node.end, one, origins)] : undefined;
}

/** Asks a name or `config.origin` whether it is the `*` that it may be, where it is made elsewhere and for others too. */
function insteadOfStar(file: EditableFile, write: HeaderWrite, value: ts.Node, code: string, origins: readonly string[]): Edits {
  const name = file.textOf(value);
  if (write.value.kind !== 'literal' || write.value.text !== '*' || !/^[A-Za-z_$][\w$]*(?:\.[\w$]+)*$/.test(name)) return undefined;
  const label = ts.isShorthandPropertyAssignment(value.parent) ? `${name}: ` : '';
  return [listing(file, file.startOf(value), value.end, `${label}${name} === ${file.quoted('*')} ? ${code} : ${name}`, origins)];
}

/** Vary for a list of origins, where the function around a write has none. */
function varying(file: EditableFile, write: HeaderWrite, node: ts.Node): readonly FileEdit[] {
  const around = file.functionAround(node);
  const varies = around !== undefined && /\bvary\b/i.test(file.textOf(around.body));
  return varies ? [] : (varyByOrigin(file, write) ?? []);
}

/** Lets a statement that writes Allow-Origin run for the listed origins only. */
function allowByHand(file: EditableFile, write: HeaderWrite, call: ts.CallExpression, part: Place, origins: readonly string[]): Edits {
  const statement = file.statementOf(call);
  const value = file.nodeAt(write.valuePlace);
  if (value && !isOfOnePiece(file, write, value, part)) return inChoice(file, write, value, part, origins);
  // What is chained to the write would run for the listed origins only.
  if (!statement || !value || !ts.isExpressionStatement(statement) || statement.expression !== call || call.arguments.length !== 2)
    return undefined;
  const isOrigin = write.value.kind === 'origin';
  const origin = isOrigin ? file.textOf(value) : requestOrigin(file, call, write.through);
  if (origin === undefined) return undefined;
  const guard = `if (${includesOrigin(file, originList(file, origins), origin)}) `;
  const snippet = origins.length > 0 ? undefined : snippetOf(guard, [PLACEHOLDER]);
  const edits = [...varying(file, write, call), ...file.guarded(statement, guard, snippet)];
  if (!isOrigin) edits.push(file.edit(write.valuePlace.range.start, write.valuePlace.range.end, origin));
  return edits;
}

/** Whether all that a value says may go: it is the part, or names the request's Origin, or has a default for requests without. */
function isOfOnePiece(file: EditableFile, write: HeaderWrite, value: ts.Node, part: Place): boolean {
  const node = file.nodeAt(part);
  if (ts.isBinaryExpression(value) && value.left === node) return true;
  if (ts.isConditionalExpression(value) && value.whenTrue === node && file.textOf(value.condition) === file.textOf(node)) return true;
  const found = partOf(file, value, part);
  return found ? found.role === 'whole' : write.value.kind === 'origin' && ts.isIdentifier(value);
}

/** TypeScript lets `includes` ask for texts only; it narrows a name or a path of names, and no call. */
function includesOrigin(file: EditableFile, list: string, origin: string): string {
  if (file.isTypeScript && /^[\w$.]+$/.test(origin)) return `${origin} && ${list}.includes(${origin})`;
  const isCall = /^[\w$.]+\([^()]*\)$/.test(origin);
  return `${list}.includes(${origin}${file.isTypeScript && isCall ? ` ?? ${file.quoted('')}` : ''})`;
}

/** A list of origins, or of a placeholder where there are none. */
export function originList(file: EditableFile, origins: readonly string[]): string {
  return file.list(origins.length > 0 ? origins : [PLACEHOLDER]);
}

/** A value of the `origin` option that lets a list through: Koa's packages know no lists (behaviour 8.3). */
function originOption(file: EditableFile, origins: readonly string[]): string {
  const list = originList(file, origins);
  if (!file.namesPackage(/@koa\/cors|kcors|koa2?-cors/)) return list;
  // koa-cors gives the function a request in place of the context.
  const name = file.namesPackage(/koa-cors/) ? 'request' : 'ctx';
  return `(${name}) => ${list}.find((origin) => origin === ${name}.get(${file.quoted('Origin')})) ?? ${file.quoted('')}`;
}
