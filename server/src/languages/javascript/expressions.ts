/** The value of an expression. */
import { not } from '../../policy/condition.ts';
import type { UnknownReason } from '../../policy/model.ts';
import { findCell, type Frame } from './frame.ts';
import { argumentsKey, dataOf, type Interpreter, memberName } from './interpreter.ts';
import { isNullish, whenFalse, whenTrue } from './patterns.ts';
import { equals, truth } from './origin-tests.ts';
import { isAssignment, scopesOf } from './scope.ts';
import * as ts from './syntax.ts';
import {
  type ArrayValue,
  arrayValue,
  booleanValue,
  type CallSite,
  type JsValue,
  objectValue,
  type Property,
  stringValue,
  textOfConstant,
  typeOf,
  undefinedValue,
} from './values.ts';

export function evaluateExpression(interpreter: Interpreter, node: ts.Expression, frame: Frame): JsValue {
  const place = (): { readonly place: ReturnType<Interpreter['place']> } => ({ place: interpreter.place(node, frame) });
  if (ts.isIdentifier(node)) return evaluateIdentifier(interpreter, node, frame);
  if (ts.isStringLiteral(node) || ts.isNoSubstitutionTemplateLiteral(node)) return { kind: 'string', text: node.text, ...place() };
  if (ts.isNumericLiteral(node)) return { kind: 'number', value: Number(node.text), ...place() };
  if (ts.isPropertyAccessExpression(node) || ts.isElementAccessExpression(node)) return evaluateAccess(interpreter, node, frame);
  if (ts.isCallExpression(node)) return evaluateCall(interpreter, node, frame);
  if (ts.isNewExpression(node)) return evaluateNew(interpreter, node, frame);
  if (ts.isObjectLiteralExpression(node)) return evaluateObject(interpreter, node, frame);
  if (ts.isArrayLiteralExpression(node)) return evaluateArray(interpreter, node, frame);
  if (ts.isArrowFunction(node) || ts.isFunctionExpression(node)) return { kind: 'function', node, frame, ...place() };
  if (ts.isBinaryExpression(node)) return evaluateBinary(interpreter, node, frame);
  if (ts.isTemplateExpression(node)) {
    const parts: JsValue[] = [stringValue(node.head.text)];
    for (const span of node.templateSpans) parts.push(interpreter.evaluate(span.expression, frame), stringValue(span.literal.text));
    return concat(parts, interpreter.place(node, frame));
  }
  if (
    ts.isParenthesizedExpression(node) ||
    ts.isAsExpression(node) ||
    ts.isSatisfiesExpression(node) ||
    ts.isNonNullExpression(node) ||
    ts.isTypeAssertionExpression(node) ||
    ts.isAwaitExpression(node)
  )
    return interpreter.evaluate(node.expression, frame);
  if (ts.isConditionalExpression(node))
    return interpreter.branchValue(
      truth(interpreter.evaluate(node.condition, frame)),
      () => interpreter.evaluate(node.whenTrue, frame),
      () => interpreter.evaluate(node.whenFalse, frame),
      interpreter.place(node, frame),
    );
  if (ts.isPrefixUnaryExpression(node))
    return evaluatePrefix(interpreter, node.operator, interpreter.evaluate(node.operand, frame), node, frame);
  if (ts.isPostfixUnaryExpression(node)) {
    if (ts.isIdentifier(node.operand)) interpreter.assign(frame, node.operand, interpreter.unknown(node, frame, 'unsupported'));
    return interpreter.unknown(node, frame, 'unsupported');
  }
  if (ts.isTypeOfExpression(node)) {
    const value = interpreter.evaluate(node.expression, frame);
    const type = typeOf(value);
    if (type !== undefined) return { kind: 'string', text: type, ...place() };
    if (value.kind === 'originText' || value.kind === 'datum' || value.kind === 'environment')
      return { kind: 'choice', when: truth(value), then: stringValue('string'), otherwise: stringValue('undefined') };
    if (value.kind === 'host') return stringValue(value.host.call ? 'function' : 'object');
    return interpreter.unknown(node, frame, 'unsupported');
  }
  if (ts.isVoidExpression(node)) {
    interpreter.evaluate(node.expression, frame);
    return undefinedValue;
  }
  if (ts.isRegularExpressionLiteral(node)) {
    const end = node.text.lastIndexOf('/');
    return {
      kind: 'regex',
      source: node.text.slice(1, end),
      flags: node.text.slice(end + 1),
      ...(interpreter.perRequest ? { fresh: true } : {}),
      ...place(),
    };
  }
  if (ts.isTaggedTemplateExpression(node)) {
    const tag = ts.textOf(node.tag, frame.file);
    const { template } = node;
    if (tag === 'String.raw' && ts.isNoSubstitutionTemplateLiteral(template)) {
      const raw = ts.textOf(template, frame.file);
      return { kind: 'string', text: raw.slice(1, -1), ...place() };
    }
    return interpreter.unknown(node, frame, 'unresolved', tag);
  }
  if (ts.isClassExpression(node)) return { kind: 'class', node, frame, statics: { value: new Map() }, ...place() };
  if (ts.isYieldExpression(node)) return node.expression ? interpreter.evaluate(node.expression, frame) : undefinedValue;
  switch (node.kind) {
    case ts.SyntaxKind.TrueKeyword:
    case ts.SyntaxKind.FalseKeyword:
      return { kind: 'boolean', value: node.kind === ts.SyntaxKind.TrueKeyword, ...place() };
    case ts.SyntaxKind.NullKeyword:
      return { kind: 'null', ...place() };
    case ts.SyntaxKind.ThisKeyword:
      return frame.self ?? undefinedValue;
    default:
      return interpreter.unknown(node, frame, 'unsupported');
  }
}

function evaluateIdentifier(interpreter: Interpreter, node: ts.Identifier, frame: Frame): JsValue {
  if (node.text === 'undefined') return { kind: 'undefined', place: interpreter.place(node, frame) };
  if (node.text === 'arguments') return findCell(frame, argumentsKey)?.value ?? undefinedValue;
  const binding = scopesOf(frame.file).resolve(node);
  if (!binding) return node.text === '' ? interpreter.unknown(node, frame, 'unresolved') : interpreter.global(node.text, node, frame);
  const cell = findCell(frame, binding);
  if (cell) return interpreter.program.force(cell.value);
  if (binding.kind === 'import') return interpreter.program.imported(frame, binding.declarations[0], interpreter);
  const declaration = binding.declarations[0];
  // A constant of a scope whose statements were not followed to it (a later one, used by a function called before).
  if (
    declaration &&
    ts.isVariableDeclaration(declaration) &&
    declaration.initializer &&
    scopesOf(frame.file).isConstant(binding) &&
    binding.scope.parent === undefined
  ) {
    interpreter.declare(frame, binding, undefinedValue);
    const value = interpreter.evaluate(declaration.initializer, frame);
    interpreter.declare(frame, binding, value);
    return value;
  }
  return interpreter.unknown(node, frame, 'unresolved', node.text);
}

function evaluateAccess(interpreter: Interpreter, node: ts.PropertyAccessExpression | ts.ElementAccessExpression, frame: Frame): JsValue {
  const text = ts.textOf(node, frame.file);
  const receiver =
    node.expression.kind === ts.SyntaxKind.SuperKeyword ? (frame.self ?? undefinedValue) : interpreter.evaluate(node.expression, frame);
  const site: CallSite = { node, place: interpreter.place(node, frame), argumentPlaces: [], self: receiver };
  const isOptional = node.questionDotToken !== undefined;
  if (isOptional && (receiver.kind === 'undefined' || receiver.kind === 'null')) return undefinedValue;
  if (ts.isPropertyAccessExpression(node)) return named(interpreter.getProperty(receiver, node.name.text, site), text);
  const key = interpreter.evaluate(node.argumentExpression, frame);
  return elementOf(interpreter, receiver, key, site, text);
}

/** `receiver[key]`. */
function elementOf(interpreter: Interpreter, receiver: JsValue, key: JsValue, site: CallSite, text: string): JsValue {
  const name = textOfConstant(key);
  if (name !== undefined) return named(interpreter.getProperty(receiver, name, site), text);
  if (receiver.kind === 'choice')
    return interpreter.branchValue(
      receiver.when,
      () => elementOf(interpreter, receiver.then, key, site, text),
      () => elementOf(interpreter, receiver.otherwise, key, site, text),
    );
  if (receiver.kind === 'object' && (key.kind === 'originText' || key.kind === 'datum')) {
    // A table looked up by the Origin: each key is one origin, and the others find nothing.
    const { properties, open } = receiver.contents.value;
    let found: JsValue = open ? interpreter.unknownAt(site.place, 'unresolved', text) : undefinedValue;
    for (const [property, { value, keyPlace }] of [...properties].reverse()) {
      const spelling = interpreter.spelling('lookup', receiver.place ?? site.place);
      const when = equals(key, stringValue(property, keyPlace), spelling);
      found = { kind: 'choice', when, then: value, otherwise: found };
    }
    return found;
  }
  return interpreter.unknownAt(site.place, 'unresolved', text, []);
}

function named(value: JsValue, name: string): JsValue {
  return value.kind === 'unknown' && value.name === undefined ? { ...value, name } : value;
}

/** A method or function call. */
function evaluateCall(interpreter: Interpreter, node: ts.CallExpression, frame: Frame): JsValue {
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
  const isMethod = ts.isPropertyAccessExpression(callee) || ts.isElementAccessExpression(callee);
  const isSuper = isMethod && callee.expression.kind === ts.SyntaxKind.SuperKeyword;
  const receiver = isMethod && !isSuper ? interpreter.evaluate(callee.expression, frame) : frame.self;
  if (isMethod && callee.questionDotToken && (receiver?.kind === 'undefined' || receiver?.kind === 'null')) return undefinedValue;
  if (callee.kind === ts.SyntaxKind.SuperKeyword) {
    const site = siteOf(interpreter, node, node.arguments, frame, undefined);
    const { self } = frame;
    const base = self?.kind === 'object' && self.instanceOf ? interpreter.baseOf(self.instanceOf) : undefined;
    const args = evaluateArguments(interpreter, node.arguments, frame);
    if (base && self?.kind === 'object') interpreter.initialise(base, self, args, site);
    return undefinedValue;
  }
  if (isMethod && receiver) {
    const key = ts.isPropertyAccessExpression(callee)
      ? callee.name.text
      : textOfConstant(interpreter.evaluate(callee.argumentExpression, frame));
    const args = evaluateArguments(interpreter, node.arguments, frame);
    const site = siteOf(interpreter, node, node.arguments, frame, receiver);
    if (key === undefined) return interpreter.unknownCall(name, args, site);
    return named(interpreter.callMethod(receiver, key, args, site), name);
  }
  const target = interpreter.evaluate(callee, frame);
  const args = evaluateArguments(interpreter, node.arguments, frame);
  return named(interpreter.call(target, args, siteOf(interpreter, node, node.arguments, frame, undefined), name), name);
}

/** `promise.then(f).catch(g)`: either the promise is kept and f runs, or it fails and g runs. */
function evaluateCatch(
  interpreter: Interpreter,
  node: ts.CallExpression,
  callee: ts.PropertyAccessExpression,
  frame: Frame,
): JsValue | undefined {
  const handler = node.arguments[0];
  if (!handler || !(ts.isArrowFunction(handler) || ts.isFunctionExpression(handler) || ts.isIdentifier(handler))) return undefined;
  const place = interpreter.place(node, frame);
  const fails = interpreter.unknownConditionAt(place, 'fails', 'unresolved');
  return interpreter.branchValue(
    fails,
    () =>
      interpreter.call(
        interpreter.evaluate(handler, frame),
        [interpreter.unknown(handler, frame, 'unresolved', 'error')],
        siteOf(interpreter, node, node.arguments, frame, undefined),
        'catch',
      ),
    () => interpreter.evaluate(callee.expression, frame),
    place,
  );
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
    return spread.kind === 'array' ? spread.contents.value.elements : [interpreter.unknown(node, frame, 'unresolved')];
  });
}

function evaluateNew(interpreter: Interpreter, node: ts.NewExpression, frame: Frame): JsValue {
  const args = evaluateArguments(interpreter, node.arguments ?? [], frame);
  const target = interpreter.evaluate(node.expression, frame);
  const site = siteOf(interpreter, node, node.arguments ?? [], frame, undefined);
  if (target.kind === 'class') return interpreter.construct(target, args, site);
  if (target.kind === 'host') {
    const made = target.host.construct?.(args, site);
    if (made) return made;
  }
  return interpreter.unknownCall(`new ${shortText(node.expression, frame)}`, args, site);
}

function evaluateArray(interpreter: Interpreter, node: ts.ArrayLiteralExpression, frame: Frame): ArrayValue {
  const elements: JsValue[] = [];
  let open = false;
  let reason: UnknownReason | undefined;
  for (const element of node.elements) {
    if (ts.isSpreadElement(element)) {
      const spread = interpreter.evaluate(element.expression, frame);
      if (spread.kind === 'array' || spread.kind === 'set') {
        elements.push(...spread.contents.value.elements);
        open ||= spread.contents.value.open;
        reason ??= spread.contents.value.reason;
      } else {
        open = true;
        reason ??= openReason(spread);
      }
    } else elements.push(ts.isOmittedExpression(element) ? undefinedValue : interpreter.evaluate(element, frame));
  }
  return arrayValue(elements, interpreter.place(node, frame), open, reason);
}

function openReason(value: JsValue): UnknownReason {
  return value.kind === 'environment' ? 'environment' : 'unresolved';
}

function evaluateObject(interpreter: Interpreter, node: ts.ObjectLiteralExpression, frame: Frame): JsValue {
  const properties = new Map<string, Property>();
  let open = false;
  for (const each of node.properties) {
    if (ts.isSpreadAssignment(each)) {
      open = spreadInto(interpreter, properties, interpreter.evaluate(each.expression, frame)) || open;
      continue;
    }
    const { name } = each;
    const key =
      ts.isIdentifier(name) || ts.isPrivateIdentifier(name) || ts.isStringLiteralLike(name) || ts.isNumericLiteral(name)
        ? memberName(name)
        : 'expression' in name
          ? textOfConstant(interpreter.evaluate(name.expression, frame))
          : undefined;
    if (key === undefined) {
      open = true;
      continue;
    }
    const places = { keyPlace: interpreter.place(name, frame), property: interpreter.place(each, frame) };
    if (ts.isPropertyAssignment(each))
      properties.set(key, {
        value: interpreter.evaluate(each.initializer, frame),
        ...places,
        valuePlace: interpreter.place(each.initializer, frame),
      });
    else if (ts.isShorthandPropertyAssignment(each))
      properties.set(key, { value: interpreter.evaluate(each.name, frame), ...places, valuePlace: interpreter.place(each.name, frame) });
    else if (ts.isMethodDeclaration(each))
      properties.set(key, {
        value: { kind: 'function', node: each, frame, place: places.property },
        ...places,
        valuePlace: places.property,
      });
    else if (ts.isGetAccessorDeclaration(each)) {
      const site = { node: each, place: places.property, argumentPlaces: [] };
      properties.set(key, {
        value: interpreter.callFunction({ kind: 'function', node: each, frame }, [], site),
        ...places,
        valuePlace: places.property,
      });
    }
  }
  return objectValue(properties, interpreter.place(node, frame), open);
}

/** Copies properties of a spread value; answers whether further ones may exist. */
export function spreadInto(interpreter: Interpreter, properties: Map<string, Property>, value: JsValue): boolean {
  const source = interpreter.program.force(value);
  switch (source.kind) {
    case 'object':
      for (const [name, property] of source.contents.value.properties) properties.set(name, property);
      return source.contents.value.open;
    case 'choice': {
      const [then, otherwise] = [new Map<string, Property>(), new Map<string, Property>()];
      const openThen = spreadInto(interpreter, then, source.then);
      const openOtherwise = spreadInto(interpreter, otherwise, source.otherwise);
      for (const name of new Set([...then.keys(), ...otherwise.keys()])) {
        const base = properties.get(name);
        const [a, b] = [then.get(name) ?? base, otherwise.get(name) ?? base];
        properties.set(name, {
          ...(a ?? b),
          value: { kind: 'choice', when: source.when, then: a?.value ?? undefinedValue, otherwise: b?.value ?? undefinedValue },
        });
      }
      return openThen || openOtherwise;
    }
    case 'undefined':
    case 'null':
    case 'boolean':
    case 'number':
    case 'string':
      return false;
    default:
      return true;
  }
}

function evaluateBinary(interpreter: Interpreter, node: ts.BinaryExpression, frame: Frame): JsValue {
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

function evaluatePrefix(interpreter: Interpreter, operator: ts.SyntaxKind, value: JsValue, node: ts.Expression, frame: Frame): JsValue {
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
