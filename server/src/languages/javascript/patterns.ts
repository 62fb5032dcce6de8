/** Binds names to values: plain names, object and array patterns, with their defaults. */
import { originAbsent } from '../../policy/condition.ts';
import type { Condition } from '../../policy/model.ts';
import type { Frame } from './frame.ts';
import type { Interpreter } from './interpreter.ts';
import { memberName } from './members.ts';
import { choose, truth } from './origin-tests.ts';
import { scopesOf } from './scope.ts';
import * as ts from './syntax.ts';
import { arrayValue, booleanValue, type ChoiceValue, choiceValue, type JsValue, objectValue, undefinedValue } from './values.ts';

/** Declares the names of a pattern. `initializer` is the default for an undefined value. */
export function bindPattern(
  interpreter: Interpreter,
  name: ts.BindingName,
  value: JsValue,
  frame: Frame,
  initializer?: ts.Expression,
): void {
  const given = initializer ? withDefault(interpreter, value, initializer, frame) : value;
  if (ts.isIdentifier(name)) {
    const binding = scopesOf(frame.file).resolve(name);
    if (binding) interpreter.declare(frame, binding, given);
    return;
  }
  const source = interpreter.program.force(given);
  const site = { node: name, place: interpreter.place(name, frame), argumentPlaces: [] };
  if (ts.isObjectBindingPattern(name)) {
    const taken = new Set<string>();
    for (const element of name.elements) {
      if (element.dotDotDotToken) {
        bindPattern(interpreter, element.name, restOf(source, taken, interpreter, name, frame), frame);
        continue;
      }
      const key = element.propertyName ?? element.name;
      const property = ts.isObjectBindingPattern(key) || ts.isArrayBindingPattern(key) ? undefined : memberName(key);
      if (property !== undefined) taken.add(property);
      const part =
        property === undefined ? interpreter.unknown(element, frame, 'unresolved') : interpreter.getProperty(source, property, site);
      bindPattern(interpreter, element.name, part, frame, element.initializer);
    }
    return;
  }
  name.elements.forEach((element, index) => {
    if (!ts.isBindingElement(element)) return;
    const part = element.dotDotDotToken
      ? restOfList(source, index, interpreter, element, frame)
      : interpreter.getProperty(source, String(index), site);
    bindPattern(interpreter, element.name, part, frame, element.initializer);
  });
}

/** What a list has from an index on. */
export function restOfList(source: JsValue, index: number, interpreter: Interpreter, node: ts.Node, frame: Frame): JsValue {
  if (source.kind !== 'array') return interpreter.unknown(node, frame, 'unresolved');
  return arrayValue(source.contents.value.elements.slice(index), source.place, source.contents.value.open);
}

/** What an object has beside the properties that were taken. */
export function restOf(source: JsValue, taken: ReadonlySet<string>, interpreter: Interpreter, node: ts.Node, frame: Frame): JsValue {
  if (source.kind !== 'object') return interpreter.unknown(node, frame, 'unresolved');
  const { properties, open } = source.contents.value;
  return objectValue(new Map([...properties].filter(([name]) => !taken.has(name))), source.place, open);
}

/** A value, or its default where it is undefined. */
export function withDefault(interpreter: Interpreter, value: JsValue, initializer: ts.Expression, frame: Frame): JsValue {
  const missing = isUndefined(value);
  return interpreter.branchValue(
    missing,
    () => interpreter.evaluate(initializer, frame),
    () => value,
  );
}

/** Whether a value is undefined. */
export function isUndefined(value: JsValue): Condition {
  switch (value.kind) {
    case 'undefined':
      return { kind: 'always' };
    case 'originText':
      return originAbsent;
    case 'datum':
    case 'environment': {
      const there = truth(value);
      return there.kind === 'not' ? there.of : { kind: 'not', of: there };
    }
    case 'choice':
      return choose(value.when, isUndefined(value.then), isUndefined(value.otherwise));
    case 'unknown':
      return { kind: 'unknown', id: `${value.id}?`, reason: value.reason };
    default:
      return { kind: 'never' };
  }
}

/** Whether a value is undefined or null. */
export function isNullish(value: JsValue): Condition {
  if (value.kind === 'null') return { kind: 'always' };
  if (value.kind === 'choice') return choose(value.when, isNullish(value.then), isNullish(value.otherwise));
  return isUndefined(value);
}

/** What a value is once it is known to count as false. */
export function whenFalse(value: JsValue): JsValue {
  if (value.kind === 'originText' || value.kind === 'datum' || value.kind === 'environment') return undefinedValue;
  if (value.kind === 'condition') return booleanValue(false);
  return value.kind === 'choice' ? withoutAlternatives(value, 'always', whenFalse) : value;
}

/** What a value is once it is known to count as true. */
export function whenTrue(value: JsValue): JsValue {
  if (value.kind === 'condition') return booleanValue(true);
  return value.kind === 'choice' ? withoutAlternatives(value, 'never', whenTrue) : value;
}

/** A choice without the side that cannot be it. */
function withoutAlternatives(value: ChoiceValue, impossible: 'always' | 'never', narrowed: (each: JsValue) => JsValue): JsValue {
  if (truth(value.then).kind === impossible) return narrowed(value.otherwise);
  if (truth(value.otherwise).kind === impossible) return narrowed(value.then);
  return choiceValue(value.when, narrowed(value.then), narrowed(value.otherwise));
}
