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
    const statement = file.statementOf(call);
    const value = valueOf(file, header, call);
    if (!statement || value === undefined) return undefined;
    const receiver = file.textOf(call.expression.expression);
    const method = methodBeside(call.expression.name.text, write.through);
    return [file.insertAfter(statement, `${receiver}.${method}(${file.quoted(header.name)}, ${value})${file.semicolon}`)];
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

function valueOf(file: EditableFile, header: WantedHeader, near: ts.CallExpression): string | undefined {
  if (typeof header.value === 'string') return file.quoted(header.value);
  const [, value] = near.arguments;
  if (value && !ts.isStringLiteralLike(value)) return file.textOf(value);
  return requestOrigin(file, near);
}

/** The code that reads the Origin of the request in a handler around a node. */
export function requestOrigin(file: EditableFile, node: ts.Node): string | undefined {
  const request = requestName(node);
  if (request === undefined) return undefined;
  return file.namesPackage(/hono/) ? `${request}.req.header(${file.quoted('Origin')})` : `${request}.headers.origin`;
}

/** The name of the request in a handler around a node. */
export function requestName(node: ts.Node): string | undefined {
  for (let current: ts.Node | undefined = node; current; current = current.parent as ts.Node | undefined) {
    if (!isFunctionLike(current) || current.parameters.length < 2) continue;
    const [first, second] = current.parameters;
    const takesErrors = current.parameters.length === 4 || (first && ts.isIdentifier(first.name) && /^err/i.test(first.name.text));
    const request = takesErrors ? second : first;
    if (request && ts.isIdentifier(request.name)) return request.name.text;
  }
  return undefined;
}

/** Lets a write run only where its value is there. */
export function guardOrigin(file: EditableFile, write: HeaderWrite): Edits {
  const call = file.callAt(write.place);
  const statement = call && file.statementOf(call);
  const [, value] = call?.arguments ?? [];
  if (!statement || !value || !ts.isExpressionStatement(statement)) return undefined;
  const start = file.startOf(statement);
  return [file.edit(start, start, `if (${file.textOf(value)}) `)];
}
