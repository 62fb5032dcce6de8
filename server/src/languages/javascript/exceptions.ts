/** `throw` and `try`: what is thrown is an effect, and a `try` block takes those of its inside. */
import { type Completion, type Continuation, ended } from './completion.ts';
import { raisedWhen, straighten } from './effects.ts';
import { type Frame, openFrame } from './frame.ts';
import type { Interpreter } from './interpreter.ts';
import { leaves } from './jumps.ts';
import { bindPattern } from './patterns.ts';
import { runBlock } from './statements.ts';
import type * as ts from './syntax.ts';
import { type JsValue, undefinedValue } from './values.ts';

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

  const id = interpreter.nextTryBlock++;
  const place = interpreter.place(statement, frame);
  const mayBeThrown = interpreter.unknownConditionAt(place, 'fails', 'unresolved');
  const apart = !leaves(tryBlock) && !leaves(catchClause);
  const nothing = (): Completion => ({ dead: interpreter.isDead(), value: undefinedValue });
  const before = interpreter.unknownCalls;
  const argumentsBefore = interpreter.unknownArguments.length;
  let callsInside: number | undefined;
  const tried = interpreter.explore({ kind: 'always' }, () => {
    interpreter.tryBlocks = [...outside, id];
    const completion = runBlock(interpreter, tryBlock, frame, () => {
      callsInside ??= interpreter.unknownCalls - before;
      if (mayBeThrown.kind === 'unknown' && !interpreter.unknownSources.has(mayBeThrown.id))
        interpreter.unknownSources.set(mayBeThrown.id, interpreter.unknownArguments.slice(argumentsBefore));
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
  // Where nothing unknown is called, it fails exactly where something is thrown.
  const fails = mayFail ? mayBeThrown : raisedWhen(tried.effects, id);
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
