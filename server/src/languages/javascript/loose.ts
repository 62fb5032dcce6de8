/**
 * Functions of a file that nothing in sight calls: middleware that other files use, and functions that get an
 * application from a caller. They are followed with what their parameters are named and typed as.
 */
import type { Place } from '../../core/text.ts';
import { findCell } from './frame.ts';
import type { FrameworkReading, Parameter } from './framework.ts';
import type { Interpreter } from './interpreter.ts';
import type { Program } from './modules.ts';
import { isFunctionLike, scopesOf } from './scope.ts';
import * as ts from './syntax.ts';
import type { ClassValue, FunctionValue, JsValue } from './values.ts';

/** Offers handlers to the frameworks and runs set-up functions with the applications that the frameworks assume. */
export function runLoose(program: Program, interpreter: Interpreter, frameworks: readonly FrameworkReading[], uri: string): void {
  const record = program.recordOf(uri);
  if (!record) return;
  const { file, frame } = record;
  for (const value of candidates(program, uri)) {
    if (value.kind === 'class') {
      if (!mentionsServer(value.node, file)) continue;
      runClass(interpreter, value);
      continue;
    }
    const { node } = value;
    if (interpreter.called.has(node)) continue;
    const place = interpreter.place(node, value.frame);
    const argumentPlaces = node.parameters.map((parameter) => interpreter.place(parameter, frame));
    const parameters = node.parameters.map((parameter, index) => parameterOf(parameter, node, file, argumentPlaces[index] ?? place));
    if (frameworks.some((framework) => framework.adopt?.(value, parameters, place))) continue;
    if (!mentionsServer(node, file)) continue;
    const args = parameters.map((parameter): JsValue => {
      for (const framework of frameworks) {
        const assumed = framework.assume?.(parameter);
        if (assumed) return assumed;
      }
      return interpreter.unknownAt(parameter.place, 'unresolved', parameter.name);
    });
    interpreter.capture(() => {
      interpreter.callFunction(value, args, { node, place, argumentPlaces });
      interpreter.dead = false;
    });
  }
}

function* candidates(program: Program, uri: string): Generator<FunctionValue | ClassValue> {
  const record = program.recordOf(uri);
  if (!record) return;
  const seen = new Set<ts.Node>();
  const offer = function* (value: JsValue | undefined): Generator<FunctionValue | ClassValue> {
    if (!value) return;
    if ((value.kind === 'function' || value.kind === 'class') && !seen.has(value.node) && value.frame.uri === uri) {
      seen.add(value.node);
      yield value;
    }
    if (value.kind === 'object')
      for (const property of value.contents.value.properties.values())
        if (property.value.kind === 'function' || property.value.kind === 'class') yield* offer(property.value);
  };
  for (const binding of scopesOf(record.file).top.names.values()) yield* offer(findCell(record.frame, binding)?.value);
  yield* offer(record.commonjs.value);
  yield* offer(record.defaultExport.value);
}

/** A class that nothing makes: its constructor, then every method that was not called. */
function runClass(interpreter: Interpreter, value: ClassValue): void {
  const place = interpreter.place(value.node, value.frame);
  const site = { node: value.node, place, argumentPlaces: [] };
  const constructor = value.node.members.find((member) => ts.isConstructorDeclaration(member));
  if (constructor && isFunctionLike(constructor) && interpreter.called.has(constructor)) return;
  interpreter.capture(() => {
    const instance = interpreter.construct(value, [], site);
    for (const member of value.node.members) {
      if (!ts.isMethodDeclaration(member) || !member.body || interpreter.called.has(member) || member.parameters.length > 0) continue;
      interpreter.callFunction({ kind: 'function', node: member, frame: value.frame, self: instance }, [], site);
      interpreter.dead = false;
    }
  });
}

/** Whether a function can register anything at all. */
function mentionsServer(node: ts.Node, file: ts.SourceFile): boolean {
  return /express|\bcors\b|createServer|\.(use|route|listen|register)\(|Router\(|app\./i.test(ts.textOf(node, file));
}

function parameterOf(node: ts.ParameterDeclaration, around: ts.Node, file: ts.SourceFile, place: Place): Parameter {
  const name = ts.isIdentifier(node.name) ? node.name.text : '';
  const methods = new Set<string>();
  const visit = (each: ts.Node): void => {
    if (
      ts.isCallExpression(each) &&
      ts.isPropertyAccessExpression(each.expression) &&
      ts.isIdentifier(each.expression.expression) &&
      each.expression.expression.text === name
    )
      methods.add(each.expression.name.text);
    ts.forEachChild(each, visit);
  };
  if (name !== '') visit(around);
  return { name, type: node.type ? ts.textOf(node.type, file) : '', place, methods };
}
