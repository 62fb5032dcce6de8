/** Writes headers beside others, by calls or as options of a CORS package. */
import type { WantedHeader } from '../../core/authoring.ts';
import type { FileEdit } from '../../core/finding.ts';
import type { HeaderWrite, Writer } from '../../policy/model.ts';
import type { EditableFile, Edits } from './edits.ts';
import { isFunctionLike } from './scope.ts';
import * as ts from './syntax.ts';

/** Options of the cors package by the header that they write. */
const optionNames: Readonly<Record<string, string>> = {
  'access-control-allow-origin': 'origin',
  'access-control-allow-credentials': 'credentials',
  'access-control-allow-methods': 'methods',
  'access-control-allow-headers': 'allowedHeaders',
  'access-control-expose-headers': 'exposedHeaders',
  'access-control-max-age': 'maxAge',
};

/** The same of the packages for Koa and Hono, where they are called otherwise. */
const otherNames: Readonly<Record<string, string>> = {
  methods: 'allowMethods',
  allowedHeaders: 'allowHeaders',
  exposedHeaders: 'exposeHeaders',
};
const optionName = /^(origin|credentials|methods|allowMethods|allowedHeaders|allowHeaders|exposedHeaders|exposeHeaders|maxAge)$/;

/** Writes a further header beside an existing write, by the same method or as an option of the same object. */
export function headerBeside(file: EditableFile, write: HeaderWrite, header: WantedHeader): Edits {
  const node = propertyOf(file, write);
  const call = node ? undefined : file.callAt(write.place);
  if (call && ts.isPropertyAccessExpression(call.expression)) {
    const value = valueOf(file, header, call, write.through);
    const { name, expression } = call.expression;
    // `app.enableCors()` writes headers too, and no others by itself.
    if (value === undefined || !WRITES_HEADERS.test(name.text)) return undefined;
    const written = `.${methodBeside(name.text, write.through)}(${file.quoted(header.name)}, ${value})`;
    const statement = file.statementOf(call);
    if (statement && ts.isExpressionStatement(statement) && statement.expression === call)
      return file.alsoAfter(statement, `${file.textOf(expression)}${written}${file.semicolon}`);
    // A link of a chain; elsewhere, as in `allowed && res.set(…)`, what follows would be written whatever the condition says.
    if (!ts.isPropertyAccessExpression(call.parent)) return undefined;
    const [lead] = /^\s*/.exec(file.text.slice(expression.end)) ?? [''];
    return [file.edit(call.end, call.end, lead + written)];
  }
  if (!node || !ts.isPropertyAssignment(node)) return undefined;
  const isOption = optionName.test(file.textOf(node.name));
  const name = isOption ? optionFor(file, header.name) : file.quoted(header.name);
  if (name === undefined) return undefined;
  const text = isOption
    ? optionValue(file, name, header)
    : typeof header.value === 'string'
      ? file.quoted(header.value)
      : file.textOf(node.initializer);
  if (text === undefined) return undefined;
  const same = isOption ? namedBeside(file, node, name) : undefined;
  if (!same) return [insertProperty(file, node, `${name}: ${text}`)];
  // An option that is there and comes to nothing, such as a lifetime of 0.
  const isConstant = ts.isPropertyAssignment(same) && /^(?:0|''|""|\[\]|null|undefined|false)$/.test(file.textOf(same.initializer));
  return isConstant ? [file.edit(file.startOf(same.initializer), same.initializer.end, text)] : undefined;
}

/** The methods of a response that write headers. */
export const WRITES_HEADERS = /^(?:set|header|headers|setHeader|setHeaders|append|appendHeader|writeHead)$/;

/** The method that writes another header beside a call of one. */
function methodBeside(method: string, through: Writer | undefined): string {
  if (/^(setHeader|header|set)$/.test(method)) return method;
  return through === 'koa' || through === 'headers' ? 'set' : through === 'fastify' || through === 'hono' ? 'header' : 'setHeader';
}

/** The value of a package's option that writes a header; undefined for what differs by request. */
function optionValue(file: EditableFile, option: string, { value }: WantedHeader): string | undefined {
  if (typeof value !== 'string') return undefined;
  // Hono's package calls `join` on what it is given.
  if (/Headers$|Methods$/.test(option) && file.namesPackage(/hono\/cors/)) return file.list(value.split(/\s*,\s*/));
  return /^(true|\d+)$/.test(value) ? value : file.quoted(value);
}

function namedBeside(file: EditableFile, { parent }: ts.PropertyAssignment, name: string): ts.ObjectLiteralElementLike | undefined {
  return parent.properties.find((each) => each.name !== undefined && file.textOf(each.name) === name);
}

/** The option of the file's package that writes a header. */
function optionFor(file: EditableFile, header: string): string | undefined {
  const name = optionNames[header.toLowerCase()];
  return name !== undefined && file.namesPackage(/hono\/cors|@koa\/cors/) ? (otherNames[name] ?? name) : name;
}

/** The property of an options or headers object that a write stands for. */
export function propertyOf(file: EditableFile, write: HeaderWrite): ts.PropertyAssignment | undefined {
  const { parent } = file.nodeAt(write.namePlace) ?? {};
  return parent && ts.isPropertyAssignment(parent) ? parent : undefined;
}

function insertProperty(file: EditableFile, after: ts.Node, code: string): FileEdit {
  const { text } = file;
  const isMultiline = text.slice(after.parent.pos, after.parent.end).includes('\n');
  const lead = isMultiline ? file.lineBreak + file.indentation(after) : ' ';
  return file.edit(after.end, after.end, `,${lead}${code}`);
}

function valueOf(file: EditableFile, header: WantedHeader, near: ts.CallExpression, through: Writer | undefined): string | undefined {
  if (typeof header.value === 'string') return file.quoted(header.value);
  const [, value] = near.arguments;
  if (value && !ts.isStringLiteralLike(value)) return file.textOf(value);
  return requestOrigin(file, near, through);
}

/** The code that reads the Origin of the request that a write answers; `node` is the call that writes, or a header in its object. */
export function requestOrigin(file: EditableFile, node: ts.Node, through: Writer | undefined): string | undefined {
  const request = requestName(file, node, through);
  if (request === undefined) return undefined;
  return file.namesPackage(/hono/) ? `${request}.req.header(${file.quoted('Origin')})` : `${request}.headers.origin`;
}

/** The name of the request beside the response that is written to. A context, as Koa and Hono have it, is both. */
function requestName(file: EditableFile, node: ts.Node, through: Writer | undefined): string | undefined {
  let call = node;
  while (!ts.isCallExpression(call)) {
    if (!ts.isPropertyAssignment(call) && !ts.isObjectLiteralExpression(call)) return undefined;
    call = call.parent;
  }
  const response = /^[\w$]+/.exec(file.textOf(call.expression))?.[0];
  for (let current: ts.Node | undefined = call; current; current = current.parent as ts.Node | undefined) {
    if (!isFunctionLike(current)) continue;
    const { parameters } = current;
    const at = parameters.findIndex(({ name }) => ts.isIdentifier(name) && name.text === response);
    if (at < 0) continue;
    if (through === 'koa' || through === 'hono' || through === 'headers') return response;
    // A controller of NestJS says by a decorator what it is given.
    const isDecorated = parameters.some((parameter) => file.textOf(parameter).startsWith('@'));
    const request = isDecorated ? parameters.find((parameter) => /^@Req(?:uest)?\(/.test(file.textOf(parameter))) : parameters[at - 1];
    return request && ts.isIdentifier(request.name) && !/^err/i.test(request.name.text) ? request.name.text : undefined;
  }
  return undefined;
}

/** Lets a write run only where its value is there. */
export function guardOrigin(file: EditableFile, write: HeaderWrite): Edits {
  const call = file.callAt(write.place);
  const statement = call && file.statementOf(call);
  const [, value] = call?.arguments ?? [];
  // What is chained to the write, or stands beside it, would run for requests with an Origin only.
  if (!statement || !value || !ts.isExpressionStatement(statement) || statement.expression !== call) return undefined;
  return file.guarded(statement, `if (${file.textOf(value)}) `);
}
