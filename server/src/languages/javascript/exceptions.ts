/** `throw` and `try`: what is thrown is an effect, and a `try` block takes those of its inside. */
import type { Place } from '../../core/text.ts';
import { always } from '../../policy/condition.ts';
import type { Condition } from '../../policy/model.ts';
import { type Completion, type Continuation, ended } from './completion.ts';
import { type Effect, raisedWhen, straighten } from './effects.ts';
import { type Frame, openFrame } from './frame.ts';
import type { Interpreter } from './interpreter.ts';
import { leaves } from './jumps.ts';
import { bindPattern } from './patterns.ts';
import { runBlock } from './statements.ts';
import type * as ts from './syntax.ts';
import { asObject, booleanValue, type Cell, type JsValue, undefinedValue } from './values.ts';

/** What takes the errors of the code in it: a `try` block with a `catch`, or a promise with a handler for them. */
export interface TryBlock {
  readonly id: number;
  /** That a call in it throws of which nobody can tell. */
  readonly fails: Condition;
  /** Whether a call has asked for that on the path that is followed. */
  readonly asked: Cell<JsValue>;
  readonly place: Place;
}

const alreadyAsked = booleanValue(true);

/**
 * A call into the unknown, or a promise from there, may fail: on each path the first of a `try` block decides, since nobody can tell
 * which one it was. `place`: that of the call.
 */
export function mayFail(interpreter: Interpreter, place: Place): void {
  const block = interpreter.tryBlocks.at(-1);
  if (!block || block.asked.value === alreadyAsked) return;
  interpreter.trail.write(block.asked, alreadyAsked);
  const raise = { kind: 'raise', place, why: 'a call fails', handler: block.id } as const;
  interpreter.emit({ kind: 'branch', when: block.fails, then: [raise], otherwise: [], place: block.place });
}

/** An error leaves the function; `try` blocks around take it. */
export function raise(interpreter: Interpreter, value: JsValue, place: Place): void {
  const status =
    value.kind === 'object'
      ? (value.contents.value.properties.get('status') ?? value.contents.value.properties.get('statusCode'))?.value
      : undefined;
  const own = status?.kind === 'number' ? status.value : interpreter.errorStatus?.();
  interpreter.emit({
    kind: 'raise',
    place,
    why: 'an error is thrown',
    handler: interpreter.takesErrors,
    ...(own === undefined ? {} : { status: own }),
  });
  if (!interpreter.perRequest && interpreter.tryBlocks.length === 0) interpreter.stops.push(interpreter.pathCondition());
  interpreter.dead = true;
}

export function runTry(interpreter: Interpreter, statement: ts.TryStatement, frame: Frame, after: Continuation): Completion {
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

  const apart = !leaves(tryBlock) && !leaves(catchClause);
  const behind = apart ? (): Completion => ({ dead: interpreter.isDead(), value: undefinedValue }) : finish;
  const completion = catchErrors(interpreter, interpreter.place(statement, frame), {
    tried: (done) =>
      runBlock(interpreter, tryBlock, frame, () => {
        done();
        return behind();
      }),
    caught: () => {
      const inner = openFrame(frame);
      const variable = catchClause.variableDeclaration;
      if (variable) bindPattern(interpreter, variable.name, asObject(interpreter.unknown(variable, inner, 'unresolved', 'error')), inner);
      return runBlock(interpreter, catchClause.block, inner, behind);
    },
  });
  return apart && !interpreter.isDead() ? finish() : completion;
}

/**
 * Follows code with what takes its errors. What it did before an error stays done. Only what it calls is unknown to fail: code that
 * calls nothing out of sight does where it throws, and a path that has answered before it calls anything cannot fail any more.
 * `tried` gets what it has to call at its end: what comes behind belongs to it as well.
 */
export function catchErrors(
  interpreter: Interpreter,
  place: Place,
  { tried, caught }: { readonly tried: (done: () => void) => Completion; readonly caught: () => Completion },
): Completion {
  const id = interpreter.nextTryBlock++;
  const fails = interpreter.unknownConditionAt(place, 'fails', 'unresolved');
  const outside = interpreter.tryBlocks;
  const argumentsBefore = interpreter.unknownArguments.length;
  const done = (): void => {
    if (fails.kind === 'unknown' && !interpreter.unknownSources.has(fails.id))
      interpreter.unknownSources.set(fails.id, interpreter.unknownArguments.slice(argumentsBefore));
  };
  const kept = interpreter.explore(always, () => {
    interpreter.tryBlocks = [...outside, { id, fails, asked: { value: undefinedValue }, place }];
    const completion = tried(done);
    interpreter.tryBlocks = outside;
    return completion;
  });
  const raised = raisedWhen(kept.effects, id);
  if (raised.kind === 'never') {
    for (const effect of kept.effects) interpreter.emit(effect);
    return interpreter.meet(always, kept, { completion: ended, effects: [], changes: new Map() });
  }
  const instead = interpreter.explore(raised, caught);
  const isRaised = (end: Effect): boolean => end.kind === 'raise' && end.handler === id;
  for (const effect of straighten(kept.effects, (end) => (end === undefined ? [] : isRaised(end) ? instead.effects : [end])))
    interpreter.emit(effect);
  return interpreter.meet(raised, instead, kept);
}
