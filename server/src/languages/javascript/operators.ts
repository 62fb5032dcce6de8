/** Operators and assignments. */
import { not } from '../../policy/condition.ts';
import { type Frame } from './frame.ts';
import { dataOf, type Interpreter, memberName } from './interpreter.ts';
import { isNullish, whenFalse, whenTrue } from './patterns.ts';
import { equals, truth } from './origin-tests.ts';
import { isAssignment } from './scope.ts';
import * as ts from './syntax.ts';
import { arrayValue, booleanValue, type CallSite, type JsValue, type Property, stringValue, textOfConstant } from './values.ts';
import { withoutParentheses } from './calls.ts';

export function evaluateBinary(interpreter: Interpreter, node: ts.BinaryExpression, frame: Frame): JsValue {
  const operator = node.operatorToken.kind;
  const place = interpreter.place(node, frame);
  if (isAssignment(operator)) return evaluateAssignment(interpreter, node, frame);
  if (operator === ts.SyntaxKind.CommaToken) {
    interpreter.evaluate(node.left, frame);
    return interpreter.evaluate(node.right, frame);
  }
  const left = interpreter.evaluate(node.left, frame);
  switch (operator) {
    case ts.SyntaxKind.AmpersandAmpersandToken:
      return interpreter.branchValue(
        truth(left),
        () => interpreter.evaluate(node.right, frame),
        () => whenFalse(left),
        place,
      );
    case ts.SyntaxKind.BarBarToken:
      return interpreter.branchValue(
        truth(left),
        () => whenTrue(left),
        () => interpreter.evaluate(node.right, frame),
        place,
      );
    case ts.SyntaxKind.QuestionQuestionToken:
      return interpreter.branchValue(
        isNullish(left),
        () => interpreter.evaluate(node.right, frame),
        () => left,
        place,
      );
    default:
  }
  const right = interpreter.evaluate(node.right, frame);
  switch (operator) {
    case ts.SyntaxKind.EqualsEqualsEqualsToken:
    case ts.SyntaxKind.EqualsEqualsToken:
    case ts.SyntaxKind.ExclamationEqualsEqualsToken:
    case ts.SyntaxKind.ExclamationEqualsToken: {
      const loose = operator === ts.SyntaxKind.EqualsEqualsToken || operator === ts.SyntaxKind.ExclamationEqualsToken;
      const negative = operator === ts.SyntaxKind.ExclamationEqualsEqualsToken || operator === ts.SyntaxKind.ExclamationEqualsToken;
      const same = equals(left, right, interpreter.spelling('equals', place), loose);
      if (same.kind === 'unknown') interpreter.unknownSources.set(same.id, [...dataOf(left), ...dataOf(right)]);
      return { kind: 'condition', when: negative ? not(same) : same, place };
    }
    case ts.SyntaxKind.PlusToken:
      if (left.kind === 'number' && right.kind === 'number') return { kind: 'number', value: left.value + right.value, place };
      return concat([left, right], place);
    case ts.SyntaxKind.GreaterThanToken:
    case ts.SyntaxKind.GreaterThanEqualsToken:
    case ts.SyntaxKind.LessThanToken:
    case ts.SyntaxKind.LessThanEqualsToken: {
      const when = compareIndex(left, operator, right);
      if (when) return { kind: 'condition', when, place };
      if (left.kind === 'number' && right.kind === 'number') return booleanValue(compare(left.value, operator, right.value));
      return interpreter.unknown(node, frame, 'unsupported');
    }
    case ts.SyntaxKind.AsteriskToken:
    case ts.SyntaxKind.MinusToken:
    case ts.SyntaxKind.SlashToken:
    case ts.SyntaxKind.PercentToken:
    case ts.SyntaxKind.AsteriskAsteriskToken:
      if (left.kind === 'number' && right.kind === 'number')
        return { kind: 'number', value: calculate(left.value, operator, right.value), place };
      return interpreter.unknown(node, frame, 'unsupported');
    case ts.SyntaxKind.InKeyword: {
      if (right.kind === 'object' && !right.contents.value.open) {
        const keys = [...right.contents.value.properties].map(([name, property]) => stringValue(name, property.keyPlace));
        return interpreter.callMethod(arrayValue(keys, right.place), 'includes', [left], { node, place, argumentPlaces: [] });
      }
      return interpreter.unknown(node, frame, 'unsupported');
    }
    default:
      return interpreter.unknown(node, frame, 'unsupported');
  }
}

/** `list.indexOf(x) > -1` and its like: the index is a choice between a number that is not negative and -1. */
function compareIndex(left: JsValue, operator: ts.SyntaxKind, right: JsValue): ReturnType<typeof truth> | undefined {
  if (left.kind !== 'choice' || right.kind !== 'number') return undefined;
  const side = (value: JsValue): ReturnType<typeof truth> | undefined =>
    value.kind !== 'number'
      ? compareIndex(value, operator, right)
      : value.atLeast && compare(value.value, operator, right.value) !== compare(Infinity, operator, right.value)
        ? undefined
        : { kind: compare(value.value, operator, right.value) ? 'always' : 'never' };
  const [then, otherwise] = [side(left.then), side(left.otherwise)];
  if (!then || !otherwise) return undefined;
  return truth({
    kind: 'choice',
    when: left.when,
    then: { kind: 'condition', when: then },
    otherwise: { kind: 'condition', when: otherwise },
  });
}

function compare(a: number, operator: ts.SyntaxKind, b: number): boolean {
  if (operator === ts.SyntaxKind.GreaterThanToken) return a > b;
  if (operator === ts.SyntaxKind.GreaterThanEqualsToken) return a >= b;
  return operator === ts.SyntaxKind.LessThanToken ? a < b : a <= b;
}

function calculate(a: number, operator: ts.SyntaxKind, b: number): number {
  if (operator === ts.SyntaxKind.AsteriskToken) return a * b;
  if (operator === ts.SyntaxKind.MinusToken) return a - b;
  if (operator === ts.SyntaxKind.SlashToken) return a / b;
  return operator === ts.SyntaxKind.PercentToken ? a % b : a ** b;
}

export function evaluatePrefix(
  interpreter: Interpreter,
  operator: ts.SyntaxKind,
  value: JsValue,
  node: ts.Expression,
  frame: Frame,
): JsValue {
  const place = interpreter.place(node, frame);
  switch (operator) {
    case ts.SyntaxKind.ExclamationToken:
      return { kind: 'condition', when: not(truth(value)), place };
    case ts.SyntaxKind.MinusToken:
      if (value.kind === 'number') return { kind: 'number', value: -value.value, place };
      break;
    case ts.SyntaxKind.PlusToken: {
      const text = textOfConstant(value);
      if (text !== undefined) return { kind: 'number', value: Number(text), place };
      break;
    }
    case ts.SyntaxKind.TildeToken: {
      // `~list.indexOf(x)` is false exactly for -1.
      if (value.kind === 'number') return { kind: 'number', value: ~value.value, place };
      if (value.kind === 'choice' && value.then.kind === 'number' && value.otherwise.kind === 'number')
        return {
          ...value,
          then: { kind: 'number', value: ~value.then.value },
          otherwise: { kind: 'number', value: ~value.otherwise.value },
        };
      break;
    }
    default:
  }
  if (
    ts.isPrefixUnaryExpression(node) &&
    ts.isIdentifier(node.operand) &&
    (operator === ts.SyntaxKind.PlusPlusToken || operator === ts.SyntaxKind.MinusMinusToken)
  )
    interpreter.assign(frame, node.operand, interpreter.unknown(node, frame, 'unsupported'));
  return interpreter.unknown(node, frame, 'unsupported');
}

function evaluateAssignment(interpreter: Interpreter, node: ts.BinaryExpression, frame: Frame): JsValue {
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
          : operator === ts.SyntaxKind.PlusEqualsToken
            ? concat([before, right()], place)
            : interpreter.unknown(node, frame, 'unsupported');
  assignTo(interpreter, target, value, frame, node);
  return value;
}

function assignTo(interpreter: Interpreter, target: ts.Expression, value: JsValue, frame: Frame, node: ts.BinaryExpression): void {
  if (ts.isIdentifier(target)) {
    interpreter.assign(frame, target, value);
    return;
  }
  if (ts.isPropertyAccessExpression(target) || ts.isElementAccessExpression(target)) {
    const receiver = interpreter.evaluate(target.expression, frame);
    const keyNode = ts.isPropertyAccessExpression(target) ? target.name : target.argumentExpression;
    const name = ts.isPropertyAccessExpression(target)
      ? target.name.text
      : textOfConstant(interpreter.evaluate(target.argumentExpression, frame));
    const site: CallSite = { node, place: interpreter.place(node, frame), argumentPlaces: [interpreter.place(node.right, frame)] };
    writeProperty(interpreter, receiver, name, value, site, interpreter.place(keyNode, frame));
    return;
  }
  const site = { node, place: interpreter.place(node, frame), argumentPlaces: [] };
  if (ts.isObjectLiteralExpression(target))
    for (const property of target.properties) {
      if (ts.isShorthandPropertyAssignment(property))
        interpreter.assign(frame, property.name, interpreter.getProperty(value, property.name.text, site));
      else if (ts.isPropertyAssignment(property)) {
        const name = memberName(property.name);
        if (name !== undefined) assignTo(interpreter, property.initializer, interpreter.getProperty(value, name, site), frame, node);
      }
    }
  else if (ts.isArrayLiteralExpression(target))
    target.elements.forEach((element, index) =>
      assignTo(interpreter, element, interpreter.getProperty(value, String(index), site), frame, node),
    );
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
      const { elements } = receiver.contents.value;
      const index = Number(name);
      if (Number.isInteger(index) && index <= elements.length) {
        const changed = [...elements];
        changed[index] = value;
        interpreter.trail.write(receiver.contents, { elements: changed, open: receiver.contents.value.open });
      } else interpreter.trail.write(receiver.contents, { elements, open: true });
      return;
    }
    case 'class':
      if (name !== undefined) interpreter.trail.write(receiver.statics, new Map(receiver.statics.value).set(name, { value }));
      return;
    default:
  }
}

const mostParts = 60;
/** A constant longer than this counts as several parts. */
const longestPart = 1000;

/** Texts joined; constants next to each other become one. */
export function concat(parts: readonly JsValue[], place: Property['keyPlace']): JsValue {
  const at = place ? { place } : {};
  const size = parts.reduce(
    (sum, part) => sum + (part.kind === 'concat' ? part.parts.length : part.kind === 'string' ? part.text.length / longestPart : 1),
    0,
  );
  if (size > mostParts)
    return { kind: 'unknown', id: `text:${place?.uri ?? ''}#${place?.range.start ?? 0}`, reason: 'too-many-cases', ...at };
  const joined: JsValue[] = [];
  for (const part of parts.flatMap((each) => (each.kind === 'concat' ? each.parts : [each]))) {
    const text = textOfConstant(part);
    const last = joined.at(-1);
    if (text === '') continue;
    if (text !== undefined && last?.kind === 'string') joined[joined.length - 1] = { ...last, text: last.text + text };
    else joined.push(text === undefined ? part : { kind: 'string', text, ...at });
  }
  const [only] = joined;
  if (!only) return { kind: 'string', text: '', ...at };
  if (joined.length === 1 && only.kind === 'string') return { ...only, ...at };
  if (joined.length === 1 && (only.kind === 'originText' || only.kind === 'choice')) return only;
  return { kind: 'concat', parts: joined, ...at };
}
