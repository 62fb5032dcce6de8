/** Lists and objects as they are written, with their spreads. */
import { unknown } from '../../policy/condition.ts';
import type { UnknownReason } from '../../policy/model.ts';
import { type Frame } from './frame.ts';
import type { Interpreter } from './interpreter.ts';
import { memberName } from './members.ts';
import { scopesOf } from './scope.ts';
import * as ts from './syntax.ts';
import {
  absentValue,
  type ArrayValue,
  arrayValue,
  choiceValue,
  iterated,
  type JsValue,
  objectValue,
  overAbsent,
  type Property,
  textOfConstant,
  undefinedValue,
} from './values.ts';

export function evaluateArray(interpreter: Interpreter, node: ts.ArrayLiteralExpression, frame: Frame): ArrayValue {
  const elements: JsValue[] = [];
  let open = false;
  let reason: UnknownReason | undefined;
  for (const element of node.elements) {
    if (ts.isSpreadElement(element)) {
      const spread = interpreter.evaluate(element.expression, frame);
      if (spread.kind === 'array' || spread.kind === 'set') {
        const contents = iterated(spread);
        elements.push(...contents.elements);
        open ||= contents.open;
        reason ??= contents.reason;
      } else {
        open = true;
        reason ??= openReason(spread);
      }
    } else elements.push(ts.isOmittedExpression(element) ? undefinedValue : interpreter.evaluate(element, frame));
  }
  return arrayValue(elements, interpreter.place(node, frame), open, reason);
}

/** Why it is not known what a spread adds; undefined where it adds one of two lists that are known. */
function openReason(value: JsValue): UnknownReason | undefined {
  if (value.kind === 'array' || value.kind === 'set')
    return value.contents.value.open ? (value.contents.value.reason ?? 'unresolved') : undefined;
  if (value.kind !== 'choice') return value.kind === 'environment' ? 'environment' : 'unresolved';
  const [then, otherwise] = [openReason(value.then), openReason(value.otherwise)];
  return then === 'unresolved' ? then : (otherwise ?? then);
}

export function evaluateObject(interpreter: Interpreter, node: ts.ObjectLiteralExpression, frame: Frame): JsValue {
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
    // What the prototype has is found as well.
    if (key === '__proto__' && ts.isPropertyAssignment(each)) open = true;
    else if (ts.isPropertyAssignment(each))
      properties.set(key, {
        value: interpreter.evaluate(each.initializer, frame),
        ...places,
        valuePlace: interpreter.place(each.initializer, frame),
      });
    else if (ts.isShorthandPropertyAssignment(each))
      properties.set(key, {
        value: interpreter.evaluate(each.name, frame),
        ...places,
        valuePlace: interpreter.place(each.name, frame),
        ...(scopesOf(frame.file).resolve(each.name) ? {} : { undeclared: true as const }),
      });
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
      for (const [name, property] of source.contents.value.properties) {
        const base = properties.get(name);
        properties.set(name, base ? { ...property, value: overAbsent(property.value, base.value) } : property);
      }
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
          value: {
            kind: 'choice',
            when: source.when,
            then: overAbsent(a?.value ?? absentValue, base?.value ?? absentValue),
            otherwise: overAbsent(b?.value ?? absentValue, base?.value ?? absentValue),
          },
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
    case 'unknown':
      // What a caller hands over may take the place of any default.
      for (const [name, property] of properties)
        properties.set(name, {
          ...property,
          value: choiceValue(unknown(`${source.id}.${name}`, source.reason), { ...source, id: `${source.id}.${name}` }, property.value),
        });
      return true;
    default:
      return true;
  }
}
