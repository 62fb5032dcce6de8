/** The value of an expression. */
import { fieldFromEnd } from './fields.ts';
import { findCell, type Frame } from './frame.ts';
import { argumentsKey, type Interpreter } from './interpreter.ts';
import { equals, truth } from './origin-tests.ts';
import { scopesOf } from './scope.ts';
import * as ts from './syntax.ts';
import { booleanValue, type CallSite, type JsValue, stringValue, textOfConstant, typeOf, undefinedValue } from './values.ts';
import { deleteProperty, step } from './assignments.ts';
import { evaluateBinary, evaluatePrefix, concat } from './operators.ts';
import { evaluateCall, evaluateNew } from './calls.ts';
import { superMember } from './classes.ts';
import { evaluateArray, evaluateObject } from './literals.ts';

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
    const value = interpreter.evaluate(node.operand, frame);
    return step(interpreter, node.operator, value, node, frame)?.before ?? interpreter.unknown(node, frame, 'unsupported');
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
  if (ts.isDeleteExpression(node)) {
    deleteProperty(interpreter, node.expression, frame);
    return booleanValue(true);
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
  const isSuper = node.expression.kind === ts.SyntaxKind.SuperKeyword;
  const receiver = isSuper ? (frame.self ?? undefinedValue) : interpreter.evaluate(node.expression, frame);
  const site: CallSite = { node, place: interpreter.place(node, frame), argumentPlaces: [], self: receiver };
  const isOptional = node.questionDotToken !== undefined;
  if (isOptional && (receiver.kind === 'undefined' || receiver.kind === 'null')) return undefinedValue;
  if (isSuper) {
    const member = ts.isPropertyAccessExpression(node) ? superMember(interpreter, node, node.name.text, frame, site) : undefined;
    return member ?? interpreter.unknownAt(site.place, 'unresolved', text);
  }
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
  if (receiver.kind === 'fields' && key.kind === 'count') {
    const field = fieldFromEnd(receiver, key);
    if (field) return field;
  }
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

export function named(value: JsValue, name: string): JsValue {
  return value.kind === 'unknown' && value.name === undefined ? { ...value, name } : value;
}
