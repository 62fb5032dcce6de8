/** Loops and `switch`. What is known of a loop is followed round by round; any other loop runs once or never. */
import { type Completion, type Continuation, ended, type LoopTarget } from './completion.ts';
import { declareVariables } from './declarations.ts';
import { type Frame, openFrame } from './frame.ts';
import type { Interpreter } from './interpreter.ts';
import { choose, equals, truth } from './origin-tests.ts';
import { noteMethodSpelling } from './method-spelling.ts';
import { bindPattern } from './patterns.ts';
import { runStatement, runStatements } from './statements.ts';
import * as ts from './syntax.ts';
import { arrayValue, iterated, type JsValue, stringValue } from './values.ts';

/** Loops and `switch`. */
export function runRepeating(interpreter: Interpreter, statement: ts.Statement, frame: Frame, after: Continuation): Completion {
  if (ts.isSwitchStatement(statement)) return runSwitch(interpreter, statement, frame, after);
  if (ts.isForOfStatement(statement)) return runForOf(interpreter, statement, frame, after, undefined);
  if (ts.isForStatement(statement)) {
    const inner = openFrame(frame);
    const { initializer } = statement;
    if (initializer && ts.isVariableDeclarationList(initializer)) declareVariables(interpreter, initializer.declarations, inner);
    else if (initializer) interpreter.evaluate(initializer, inner);
    return runRounds(interpreter, statement, { test: statement.condition, step: statement.incrementor }, inner, after);
  }
  if (ts.isForInStatement(statement)) {
    const keys = keysOf(interpreter.evaluate(statement.expression, frame));
    if (keys) return runForOf(interpreter, statement, frame, after, undefined, keys);
    const inner = openFrame(frame);
    if (ts.isVariableDeclarationList(statement.initializer))
      for (const declaration of statement.initializer.declarations)
        bindPattern(interpreter, declaration.name, interpreter.unknown(declaration, inner, 'unsupported'), inner);
    return runLoop(interpreter, statement, statement.statement, inner, after);
  }
  if (ts.isWhileStatement(statement)) return runRounds(interpreter, statement, { test: statement.expression }, frame, after);
  if (ts.isDoStatement(statement)) {
    interpreter.evaluate(statement.expression, frame);
    return runLoop(interpreter, statement, statement.statement, frame, after);
  }
  return after();
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
      noteMethodSpelling(interpreter, clause.expression, label, subject, inner);
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

const mostRounds = 60;

export function runForOf(
  interpreter: Interpreter,
  statement: ts.ForOfStatement | ts.ForInStatement,
  frame: Frame,
  after: Continuation,
  label: string | undefined,
  list = interpreter.evaluate(statement.expression, frame),
): Completion {
  const outside = interpreter.loops;
  const leave = withLoops(interpreter, outside, after);
  const bind = (value: JsValue): Frame => {
    const inner = openFrame(frame);
    if (ts.isVariableDeclarationList(statement.initializer))
      for (const declaration of statement.initializer.declarations) bindPattern(interpreter, declaration.name, value, inner);
    else if (ts.isIdentifier(statement.initializer)) interpreter.assign(inner, statement.initializer, value);
    return inner;
  };
  const known = list.kind === 'array' || list.kind === 'set' ? iterated(list) : { elements: [], open: true };
  const { elements } = known;
  const open = known.open || elements.length > mostRounds;
  const round = (index: number): Completion => {
    const element = elements[index];
    if (element === undefined || index >= mostRounds) {
      if (!open) return leave();
      const value = interpreter.unknown(statement.initializer, frame, 'unresolved');
      const more = interpreter.unknownConditionAt(interpreter.place(statement, frame), 'loop', 'unresolved');
      return interpreter.branchTo(more, () => body(value, leave), leave, interpreter.place(statement, frame));
    }
    return body(element, () => round(index + 1));
  };
  const body = (value: JsValue, next: Continuation): Completion => {
    const goOn = withLoops(interpreter, outside, next);
    return withLoops(interpreter, [...outside, { label, onBreak: leave, onContinue: goOn }], () =>
      runStatement(interpreter, statement.statement, bind(value), goOn),
    )();
  };
  return round(0);
}

/** The keys that `for … in` goes through. */
function keysOf(value: JsValue): JsValue | undefined {
  if (value.kind !== 'object' || value.contents.value.open || value.instanceOf) return undefined;
  return arrayValue([...value.contents.value.properties].map(([name, { keyPlace }]) => stringValue(name, keyPlace)));
}

/** `for` and `while` whose test is constant in every round, as that of a counter is. Any other runs once or never. */
function runRounds(
  interpreter: Interpreter,
  statement: ts.ForStatement | ts.WhileStatement,
  { test, step }: { readonly test: ts.Expression | undefined; readonly step?: ts.Expression | undefined },
  frame: Frame,
  after: Continuation,
): Completion {
  const outside = interpreter.loops;
  const leave = withLoops(interpreter, outside, after);
  const round = (index: number): Completion => {
    const when = test ? truth(interpreter.evaluate(test, frame)) : undefined;
    if (when?.kind === 'never') return leave();
    if (when?.kind !== 'always' || index >= mostRounds) return runLoop(interpreter, statement, statement.statement, frame, after);
    const goOn = withLoops(interpreter, outside, () => {
      if (step) interpreter.evaluate(step, frame);
      return interpreter.isDead() ? ended : round(index + 1);
    });
    return withLoops(interpreter, [...outside, { label: undefined, onBreak: leave, onContinue: goOn }], () =>
      runStatement(interpreter, statement.statement, frame, goOn),
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
        runStatement(interpreter, inside, frame, leave),
      )(),
    leave,
    place,
  );
}
