/** The list that `split` makes of the Origin or of a text made from it. */
import { type OriginSet, matching } from '../../cors/origins/origin-set.ts';
import { always } from '../../policy/condition.ts';
import type { Condition } from '../../policy/model.ts';
import { countValue } from './counts.ts';
import { type Interpreter } from './interpreter.ts';
import { condition } from './method-results.ts';
import { checkOf, testText } from './origin-tests.ts';
import { derive, escapeRegex } from './origin-texts.ts';
import {
  type CallSite,
  choiceValue,
  type CountValue,
  type FieldsValue,
  type JsValue,
  type OriginText,
  textOfConstant,
  undefinedValue,
} from './values.ts';

/** What stands where there are fewer fields. A method of it throws, as of any undefined. */
export const missingField: JsValue = { kind: 'undefined' };

/** The texts between the separators of a text. */
export function splitText(joined: OriginText, separator: string, place: FieldsValue['place']): FieldsValue {
  return { kind: 'fields', separator, contents: { value: { joined, mayBeEmpty: false } }, ...(place ? { place } : {}) };
}

/** A property or an element of the list. */
export function fieldsProperty(fields: FieldsValue, name: string, site: CallSite): JsValue | undefined {
  const { joined, mayBeEmpty } = fields.contents.value;
  if (name === 'length') {
    if (mayBeEmpty) return undefined;
    return countValue((n) => (n <= 1 ? always : reaches(fields, n)), site.place, { text: joined, counts: 'fields', offset: 0 });
  }
  return /^\d+$/.test(name) ? fieldAt(fields, Number(name)) : undefined;
}

/** The element at an index; a negative one counts from the end. */
function fieldAt(fields: FieldsValue, index: number): JsValue | undefined {
  const { mayBeEmpty } = fields.contents.value;
  const { separator } = fields;
  if (index === 0 || index === -1) {
    if (mayBeEmpty) return undefined;
    return ofHost(fields, index, (of) => ({ kind: 'piece', piece: { take: index === 0 ? 'before' : 'last', count: 1, separator }, of }));
  }
  const field = ofHost(fields, index, (of) => {
    const one: OriginSet = { kind: 'piece', piece: { take: 'before', count: 1, separator }, of };
    return {
      kind: 'piece',
      piece: index > 0 ? { take: 'after', count: index, separator } : { take: 'last', count: -index, separator },
      of: one,
    };
  });
  return choiceValue(reaches(fields, index > 0 ? index + 1 : -index), field, missingField);
}

/** A field; what stands behind the `//` of the whole Origin is its host. */
function ofHost({ contents, separator }: FieldsValue, index: number, pull: (set: OriginSet) => OriginSet): OriginText {
  const { joined } = contents.value;
  const field = cutFrom(joined, pull);
  const isHost = joined.whole && /^:?\/\/$/.test(separator) && (index === 1 || index === -1);
  return isHost ? { ...field, part: 'host' } : field;
}

/** `parts[parts.length - 2]`. */
export function fieldFromEnd(fields: FieldsValue, index: CountValue): JsValue | undefined {
  const { of } = index;
  if (of?.counts !== 'fields' || of.text.pull !== fields.contents.value.joined.pull || of.offset >= 0) return undefined;
  return fieldAt(fields, of.offset);
}

export function callFieldsMethod(
  interpreter: Interpreter,
  receiver: FieldsValue,
  name: string,
  args: readonly JsValue[],
  site: CallSite,
): JsValue | undefined {
  const { joined, mayBeEmpty } = receiver.contents.value;
  const { separator } = receiver;
  const [first, second] = args;
  switch (name) {
    case 'at':
      return first?.kind === 'number' ? fieldAt(receiver, first.value) : undefined;
    case 'join':
      return first && textOfConstant(first) === separator ? joined : undefined;
    case 'slice': {
      const [from, to] = [first ?? undefinedValue, second ?? undefinedValue];
      if (!isBound(from) || !isBound(to)) return undefined;
      const sliced = slice(joined, boundOf(from) ?? 0, boundOf(to), separator);
      return sliced && { ...receiver, contents: { value: { joined: sliced, mayBeEmpty: true } } };
    }
    case 'pop':
    case 'shift': {
      const taken = fieldAt(receiver, name === 'pop' ? -1 : 0);
      const rest = slice(joined, name === 'pop' ? 0 : 1, name === 'pop' ? -1 : undefined, separator);
      if (rest) interpreter.trail.write(receiver.contents, { joined: rest, mayBeEmpty: true });
      return taken;
    }
    case 'includes': {
      const text = first && textOfConstant(first);
      if (text === undefined || mayBeEmpty || text.includes(separator)) return undefined;
      const [edge, field] = [escapeRegex(separator), escapeRegex(text)];
      const set = matching({ dialect: 'javascript', source: `(?:^|${edge})${field}(?:${edge}|$)`, flags: '' });
      // Occurrences of a longer separator may overlap.
      if (separator.length > 1) return undefined;
      return condition(testText(joined, set, checkOf(interpreter.spelling('includes', site.place), first ? [first] : []), false), site);
    }
    default:
      // What changes the list leaves nothing known about it.
      if (/^(?:push|unshift|splice|reverse|sort|fill|copyWithin)$/.test(name))
        interpreter.trail.write(receiver.contents, { joined: derive(joined, () => undefined), mayBeEmpty: true });
      return undefined;
  }
}

const isBound = (value: JsValue): boolean => value.kind === 'undefined' || (value.kind === 'number' && Number.isInteger(value.value));
const boundOf = (value: JsValue): number | undefined => (value.kind === 'number' ? value.value : undefined);

const cutFrom = (text: OriginText, pull: (set: OriginSet) => OriginSet): OriginText => ({ ...derive(text, pull), isCut: true });

/** `text.slice(from, to)`, or with a separator the same of its fields. */
export function slice(text: OriginText, from: number, to: number | undefined, separator?: string): OriginText | undefined {
  const by = separator === undefined ? {} : { separator };
  const cut = (of: OriginText, take: 'after' | 'before' | 'last' | 'withoutLast', count: number): OriginText =>
    cutFrom(of, (set) => ({ kind: 'piece', piece: { take, count, ...by }, of: set }));
  const begun = from > 0 ? cut(text, 'after', from) : from < 0 ? cut(text, 'last', -from) : text;
  if (to === undefined) return begun;
  // Both bounds count from the beginning of the text, or both from its end, or each from its own end: then the second cut does
  // not depend on the first. From the end to a place counted from the beginning, it does.
  if (to < 0) return cut(begun, 'withoutLast', -to);
  if (from < 0) return undefined;
  return to > from ? cut(begun, 'before', to - from) : undefined;
}

/** Whether there are at least `n` fields, `n` being 2 or more. */
function reaches(fields: FieldsValue, n: number): Condition {
  const between = escapeRegex(fields.separator);
  const source = Array.from({ length: n - 1 }, () => between).join('[^]*?');
  return testText(fields.contents.value.joined, matching({ dialect: 'javascript', source, flags: '' }), undefined, false);
}
