/** Operators. */
import { always, never, not, originAbsent } from '../../policy/condition.ts';
import { evaluateAssignment, step } from './assignments.ts';
import { compareCount, shifted } from './counts.ts';
import { hasKey } from './list-methods.ts';
import { type Frame } from './frame.ts';
import type { Interpreter } from './interpreter.ts';
import { noteMethodSpelling } from './method-spelling.ts';
import { dataOf } from './policy-values.ts';
import { isNullish, whenFalse, whenTrue } from './patterns.ts';
import { choose, equals, truth } from './origin-tests.ts';
import { isAssignment } from './scope.ts';
import * as ts from './syntax.ts';
import { booleanValue, choiceValue, type JsValue, type Property, textOfConstant } from './values.ts';

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
export function add(a: JsValue, b: JsValue, place: Property['keyPlace']): JsValue | undefined {
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
