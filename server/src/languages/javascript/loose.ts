/**
 * Functions of a file that nothing in sight calls: middleware that other files use, and functions that get an
 * application from a caller. They are followed with what their parameters are named and typed as.
 */
import { construct } from './classes.ts';
import { findCell } from './frame.ts';
import type { FrameworkReading, Parameter } from './framework.ts';
import type { Interpreter } from './interpreter.ts';
import { isStatic } from './members.ts';
import type { Program } from './modules.ts';
import { isFunctionLike, scopesOf } from './scope.ts';
import * as ts from './syntax.ts';
import { type ClassValue, type FunctionValue, type JsValue, undefinedValue } from './values.ts';

/** Offers handlers to the frameworks and runs set-up functions with the applications that the frameworks assume. */
export function runLoose(program: Program, interpreter: Interpreter, frameworks: readonly FrameworkReading[], uri: string): void {
  const record = program.recordOf(uri);
  if (!record) return;
  const { file } = record;
  for (const framework of frameworks) framework.followMade?.();
  for (const value of candidates(program, uri)) {
    if (value.kind === 'class') {
      if (mentionsServer(value.node, file) || writesHeaders(value.node, file)) runClass(interpreter, frameworks, value);
    } else if (!interpreter.called.has(value.node)) {
      runFunction(interpreter, frameworks, value);
    }
  }
}

/** A handler is offered; another function is called, and what it makes is followed in its place: `(options) => (req, res, next) => …`. */
function runFunction(interpreter: Interpreter, frameworks: readonly FrameworkReading[], value: FunctionValue): void {
  const { node, frame } = value;
  const parameters = parametersOf(interpreter, value);
  if (isAdopted(interpreter, frameworks, value, parameters)) return;
  const isFactory = writesHeaders(node, frame.file) && makesFunctions(node);
  if (!isFactory && !mentionsServer(node, frame.file)) return;
  const made = callWith(interpreter, value, assumedFor(frameworks, parameters), parameters);
  for (const each of functionsIn(made)) if (!interpreter.called.has(each.node)) runFunction(interpreter, frameworks, each);
}

function isAdopted(
  interpreter: Interpreter,
  frameworks: readonly FrameworkReading[],
  value: FunctionValue,
  parameters: readonly Parameter[],
): boolean {
  return frameworks.some((framework) => framework.adopt?.(value, parameters, interpreter.place(value.node, value.frame)));
}

/** The functions that a value may be, or that an object holds. */
function functionsIn(value: JsValue): readonly FunctionValue[] {
  if (value.kind === 'function') return [value];
  if (value.kind === 'choice') return [...functionsIn(value.then), ...functionsIn(value.otherwise)];
  if (value.kind !== 'object') return [];
  return [...value.contents.value.properties.values()].flatMap(({ value: each }) => (each.kind === 'function' ? [each] : []));
}

/** What frameworks take parameters for; undefined for those that nobody knows. */
function assumedFor(frameworks: readonly FrameworkReading[], parameters: readonly Parameter[]): readonly (JsValue | undefined)[] {
  return parameters.map((parameter) => {
    for (const framework of frameworks) {
      const assumed = framework.assume?.(parameter);
      if (assumed) return assumed;
    }
    return undefined;
  });
}

function callWith(
  interpreter: Interpreter,
  value: FunctionValue,
  assumed: readonly (JsValue | undefined)[],
  parameters: readonly Parameter[],
): JsValue {
  const { node } = value;
  let made: JsValue = undefinedValue;
  const args = parameters.map(({ place, name }, index) => assumed[index] ?? interpreter.unknownAt(place, 'unresolved', name));
  interpreter.capture(() => {
    made = interpreter.callFunction(value, args, {
      node,
      place: interpreter.place(node, value.frame),
      argumentPlaces: parameters.map(({ place }) => place),
    });
    interpreter.dead = false;
  });
  return made;
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
    if (value.kind !== 'object') return;
    for (const property of value.contents.value.properties.values())
      if (property.value.kind === 'function' || property.value.kind === 'class') yield* offer(property.value);
    if (value.instanceOf) for (const method of methodsOf(value.instanceOf, value)) yield* offer(method);
  };
  for (const binding of scopesOf(record.file).top.names.values()) yield* offer(findCell(record.frame, binding)?.value);
  yield* offer(record.commonjs.value);
  yield* offer(record.defaultExport.value);
}

/**
 * A class that nothing makes: its constructor, then every method that was not called. One with parameters is followed where
 * some framework knows what it is given, or where it makes the server itself, as `start(port)` does: what it is given then is
 * not what requests meet. Such a method comes first, since it says how the others are called.
 */
function runClass(interpreter: Interpreter, frameworks: readonly FrameworkReading[], value: ClassValue): void {
  const place = interpreter.place(value.node, value.frame);
  const site = { node: value.node, place, argumentPlaces: [] };
  const constructor = value.node.members.find((member) => ts.isConstructorDeclaration(member));
  if (constructor && isFunctionLike(constructor) && interpreter.called.has(constructor)) return;
  const given = constructor?.parameters.map((each) =>
    interpreter.unknown(each, value.frame, 'unresolved', ts.textOf(each.name, value.frame.file)),
  );
  const isOwned = frameworks.some((framework) => framework.owns?.(value));
  interpreter.capture(() => {
    const instance = construct(interpreter, value, given ?? [], site);
    const methods = methodsOf(value, instance);
    const makers = new Set(methods.filter(({ node, frame }) => makesServer(node, frame.file)));
    for (const method of [...makers, ...methods]) {
      if (interpreter.called.has(method.node)) continue;
      const parameters = parametersOf(interpreter, method);
      if (!isOwned && isAdopted(interpreter, frameworks, method, parameters)) continue;
      const assumed = assumedFor(frameworks, parameters);
      if (parameters.length === 0 || makers.has(method) || assumed.some((each) => each !== undefined))
        callWith(interpreter, method, assumed, parameters);
    }
  });
}

function methodsOf(target: ClassValue, instance: JsValue): readonly FunctionValue[] {
  const { node, frame } = target;
  return node.members.flatMap((member): FunctionValue[] =>
    ts.isMethodDeclaration(member) && member.body
      ? [{ kind: 'function', node: member, frame, self: isStatic(member) ? target : instance }]
      : [],
  );
}

/** Whether a piece of code can send a header about CORS. */
function writesHeaders(node: ts.Node, file: ts.SourceFile): boolean {
  return /access-control-/i.test(ts.textOf(node, file));
}

/** Whether a function has another one in it. */
function makesFunctions(node: ts.Node): boolean {
  const isInside = (each: ts.Node): boolean => isFunctionLike(each) || ts.forEachChild(each, isInside) === true;
  return ts.forEachChild(node, isInside) === true;
}

/** Whether a function can register anything at all. */
function mentionsServer(node: ts.Node, file: ts.SourceFile): boolean {
  return /express|\bcors\b|createServer|\.(use|route|listen|register|addHook)\(|Router\(|app\./i.test(ts.textOf(node, file));
}

/** Whether a function makes a server or an application of its own. */
function makesServer(node: ts.Node, file: ts.SourceFile): boolean {
  return /\bcreateServer\(|\bexpress\(\)|\bfastify\(|\bnew (?:Koa|Hono)\b/i.test(ts.textOf(node, file));
}

function parametersOf(interpreter: Interpreter, { node, frame }: FunctionValue): readonly Parameter[] {
  return node.parameters.map((parameter, index) => {
    const place = interpreter.place(parameter, frame);
    const type = parameter.type ?? (index === 0 ? typeAround(node) : undefined);
    return { ...parameterOf(parameter, node), type: type ? ts.textOf(type, frame.file) : '', place };
  });
}

/** The type of the variable that holds a function, such as `FastifyPluginAsync`: it says what the function is called with. */
function typeAround(node: ts.Node): ts.Node | undefined {
  const { parent } = node;
  return ts.isVariableDeclaration(parent) ? parent.type : undefined;
}

function parameterOf(node: ts.ParameterDeclaration, around: ts.Node): Pick<Parameter, 'name' | 'methods'> {
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
  return { name, methods };
}
