/** Writes Vary: Origin, moves it and merges it. */
import type { HeaderWrite, Writer } from '../../policy/model.ts';
import { isArmOf, withoutElement } from './deletion.ts';
import type { EditableFile, Edits } from './edits.ts';
import { headerBeside, propertyOf, WRITES_HEADERS } from './header-edits.ts';
import { escapeRegex } from './origin-texts.ts';
import { isFunctionLike } from './scope.ts';
import * as ts from './syntax.ts';

/** Packages that speak of responses of Express. */
const express = /express(?:-[\w-]+)?|@nestjs\/[\w/-]+/;

/** Methods that responses of Express have, and neither Node's nor those of functions in a cloud, which are named alike. */
const ONLY_EXPRESS = 'set|header|vary|append|sendStatus|jsonp|sendFile|download|format|render|type|contentType|attachment|links|get';

/** Adds Origin to Vary before the write, whatever the origin is. */
export function varyByOrigin(file: EditableFile, write: HeaderWrite): Edits {
  const call = file.callAt(write.place) ?? callWithHeaders(file, write);
  const around = call && file.functionAround(call);
  if (!call || !around || !ts.isPropertyAccessExpression(call.expression))
    return write.through === 'headers' ? varyInObject(file, write) : undefined;
  // What runs behind the handler would take the place of the handler's own Vary, and a reply has no method that adds to it.
  if (write.through === 'fastify' && isOnSend(file, call)) return undefined;
  // `app.enableCors(…)` writes headers too, and an application has no `vary`.
  if (!WRITES_HEADERS.test(call.expression.name.text)) return undefined;
  const receiver = file.textOf(call.expression.expression);
  const root = /^[\w$]+/.exec(receiver)?.[0];
  const first = firstWith(file, around, root);
  const code = varyCode(file, write.through, receiver, around.body);
  const last = root === undefined ? undefined : lastVary(file, around.body, root);
  const isOwn = last !== undefined && ts.isExpressionStatement(last.call.parent) && last.call.parent.parent === around.body;
  // Behind what replaces Vary, where that is a statement of its own, or else before everything.
  if (last?.replaces === true) return isOwn ? [file.insertAfter(last.call.parent, code)] : undefined;
  // What is sent already is lost elsewhere.
  return first && !isOwn ? [file.insertBefore(first, code)] : undefined;
}

/** Adds Vary to the object that a response of the Fetch API is made with, where that is the same whatever the origin is. */
function varyInObject(file: EditableFile, write: HeaderWrite): Edits {
  const headers = propertyOf(file, write)?.parent;
  if (!headers || headers.properties.some(({ name }) => name && /^['"`]?vary\b/i.test(file.textOf(name)))) return undefined;
  const { parent } = headers;
  const isAlways =
    ts.isVariableDeclaration(parent) ||
    ts.isPropertyAssignment(parent) ||
    ts.isNewExpression(parent) ||
    (ts.isReturnStatement(parent) && ts.isBlock(parent.parent) && isFunctionLike(parent.parent.parent));
  return isAlways ? headerBeside(file, write, { name: 'Vary', value: 'Origin' }) : undefined;
}

/** The first statement of a function's body before which it has a response of that name: the one with the write, where it makes the response itself. */
function firstWith(
  file: EditableFile,
  around: NonNullable<ReturnType<EditableFile['functionAround']>>,
  response: string | undefined,
): ts.Statement | undefined {
  const isParameter = around.parameters.some((parameter) => ts.isIdentifier(parameter.name) && parameter.name.text === response);
  return isParameter ? file.firstOf(around.body) : around.statement;
}

/** The last call in a function's body that gives a response a Vary with Origin, or replaces that by one without. */
function lastVary(file: EditableFile, body: ts.Block, response: string): { call: ts.CallExpression; replaces: boolean } | undefined {
  let last: { call: ts.CallExpression; replaces: boolean } | undefined;
  const visit = (node: ts.Node): void => {
    if (isFunctionLike(node)) return;
    if (ts.isCallExpression(node) && ts.isPropertyAccessExpression(node.expression)) {
      const { name, expression } = node.expression;
      const [header, value, options] = name.text === 'vary' ? [undefined, ...node.arguments] : node.arguments;
      const isVary = name.text === 'vary' || (header && ts.isStringLiteralLike(header) && header.text.toLowerCase() === 'vary');
      const adds = !/^(?:set|setHeader|header)$/.test(name.text) || (options && /\bappend\b/.test(file.textOf(options)));
      const varies = value && /\*|\borigin\b/i.test(file.textOf(value));
      if (isVary && (varies || !adds) && new RegExp(`^${escapeRegex(response)}(?![\\w$])`).test(file.textOf(expression)))
        last = { call: node, replaces: !varies };
    }
    ts.forEachChild(node, visit);
  };
  ts.forEachChild(body, visit);
  return last;
}

/** Whether code stands in a hook of Fastify that runs once an answer is there. */
function isOnSend(file: EditableFile, node: ts.Node): boolean {
  let hook = node;
  while (!isFunctionLike(hook)) {
    if (ts.isSourceFile(hook)) return false;
    hook = hook.parent;
  }
  if (isOnSend(file, hook.parent)) return true;
  const { parent } = hook;
  const name = (ts.isVariableDeclaration(parent) ? parent : (hook as { name?: ts.Node })).name;
  const payload = hook.parameters[2]?.name;
  if (payload && /^_?payload$/.test(file.textOf(payload))) return true;
  const uses = name && ts.isIdentifier(name) ? file.usesOf(name) : [hook];
  return uses.some(({ parent: user }) => {
    if (ts.isPropertyAssignment(user) || ts.isMethodDeclaration(user)) return file.textOf(user.name) === 'onSend';
    const [event] = ts.isCallExpression(user) ? user.arguments : [];
    return event !== undefined && ts.isStringLiteralLike(event) && event.text === 'onSend';
  });
}

/** The call that sends a write with others in an object; undefined where the object has a Vary of its own, which would replace another. */
function callWithHeaders(file: EditableFile, write: HeaderWrite): ts.CallExpression | undefined {
  const headers = propertyOf(file, write)?.parent;
  const call = headers?.parent;
  if (!headers || !call || !ts.isCallExpression(call) || !ts.isPropertyAccessExpression(call.expression)) return undefined;
  if (!/^(?:set|header|headers|writeHead)$/.test(call.expression.name.text)) return undefined;
  const isPlain = headers.properties.every((each) => ts.isPropertyAssignment(each) && !/^['"`]?vary\b/i.test(file.textOf(each.name)));
  return isPlain ? call : undefined;
}

function varyCode(file: EditableFile, through: Writer | undefined, receiver: string, around: ts.Block): string {
  const { text } = file;
  const semicolon = file.semicolonAmong(around.statements);
  const [vary, origin] = [file.quoted('Vary'), file.quoted('Origin')];
  if (through === 'hono') return `${receiver}.header(${vary}, ${origin}, { append: true })${semicolon}`;
  if (through === 'headers') return `${receiver}.append(${vary}, ${origin})${semicolon}`;
  if (through === 'fastify') return `${receiver}.header(${vary}, ${origin})${semicolon}`;
  if (knowsVary(file, through, receiver, around)) return `${receiver}.vary(${origin})${semicolon}`;
  const method = /vary/i.test(text) ? 'appendHeader' : 'setHeader';
  return `${receiver}.${method}(${vary}, ${origin})${semicolon}`;
}

/** Whether a response has a method that adds to Vary. */
function knowsVary(file: EditableFile, through: Writer | undefined, receiver: string, around: ts.Node): boolean {
  if (through !== undefined) return through === 'express' || through === 'koa';
  return (
    file.namesPackage(express) || new RegExp(`(?<![\\w$.])${escapeRegex(receiver)}\\.(?:${ONLY_EXPRESS})\\(`).test(file.textOf(around))
  );
}

/** Moves a conditional write of Vary to the beginning of its function. */
export function varyAlways(file: EditableFile, write: HeaderWrite): Edits {
  const call = file.callAt(write.place);
  const statement = call && file.statementOf(call);
  const around = call && file.functionAround(call);
  if (!call || !around || !statement || !ts.isExpressionStatement(statement) || statement === around.statement) return undefined;
  const first = firstWith(file, around, /^[\w$]+/.exec(file.textOf(call.expression))?.[0]);
  // A name in the call may not be there above.
  if (!call.arguments.every((argument) => ts.isStringLiteralLike(argument))) return undefined;
  if (!first || isArmOf(statement)) return undefined;
  return [file.insertBefore(first, file.textOf(statement)), file.deleteStatement(statement)];
}

/** Makes a write that replaces Vary add to it. */
export function mergeVary(file: EditableFile, write: HeaderWrite): Edits {
  // A reply of Fastify knows no `vary`.
  if (write.through === 'fastify' || write.through === 'hono' || write.through === 'headers') return undefined;
  const call = file.callAt(write.place);
  if (!call) return takeVaryOut(file, write);
  if (!ts.isPropertyAccessExpression(call.expression) || call.arguments.length !== 2) return undefined;
  const [, value] = call.arguments;
  const { name, expression } = call.expression;
  if (!value || !/^(setHeader|header|set|append)$/.test(name.text)) return undefined;
  const around = file.functionAround(call)?.body ?? file.tree;
  if (knowsVary(file, write.through, file.textOf(expression), around)) return [file.edit(file.startOf(name), file.startOf(value), 'vary(')];
  return name.text === 'setHeader' ? [file.edit(file.startOf(name), name.end, 'appendHeader')] : undefined;
}

/** `res.set({ …, Vary: 'Origin' })`: Vary leaves the object for a `res.vary('Origin')` in front. */
function takeVaryOut(file: EditableFile, write: HeaderWrite): Edits {
  const property = propertyOf(file, write);
  const headers = property?.parent;
  const call = headers?.parent;
  if (!property || !headers || !call || !ts.isCallExpression(call) || !ts.isPropertyAccessExpression(call.expression)) return undefined;
  // Only responses of Express and Koa, which have a `vary`, take an object by these names.
  const { name, expression } = call.expression;
  if (!ts.isPropertyAssignment(property) || !/^(?:set|header)$/.test(name.text)) return undefined;
  const added = `vary(${file.textOf(property.initializer)})`;
  if (headers.properties.length === 1) return [file.edit(file.startOf(name), call.end, added)];
  const statement = file.statementOf(call);
  if (!statement || !ts.isExpressionStatement(statement) || isArmOf(statement) || !ts.isIdentifier(expression)) return undefined;
  return [
    file.insertBefore(statement, `${file.textOf(expression)}.${added}${file.semicolon}`),
    ...withoutElement(file, headers.properties, property),
  ];
}
