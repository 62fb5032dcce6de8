/** Methods of lists, sets and maps, and the keys of an object. */
import { all, any, conditionsIn, never, not, unknown } from '../../policy/condition.ts';
import type { Condition } from '../../policy/model.ts';
import { type Interpreter } from './interpreter.ts';
import { concat } from './operators.ts';
import { equals, listIncludes, truth } from './origin-tests.ts';
import {
  arrayValue,
  booleanValue,
  type CallSite,
  choiceValue,
  type JsValue,
  objectValue,
  pairsOf,
  sameConstant,
  stringValue,
  textOfConstant,
  undefinedValue,
} from './values.ts';
import { indexOfTest, numberOfTests } from './counts.ts';
import { condition, openEnd } from './method-results.ts';

/** `key in receiver`, and whether it is a property of its own: the two are not told apart. */
export function hasKey(interpreter: Interpreter, receiver: JsValue, key: JsValue, site: CallSite): JsValue {
  const name = textOfConstant(key);
  const held = receiver.kind === 'host' && name !== undefined ? receiver.host.has?.(name, site) : undefined;
  if (held) return condition(held, site);
  if (receiver.kind !== 'object') return interpreter.unknownAt(site.place, 'unresolved');
  const { properties, open } = receiver.contents.value;
  const keys = [...properties].map(([name, property]) => stringValue(name, property.keyPlace));
  return condition(
    listIncludes(keys, openEnd(interpreter, open, site), key, interpreter.spelling('lookup', receiver.place ?? site.place)),
    site,
  );
}

export function callArrayMethod(
  interpreter: Interpreter,
  receiver: Extract<JsValue, { kind: 'array' }>,
  name: string,
  args: readonly JsValue[],
  site: CallSite,
): JsValue | undefined {
  const { elements, open, reason } = receiver.contents.value;
  const [first] = args;
  const rest = openEnd(interpreter, open, site, reason === 'environment' ? 'environment' : 'unresolved', args);
  const copy = (items: readonly JsValue[], stillOpen = open): JsValue => arrayValue(items, receiver.place ?? site.place, stillOpen, reason);
  const callback = first && (first.kind === 'function' || first.kind === 'host') ? first : undefined;
  const run = (element: JsValue, index: number): JsValue =>
    callback ? interpreter.call(callback, [element, { kind: 'number', value: index }, receiver], site, name) : undefinedValue;
  switch (name) {
    case 'includes':
    case 'indexOf':
    case 'lastIndexOf': {
      const [, from] = args;
      if (!first || (from && (from.kind !== 'number' || open || name !== 'includes'))) return undefined;
      const when = listIncludes(
        from?.kind === 'number' ? elements.slice(from.value) : elements,
        rest,
        first,
        interpreter.spelling(receiver.place ? 'list' : name === 'includes' ? 'includes' : 'indexOf', receiver.place ?? site.place),
      );
      if (name === 'includes') return condition(when, site);
      const texts = elements.map(textOfConstant);
      const sought = textOfConstant(first);
      if (when.kind === 'always' || when.kind === 'never')
        return {
          kind: 'number',
          value: sought === undefined ? -1 : name === 'indexOf' ? texts.indexOf(sought) : texts.lastIndexOf(sought),
        };
      // The list as a whole is one check; which entry it is, is asked of each entry by itself.
      const index = indexOfTest(
        elements.map((each) => equals(first, each, interpreter.spelling('equals', each.place ?? site.place))),
        rest,
        name === 'indexOf' ? 'first' : 'last',
        site.place,
      );
      return { ...index, atLeast: (n) => (n === 0 ? when : index.atLeast(n)) };
    }
    case 'some':
    case 'every':
    case 'find':
    case 'findLast':
    case 'findIndex':
    case 'findLastIndex':
    case 'filter': {
      if (!callback) return undefined;
      const tests = elements.map((element, index) => truth(run(element, index)));
      const unseen: JsValue =
        reason === 'environment'
          ? { kind: 'environment', name: `list@${site.place.range.start}` }
          : interpreter.unknownAt(site.place, 'unresolved');
      const answer = open ? answerOf(interpreter, rest, () => run(unseen, elements.length)) : never;
      const end = (name !== 'every' && comparisonIn(answer)) || ofOrigin(rest, answer);
      if (name === 'every') return condition(all(...tests, open ? not(end) : { kind: 'always' }), site);
      const some = any(...tests, end);
      if (name === 'some') return condition(some, site);
      if (name === 'findIndex' || name === 'findLastIndex')
        return indexOfTest(tests, end, name === 'findIndex' ? 'first' : 'last', site.place);
      if (name === 'find' || name === 'findLast') {
        let found: JsValue = open ? choiceValue(end, interpreter.unknownAt(site.place, 'unresolved'), undefinedValue) : undefinedValue;
        const order = [...elements.keys()];
        for (const index of name === 'find' ? order.reverse() : order) {
          const [element, when] = [elements[index], tests[index]];
          if (element && when) found = choiceValue(when, element, found);
        }
        return found;
      }
      if (tests.every((each) => each.kind === 'always' || each.kind === 'never'))
        return copy(elements.filter((_, index) => tests[index]?.kind === 'always'));
      if (!tests.some((each) => readsRequest(each))) return copy(elements, true);
      return objectValue(new Map([['length', { value: numberOfTests(tests, rest, site.place) }]]), site.place, true);
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
    case 'reduceRight': {
      if (!callback || open) return undefined;
      const items = elements.map((element, index) => ({ element, index }));
      if (name === 'reduceRight') items.reverse();
      const given = args[1] ?? items.shift()?.element;
      if (!given) return undefined;
      return items.reduce(
        (result, { element, index }) =>
          interpreter.call(callback, [result, element, { kind: 'number', value: index }, receiver], site, name),
        given,
      );
    }
    case 'at': {
      if (first?.kind !== 'number' || open) return undefined;
      return elements.at(first.value) ?? undefinedValue;
    }
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
    case 'join': {
      const separator = first ? textOfConstant(first) : ',';
      if (separator === undefined || open) return undefined;
      return concat(
        elements.flatMap((each, index) => (index === 0 ? [each] : [stringValue(separator), each])),
        receiver.place ?? site.place,
      );
    }
    case 'slice': {
      const [from, to] = [first, args[1]].map((each) => (each?.kind === 'number' ? each.value : undefined));
      const isKnown = [first, args[1]].every((each) => each === undefined || each.kind === 'undefined' || each.kind === 'number');
      return isKnown ? copy(elements.slice(from, to)) : copy([], true);
    }
    case 'flat':
      if (first && !(first.kind === 'number' && first.value === 1)) return undefined;
      return copy(elements.flatMap((each) => (each.kind === 'array' ? each.contents.value.elements : [each])));
    case 'toReversed':
      return copy([...elements].reverse());
    case 'sort':
    case 'toSorted': {
      // By a function, or where something is unknown, it is only known what is in it.
      const texts = elements.map((each) => (each.kind === 'string' ? each.text : undefined));
      const isPlain = !first && !open && texts.every((text) => text !== undefined);
      const sorted = isPlain ? [...elements].sort((a, b) => (String(textOfConstant(a)) < String(textOfConstant(b)) ? -1 : 1)) : elements;
      if (name === 'toSorted') return copy(sorted);
      if (isPlain) interpreter.trail.write(receiver.contents, { ...receiver.contents.value, elements: sorted });
      return receiver;
    }
    case 'values':
      return copy(elements);
    default:
      return changeArray(interpreter, receiver, name, args, site);
  }
}

/** Methods that change the list itself. Where it is not known what they do to it, nothing is known of it any more. */
function changeArray(
  interpreter: Interpreter,
  receiver: Extract<JsValue, { kind: 'array' }>,
  name: string,
  args: readonly JsValue[],
  site: CallSite,
): JsValue | undefined {
  const { elements, open, reason } = receiver.contents.value;
  const write = (changed: readonly JsValue[], stillOpen = open): void =>
    interpreter.trail.write(receiver.contents, { elements: changed, open: stillOpen, ...(reason ? { reason } : {}) });
  switch (name) {
    case 'push':
    case 'unshift':
      write(name === 'push' ? [...elements, ...args] : [...args, ...elements]);
      return { kind: 'number', value: elements.length + args.length };
    case 'reverse':
      write([...elements].reverse());
      return receiver;
    case 'pop':
    case 'shift':
    case 'splice': {
      const [start, count] = name === 'pop' ? [numberValue(-1)] : name === 'shift' ? [numberValue(0), numberValue(1)] : args;
      if (open || start?.kind !== 'number' || (count && count.kind !== 'number')) break;
      const changed = [...elements];
      const removed = changed.splice(start.value, count?.value ?? Infinity, ...args.slice(2));
      write(changed);
      return name === 'splice' ? arrayValue(removed, receiver.place ?? site.place) : (removed[0] ?? undefinedValue);
    }
    case 'fill':
    case 'copyWithin':
      break;
    default:
      return undefined;
  }
  write([], true);
  return name === 'fill' || name === 'copyWithin' ? receiver : undefined;
}

const numberValue = (value: number): Extract<JsValue, { kind: 'number' }> => ({ kind: 'number', value });

/** What a callback answers about an element out of sight. */
function answerOf(interpreter: Interpreter, when: Condition, ask: () => JsValue): Condition {
  const { completion } = interpreter.explore(when, () => ({ value: ask(), dead: interpreter.dead }));
  return truth(completion.value);
}

/** What elements out of sight answer. Whether they are asked about the Origin shows on the answer of one that may be anything. */
function ofOrigin(end: Condition, answer: Condition): Condition {
  const asks = [...conditionsIn(answer)].some((each) => each.kind === 'origin' || (each.kind === 'unknown' && each.ofOrigin));
  return asks && end.kind === 'unknown' ? unknown(end.id, end.reason, 'origin') : end;
}

/** The comparison with an unknown text that an answer needs, or that is enough for it. */
function comparisonIn(answer: Condition): Condition | undefined {
  if (answer.kind === 'unknown') return answer.comparing && answer;
  if (answer.kind !== 'all' && answer.kind !== 'any') return undefined;
  for (const each of answer.of) {
    const found = comparisonIn(each);
    if (found) return found;
  }
  return undefined;
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

export function callSetMethod(
  interpreter: Interpreter,
  receiver: Extract<JsValue, { kind: 'set' }>,
  name: string,
  args: readonly JsValue[],
  site: CallSite,
): JsValue | undefined {
  const { elements, open, reason } = receiver.contents.value;
  const [first, second] = args;
  const rest = openEnd(interpreter, open, site, reason === 'environment' ? 'environment' : 'unresolved', args);
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
      if (!elements.some((each) => sameConstant(each, first) === true))
        interpreter.trail.write(receiver.contents, { elements: [...elements, first], open, ...(reason ? { reason } : {}) });
      if (receiver.mapped)
        interpreter.trail.write(receiver.mapped, new Map(receiver.mapped.value).set(textOfConstant(first) ?? '', second ?? undefinedValue));
      return receiver;
    case 'delete': {
      const isKnown = first !== undefined && !open && elements.every((each) => sameConstant(each, first) !== undefined);
      const kept = isKnown ? elements.filter((each) => sameConstant(each, first) === false) : [];
      interpreter.trail.write(receiver.contents, { elements: kept, open: !isKnown });
      return isKnown ? booleanValue(kept.length < elements.length) : undefined;
    }
    case 'clear':
      interpreter.trail.write(receiver.contents, { elements: [], open: false });
      return undefinedValue;
    case 'keys':
      return arrayValue(elements, receiver.place, open, reason);
    case 'values':
      return arrayValue(
        pairsOf(receiver).map(([, value]) => value),
        receiver.place,
        open,
        reason,
      );
    case 'entries':
      return arrayValue(
        pairsOf(receiver).map((pair) => arrayValue(pair)),
        receiver.place,
        open,
        reason,
      );
    case 'forEach':
      for (const [key, value] of pairsOf(receiver)) if (first) interpreter.call(first, [value, key, receiver], site, name);
      return undefinedValue;
    default:
      return undefined;
  }
}
