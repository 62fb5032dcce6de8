/** What statements declare: variables, functions, classes, enums, and what a module exports as its default. */
import type { Frame } from './frame.ts';
import type { Interpreter } from './interpreter.ts';
import { bindPattern } from './patterns.ts';
import { scopesOf } from './scope.ts';
import * as ts from './syntax.ts';
import { type JsValue, objectValue, type Property, stringValue, undefinedValue } from './values.ts';

/** Declares functions and classes before the statements are followed. */
export function hoist(interpreter: Interpreter, statements: readonly ts.Statement[], frame: Frame): void {
  const scopes = scopesOf(frame.file);
  for (const statement of statements) {
    if (ts.isFunctionDeclaration(statement) && statement.name && statement.body) {
      const binding = scopes.resolve(statement.name);
      const value: JsValue = { kind: 'function', node: statement, frame, place: interpreter.place(statement, frame) };
      if (binding) interpreter.declare(frame, binding, value);
      if (isDefaultExport(statement)) defaultExport(interpreter, frame, value);
    } else if (ts.isFunctionDeclaration(statement) && statement.body && isDefaultExport(statement))
      defaultExport(interpreter, frame, { kind: 'function', node: statement, frame, place: interpreter.place(statement, frame) });
    else if (ts.isClassDeclaration(statement)) {
      const binding = statement.name && scopes.resolve(statement.name);
      const value: JsValue = {
        kind: 'class',
        node: statement,
        frame,
        statics: { value: new Map() },
        place: interpreter.place(statement, frame),
      };
      if (binding) interpreter.declare(frame, binding, value);
      if (isDefaultExport(statement)) defaultExport(interpreter, frame, value);
    }
  }
}

export function declareVariables(interpreter: Interpreter, declarations: readonly ts.VariableDeclaration[], frame: Frame): void {
  for (const declaration of declarations) {
    const { initializer, name } = declaration;
    if (!initializer) {
      // `var x;` keeps what x holds already.
      if (ts.isIdentifier(name)) {
        const binding = scopesOf(frame.file).resolve(name);
        if (binding && !frame.cells.has(binding)) interpreter.declare(frame, binding, undefinedValue);
      }
      continue;
    }
    const required = ts.isIdentifier(name) ? requiredModule(interpreter, initializer, frame) : undefined;
    bindPattern(interpreter, name, required ?? interpreter.evaluate(initializer, frame), frame);
  }
}

/** `const a = require('./a')` alone does not look into the module yet. */
function requiredModule(interpreter: Interpreter, node: ts.Expression, frame: Frame): JsValue | undefined {
  if (!ts.isCallExpression(node) || !ts.isIdentifier(node.expression) || node.expression.text !== 'require') return undefined;
  const [argument] = node.arguments;
  if (!argument || !ts.isStringLiteralLike(argument) || scopesOf(frame.file).resolve(node.expression)) return undefined;
  return interpreter.program.load(frame.uri, argument.text, interpreter);
}

export function declareEnum(interpreter: Interpreter, node: ts.EnumDeclaration, frame: Frame): void {
  const properties = new Map<string, Property>();
  let next = 0;
  for (const member of node.members) {
    const name = ts.isIdentifier(member.name) || ts.isStringLiteralLike(member.name) ? member.name.text : undefined;
    if (name === undefined) continue;
    const value: JsValue = member.initializer ? interpreter.evaluate(member.initializer, frame) : { kind: 'number', value: next };
    next = value.kind === 'number' ? value.value + 1 : next + 1;
    properties.set(name, { value, keyPlace: interpreter.place(member.name, frame), property: interpreter.place(member, frame) });
    if (value.kind === 'number') properties.set(String(value.value), { value: stringValue(name) });
  }
  const binding = scopesOf(frame.file).resolve(node.name);
  if (binding) interpreter.declare(frame, binding, objectValue(properties, interpreter.place(node, frame)));
}

function isDefaultExport(statement: ts.Statement): boolean {
  return ts.hasModifier(statement, ts.SyntaxKind.DefaultKeyword);
}

export function defaultExport(interpreter: Interpreter, frame: Frame, value: JsValue): void {
  const record = interpreter.program.recordOf(frame.uri);
  if (record) interpreter.trail.write(record.defaultExport, value);
}
