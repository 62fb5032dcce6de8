/** The objects of the language itself: what their properties and methods are. */
import { classMember, classStatic, extendsUnseen } from './classes.ts';
import { type OriginPart } from '../../cors/origins/origin-set.ts';
import type { Interpreter } from './interpreter.ts';
import { dataOf } from './policy-values.ts';
import { lengthOf, sizeOf } from './counts.ts';
import { callFieldsMethod, fieldsProperty, missingField } from './fields.ts';
import { openEnd } from './method-results.ts';
import { isIdle } from './idle-callbacks.ts';
import { callOriginMethod, characterAt, soughtInVariable } from './origin-methods.ts';
import { hrefOf, urlPart } from './origin-texts.ts';
import { raise } from './exceptions.ts';
import * as ts from './syntax.ts';
import {
  arrayValue,
  type CallSite,
  type JsValue,
  nativeFunction,
  overAbsent,
  stringValue,
  textOfConstant,
  undefinedValue,
} from './values.ts';
import { callArrayMethod, callSetMethod, hasKey } from './list-methods.ts';
import { callTextMethod } from './text-methods.ts';
import { callRegexMethod } from './pattern-methods.ts';

export function getProperty(interpreter: Interpreter, value: JsValue, name: string, site: CallSite): JsValue {
  switch (value.kind) {
    case 'host':
      return value.host.get?.(name, site) ?? interpreter.unknownAt(site.place, 'unresolved');
    case 'object': {
      const { properties, open } = value.contents.value;
      const property = properties.get(name);
      if (property) return withSelf(overAbsent(property.value, undefinedValue), value);
      const member = value.instanceOf && classMember(interpreter, value.instanceOf, name, value, site);
      if (member) return member;
      return open ? interpreter.unknownAt(site.place, 'unresolved') : undefinedValue;
    }
    case 'array': {
      const { elements, open, reason } = value.contents.value;
      if (name === 'length')
        return sizeOf(elements.length, openEnd(interpreter, open, site, reason === 'environment' ? reason : 'unresolved'), site.place);
      if (/^\d+$/.test(name)) return elements[Number(name)] ?? (open ? interpreter.unknownAt(site.place, 'unresolved') : undefinedValue);
      return interpreter.unknownAt(site.place, 'unresolved');
    }
    case 'set': {
      const { elements, open, reason } = value.contents.value;
      if (name === 'size')
        return sizeOf(elements.length, openEnd(interpreter, open, site, reason === 'environment' ? reason : 'unresolved'), site.place);
      return interpreter.unknownAt(site.place, 'unresolved');
    }
    case 'string':
      if (name === 'length') return { kind: 'number', value: value.text.length };
      return /^\d+$/.test(name) ? stringValue(value.text[Number(name)] ?? '') : interpreter.unknownAt(site.place, 'unresolved');
    case 'choice':
      return interpreter.branchValue(
        value.when,
        () => interpreter.getProperty(value.then, name, site),
        () => interpreter.getProperty(value.otherwise, name, site),
      );
    case 'fields':
      return fieldsProperty(value, name, site) ?? interpreter.unknownAt(site.place, 'unsupported', undefined, dataOf(value));
    case 'originText':
      if (name === 'length') return lengthOf(value, site.place);
      if (/^\d+$/.test(name)) return characterAt(value, Number(name));
      return interpreter.unknownAt(site.place, 'unsupported', undefined, dataOf(value));
    case 'class':
      return (
        classStatic(interpreter, value, name) ??
        (extendsUnseen(interpreter, value) ? interpreter.unknownAt(site.place, 'unresolved') : undefinedValue)
      );
    case 'originUrl':
      if (name === 'hostname' || name === 'host' || name === 'protocol' || name === 'port' || name === 'origin')
        return urlPart(value.of, name satisfies OriginPart);
      if (name === 'href') return hrefOf(value.of);
      return interpreter.unknownAt(site.place, 'unsupported');
    case 'regex':
      if (name === 'source') return stringValue(value.source, value.place);
      return name === 'flags' ? stringValue(value.flags) : interpreter.unknownAt(site.place, 'unsupported');
    case 'environment':
      return { kind: 'unknown', id: `env:${value.name}.${name}`, reason: 'environment', place: site.place };
    case 'unknown':
      return {
        kind: 'unknown',
        id: `${value.id}.${name}`,
        reason: value.reason,
        place: site.place,
        ...(value.from ? { from: value.from } : {}),
        ...(value.name === undefined ? {} : { name: `${value.name}.${name}` }),
        ...(value.provenance
          ? {
              provenance: {
                ...value.provenance,
                path: name === 'default' ? value.provenance.path : [...value.provenance.path, name],
                args: [],
              },
            }
          : {}),
      };
    case 'function':
      return interpreter.unknownAt(site.place, 'unresolved');
    default:
      return interpreter.unknownAt(site.place, 'unresolved', undefined, dataOf(value));
  }
}

/** A function taken from an object is called with it as `this`. */
function withSelf(value: JsValue, self: JsValue): JsValue {
  return value.kind === 'function' && value.self === undefined && !ts.isArrowFunction(value.node) ? { ...value, self } : value;
}

/** `receiver.name(…args)`. */
export function callMethod(interpreter: Interpreter, receiver: JsValue, name: string, args: readonly JsValue[], site: CallSite): JsValue {
  if (receiver.kind === 'choice')
    return interpreter.branchValue(
      receiver.when,
      () => callMethod(interpreter, receiver.then, name, args, { ...site, self: receiver.then }),
      () => callMethod(interpreter, receiver.otherwise, name, args, { ...site, self: receiver.otherwise }),
    );
  if (receiver === missingField) {
    raise(interpreter, undefinedValue, site.place);
    return undefinedValue;
  }
  if (name === 'then' || name === 'finally') return callThen(interpreter, receiver, args, site);
  const own = ownMethod(interpreter, receiver, name, args, site);
  if (own) return own;
  const text = receiver.kind === 'host' ? `${receiver.host.type}.${name}` : name;
  if (receiver.kind === 'host') {
    const member = receiver.host.get?.(name, site);
    if (!member && name === 'call' && receiver.host.call)
      return interpreter.call(receiver, args.slice(1), { ...site, ...(args[0] ? { self: args[0] } : {}) }, text);
    if (member) return interpreter.call(member, args, { ...site, self: receiver }, text);
    return interpreter.unknownCall(text, args, site);
  }
  if (receiver.kind === 'object' || receiver.kind === 'class') {
    const member = interpreter.getProperty(receiver, name, site);
    if (member.kind !== 'undefined' && member.kind !== 'unknown') return interpreter.call(member, args, { ...site, self: receiver }, name);
  }
  if (receiver.kind === 'function') {
    if (name === 'call') return interpreter.call(withThis(receiver, args[0]), args.slice(1), site, name);
    if (name === 'apply')
      return interpreter.call(withThis(receiver, args[0]), args[1]?.kind === 'array' ? args[1].contents.value.elements : [], site, name);
    if (name === 'bind') {
      const bound = withThis(receiver, args[0]);
      const given = args.slice(1);
      return given.length === 0
        ? bound
        : nativeFunction('bound function', (more, at) => interpreter.call(bound, [...given, ...more], at, name));
    }
  }
  if (receiver.kind === 'environment') {
    if (name === 'split') return arrayValue([], site.place, true, 'environment');
    const sought = soughtInVariable(interpreter, receiver.name, name, args, site);
    if (sought) return sought;
    const from = args.flatMap(dataOf);
    return {
      kind: 'unknown',
      id: `env:${receiver.name}.${name}`,
      reason: 'environment',
      place: site.place,
      ...(from.length > 0 && { from }),
    };
  }
  return unknownMethod(interpreter, receiver, name, args, site);
}

function withThis(target: JsValue, self: JsValue | undefined): JsValue {
  return target.kind === 'function' && self ? { ...target, self } : target;
}

function callThen(interpreter: Interpreter, receiver: JsValue, args: readonly JsValue[], site: CallSite): JsValue {
  const [kept, failed] = args;
  const keep = (): JsValue => (kept ? interpreter.call(kept, [receiver], site, 'then') : receiver);
  if (!failed || failed.kind !== 'function') return keep();
  return interpreter.branchValue(
    interpreter.unknownConditionAt(site.place, 'fails', 'unresolved'),
    () => interpreter.callWithUnknowns(failed, site),
    keep,
  );
}

const iterating = new Set(['forEach', 'map', 'filter', 'some', 'every', 'find', 'findIndex', 'flatMap', 'reduce']);

/** A method of something unknown. Callbacks of list methods may not be called at all. */
function unknownMethod(interpreter: Interpreter, receiver: JsValue, name: string, args: readonly JsValue[], site: CallSite): JsValue {
  const data = [...dataOf(receiver), ...args.flatMap(dataOf)];
  const [callback] = args;
  const label = receiver.kind === 'unknown' && receiver.name !== undefined ? `${receiver.name}.${name}` : name;
  if (iterating.has(name) && callback?.kind === 'function') {
    if (!isIdle(interpreter, callback, true))
      interpreter.branch(
        // A function that goes through two lists that are not in sight may find something in one and nothing in the other.
        interpreter.unknownConditionAt(site.place, receiver.kind === 'unknown' ? `loop ${receiver.id}` : 'loop', 'unresolved'),
        () => void interpreter.callWithUnknowns(callback, site),
      );
    return interpreter.unknownAt(site.place, 'unresolved', label, data);
  }
  const callee = receiver.kind === 'unknown' ? getProperty(interpreter, receiver, name, site) : undefined;
  const result = interpreter.unknownCall(label, args, site, callee);
  if (result.kind !== 'unknown' || data.length === 0) return result;
  interpreter.unknownSources.set(result.id, data);
  return { ...result, from: data };
}

function ownMethod(
  interpreter: Interpreter,
  receiver: JsValue,
  name: string,
  args: readonly JsValue[],
  site: CallSite,
): JsValue | undefined {
  switch (receiver.kind) {
    case 'string':
      return callTextMethod(interpreter, receiver.text, receiver, name, args, site);
    case 'originText':
    case 'datum':
      return callOriginMethod(interpreter, receiver, name, args, site);
    case 'concat':
      return name === 'toString' || name === 'trim' ? receiver : undefined;
    case 'fields':
      return callFieldsMethod(interpreter, receiver, name, args, site);
    case 'array':
      return callArrayMethod(interpreter, receiver, name, args, site);
    case 'set':
      return callSetMethod(interpreter, receiver, name, args, site);
    case 'regex':
      return callRegexMethod(interpreter, receiver, name, args, site);
    case 'number':
    case 'boolean':
      return name === 'toString' ? stringValue(textOfConstant(receiver) ?? '') : undefined;
    case 'object':
    case 'host':
      if (name === 'hasOwnProperty' && args[0]) return hasKey(interpreter, receiver, args[0], site);
      return undefined;
    default:
      return undefined;
  }
}
