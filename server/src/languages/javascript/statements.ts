/** Follows statements. `after` is what comes behind them; a `return` does not go on to it. */
import type { Frame } from './frame.ts';
import { openFrame } from './frame.ts';
import type { Interpreter, LoopTarget } from './interpreter.ts';
import { straighten } from './effects.ts';
import { choose, equals, truth } from './origin-tests.ts';
import { bindPattern } from './patterns.ts';
import { isFunctionLike, scopesOf } from './scope.ts';
import * as ts from './syntax.ts';
import { type JsValue, objectValue, type Property, undefinedValue } from './values.ts';

/** How a run of statements ended: with a value (undefined where nothing was returned), or not at all. */
export interface Completion {
  readonly dead: boolean;
  readonly value: JsValue;
}

type Continuation = () => Completion;

const ended: Completion = { dead: true, value: undefinedValue };

/** Declares functions, classes and enums before the statements are followed. */
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

/** Follows statements from `index` on, then `after`. */
export function runStatements(
  interpreter: Interpreter,
  statements: readonly ts.Statement[],
  index: number,
  frame: Frame,
  after: Continuation,
): Completion {
  for (let at = index; at < statements.length; at++) {
    const statement = statements[at];
    if (!statement) continue;
    if (interpreter.isDead() || !interpreter.spend()) return ended;
    if (isSimple(statement)) runSimple(interpreter, statement, frame);
    else return runControl(interpreter, statement, frame, () => runStatements(interpreter, statements, at + 1, frame, after));
  }
  return interpreter.isDead() ? ended : after();
}

function isSimple(statement: ts.Statement): boolean {
  switch (statement.kind) {
    case ts.SyntaxKind.ExpressionStatement:
    case ts.SyntaxKind.VariableStatement:
    case ts.SyntaxKind.FunctionDeclaration:
    case ts.SyntaxKind.ClassDeclaration:
    case ts.SyntaxKind.EnumDeclaration:
    case ts.SyntaxKind.ExportAssignment:
    case ts.SyntaxKind.ModuleDeclaration:
      return true;
    default:
      return false;
  }
}

function runSimple(interpreter: Interpreter, statement: ts.Statement, frame: Frame): void {
  if (ts.isExpressionStatement(statement)) interpreter.evaluate(statement.expression, frame);
  else if (ts.isVariableStatement(statement)) declareVariables(interpreter, statement.declarationList.declarations, frame);
  else if (ts.isEnumDeclaration(statement)) declareEnum(interpreter, statement, frame);
  else if (ts.isExportAssignment(statement)) {
    const value = interpreter.evaluate(statement.expression, frame);
    if (statement.isExportEquals === true) {
      const record = interpreter.program.recordOf(frame.uri);
      if (record) interpreter.trail.write(record.commonjs, value);
    } else defaultExport(interpreter, frame, value);
  } else if (ts.isModuleDeclaration(statement) && statement.body && ts.isModuleBlock(statement.body)) {
    hoist(interpreter, statement.body.statements, frame);
    runStatements(interpreter, statement.body.statements, 0, frame, () => ({ dead: false, value: undefinedValue }));
  }
}

function declareVariables(interpreter: Interpreter, declarations: readonly ts.VariableDeclaration[], frame: Frame): void {
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

function declareEnum(interpreter: Interpreter, node: ts.EnumDeclaration, frame: Frame): void {
  const properties = new Map<string, Property>();
  let next = 0;
  for (const member of node.members) {
    const name = ts.isIdentifier(member.name) || ts.isStringLiteralLike(member.name) ? member.name.text : undefined;
    if (name === undefined) continue;
    const value: JsValue = member.initializer ? interpreter.evaluate(member.initializer, frame) : { kind: 'number', value: next };
    next = value.kind === 'number' ? value.value + 1 : next + 1;
    properties.set(name, { value, keyPlace: interpreter.place(member.name, frame), property: interpreter.place(member, frame) });
  }
  const binding = scopesOf(frame.file).resolve(node.name);
  if (binding) interpreter.declare(frame, binding, objectValue(properties, interpreter.place(node, frame)));
}

function isDefaultExport(statement: ts.Statement): boolean {
  const { modifiers } = statement as { modifiers?: readonly ts.Node[] };
  return modifiers?.some((each) => each.kind === ts.SyntaxKind.DefaultKeyword) === true;
}

function defaultExport(interpreter: Interpreter, frame: Frame, value: JsValue): void {
  const record = interpreter.program.recordOf(frame.uri);
  if (record) interpreter.trail.write(record.defaultExport, value);
}

function runControl(interpreter: Interpreter, statement: ts.Statement, frame: Frame, after: Continuation): Completion {
  if (repeats(statement) && !escapes(statement)) {
    runRepeating(interpreter, statement, frame, () => ({ dead: interpreter.isDead(), value: undefinedValue }));
    return interpreter.isDead() ? ended : after();
  }
  if (repeats(statement)) return runRepeating(interpreter, statement, frame, after);
  if (ts.isReturnStatement(statement)) {
    const value = statement.expression ? interpreter.evaluate(statement.expression, frame) : undefinedValue;
    return interpreter.isDead() ? ended : { dead: false, value };
  }
  if (ts.isIfStatement(statement)) return runIf(interpreter, statement, frame, after);
  if (ts.isBlock(statement)) return runBlock(interpreter, statement, frame, after);
  if (ts.isTryStatement(statement)) return runTry(interpreter, statement, frame, after);
  if (ts.isThrowStatement(statement)) {
    const value = interpreter.evaluate(statement.expression, frame);
    raise(interpreter, value, interpreter.place(statement, frame));
    return ended;
  }
  if (ts.isLabeledStatement(statement)) {
    const inner = statement.statement;
    if (ts.isForOfStatement(inner)) return runForOf(interpreter, inner, frame, after, statement.label.text);
    return runControlOrSimple(interpreter, inner, frame, after);
  }
  if (ts.isBreakStatement(statement) || ts.isContinueStatement(statement)) {
    const label = statement.label?.text;
    for (let at = interpreter.loops.length - 1; at >= 0; at--) {
      const loop = interpreter.loops[at];
      if (!loop || (label !== undefined && loop.label !== label)) continue;
      const target = ts.isBreakStatement(statement) ? loop.onBreak : loop.onContinue;
      if (target) return target();
    }
    return after();
  }
  return after();
}

function repeats(statement: ts.Statement): boolean {
  return (
    ts.isSwitchStatement(statement) ||
    ts.isForOfStatement(statement) ||
    ts.isForStatement(statement) ||
    ts.isForInStatement(statement) ||
    ts.isWhileStatement(statement) ||
    ts.isDoStatement(statement)
  );
}

/** Loops and `switch`. */
function runRepeating(interpreter: Interpreter, statement: ts.Statement, frame: Frame, after: Continuation): Completion {
  if (ts.isSwitchStatement(statement)) return runSwitch(interpreter, statement, frame, after);
  if (ts.isForOfStatement(statement)) return runForOf(interpreter, statement, frame, after, undefined);
  if (ts.isForStatement(statement)) {
    const inner = openFrame(frame);
    if (statement.initializer && ts.isVariableDeclarationList(statement.initializer))
      declareVariables(interpreter, statement.initializer.declarations, inner);
    return runLoop(interpreter, statement, statement.statement, inner, after);
  }
  if (ts.isForInStatement(statement)) {
    const inner = openFrame(frame);
    if (ts.isVariableDeclarationList(statement.initializer))
      for (const declaration of statement.initializer.declarations)
        bindPattern(interpreter, declaration.name, interpreter.unknown(declaration, inner, 'unsupported'), inner);
    return runLoop(interpreter, statement, statement.statement, inner, after);
  }
  if (ts.isWhileStatement(statement) || ts.isDoStatement(statement)) {
    interpreter.evaluate(statement.expression, frame);
    return runLoop(interpreter, statement, statement.statement, frame, after);
  }
  return after();
}

function runControlOrSimple(interpreter: Interpreter, statement: ts.Statement, frame: Frame, after: Continuation): Completion {
  return runStatements(interpreter, [statement], 0, frame, after);
}

function runBlock(interpreter: Interpreter, block: ts.Block, frame: Frame, after: Continuation): Completion {
  const inner = openFrame(frame);
  hoist(interpreter, block.statements, inner);
  return runStatements(interpreter, block.statements, 0, inner, after);
}

/** An error leaves the function; `try` blocks around take it. */
export function raise(interpreter: Interpreter, value: JsValue, place: ReturnType<Interpreter['place']>): void {
  const status =
    value.kind === 'object'
      ? (value.contents.value.properties.get('status') ?? value.contents.value.properties.get('statusCode'))?.value
      : undefined;
  interpreter.emit({
    kind: 'raise',
    place,
    why: 'an error is thrown',
    handler: interpreter.tryBlocks.at(-1),
    ...(status?.kind === 'number' ? { status: status.value } : {}),
  });
  if (!interpreter.perRequest && interpreter.tryBlocks.length === 0) interpreter.stops.push(interpreter.pathCondition());
  interpreter.dead = true;
}

function runIf(interpreter: Interpreter, statement: ts.IfStatement, frame: Frame, after: Continuation): Completion {
  const when = truth(interpreter.evaluate(statement.expression, frame));
  if (interpreter.isDead()) return ended;
  const { thenStatement, elseStatement } = statement;
  const place = interpreter.place(statement, frame);
  if (!leaves(thenStatement) && (!elseStatement || !leaves(elseStatement))) {
    const nothing = (): Completion => ({ dead: interpreter.isDead(), value: undefinedValue });
    interpreter.branchTo(
      when,
      () => runControlOrSimple(interpreter, thenStatement, frame, nothing),
      () => (elseStatement ? runControlOrSimple(interpreter, elseStatement, frame, nothing) : nothing()),
      place,
    );
    return interpreter.isDead() ? ended : after();
  }
  return interpreter.branchTo(
    when,
    () => runControlOrSimple(interpreter, thenStatement, frame, after),
    () => (elseStatement ? runControlOrSimple(interpreter, elseStatement, frame, after) : after()),
    place,
  );
}

const leaving = new WeakMap<ts.Node, boolean>();

/**
 * Whether a statement holds a `return`, `break` or `continue` of its own function. What follows it then has to be
 * followed on each side by itself. A `throw` only ends its side.
 */
function leaves(node: ts.Node): boolean {
  const known = leaving.get(node);
  if (known !== undefined) return known;
  const found =
    ts.isReturnStatement(node) ||
    ts.isBreakStatement(node) ||
    ts.isContinueStatement(node) ||
    (!isFunctionLike(node) && ts.forEachChild(node, (child) => leaves(child) || undefined) === true);
  leaving.set(node, found);
  return found;
}

/** Whether a loop or `switch` holds a `return` or a jump to a label, so that control may go past what follows it. */
function escapes(node: ts.Node): boolean {
  return (
    ts.isReturnStatement(node) ||
    ((ts.isBreakStatement(node) || ts.isContinueStatement(node)) && node.label !== undefined) ||
    (ts.isContinueStatement(node) && isInSwitchOnly(node)) ||
    (!isFunctionLike(node) && ts.forEachChild(node, (child) => escapes(child) || undefined) === true)
  );
}

/** A `continue` in a `switch` belongs to a loop around it. */
function isInSwitchOnly(node: ts.Node): boolean {
  for (let current: ts.Node | undefined = node.parent; current; current = current.parent as ts.Node | undefined) {
    if (ts.isSwitchStatement(current)) return true;
    if (
      ts.isForOfStatement(current) ||
      ts.isForStatement(current) ||
      ts.isForInStatement(current) ||
      ts.isWhileStatement(current) ||
      ts.isDoStatement(current)
    )
      return false;
  }
  return false;
}

/** Runs what comes behind a loop or `switch`, with the loops that are around it. */
function withLoops(interpreter: Interpreter, loops: readonly LoopTarget[], run: Continuation): Continuation {
  return () => {
    const inner = interpreter.loops;
    interpreter.loops = loops;
    const completion = run();
    interpreter.loops = inner;
    return completion;
  };
}

function runSwitch(interpreter: Interpreter, statement: ts.SwitchStatement, frame: Frame, after: Continuation): Completion {
  const subject = interpreter.evaluate(statement.expression, frame);
  const { clauses } = statement.caseBlock;
  const inner = openFrame(frame);
  const outside = interpreter.loops;
  const leave = withLoops(interpreter, outside, after);
  const loop: LoopTarget = { label: undefined, onBreak: leave, onContinue: undefined };
  const bodyFrom = (index: number): Completion =>
    withLoops(interpreter, [...outside, loop], () =>
      runStatements(
        interpreter,
        clauses.slice(index).flatMap((clause) => clause.statements),
        0,
        inner,
        leave,
      ),
    )();
  const from = (index: number): Completion => {
    if (index >= clauses.length) {
      const fallback = clauses.findIndex((clause) => !ts.isCaseClause(clause));
      return fallback < 0 ? leave() : bodyFrom(fallback);
    }
    // Labels that share a body are one test.
    let when: ReturnType<typeof truth> = { kind: 'never' };
    let at = index;
    for (; at < clauses.length; at++) {
      const clause = clauses[at];
      if (!clause || !ts.isCaseClause(clause)) break;
      const label = interpreter.evaluate(clause.expression, inner);
      const same =
        subject.kind === 'boolean' && subject.value
          ? truth(label)
          : equals(subject, label, interpreter.spelling('equals', interpreter.place(clause.expression, inner)));
      when = choose(when, { kind: 'always' }, same);
      if (clause.statements.length > 0) break;
    }
    const clause = clauses[at];
    if (at === index && clause && !ts.isCaseClause(clause)) return from(index + 1);
    return interpreter.branchTo(
      when,
      () => bodyFrom(Math.min(at, clauses.length - 1)),
      () => from(at + (clause && ts.isCaseClause(clause) ? 1 : 0)),
      interpreter.place(statement, frame),
    );
  };
  return from(0);
}

function runTry(interpreter: Interpreter, statement: ts.TryStatement, frame: Frame, after: Continuation): Completion {
  const { tryBlock, catchClause, finallyBlock } = statement;
  const outside = interpreter.tryBlocks;
  const finish: Continuation = () => {
    const inner = interpreter.tryBlocks;
    interpreter.tryBlocks = outside;
    const completion = finallyBlock ? runBlock(interpreter, finallyBlock, frame, after) : after();
    interpreter.tryBlocks = inner;
    return completion;
  };
  if (!catchClause) return runBlock(interpreter, tryBlock, frame, finish);

  const id = interpreter.nextTryBlock++;
  const place = interpreter.place(statement, frame);
  const fails = interpreter.unknownConditionAt(place, 'fails', 'unresolved');
  const apart = !leaves(tryBlock) && !leaves(catchClause);
  const nothing = (): Completion => ({ dead: interpreter.isDead(), value: undefinedValue });
  const before = interpreter.unknownCalls;
  const argumentsBefore = interpreter.unknownArguments.length;
  let callsInside: number | undefined;
  const tried = interpreter.explore({ kind: 'always' }, () => {
    interpreter.tryBlocks = [...outside, id];
    const completion = runBlock(interpreter, tryBlock, frame, () => {
      callsInside ??= interpreter.unknownCalls - before;
      if (fails.kind === 'unknown' && !interpreter.unknownSources.has(fails.id))
        interpreter.unknownSources.set(fails.id, interpreter.unknownArguments.slice(argumentsBefore));
      return apart ? nothing() : finish();
    });
    interpreter.tryBlocks = outside;
    return completion;
  });
  const raised: unknown[] = [];
  straighten(tried.effects, (end) => {
    if (end?.kind === 'raise' && end.handler === id) raised.push(end);
    return [];
  });
  const raises = raised.length > 0;
  const mayFail = (callsInside ?? interpreter.unknownCalls - before) > 0;
  const always = { kind: 'always' } as const;
  if (!mayFail && !raises) {
    for (const effect of tried.effects) interpreter.emit(effect);
    const completion = interpreter.meet(always, tried, { completion: ended, effects: [], changes: new Map() });
    return apart && !interpreter.isDead() ? finish() : completion;
  }
  const caught = interpreter.explore(fails, () => {
    const inner = openFrame(frame);
    const variable = catchClause.variableDeclaration;
    if (variable) bindPattern(interpreter, variable.name, interpreter.unknown(variable, inner, 'unresolved', 'error'), inner);
    return runBlock(interpreter, catchClause.block, inner, apart ? nothing : finish);
  });
  const kept = raises
    ? straighten(tried.effects, (end) => (end === undefined ? [] : end.kind === 'raise' && end.handler === id ? caught.effects : [end]))
    : tried.effects;
  if (mayFail) interpreter.emit({ kind: 'branch', when: fails, then: caught.effects, otherwise: kept, place });
  else for (const effect of kept) interpreter.emit(effect);
  const completion = interpreter.meet(fails, caught, tried);
  return apart && !interpreter.isDead() ? finish() : completion;
}

const mostRounds = 60;

function runForOf(
  interpreter: Interpreter,
  statement: ts.ForOfStatement,
  frame: Frame,
  after: Continuation,
  label: string | undefined,
): Completion {
  const iterated = interpreter.evaluate(statement.expression, frame);
  const outside = interpreter.loops;
  const leave = withLoops(interpreter, outside, after);
  const bind = (value: JsValue): Frame => {
    const inner = openFrame(frame);
    if (ts.isVariableDeclarationList(statement.initializer))
      for (const declaration of statement.initializer.declarations) bindPattern(interpreter, declaration.name, value, inner);
    else if (ts.isIdentifier(statement.initializer)) interpreter.assign(inner, statement.initializer, value);
    return inner;
  };
  const elements = iterated.kind === 'array' || iterated.kind === 'set' ? iterated.contents.value.elements : [];
  const open = !(iterated.kind === 'array' || iterated.kind === 'set') || iterated.contents.value.open || elements.length > mostRounds;
  const round = (index: number): Completion => {
    const known = elements[index];
    if (known === undefined || index >= mostRounds) {
      if (!open) return leave();
      const value = interpreter.unknown(statement.initializer, frame, 'unresolved');
      const more = interpreter.unknownConditionAt(interpreter.place(statement, frame), 'loop', 'unresolved');
      return interpreter.branchTo(more, () => body(value, leave), leave, interpreter.place(statement, frame));
    }
    return body(known, () => round(index + 1));
  };
  const body = (value: JsValue, next: Continuation): Completion => {
    const goOn = withLoops(interpreter, outside, next);
    return withLoops(interpreter, [...outside, { label, onBreak: leave, onContinue: goOn }], () =>
      runControlOrSimple(interpreter, statement.statement, bind(value), goOn),
    )();
  };
  return round(0);
}

/** Any other loop: its body runs once or never. */
function runLoop(interpreter: Interpreter, statement: ts.Statement, inside: ts.Statement, frame: Frame, after: Continuation): Completion {
  const outside = interpreter.loops;
  const leave = withLoops(interpreter, outside, after);
  const place = interpreter.place(statement, frame);
  const again = interpreter.unknownConditionAt(place, 'loop', 'unsupported');
  return interpreter.branchTo(
    again,
    () =>
      withLoops(interpreter, [...outside, { label: undefined, onBreak: leave, onContinue: leave }], () =>
        runControlOrSimple(interpreter, inside, frame, leave),
      )(),
    leave,
    place,
  );
}
