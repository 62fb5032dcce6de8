/**
 * Functions of a file that nothing in sight calls: middleware that other files use, and functions that get an
 * application from a caller. They are followed with what their parameters are named and typed as.
 */
import { placeKey, type Place } from '../../core/text.ts';
import { findCell } from '../javascript/frame.ts';
import type { Interpreter } from '../javascript/interpreter.ts';
import type { Program } from '../javascript/modules.ts';
import { isFunctionLike, scopesOf } from '../javascript/scope.ts';
import * as ts from '../javascript/syntax.ts';
import { type ClassValue, type FunctionValue, type JsValue } from '../javascript/values.ts';
import type { Handler } from './application.ts';
import { CorsMiddleware } from './cors-package.ts';
import type { ExpressRuntime } from './runtime.ts';

/** Runs set-up functions and answers with the middleware that is left. */
export function runLoose(program: Program, interpreter: Interpreter, runtime: ExpressRuntime, uri: string): Handler[] {
  const record = program.recordOf(uri);
  if (!record) return [];
  const { file, frame } = record;
  const loose: Handler[] = [];
  for (const value of candidates(program, uri)) {
    if (value.kind === 'class') {
      if (!mentionsServer(value.node, file)) continue;
      runClass(interpreter, value);
      continue;
    }
    if (interpreter.called.has(value.node)) continue;
    const place = interpreter.place(value.node, value.frame);
    const names = value.node.parameters.map((parameter) => roleOf(parameter, file));
    const site = { node: value.node, place, argumentPlaces: value.node.parameters.map((parameter) => interpreter.place(parameter, frame)) };
    if (names.includes('response') && names.includes('request')) {
      // Handlers that are registered are followed by their layers.
      if (!isRegistered(value, runtime)) loose.push({ value, place });
      continue;
    }
    if (!mentionsServer(value.node, file)) continue;
    const args = names.map((role, index): JsValue => {
      const parameterPlace = site.argumentPlaces[index] ?? place;
      if (role === 'application' && usesAsApplication(value.node, value.node.parameters[index]))
        return runtime.makeApplication('application', parameterPlace, true);
      return interpreter.unknownAt(parameterPlace, 'unresolved', role);
    });
    interpreter.capture(() => {
      interpreter.callFunction(value, args, site);
      interpreter.dead = false;
    });
  }
  return loose;
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

/**
 * Options that another file hands to the cors package, as their names say: `corsOptions`, `corsConfig`. They are read as
 * if they were handed over here, unless a call in this file has them already.
 */
export function assumedLayers(program: Program, runtime: ExpressRuntime, uri: string): CorsMiddleware[] {
  const record = program.recordOf(uri);
  // Options that are made anew in a call or a delegate cannot be told from these.
  if (!record || runtime.corsCalls.some((call) => call.options.kind !== 'object' && call.options.kind !== 'undefined')) return [];
  const originOf = (value: JsValue): Place | undefined =>
    value.kind === 'object' ? value.contents.value.properties.get('origin')?.property : undefined;
  const used = new Set(runtime.corsCalls.flatMap((call) => originOf(call.options) ?? []).map(placeKey));
  const layers: CorsMiddleware[] = [];
  for (const [name, binding] of scopesOf(record.file).top.names) {
    const value = /cors/i.test(name) ? findCell(record.frame, binding)?.value : undefined;
    const origin = value && originOf(value);
    if (value?.place?.uri === uri && origin && !used.has(placeKey(origin))) layers.push(new CorsMiddleware(value, value.place));
  }
  return layers;
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
  return /express|\bcors\b|createServer|\.(use|route|listen)\(|Router\(|app\./i.test(ts.textOf(node, file));
}

type Role = 'request' | 'response' | 'application' | 'other';

function roleOf(parameter: ts.ParameterDeclaration, file: ts.SourceFile): Role {
  const name = ts.isIdentifier(parameter.name) ? parameter.name.text : '';
  const type = parameter.type ? ts.textOf(parameter.type, file) : '';
  if (/^_?(req|request)$/i.test(name) || /\bRequest\b|IncomingMessage/.test(type)) return 'request';
  if (/^_?(res|response)$/i.test(name) || /\bResponse\b|ServerResponse/.test(type)) return 'response';
  if (/^_?(app|server|application|expressApp|router|api)$/i.test(name) || /\b(Express|Application|Router|IRouter)\b/.test(type))
    return 'application';
  return 'other';
}

/** The function registers something on its parameter. */
function usesAsApplication(node: ts.Node, parameter: ts.ParameterDeclaration | undefined): boolean {
  const name = parameter && ts.isIdentifier(parameter.name) ? parameter.name.text : undefined;
  const found = (each: ts.Node): boolean =>
    (ts.isCallExpression(each) &&
      ts.isPropertyAccessExpression(each.expression) &&
      ts.isIdentifier(each.expression.expression) &&
      each.expression.expression.text === name &&
      /^(use|get|post|put|patch|delete|all|options|route)$/.test(each.expression.name.text)) ||
    ts.forEachChild(each, (child) => found(child) || undefined) === true;
  return name !== undefined && found(node);
}

function isRegistered(value: FunctionValue, runtime: ExpressRuntime): boolean {
  const same = (each: JsValue): boolean => each.kind === 'function' && each.node === value.node;
  return (
    runtime.applications.some((application) => application.layers.some((layer) => layer.handlers.some((handler) => same(handler.value)))) ||
    runtime.servers.some((server) => same(server.handler.value))
  );
}
