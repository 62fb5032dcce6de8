/** What changes variables and properties: assignments, `++` and `--`, `delete`. */
import { withoutParentheses } from './calls.ts';
import { type Frame } from './frame.ts';
import type { Interpreter } from './interpreter.ts';
import { memberName } from './members.ts';
import { add, concat } from './operators.ts';
import { truth } from './origin-tests.ts';
import { isNullish, restOf, restOfList, whenFalse, withDefault } from './patterns.ts';
import * as ts from './syntax.ts';
import { type CallSite, type JsValue, type Property, textOfConstant } from './values.ts';

export function evaluateAssignment(interpreter: Interpreter, node: ts.BinaryExpression, frame: Frame): JsValue {
  const operator = node.operatorToken.kind;
  const target = withoutParentheses(node.left);
  const place = interpreter.place(node, frame);
  if (operator === ts.SyntaxKind.EqualsToken) {
    const value = interpreter.evaluate(node.right, frame);
    assignTo(interpreter, target, value, frame, node);
    return value;
  }
  const before = interpreter.evaluate(node.left, frame);
  const right = (): JsValue => interpreter.evaluate(node.right, frame);
  const value =
    operator === ts.SyntaxKind.BarBarEqualsToken
      ? interpreter.branchValue(truth(before), () => before, right, place)
      : operator === ts.SyntaxKind.AmpersandAmpersandEqualsToken
        ? interpreter.branchValue(truth(before), right, () => whenFalse(before), place)
        : operator === ts.SyntaxKind.QuestionQuestionEqualsToken
          ? interpreter.branchValue(isNullish(before), right, () => before, place)
          : compound(interpreter, node, before, right(), frame);
  assignTo(interpreter, target, value, frame, node);
  return value;
}

/** The value of `before += right` and its like. */
function compound(interpreter: Interpreter, node: ts.BinaryExpression, before: JsValue, right: JsValue, frame: Frame): JsValue {
  const place = interpreter.place(node, frame);
  return node.operatorToken.kind === ts.SyntaxKind.PlusEqualsToken
    ? (add(before, right, place) ?? concat([before, right], place))
    : interpreter.unknown(node, frame, 'unsupported');
}

/** `delete object.name`. */
export function deleteProperty(interpreter: Interpreter, node: ts.Expression, frame: Frame): void {
  const target = withoutParentheses(node);
  if (!ts.isPropertyAccessExpression(target) && !ts.isElementAccessExpression(target)) return;
  const receiver = interpreter.evaluate(target.expression, frame);
  const name = nameOfMember(interpreter, target, frame);
  if (receiver.kind !== 'object') return;
  const { properties, open } = receiver.contents.value;
  // Without a name that is known, it may be any of them.
  const kept = name === undefined ? [] : [...properties].filter(([each]) => each !== name);
  interpreter.trail.write(receiver.contents, { properties: new Map(kept), open: open || name === undefined });
}

function nameOfMember(
  interpreter: Interpreter,
  target: ts.PropertyAccessExpression | ts.ElementAccessExpression,
  frame: Frame,
): string | undefined {
  return ts.isPropertyAccessExpression(target) ? target.name.text : textOfConstant(interpreter.evaluate(target.argumentExpression, frame));
}

function assignTo(interpreter: Interpreter, target: ts.Expression, value: JsValue, frame: Frame, node: ts.BinaryExpression): void {
  if (ts.isIdentifier(target)) {
    interpreter.assign(frame, target, value);
    return;
  }
  if (ts.isPropertyAccessExpression(target) || ts.isElementAccessExpression(target)) {
    const receiver = interpreter.evaluate(target.expression, frame);
    const keyNode = ts.isPropertyAccessExpression(target) ? target.name : target.argumentExpression;
    const name = nameOfMember(interpreter, target, frame);
    const site: CallSite = { node, place: interpreter.place(node, frame), argumentPlaces: [interpreter.place(node.right, frame)] };
    writeProperty(interpreter, receiver, name, value, site, interpreter.place(keyNode, frame));
    return;
  }
  if (ts.isBinaryExpression(target) && target.operatorToken.kind === ts.SyntaxKind.EqualsToken) {
    assignTo(interpreter, withoutParentheses(target.left), withDefault(interpreter, value, target.right, frame), frame, node);
    return;
  }
  const site = { node, place: interpreter.place(node, frame), argumentPlaces: [] };
  if (ts.isObjectLiteralExpression(target)) {
    const taken = new Set<string>();
    for (const property of target.properties) {
      const name = property.name && memberName(property.name);
      const part = name === undefined ? interpreter.unknown(property, frame, 'unresolved') : interpreter.getProperty(value, name, site);
      if (name !== undefined) taken.add(name);
      if (ts.isShorthandPropertyAssignment(property)) {
        const { objectAssignmentInitializer: initializer } = property;
        interpreter.assign(frame, property.name, initializer ? withDefault(interpreter, part, initializer, frame) : part);
      } else if (ts.isPropertyAssignment(property)) assignTo(interpreter, property.initializer, part, frame, node);
      else if (ts.isSpreadAssignment(property))
        assignTo(interpreter, property.expression, restOf(value, taken, interpreter, property, frame), frame, node);
    }
  } else if (ts.isArrayLiteralExpression(target))
    target.elements.forEach((element, index) => {
      if (ts.isOmittedExpression(element)) return;
      if (ts.isSpreadElement(element))
        assignTo(interpreter, element.expression, restOfList(value, index, interpreter, element, frame), frame, node);
      else assignTo(interpreter, element, interpreter.getProperty(value, String(index), site), frame, node);
    });
}

function writeProperty(
  interpreter: Interpreter,
  receiver: JsValue,
  name: string | undefined,
  value: JsValue,
  site: CallSite,
  keyPlace: Property['keyPlace'],
): void {
  switch (receiver.kind) {
    case 'choice':
      interpreter.branch(
        receiver.when,
        () => writeProperty(interpreter, receiver.then, name, value, site, keyPlace),
        () => writeProperty(interpreter, receiver.otherwise, name, value, site, keyPlace),
      );
      return;
    case 'host':
      if (name !== undefined) receiver.host.set?.(name, value, site);
      return;
    case 'object': {
      const { properties } = receiver.contents.value;
      if (name === undefined) interpreter.trail.write(receiver.contents, { properties, open: true });
      else
        interpreter.setProperty(receiver, name, {
          value,
          ...(keyPlace ? { keyPlace } : {}),
          valuePlace: site.argumentPlaces[0] ?? site.place,
          property: site.place,
        });
      return;
    }
    case 'array': {
      const { elements, open } = receiver.contents.value;
      const index = Number(name);
      if (name === 'length' && value.kind === 'number' && value.value <= elements.length)
        interpreter.trail.write(receiver.contents, { elements: elements.slice(0, value.value), open: open && value.value > 0 });
      else if (name !== undefined && /^\d+$/.test(name) && index <= elements.length) {
        const changed = [...elements];
        changed[index] = value;
        interpreter.trail.write(receiver.contents, { elements: changed, open });
      } else interpreter.trail.write(receiver.contents, { elements, open: true });
      return;
    }
    case 'class':
      if (name !== undefined) interpreter.trail.write(receiver.statics, new Map(receiver.statics.value).set(name, { value }));
      return;
    default:
  }
}

/** `x++` and its like: the value before, and the one that the variable then has. */
export function step(
  interpreter: Interpreter,
  operator: ts.SyntaxKind,
  before: JsValue,
  node: ts.Expression,
  frame: Frame,
): { readonly before: JsValue; readonly after: JsValue } | undefined {
  if (operator !== ts.SyntaxKind.PlusPlusToken && operator !== ts.SyntaxKind.MinusMinusToken) return undefined;
  if (!(ts.isPrefixUnaryExpression(node) || ts.isPostfixUnaryExpression(node)) || !ts.isIdentifier(node.operand)) return undefined;
  const by = operator === ts.SyntaxKind.PlusPlusToken ? 1 : -1;
  const after =
    add(before, { kind: 'number', value: by }, interpreter.place(node, frame)) ?? interpreter.unknown(node, frame, 'unsupported');
  interpreter.assign(frame, node.operand, after);
  return { before, after };
}
