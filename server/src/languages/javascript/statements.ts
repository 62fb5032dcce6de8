/** Follows statements. `after` is what comes behind them; a `return` does not go on to it. */
import { type Completion, type Continuation, ended } from './completion.ts';
import { declareEnum, declareVariables, defaultExport, hoist } from './declarations.ts';
import { raise, runTry } from './exceptions.ts';
import { type Frame, openFrame } from './frame.ts';
import type { Interpreter } from './interpreter.ts';
import { escapes, leaves, repeats } from './jumps.ts';
import { runForOf, runRepeating } from './loops.ts';
import { truth } from './origin-tests.ts';
import * as ts from './syntax.ts';
import { undefinedValue } from './values.ts';

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

/** Whether a statement ends where it ends, or does nothing at all when it is met. */
function isSimple(statement: ts.Statement): boolean {
  switch (statement.kind) {
    case ts.SyntaxKind.ExpressionStatement:
    case ts.SyntaxKind.VariableStatement:
    case ts.SyntaxKind.FunctionDeclaration:
    case ts.SyntaxKind.ClassDeclaration:
    case ts.SyntaxKind.EnumDeclaration:
    case ts.SyntaxKind.ExportAssignment:
    case ts.SyntaxKind.ModuleDeclaration:
    case ts.SyntaxKind.ImportDeclaration:
    case ts.SyntaxKind.ImportEqualsDeclaration:
    case ts.SyntaxKind.ExportDeclaration:
    case ts.SyntaxKind.InterfaceDeclaration:
    case ts.SyntaxKind.TypeAliasDeclaration:
    case ts.SyntaxKind.EmptyStatement:
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
    return runStatement(interpreter, inner, frame, after);
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

export function runStatement(interpreter: Interpreter, statement: ts.Statement, frame: Frame, after: Continuation): Completion {
  return runStatements(interpreter, [statement], 0, frame, after);
}

export function runBlock(interpreter: Interpreter, block: ts.Block, frame: Frame, after: Continuation): Completion {
  const inner = openFrame(frame);
  hoist(interpreter, block.statements, inner);
  return runStatements(interpreter, block.statements, 0, inner, after);
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
      () => runStatement(interpreter, thenStatement, frame, nothing),
      () => (elseStatement ? runStatement(interpreter, elseStatement, frame, nothing) : nothing()),
      place,
    );
    return interpreter.isDead() ? ended : after();
  }
  return interpreter.branchTo(
    when,
    () => runStatement(interpreter, thenStatement, frame, after),
    () => (elseStatement ? runStatement(interpreter, elseStatement, frame, after) : after()),
    place,
  );
}
