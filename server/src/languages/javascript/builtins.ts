/** The objects of the language itself: properties and methods of texts, lists, sets, patterns, and the globals. */
import { contains, matching, oneOf, type OriginPart, type OriginSet } from '../../cors/origins/origin-set.ts';
import { all, any, never, not, originIn } from '../../policy/condition.ts';
import type { Condition, OriginCheck } from '../../policy/model.ts';
import type { Frame } from './frame.ts';
import { dataOf, type Interpreter, isStatic, memberName } from './interpreter.ts';
import { concat, spreadInto } from './expressions.ts';
import { callOriginMethod } from './origin-methods.ts';
import { checkOf, equals, listIncludes, parsedOrigins, testText, truth, urlPart } from './origin-tests.ts';
import * as ts from './syntax.ts';
import { raise } from './statements.ts';
import {
  arrayValue,
  booleanValue,
  type CallSite,
  choiceValue,
  type ClassValue,
  type HostObject,
  hostValue,
  type JsValue,
  nativeFunction,
  nullValue,
  objectValue,
  plainObject,
  type Property,
  stringValue,
  textOfConstant,
  typeOf,
  undefinedValue,
} from './values.ts';

export function getProperty(interpreter: Interpreter, value: JsValue, name: string, site: CallSite): JsValue {
  switch (value.kind) {
    case 'host':
      return value.host.get?.(name, site) ?? interpreter.unknownAt(site.place, 'unresolved');
    case 'object': {
      const { properties, open } = value.contents.value;
      const property = properties.get(name);
      if (property) return withSelf(property.value, value);
      if (value.instanceOf) return classMember(interpreter, value.instanceOf, name, value, site) ?? undefinedValue;
      return open ? interpreter.unknownAt(site.place, 'unresolved') : undefinedValue;
    }
    case 'array': {
      const { elements, open } = value.contents.value;
      if (name === 'length')
        return open ? { kind: 'number', value: elements.length, atLeast: true } : { kind: 'number', value: elements.length };
      if (/^\d+$/.test(name)) return elements[Number(name)] ?? (open ? interpreter.unknownAt(site.place, 'unresolved') : undefinedValue);
      return interpreter.unknownAt(site.place, 'unresolved');
    }
    case 'set': {
      const { elements, open } = value.contents.value;
      if (name === 'size')
        return open ? { kind: 'number', value: elements.length, atLeast: true } : { kind: 'number', value: elements.length };
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
    case 'class':
      return classStatic(interpreter, value, name) ?? undefinedValue;
    case 'originUrl':
      if (name === 'hostname' || name === 'host' || name === 'protocol' || name === 'port' || name === 'origin')
        return urlPart(value.of, name satisfies OriginPart);
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

function classMember(interpreter: Interpreter, target: ClassValue, name: string, self: JsValue, site: CallSite): JsValue | undefined {
  for (const member of target.node.members) {
    if (isStatic(member) || !member.name || memberName(member.name) !== name) continue;
    if (ts.isMethodDeclaration(member))
      return { kind: 'function', node: member, frame: target.frame, self, place: interpreter.place(member, target.frame) };
    if (ts.isGetAccessorDeclaration(member))
      return interpreter.callFunction({ kind: 'function', node: member, frame: target.frame, self }, [], site);
  }
  const base = interpreter.baseOf(target);
  return base && classMember(interpreter, base, name, self, site);
}

function classStatic(interpreter: Interpreter, target: ClassValue, name: string): JsValue | undefined {
  const assigned = target.statics.value.get(name);
  if (assigned) return assigned.value;
  for (const member of target.node.members) {
    if (!isStatic(member) || !member.name || memberName(member.name) !== name) continue;
    if (ts.isMethodDeclaration(member))
      return { kind: 'function', node: member, frame: target.frame, self: target, place: interpreter.place(member, target.frame) };
    if (ts.isPropertyDeclaration(member) && member.initializer) {
      const value = interpreter.evaluate(member.initializer, target.frame);
      interpreter.trail.write(target.statics, new Map(target.statics.value).set(name, { value }));
      return value;
    }
  }
  const base = interpreter.baseOf(target);
  return base && classStatic(interpreter, base, name);
}

/** `receiver.name(…args)`. */
export function callMethod(interpreter: Interpreter, receiver: JsValue, name: string, args: readonly JsValue[], site: CallSite): JsValue {
  if (receiver.kind === 'choice')
    return interpreter.branchValue(
      receiver.when,
      () => callMethod(interpreter, receiver.then, name, args, { ...site, self: receiver.then }),
      () => callMethod(interpreter, receiver.otherwise, name, args, { ...site, self: receiver.otherwise }),
    );
  if (name === 'then' || name === 'finally') return callThen(interpreter, receiver, args, site);
  const own = ownMethod(interpreter, receiver, name, args, site);
  if (own) return own;
  const text = receiver.kind === 'host' ? `${receiver.host.type}.${name}` : name;
  if (receiver.kind === 'host') {
    const member = receiver.host.get?.(name, site);
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
    return { kind: 'unknown', id: `env:${receiver.name}.${name}`, reason: 'environment', place: site.place };
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
    interpreter.branch(
      interpreter.unknownConditionAt(site.place, 'loop', 'unresolved'),
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
      if (name === 'hasOwnProperty' && args[0]) return hasKey(interpreter, receiver, args[0], site);
      return undefined;
    default:
      return undefined;
  }
}

function hasKey(interpreter: Interpreter, receiver: JsValue, key: JsValue, site: CallSite): JsValue {
  if (receiver.kind !== 'object') return interpreter.unknownAt(site.place, 'unresolved');
  const { properties, open } = receiver.contents.value;
  const keys = [...properties].map(([name, property]) => stringValue(name, property.keyPlace));
  return condition(
    listIncludes(keys, openEnd(interpreter, open, site), key, interpreter.spelling('lookup', receiver.place ?? site.place)),
    site,
  );
}

const condition = (when: Condition, site: CallSite): JsValue => ({ kind: 'condition', when, place: site.place });

function openEnd(interpreter: Interpreter, open: boolean, site: CallSite, reason: 'environment' | 'unresolved' = 'unresolved'): Condition {
  return open ? interpreter.unknownConditionAt(site.place, 'open', reason) : never;
}

/** Methods of a constant text. */
function callTextMethod(
  interpreter: Interpreter,
  text: string,
  receiver: JsValue,
  name: string,
  args: readonly JsValue[],
  site: CallSite,
): JsValue | undefined {
  const [first, second] = args;
  const make = (result: string): JsValue => stringValue(result, receiver.place);
  if (first?.kind === 'originText' && first.whole) {
    if (name === 'includes' || name === 'indexOf') {
      const set = oneOf(originsInside(text));
      const check = checkOf(interpreter.spelling(name, site.place), [receiver]);
      const when = testText(first, set, check, contains(oneOf([text]), 'undefined') === true);
      return name === 'includes'
        ? condition(when, site)
        : choiceValue(when, { kind: 'number', value: 0, atLeast: true }, { kind: 'number', value: -1 });
    }
    if (name === 'startsWith' || name === 'endsWith') {
      const set = oneOf(originsInside(text).filter((each) => (name === 'startsWith' ? text.startsWith(each) : text.endsWith(each))));
      return condition(testText(first, set, checkOf(interpreter.spelling(name, site.place), [receiver]), false), site);
    }
  }
  const constant = first === undefined ? undefined : textOfConstant(first);
  const number = first?.kind === 'number' ? first.value : undefined;
  const end = second?.kind === 'number' ? second.value : undefined;
  switch (name) {
    case 'toLowerCase':
    case 'toLocaleLowerCase':
      return make(text.toLowerCase());
    case 'toUpperCase':
      return make(text.toUpperCase());
    case 'trim':
      return make(text.trim());
    case 'toString':
    case 'valueOf':
    case 'normalize':
      return receiver;
    case 'split':
      if (first?.kind === 'regex') return arrayValue(text.split(/[\s,;|]+/).map(make), site.place);
      return constant === undefined
        ? undefined
        : arrayValue(
            text.split(constant).map((each) => make(each)),
            receiver.place ?? site.place,
          );
    case 'includes':
      return constant === undefined ? undefined : booleanValue(text.includes(constant));
    case 'startsWith':
      return constant === undefined ? undefined : booleanValue(text.startsWith(constant));
    case 'endsWith':
      return constant === undefined ? undefined : booleanValue(text.endsWith(constant));
    case 'indexOf':
      return constant === undefined ? undefined : { kind: 'number', value: text.indexOf(constant) };
    case 'lastIndexOf':
      return constant === undefined ? undefined : { kind: 'number', value: text.lastIndexOf(constant) };
    case 'slice':
    case 'substring':
      return number === undefined ? undefined : make(name === 'slice' ? text.slice(number, end) : text.substring(number, end));
    case 'concat':
      return concat([receiver, ...args], site.place);
    case 'repeat':
      return number === undefined || number > 100 ? undefined : make(text.repeat(number));
    case 'replace':
    case 'replaceAll': {
      const replacement = second === undefined ? undefined : textOfConstant(second);
      if (replacement === undefined) return undefined;
      if (first?.kind === 'regex') return replacePattern(text, first, replacement, make);
      if (first?.kind !== 'string') return undefined;
      return make(name === 'replace' ? text.replace(first.text, () => replacement) : text.replaceAll(first.text, () => replacement));
    }
    default:
      return undefined;
  }
}

const longestReplaced = 200;

/** Replaces a pattern in a constant text, where one unbounded repetition at most keeps the time in bounds. */
function replacePattern(
  text: string,
  regex: Extract<JsValue, { kind: 'regex' }>,
  replacement: string,
  make: (result: string) => JsValue,
): JsValue | undefined {
  if (text === '') return regex.source === '' ? undefined : make('');
  const repetitions = regex.source.match(/[+*]|\{\d+,\}/g)?.length ?? 0;
  if (text.length > longestReplaced || repetitions > 1 || /\\[1-9]|\(\?[<!=]/.test(regex.source) || replacement.includes('$'))
    return undefined;
  try {
    return make(text.replace(new RegExp(regex.source, regex.flags), replacement));
  } catch {
    return undefined;
  }
}

const longestScanned = 600;

/** Pieces of a text that could be an origin: a list in one string admits each of them, and each piece of each. */
function originsInside(text: string): string[] {
  if (text.length > longestScanned) return [];
  const found: string[] = [];
  for (const match of text.matchAll(/[a-z][a-z0-9+.-]*:\/\/[^\s,;|/]+/g))
    for (let start = match.index; start < match.index + match[0].indexOf('://'); start++) {
      const from = match.index + match[0].indexOf('://') + 4;
      for (let end = from; end <= match.index + match[0].length; end++) found.push(text.slice(start, end));
    }
  if (text.includes('null')) found.push('null');
  return found;
}

function callArrayMethod(
  interpreter: Interpreter,
  receiver: Extract<JsValue, { kind: 'array' }>,
  name: string,
  args: readonly JsValue[],
  site: CallSite,
): JsValue | undefined {
  const { elements, open, reason } = receiver.contents.value;
  const [first] = args;
  const rest = openEnd(interpreter, open, site, reason === 'environment' ? 'environment' : 'unresolved');
  const copy = (items: readonly JsValue[], stillOpen = open): JsValue => arrayValue(items, receiver.place ?? site.place, stillOpen, reason);
  const callback = first && (first.kind === 'function' || first.kind === 'host') ? first : undefined;
  const run = (element: JsValue, index: number): JsValue =>
    callback ? interpreter.call(callback, [element, { kind: 'number', value: index }, receiver], site, name) : undefinedValue;
  switch (name) {
    case 'includes':
    case 'indexOf':
    case 'lastIndexOf': {
      if (!first) return undefined;
      const when = listIncludes(
        elements,
        rest,
        first,
        interpreter.spelling(receiver.place ? 'list' : name === 'includes' ? 'includes' : 'indexOf', receiver.place ?? site.place),
      );
      if (name === 'includes') return condition(when, site);
      const index = elements.findIndex((each) => textOfConstant(each) !== undefined && textOfConstant(each) === textOfConstant(first));
      if (when.kind === 'always' || when.kind === 'never') return { kind: 'number', value: index };
      return choiceValue(when, { kind: 'number', value: 0, atLeast: true }, { kind: 'number', value: -1 });
    }
    case 'some':
    case 'every':
    case 'find':
    case 'findIndex':
    case 'filter': {
      if (!callback) return undefined;
      const tests = elements.map((element, index) => truth(run(element, index)));
      if (name === 'every') return condition(all(...tests, open ? not(rest) : { kind: 'always' }), site);
      const some = any(...tests, rest);
      if (name === 'some') return condition(some, site);
      if (name === 'findIndex') return choiceValue(some, { kind: 'number', value: 0, atLeast: true }, { kind: 'number', value: -1 });
      if (name === 'find') {
        let found: JsValue = open ? choiceValue(rest, interpreter.unknownAt(site.place, 'unresolved'), undefinedValue) : undefinedValue;
        for (let index = elements.length - 1; index >= 0; index--) {
          const [element, when] = [elements[index], tests[index]];
          if (element && when) found = choiceValue(when, element, found);
        }
        return found;
      }
      if (tests.every((each) => each.kind === 'always' || each.kind === 'never'))
        return copy(elements.filter((_, index) => tests[index]?.kind === 'always'));
      if (!tests.some((each) => readsRequest(each))) return copy(elements, true);
      return plainObject({ length: choiceValue(some, { kind: 'number', value: 1, atLeast: true }, { kind: 'number', value: 0 }) });
    }
    case 'map':
      return callback ? copy(elements.map(run)) : undefined;
    case 'flatMap':
      return callback
        ? copy(elements.map(run).flatMap((each) => (each.kind === 'array' ? each.contents.value.elements : [each])))
        : undefined;
    case 'forEach':
      elements.forEach((element, index) => void run(element, index));
      if (open && callback?.kind === 'function') interpreter.branch(rest, () => void interpreter.callWithUnknowns(callback, site));
      return undefinedValue;
    case 'reduce':
      return undefined;
    case 'concat': {
      let stillOpen = open;
      const items = [...elements];
      for (const each of args) {
        if (each.kind === 'array') {
          items.push(...each.contents.value.elements);
          stillOpen ||= each.contents.value.open;
        } else if (each.kind === 'unknown' || each.kind === 'choice') stillOpen = true;
        else items.push(each);
      }
      return copy(items, stillOpen);
    }
    case 'push':
    case 'unshift':
      interpreter.trail.write(receiver.contents, {
        elements: name === 'push' ? [...elements, ...args] : [...args, ...elements],
        open,
        ...(reason ? { reason } : {}),
      });
      return { kind: 'number', value: elements.length + args.length };
    case 'join': {
      const separator = first ? textOfConstant(first) : ',';
      if (separator === undefined || open) return undefined;
      return concat(
        elements.flatMap((each, index) => (index === 0 ? [each] : [stringValue(separator), each])),
        receiver.place ?? site.place,
      );
    }
    case 'slice': {
      const from = first?.kind === 'number' ? first.value : 0;
      const to = args[1]?.kind === 'number' ? args[1].value : undefined;
      return copy(elements.slice(from, to));
    }
    case 'flat':
      return copy(elements.flatMap((each) => (each.kind === 'array' ? each.contents.value.elements : [each])));
    case 'reverse':
    case 'sort':
    case 'values':
    case 'toSorted':
      return copy(elements);
    case 'toString':
      return undefined;
    default:
      return undefined;
  }
}

function readsRequest(test: Condition): boolean {
  switch (test.kind) {
    case 'all':
    case 'any':
      return test.of.some(readsRequest);
    case 'not':
      return readsRequest(test.of);
    default:
      return test.kind === 'origin' || test.kind === 'originAbsent' || test.kind === 'test' || test.kind === 'method';
  }
}

function callSetMethod(
  interpreter: Interpreter,
  receiver: Extract<JsValue, { kind: 'set' }>,
  name: string,
  args: readonly JsValue[],
  site: CallSite,
): JsValue | undefined {
  const { elements, open, reason } = receiver.contents.value;
  const [first, second] = args;
  const rest = openEnd(interpreter, open, site, reason === 'environment' ? 'environment' : 'unresolved');
  const spelling = interpreter.spelling(receiver.mapped ? 'lookup' : 'set', receiver.place ?? site.place);
  switch (name) {
    case 'has':
      return first && condition(listIncludes(elements, rest, first, spelling), site);
    case 'get': {
      if (!first || !receiver.mapped) return undefined;
      let found: JsValue = open ? interpreter.unknownAt(site.place, 'unresolved') : undefinedValue;
      for (const element of [...elements].reverse()) {
        const key = textOfConstant(element);
        const value = key === undefined ? undefined : receiver.mapped.value.get(key);
        if (value) found = choiceValue(equals(first, element, spelling), value, found);
      }
      return found;
    }
    case 'add':
    case 'set':
      if (!first) return undefined;
      interpreter.trail.write(receiver.contents, { elements: [...elements, first], open, ...(reason ? { reason } : {}) });
      if (receiver.mapped)
        interpreter.trail.write(receiver.mapped, new Map(receiver.mapped.value).set(textOfConstant(first) ?? '', second ?? undefinedValue));
      return receiver;
    case 'delete':
    case 'clear':
      interpreter.trail.write(receiver.contents, { elements, open: true });
      return booleanValue(true);
    case 'keys':
    case 'values':
      return arrayValue(elements, receiver.place, open, reason);
    case 'forEach':
      for (const element of elements) if (first) interpreter.call(first, [element, element], site, name);
      return undefinedValue;
    default:
      return undefined;
  }
}

function callRegexMethod(
  interpreter: Interpreter,
  receiver: Extract<JsValue, { kind: 'regex' }>,
  name: string,
  args: readonly JsValue[],
  site: CallSite,
): JsValue | undefined {
  const [subject] = args;
  if (name === 'toString') return stringValue(textOfConstant(receiver) ?? '');
  if ((name !== 'test' && name !== 'exec') || !subject) return undefined;
  const when = testPattern(interpreter, receiver, subject, site);
  return name === 'test' ? condition(when, site) : matchResult(receiver, subject, when);
}

/**
 * Whether a pattern is found in a value. An absent text is the word `undefined` to a pattern. `test` and `exec` begin where
 * the pattern's last match ended, `match` and `search` do not (ECMAScript, RegExp.prototype [ @@match ]).
 */
export function testPattern(
  interpreter: Interpreter,
  regex: Extract<JsValue, { kind: 'regex' }>,
  subject: JsValue,
  site: CallSite,
  remembers = true,
): Condition {
  const pattern = { dialect: 'javascript', source: regex.source, flags: regex.flags } as const;
  const set: OriginSet = matching({ ...pattern, flags: regex.flags.replace(/[gyd]/g, '') });
  const check: OriginCheck = {
    ...checkOf(interpreter.spelling('pattern', regex.place ?? site.place), [], pattern),
    ...(regex.fresh || !remembers ? {} : { reused: true }),
  };
  const text = textOfConstant(subject);
  if (text !== undefined && subject.kind !== 'undefined') {
    const answer = contains(set, text);
    return answer === undefined
      ? interpreter.unknownConditionAt(site.place, 'test', 'undecided-pattern')
      : { kind: answer ? 'always' : 'never' };
  }
  return testText(subject, set, check, contains(set, 'undefined') === true);
}

/** What `match` and `exec` answer: a list with the groups, or null. */
export function matchResult(regex: Extract<JsValue, { kind: 'regex' }>, subject: JsValue, when: Condition): JsValue {
  const groups = 1 + (regex.source.match(/\((?!\?(?!<[^=!]))/g)?.length ?? 0);
  const pattern = { dialect: 'javascript', source: regex.source, flags: regex.flags } as const;
  const elements = Array.from({ length: groups }, (_, group): JsValue =>
    subject.kind === 'originText' && subject.whole
      ? { kind: 'originText', whole: false, pull: () => undefined, value: { kind: 'originPart', pattern, group } }
      : { kind: 'unknown', id: `group:${regex.place?.range.start ?? 0}.${group}`, reason: 'unsupported' },
  );
  return choiceValue(when, arrayValue(elements), nullValue);
}

/** A global name. */
export function globalValue(interpreter: Interpreter, name: string, node: ts.Node, frame: Frame): JsValue {
  switch (name) {
    case 'require':
      return nativeFunction('require', (args) =>
        args[0]?.kind === 'string' ? interpreter.program.load(frame.uri, args[0].text, interpreter) : undefined,
      );
    case 'module':
      return hostValue(moduleObject(interpreter, frame));
    case 'exports':
      return interpreter.program.recordOf(frame.uri)?.commonjs.value ?? undefinedValue;
    case 'process':
      return hostValue(processObject(interpreter));
    case 'globalThis':
    case 'global':
    case 'window':
      return hostValue({ type: 'global', get: (member) => interpreter.global(member, node, frame) });
    case 'NaN':
      return { kind: 'number', value: NaN };
    case 'Infinity':
      return { kind: 'number', value: Infinity };
    default: {
      const made = globals[name]?.(interpreter);
      return made ? hostValue(made) : interpreter.unknown(node, frame, 'unresolved', name);
    }
  }
}

function moduleObject(interpreter: Interpreter, frame: Frame): HostObject {
  const record = interpreter.program.recordOf(frame.uri);
  return {
    type: 'module',
    get: (name) => (name === 'exports' ? record?.commonjs.value : undefined),
    set: (name, value) => {
      if (name === 'exports' && record) interpreter.trail.write(record.commonjs, value);
    },
  };
}

const processObject = (interpreter: Interpreter): HostObject => ({
  type: 'process',
  get: (name) => {
    if (name === 'env')
      return hostValue({
        type: 'process.env',
        get: (variable, site): JsValue => ({ kind: 'environment', name: variable, ...(site ? { place: site.place } : {}) }),
      });
    if (name !== 'exit') return undefined;
    return nativeFunction('process.exit', () => {
      if (!interpreter.perRequest) interpreter.stops.push(interpreter.pathCondition());
      interpreter.dead = true;
      return undefinedValue;
    });
  },
});

const silent = (type: string): HostObject => ({ type, get: () => nativeFunction(type, () => undefinedValue) });
const withMethods = (
  type: string,
  methods: Readonly<Record<string, NonNullable<HostObject['call']>>>,
  own: Partial<HostObject> = {},
): HostObject => ({
  type,
  get: (name) => {
    const method = Object.hasOwn(methods, name) ? methods[name] : undefined;
    return method && nativeFunction(`${type}.${name}`, method);
  },
  ...own,
});

function collection(interpreter: Interpreter, source: JsValue | undefined, site: CallSite, mapped: boolean): JsValue {
  const given = source ? interpreter.program.force(source) : undefined;
  if (given?.kind === 'choice')
    return choiceValue(
      given.when,
      collection(interpreter, given.then, site, mapped),
      collection(interpreter, given.otherwise, site, mapped),
    );
  const listed = given === undefined || given.kind === 'undefined' || given.kind === 'null' ? arrayValue([]) : given;
  const known = listed.kind === 'array' || listed.kind === 'set' ? listed.contents.value : { elements: [], open: true };
  if (!mapped) return { kind: 'set', contents: { value: known }, place: site.place };
  const pairs = known.elements.map((pair) => (pair.kind === 'array' ? pair.contents.value.elements : []));
  const keys = pairs.flatMap(([key]) => (key ? [key] : []));
  const values = new Map(pairs.flatMap(([key, value]) => (key ? [[textOfConstant(key) ?? '', value ?? undefinedValue] as const] : [])));
  return { kind: 'set', contents: { value: { ...known, elements: keys } }, mapped: { value: values }, place: site.place };
}

/** `new URL(…)`: refuses an absent Origin and `null`. */
function makeUrl(interpreter: Interpreter, value: JsValue | undefined, site: CallSite, throws: boolean): JsValue | undefined {
  if (value?.kind === 'originText' && value.whole) {
    if (throws)
      interpreter.branch(
        not(originIn(parsedOrigins)),
        () => raise(interpreter, undefinedValue, site.place),
        () => undefined,
        site.place,
      );
    return { kind: 'originUrl', of: value, place: site.place };
  }
  if (value?.kind === 'choice')
    return interpreter.branchValue(
      value.when,
      () => makeUrl(interpreter, value.then, site, throws) ?? undefinedValue,
      () => makeUrl(interpreter, value.otherwise, site, throws) ?? undefinedValue,
    );
  const text = value && textOfConstant(value);
  if (text === undefined) return undefined;
  if (!URL.canParse(text)) {
    if (throws) raise(interpreter, undefinedValue, site.place);
    return undefinedValue;
  }
  const url = new URL(text);
  const { hostname, host, protocol, port, origin, pathname, href } = url;
  return plainObject(
    Object.fromEntries(
      Object.entries({ hostname, host, protocol, port, origin, pathname, href }).map(([name, part]) => [
        name,
        stringValue(part, value?.place),
      ]),
    ),
  );
}

function entriesOf(value: JsValue | undefined): readonly [string, Property][] | undefined {
  return value?.kind === 'object' && !value.contents.value.open ? [...value.contents.value.properties] : undefined;
}

const globals: Readonly<Record<string, ((interpreter: Interpreter) => HostObject) | undefined>> = {
  console: () => silent('console'),
  Object: (interpreter) =>
    withMethods('Object', {
      freeze: ([value]) => value,
      seal: ([value]) => value,
      keys: ([value]) => {
        const entries = entriesOf(value);
        return (
          entries &&
          arrayValue(
            entries.map(([name, property]) => stringValue(name, property.keyPlace)),
            value?.place,
          )
        );
      },
      values: ([value]) => {
        const entries = entriesOf(value);
        return (
          entries &&
          arrayValue(
            entries.map(([, property]) => property.value),
            value?.place,
          )
        );
      },
      entries: ([value]) => {
        const entries = entriesOf(value);
        return (
          entries &&
          arrayValue(
            entries.map(([name, property]) => arrayValue([stringValue(name, property.keyPlace), property.value])),
            value?.place,
          )
        );
      },
      assign: ([target, ...sources]) => {
        if (target?.kind !== 'object') return target;
        const properties = new Map(target.contents.value.properties);
        let { open } = target.contents.value;
        for (const source of sources) open = spreadInto(interpreter, properties, source) || open;
        interpreter.trail.write(target.contents, { properties, open });
        return target;
      },
      hasOwn: ([value, key], site) => (value && key ? hasKey(interpreter, value, key, site) : undefined),
      create: () => objectValue(new Map()),
    }),
  Array: (interpreter) =>
    withMethods('Array', {
      isArray: ([value]) => {
        if (value?.kind === 'choice')
          return {
            kind: 'condition',
            when: truth(choiceValue(value.when, booleanValue(value.then.kind === 'array'), booleanValue(value.otherwise.kind === 'array'))),
          };
        return value === undefined || value.kind === 'unknown' ? undefined : booleanValue(value.kind === 'array');
      },
      of: (args, site) => arrayValue(args, site.place),
      from: ([value, map], site) => {
        if (value?.kind !== 'array' && value?.kind !== 'set') return undefined;
        const list = arrayValue(
          value.contents.value.elements,
          value.place ?? site.place,
          value.contents.value.open,
          value.contents.value.reason,
        );
        return map ? interpreter.callMethod(list, 'map', [map], site) : list;
      },
    }),
  String: () =>
    withMethods(
      'String',
      { raw: () => undefined },
      {
        call: ([value]) =>
          value === undefined
            ? stringValue('')
            : value.kind === 'originText' || value.kind === 'datum'
              ? value
              : textOfConstant(value) === undefined
                ? undefined
                : stringValue(textOfConstant(value) ?? '', value.place),
      },
    ),
  Number: () => withMethods('Number', {}, { call: ([value]) => numberOf(value) }),
  parseInt: () => ({ type: 'parseInt', call: ([value]) => numberOf(value, true) }),
  parseFloat: () => ({ type: 'parseFloat', call: ([value]) => numberOf(value, true) }),
  Boolean: () => ({ type: 'Boolean', call: ([value]) => ({ kind: 'condition', when: value ? truth(value) : never }) }),
  RegExp: (interpreter) => {
    const make = (args: readonly JsValue[], site: CallSite): JsValue => {
      const [source, flags] = args;
      const text = source?.kind === 'regex' ? source.source : source && typeOf(source) === 'string' ? textOfConstant(source) : undefined;
      if (text === undefined) return interpreter.unknownAt(site.place, source?.kind === 'environment' ? 'environment' : 'unresolved');
      return {
        kind: 'regex',
        source: text,
        flags: (flags && textOfConstant(flags)) ?? (source?.kind === 'regex' ? source.flags : ''),
        ...(interpreter.perRequest ? { fresh: true } : {}),
        place: site.place,
      };
    };
    return { type: 'RegExp', call: make, construct: make };
  },
  Set: (interpreter) => ({ type: 'Set', construct: (args, site) => collection(interpreter, args[0], site, false) }),
  Map: (interpreter) => ({ type: 'Map', construct: (args, site) => collection(interpreter, args[0], site, true) }),
  URL: (interpreter) =>
    withMethods(
      'URL',
      {
        canParse: ([value], site) => (value?.kind === 'originText' && value.whole ? condition(originIn(parsedOrigins), site) : undefined),
        parse: ([value], site) =>
          value?.kind === 'originText' && value.whole
            ? choiceValue(originIn(parsedOrigins), { kind: 'originUrl', of: value, place: site.place }, nullValue)
            : undefined,
      },
      { construct: (args, site) => makeUrl(interpreter, args[0], site, true) },
    ),
  Promise: () => withMethods('Promise', { resolve: ([value]) => value ?? undefinedValue }),
  Error: () => errorObject,
  TypeError: () => errorObject,
  JSON: () => withMethods('JSON', {}),
  setTimeout: (interpreter) => ({
    type: 'setTimeout',
    call: ([callback], site) => (callback?.kind === 'function' ? interpreter.callWithUnknowns(callback, site) : undefinedValue),
  }),
  setImmediate: (interpreter) => ({
    type: 'setImmediate',
    call: ([callback], site) => (callback?.kind === 'function' ? interpreter.callWithUnknowns(callback, site) : undefinedValue),
  }),
};

const makeError = (args: readonly JsValue[], site: CallSite): JsValue =>
  objectValue(new Map([['message', { value: args[0] ?? undefinedValue }]]), site.place);
const errorObject: HostObject = { type: 'Error', call: makeError, construct: makeError };

/** Packages whose functions are known: Node's `url`, and the list functions of lodash. */
export function plainPackage(interpreter: Interpreter, name: string): JsValue | undefined {
  const parse = nativeFunction('url.parse', (args, site) => makeUrl(interpreter, args[0], site, false));
  if (name === 'url') {
    const constructor = globals['URL']?.(interpreter);
    return hostValue({
      type: 'url',
      get: (member) => (member === 'parse' ? parse : member === 'URL' && constructor ? hostValue(constructor) : undefined),
    });
  }
  if (name === 'process') return hostValue(processObject(interpreter));
  const listed = (method: string): JsValue =>
    nativeFunction(`_.${method}`, ([list, ...args], site) => list && interpreter.callMethod(list, method, args, site));
  if (name === 'lodash' || name === 'lodash-es' || name === 'underscore') {
    const self: JsValue = hostValue({
      type: 'lodash',
      get: (member) => (member === 'default' ? self : lodashMethods.has(member) ? listed(member) : undefined),
    });
    return self;
  }
  const single = /^lodash[./](\w+)$/.exec(name)?.[1];
  return single !== undefined && lodashMethods.has(single) ? listed(single) : undefined;
}

const lodashMethods = new Set([
  'includes',
  'some',
  'every',
  'find',
  'filter',
  'map',
  'startsWith',
  'endsWith',
  'indexOf',
  'forEach',
  'split',
  'trim',
  'toLower',
]);

function numberOf(value: JsValue | undefined, lenient = false): JsValue | undefined {
  const text = value && textOfConstant(value);
  return text === undefined ? undefined : { kind: 'number', value: lenient ? parseFloat(text) : Number(text) };
}
