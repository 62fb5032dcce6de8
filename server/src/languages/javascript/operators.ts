/** Operators and assignments. */
import { always, never, not, originAbsent } from '../../policy/condition.ts';
import { compareCount, shifted } from './counts.ts';
import { hasKey } from './list-methods.ts';
import { type Frame } from './frame.ts';
import type { Interpreter } from './interpreter.ts';
import { noteMethodSpelling } from './method-spelling.ts';
import { dataOf } from './policy-values.ts';
import { memberName } from './members.ts';
import { isNullish, whenFalse, whenTrue } from './patterns.ts';
import { choose, equals, truth } from './origin-tests.ts';
import { isAssignment } from './scope.ts';
import * as ts from './syntax.ts';
import { booleanValue, type CallSite, choiceValue, type JsValue, type Property, textOfConstant } from './values.ts';
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
      noteMethodSpelling(interpreter, node.right, right, left, frame);
      noteMethodSpelling(interpreter, node.left, left, right, frame);
      const same = equals(left, right, interpreter.spelling('equals', place), loose);
      if (same.kind === 'unknown') interpreter.unknownSources.set(same.id, [...dataOf(left), ...dataOf(right)]);
      return { kind: 'condition', when: negative ? not(same) : same, place };
    }
    case ts.SyntaxKind.PlusToken:
      return add(left, right, place) ?? concat([left, right], place);
    case ts.SyntaxKind.GreaterThanToken:
    case ts.SyntaxKind.GreaterThanEqualsToken:
    case ts.SyntaxKind.LessThanToken:
    case ts.SyntaxKind.LessThanEqualsToken: {
      if (left.kind === 'number' && right.kind === 'number') return booleanValue(compare(left.value, operator, right.value));
      const when = compareNumbers(left, operator, right);
      return when ? { kind: 'condition', when, place } : interpreter.unknown(node, frame, 'unsupported');
    }
    case ts.SyntaxKind.AsteriskToken:
    case ts.SyntaxKind.MinusToken:
    case ts.SyntaxKind.SlashToken:
    case ts.SyntaxKind.PercentToken:
    case ts.SyntaxKind.AsteriskAsteriskToken:
      if (left.kind === 'number' && right.kind === 'number')
        return { kind: 'number', value: calculate(left.value, operator, right.value), place };
      if (operator === ts.SyntaxKind.MinusToken && left.kind === 'count' && right.kind === 'number') return shifted(left, -right.value);
      return interpreter.unknown(node, frame, 'unsupported');
    case ts.SyntaxKind.InstanceOfKeyword: {
      const same = isInstance(left, right);
      return same === undefined ? interpreter.unknown(node, frame, 'unsupported') : booleanValue(same);
    }
    case ts.SyntaxKind.InKeyword:
      return hasKey(interpreter, right, left, { node, place, argumentPlaces: [] });
    default:
      return interpreter.unknown(node, frame, 'unsupported');
  }
}

/** Which built-in class a value is made by. */
const classes: Readonly<Record<string, string>> = { regex: 'RegExp', array: 'Array', fields: 'Array', originUrl: 'URL' };

/** `value instanceof RegExp` and its like; undefined where it is not known. */
function isInstance(value: JsValue, target: JsValue): boolean | undefined {
  if (target.kind !== 'host' || !['RegExp', 'Array', 'URL', 'Set', 'Map'].includes(target.host.type)) return undefined;
  if (value.kind === 'string' || value.kind === 'originText' || value.kind === 'number' || value.kind === 'boolean') return false;
  if (value.kind === 'set') return target.host.type === (value.mapped ? 'Map' : 'Set');
  const made = classes[value.kind];
  return made === undefined ? undefined : made === target.host.type;
}

/** The sum of numbers, one of which may be a count or a choice; undefined where something else is added. */
function add(a: JsValue, b: JsValue, place: Property['keyPlace']): JsValue | undefined {
  if (a.kind === 'number' && b.kind === 'number') return { kind: 'number', value: a.value + b.value, ...(place ? { place } : {}) };
  if (a.kind === 'count' && b.kind === 'number') return shifted(a, b.value);
  if (a.kind === 'number' && b.kind === 'count') return shifted(b, a.value);
  if (a.kind === 'choice') {
    const [then, otherwise] = [add(a.then, b, place), add(a.otherwise, b, place)];
    return then && otherwise && choiceValue(a.when, then, otherwise);
  }
  return b.kind === 'choice' ? add(b, a, place) : undefined;
}

/** Comparisons of counts and of choices between numbers. */
function compareNumbers(left: JsValue, operator: Comparing, right: JsValue): ReturnType<typeof truth> | undefined {
  if (left.kind === 'number' && right.kind === 'number') return compare(left.value, operator, right.value) ? always : never;
  if (left.kind === 'count' && right.kind === 'number') return compareCount(left, signs[operator], right.value);
  if (left.kind === 'choice') {
    const [then, otherwise] = [compareNumbers(left.then, operator, right), compareNumbers(left.otherwise, operator, right)];
    return then && otherwise && choose(left.when, then, otherwise);
  }
  // The other way round, once.
  return left.kind === 'number' && (right.kind === 'count' || right.kind === 'choice')
    ? compareNumbers(right, mirrored[operator], left)
    : undefined;
}

type Comparing =
  ts.SyntaxKind.GreaterThanToken | ts.SyntaxKind.GreaterThanEqualsToken | ts.SyntaxKind.LessThanToken | ts.SyntaxKind.LessThanEqualsToken;

const signs = {
  [ts.SyntaxKind.GreaterThanToken]: '>',
  [ts.SyntaxKind.GreaterThanEqualsToken]: '>=',
  [ts.SyntaxKind.LessThanToken]: '<',
  [ts.SyntaxKind.LessThanEqualsToken]: '<=',
} as const;

const mirrored = {
  [ts.SyntaxKind.GreaterThanToken]: ts.SyntaxKind.LessThanToken,
  [ts.SyntaxKind.GreaterThanEqualsToken]: ts.SyntaxKind.LessThanEqualsToken,
  [ts.SyntaxKind.LessThanToken]: ts.SyntaxKind.GreaterThanToken,
  [ts.SyntaxKind.LessThanEqualsToken]: ts.SyntaxKind.GreaterThanEqualsToken,
} as const;

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
      const flipped = flip(value, place);
      if (flipped) return flipped;
      break;
    }
    default:
  }
  return step(interpreter, operator, value, node, frame)?.after ?? interpreter.unknown(node, frame, 'unsupported');
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

/** `~x`, of which `~list.indexOf(x)` is the usual one: zero exactly for -1. */
function flip(value: JsValue, place: Property['keyPlace']): JsValue | undefined {
  if (value.kind === 'number') return { kind: 'number', value: ~value.value, ...(place ? { place } : {}) };
  if (value.kind === 'count') {
    const there = compareCount(value, '>=', 0);
    const minusOne = compareCount(value, '===', -1);
    return there && minusOne && choiceValue(not(minusOne), booleanValue(true), { kind: 'number', value: 0 });
  }
  if (value.kind !== 'choice') return undefined;
  const [then, otherwise] = [flip(value.then, place), flip(value.otherwise, place)];
  return then && otherwise && choiceValue(value.when, then, otherwise);
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
  // Joined with nothing an Origin that is not there is the word.
  if (joined.length === 1 && only.kind === 'originText')
    return choiceValue(originAbsent, { kind: 'string', text: 'undefined', ...at }, only);
  if (joined.length === 1 && only.kind === 'choice') return only;
  return { kind: 'concat', parts: joined, ...at };
}
