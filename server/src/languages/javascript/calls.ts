/** Calls, and the arguments that they hand over. */
import type { Completion } from './completion.ts';
import { catchErrors, mayFail } from './exceptions.ts';
import { callSuper, construct, superMember } from './classes.ts';
import { type Frame } from './frame.ts';
import { type Interpreter } from './interpreter.ts';
import * as ts from './syntax.ts';
import { asObject, type CallSite, iterated, type JsValue, textOfConstant, undefinedValue } from './values.ts';
import { named } from './expressions.ts';

/** A method or function call. */
export function evaluateCall(interpreter: Interpreter, node: ts.CallExpression, frame: Frame): JsValue {
  const callee = withoutParentheses(node.expression);
  const name = shortText(callee, frame);
  if (ts.isPropertyAccessExpression(callee) && callee.name.text === 'catch' && node.arguments.length === 1) {
    const caught = evaluateCatch(interpreter, node, callee, frame);
    if (caught) return caught;
  }
  if (callee.kind === ts.SyntaxKind.ImportKeyword) {
    const specifier = node.arguments[0] ? interpreter.evaluate(node.arguments[0], frame) : undefinedValue;
    return specifier.kind === 'string'
      ? interpreter.program.load(frame.uri, specifier.text, interpreter)
      : interpreter.unknown(node, frame, 'unresolved');
  }
  if (callee.kind === ts.SyntaxKind.SuperKeyword) {
    const args = evaluateArguments(interpreter, node.arguments, frame);
    callSuper(interpreter, node, args, frame, siteOf(interpreter, node, node.arguments, frame, undefined));
    return undefinedValue;
  }
  if (ts.isPropertyAccessExpression(callee) || ts.isElementAccessExpression(callee)) {
    const isSuper = callee.expression.kind === ts.SyntaxKind.SuperKeyword;
    const receiver = isSuper ? (frame.self ?? undefinedValue) : interpreter.evaluate(callee.expression, frame);
    if (callee.questionDotToken && (receiver.kind === 'undefined' || receiver.kind === 'null')) return undefinedValue;
    const key = ts.isPropertyAccessExpression(callee)
      ? callee.name.text
      : textOfConstant(interpreter.evaluate(callee.argumentExpression, frame));
    const args = evaluateArguments(interpreter, node.arguments, frame);
    const site = siteOf(interpreter, node, node.arguments, frame, receiver);
    const member = isSuper && key !== undefined ? superMember(interpreter, node, key, frame, site) : undefined;
    if (member) return named(interpreter.call(member, args, site, name), name);
    if (isSuper || key === undefined) return interpreter.unknownCall(name, args, site);
    return named(interpreter.callMethod(receiver, key, args, site), name);
  }
  const target = interpreter.evaluate(callee, frame);
  const args = evaluateArguments(interpreter, node.arguments, frame);
  return named(interpreter.call(target, args, siteOf(interpreter, node, node.arguments, frame, undefined), name), name);
}

/** `promise.then(f).catch(g)`: g runs where the promise fails, behind what was done until then. */
function evaluateCatch(
  interpreter: Interpreter,
  node: ts.CallExpression,
  callee: ts.PropertyAccessExpression,
  frame: Frame,
): JsValue | undefined {
  const handler = node.arguments[0];
  if (!handler || !(ts.isArrowFunction(handler) || ts.isFunctionExpression(handler) || ts.isIdentifier(handler))) return undefined;
  const completed = (value: JsValue): Completion => ({ value, dead: interpreter.isDead() });
  return catchErrors(interpreter, interpreter.place(node, frame), {
    tried: (done) => {
      const promise = interpreter.evaluate(callee.expression, frame);
      // A promise that was made out of sight may fail without a call.
      if (promise.kind === 'unknown') mayFail(interpreter, interpreter.place(callee.expression, frame));
      done();
      return completed(promise);
    },
    caught: () =>
      completed(
        interpreter.call(
          interpreter.evaluate(handler, frame),
          [interpreter.unknown(handler, frame, 'unresolved', 'error')],
          siteOf(interpreter, node, node.arguments, frame, undefined),
          'catch',
        ),
      ),
  }).value;
}

export function withoutParentheses(node: ts.Expression): ts.Expression {
  return ts.isParenthesizedExpression(node) || ts.isNonNullExpression(node) || ts.isAsExpression(node)
    ? withoutParentheses(node.expression)
    : node;
}

function shortText(node: ts.Node, frame: Frame): string {
  const text = ts.textOf(node, frame.file);
  return text.length > 60 ? `${text.slice(0, 57)}…` : text;
}

function siteOf(
  interpreter: Interpreter,
  node: ts.Node,
  args: readonly ts.Expression[],
  frame: Frame,
  self: JsValue | undefined,
): CallSite {
  return {
    node,
    place: interpreter.place(node, frame),
    argumentPlaces: args.map((each) => interpreter.place(each, frame)),
    ...(self ? { self } : {}),
  };
}

function evaluateArguments(interpreter: Interpreter, nodes: readonly ts.Expression[], frame: Frame): JsValue[] {
  return nodes.flatMap((node) => {
    if (!ts.isSpreadElement(node)) return [interpreter.evaluate(node, frame)];
    const spread = interpreter.evaluate(node.expression, frame);
    return spread.kind === 'array' || spread.kind === 'set' ? iterated(spread).elements : [interpreter.unknown(node, frame, 'unresolved')];
  });
}

export function evaluateNew(interpreter: Interpreter, node: ts.NewExpression, frame: Frame): JsValue {
  const args = evaluateArguments(interpreter, node.arguments ?? [], frame);
  const target = interpreter.evaluate(node.expression, frame);
  const site = siteOf(interpreter, node, node.arguments ?? [], frame, undefined);
  if (target.kind === 'class') return construct(interpreter, target, args, site);
  if (target.kind === 'host') {
    const made = target.host.construct?.(args, site);
    if (made) return made;
  }
  return asObject(interpreter.unknownCall(`new ${shortText(node.expression, frame)}`, args, site));
}
