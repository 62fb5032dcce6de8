/** Methods of the Origin header, of texts made from it, and of other texts of the request. */
import { type OriginSet, matching, oneOf, union, intersection, complement } from '../../cors/origins/origin-set.ts';
import { all, always, methodIs, never, originPresent } from '../../policy/condition.ts';
import type { CheckForm, Condition } from '../../policy/model.ts';
import { atLeastLong, countValue, indexOf, searchIndex } from './counts.ts';
import { slice, splitText } from './fields.ts';
import { matchResult, testPattern } from './pattern-methods.ts';
import type { Interpreter } from './interpreter.ts';
import { checkOf, choose, equals, testText } from './origin-tests.ts';
import { afterStart, derive, escapeRegex, ignoringCase, inUpperCase } from './origin-texts.ts';
import {
  arrayValue,
  type CallSite,
  choiceValue,
  type CountValue,
  type DatumValue,
  type JsValue,
  type OriginText,
  textOfConstant,
  undefinedValue,
} from './values.ts';

export function callOriginMethod(
  interpreter: Interpreter,
  receiver: OriginText | DatumValue,
  name: string,
  args: readonly JsValue[],
  site: CallSite,
): JsValue | undefined {
  const [first, second] = args;
  const text = first && textOfConstant(first);
  const test = (form: CheckForm, set: OriginSet | undefined): JsValue | undefined =>
    set && {
      kind: 'condition',
      place: site.place,
      when: testText(receiver, set, checkOf(interpreter.spelling(form, site.place), first ? [first] : []), false),
    };
  switch (name) {
    case 'toString':
    case 'valueOf':
    case 'trim':
    case 'normalize':
      return receiver;
    case 'startsWith':
      if (text === undefined) return second ? undefined : unknownPart(interpreter, 'startsWith', receiver, first, site);
      return test('startsWith', placed({ kind: 'prefix', text }, 'after', second));
    case 'endsWith':
      return text === undefined ? undefined : test('endsWith', placed({ kind: 'suffix', text }, 'before', second));
    case 'includes':
      if (text === undefined) return second ? undefined : unknownPart(interpreter, 'includes', receiver, first, site);
      return test('includes', placed({ kind: 'contains', text }, 'after', second));
    case 'indexOf':
    case 'lastIndexOf': {
      if (text === undefined) return undefined;
      const check = checkOf(interpreter.spelling('indexOf', site.place), first ? [first] : []);
      if (!second) return indexOf(receiver, text, name === 'indexOf' ? 'first' : 'last', check, site.place);
      // From a place on it is only known whether the text is there.
      const set = placed(
        { kind: name === 'indexOf' ? 'contains' : 'prefix', text },
        'after',
        name === 'indexOf' || (second.kind === 'number' && second.value === 0) ? second : undefinedValue,
      );
      const there = set && testText(receiver, set, check, false);
      const atStart = name === 'lastIndexOf';
      return there && countValue((n) => (n < 0 ? always : n === 0 ? there : atStart ? never : undefined), site.place);
    }
    case 'match':
    case 'search': {
      const regex =
        first?.kind === 'string'
          ? ({ kind: 'regex', source: first.text, flags: '', ...(first.place ? { place: first.place } : {}) } as const)
          : first;
      if (regex?.kind !== 'regex') return undefined;
      const matches = (source: string): Condition => testPattern(interpreter, { ...regex, source }, receiver, site, false);
      return name === 'match' ? matchResult(regex, receiver, matches(regex.source), true) : searchIndex(regex.source, matches, site.place);
    }
    case 'matchAll': {
      if (first?.kind !== 'regex' || !first.flags.includes('g')) return undefined;
      const when = testPattern(interpreter, first, receiver, site, false);
      const match = interpreter.unknownAt(site.place, 'unsupported');
      return choiceValue(when, arrayValue([match], site.place, true, 'unsupported'), arrayValue([], site.place));
    }
    case 'localeCompare': {
      if (!first || second) return undefined;
      const same = equals(receiver, first, interpreter.spelling('equals', site.place));
      return { kind: 'count', atLeast: () => undefined, exactly: (n) => (n === 0 ? same : undefined), place: site.place };
    }
    case 'charAt':
      return receiver.kind === 'originText' && first?.kind === 'number' && first.value >= 0
        ? slice(receiver, first.value, first.value + 1)
        : undefined;
    case 'at':
      return receiver.kind === 'originText' && first?.kind === 'number' && first.value >= 0
        ? characterAt(receiver, first.value)
        : undefined;
    default:
  }
  if (receiver.kind === 'datum') {
    if (name === 'toUpperCase') return receiver.datum === 'method' ? receiver : undefined;
    return name === 'toLowerCase' && receiver.datum === 'method' ? lowerMethod(interpreter, site) : undefined;
  }
  switch (name) {
    case 'toLowerCase':
    case 'toLocaleLowerCase':
      return derive(receiver, ignoringCase, receiver.value);
    case 'toUpperCase':
    case 'toLocaleUpperCase':
      return derive(receiver, inUpperCase);
    case 'slice':
    case 'substring':
    case 'substr':
      return cut(receiver, name, first, second);
    case 'split':
      return text === undefined || text === '' || second ? undefined : splitText(receiver, text, site.place);
    case 'replace':
      return second && textOfConstant(second) === '' ? withoutPiece(receiver, first) : undefined;
    default:
      return undefined;
  }
}

/** A comparison of the whole Origin with a part that an environment variable holds, or a constant in its place: it is loose whatever that is. */
function unknownPart(
  interpreter: Interpreter,
  form: 'startsWith' | 'includes',
  receiver: OriginText | DatumValue,
  part: JsValue | undefined,
  site: CallSite,
): JsValue | undefined {
  if (receiver.kind !== 'originText' || !receiver.whole || !part) return undefined;
  const when = (value: JsValue): Condition | undefined => {
    if (value.kind === 'environment') return comparesWithVariable(interpreter, value.name, form, site);
    const text = textOfConstant(value);
    if (text !== undefined) {
      const set: OriginSet = { kind: form === 'startsWith' ? 'prefix' : 'contains', text };
      return testText(receiver, set, checkOf(interpreter.spelling(form, site.place), [value]), false);
    }
    if (value.kind !== 'choice') return undefined;
    const [then, otherwise] = [when(value.then), when(value.otherwise)];
    return then && otherwise && choose(value.when, then, otherwise);
  };
  const condition = when(part);
  return condition && { kind: 'condition', place: site.place, when: condition };
}

/** The whole Origin, looked for in the text of an environment variable; undefined for any other call. */
export function soughtInVariable(
  interpreter: Interpreter,
  variable: string,
  name: string,
  [sought, second]: readonly JsValue[],
  site: CallSite,
): JsValue | undefined {
  if (sought?.kind !== 'originText' || !sought.whole || second || (name !== 'includes' && name !== 'indexOf')) return undefined;
  const when = comparesWithVariable(interpreter, variable, 'within', site);
  if (name === 'includes') return { kind: 'condition', place: site.place, when };
  return countValue((n) => (n < 0 ? always : n === 0 ? when : undefined), site.place);
}

function comparesWithVariable(interpreter: Interpreter, variable: string, form: CheckForm, { place }: CallSite): Condition {
  const comparing = checkOf(interpreter.spelling(form, place));
  const id = `env:${variable}~${form}~${place.range.start}`;
  return all(originPresent, { kind: 'unknown', id, reason: 'environment', ofRequest: true, ofOrigin: true, comparing });
}

/** `req.method.toLowerCase()`. Methods come in upper case (RFC 9110 §9.1). */
function lowerMethod(interpreter: Interpreter, site: CallSite): JsValue {
  let value: JsValue = interpreter.unknownAt(site.place, 'unsupported');
  for (const method of ['OPTIONS', 'GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE'])
    value = choiceValue(methodIs(method), { kind: 'string', text: method.toLowerCase() }, value);
  return value;
}

/** A test that only looks behind a place, or before it; undefined where the place is not constant. */
function placed(set: OriginSet, take: 'after' | 'before', at: JsValue | undefined): OriginSet | undefined {
  if (!at) return set;
  if (at.kind !== 'number' || !Number.isInteger(at.value)) return undefined;
  if (take === 'after' ? at.value <= 0 : at.value < 0) return take === 'after' ? set : undefined;
  return at.value === 0 ? undefined : { kind: 'piece', piece: { take, count: at.value }, of: set };
}

/** `text[index]`: undefined behind the end. */
export function characterAt(text: OriginText, index: number): JsValue {
  const character = slice(text, index, index + 1);
  return character ? choiceValue(testText(text, atLeastLong(index + 1), undefined, false), character, undefinedValue) : undefinedValue;
}

/** `slice`, `substring` and `substr`, with constant bounds or bounds measured in the text itself. */
function cut(receiver: OriginText, name: string, first: JsValue | undefined, second: JsValue | undefined): JsValue | undefined {
  const fromStart = name !== 'slice';
  if (first?.kind === 'count' && !second) return behind(receiver, first, fromStart);
  if (second?.kind === 'count' && first?.kind === 'number' && first.value === 0 && name !== 'substr')
    return upTo(receiver, second, fromStart);
  if (first?.kind !== 'number' || !Number.isInteger(first.value)) return undefined;
  if (second && (second.kind !== 'number' || !Number.isInteger(second.value))) return undefined;
  const from = first.value;
  const to = second?.kind === 'number' ? second.value : undefined;
  if (name === 'slice') return plain(receiver, from, to);
  if (name === 'substr') return from < 0 && to !== undefined ? undefined : plain(receiver, from, to === undefined ? undefined : from + to);
  const [low, high] = [Math.max(0, from), to === undefined ? undefined : Math.max(0, to)];
  return high !== undefined && high < low ? plain(receiver, high, low) : plain(receiver, low, high);
}

/** A slice. Its text is compared with texts of its own length as a beginning or an end, which reads plainly in findings. */
function plain(receiver: OriginText, from: number, to: number | undefined): OriginText | undefined {
  const piece = slice(receiver, from, to);
  const kind = from === 0 && to !== undefined && to > 0 ? 'prefix' : from < 0 && to === undefined ? 'suffix' : undefined;
  if (!piece || kind === undefined) return piece;
  const length = kind === 'prefix' ? to : -from;
  const reduce = (set: OriginSet): OriginSet | undefined => {
    if (set.kind === 'complement') {
      const of = reduce(set.of);
      return of && complement(of);
    }
    if (set.kind !== 'oneOf' || set.ignoreCase === true) return undefined;
    return union(
      set.values.map((text): OriginSet =>
        text.length === length ? { kind, text } : text.length < (length ?? 0) ? oneOf([text]) : { kind: 'none' },
      ),
    );
  };
  return {
    ...piece,
    pull: (set) => {
      const reduced = reduce(set);
      return reduced ? receiver.pull(reduced) : piece.pull(set);
    },
  };
}

/** Lengths below a bound that are told apart. */
const MOST_LENGTHS = 15;

/** What is behind a place in the text: `text.slice(text.indexOf('//') + 2)`, `text.slice(text.length - 8)`. */
function behind(receiver: OriginText, { of }: CountValue, fromStart: boolean): JsValue | undefined {
  if (of?.text.pull !== receiver.pull) return undefined;
  if (of.counts === 'length' && of.offset < 0) {
    const last = slice(receiver, of.offset, undefined);
    if (!last || fromStart) return last;
    // A shorter text makes the bound negative, and then it counts from the end: `'abc'.slice(3 - 4)` is `'c'`.
    const count = -of.offset;
    const shortest = Math.floor(count / 2) + 1;
    if (count - shortest > MOST_LENGTHS) return undefined;
    let value: JsValue = last;
    for (let length = shortest; length < count; length++) {
      const short = slice(receiver, length - count, undefined);
      const exactly = intersection([atLeastLong(length), complement(atLeastLong(length + 1))]);
      if (short) value = choiceValue(testText(receiver, exactly, undefined, false), short, value);
    }
    return value;
  }
  const { searched } = of;
  if (searched === undefined || searched === '' || of.offset !== searched.length) return undefined;
  if (of.counts === 'last' && overlaps(searched)) return undefined;
  const found = slice(receiver, of.counts === 'first' ? 1 : -1, undefined, searched);
  const missing = searched.length === 1 ? receiver : slice(receiver, searched.length - 1, undefined);
  return found && missing && choiceValue(testText(receiver, { kind: 'contains', text: searched }, undefined, false), found, missing);
}

/** What is before a place in the text: `text.slice(0, text.lastIndexOf(':'))`. */
function upTo(receiver: OriginText, { of }: CountValue, fromStart: boolean): JsValue | undefined {
  if (of?.text.pull !== receiver.pull) return undefined;
  if (of.counts === 'length') return of.offset < 0 ? slice(receiver, 0, of.offset) : undefined;
  const { searched } = of;
  if (searched === undefined || searched === '' || of.offset !== 0 || (of.counts === 'last' && overlaps(searched))) return undefined;
  const found = of.counts === 'first' ? slice(receiver, 0, 1, searched) : slice(receiver, 0, -1, searched);
  const missing: JsValue | undefined = fromStart ? { kind: 'string', text: '' } : slice(receiver, 0, -1);
  return found && missing && choiceValue(testText(receiver, { kind: 'contains', text: searched }, undefined, false), found, missing);
}

/** Whether a text can overlap itself, so that occurrences counted from the end are others than those from the beginning. */
function overlaps(text: string): boolean {
  for (let length = 1; length < text.length; length++) if (text.endsWith(text.slice(0, length))) return true;
  return false;
}

/** `replace(piece, '')`: a piece at the start is cut off; an Origin has nothing behind its port. */
function withoutPiece(receiver: OriginText, piece: JsValue | undefined): JsValue | undefined {
  if (piece?.kind === 'string') {
    if (/^[a-z]+:\/\/$/.test(piece.text)) return withoutStart(receiver, escapeRegex(piece.text), '');
    return undefined;
  }
  if (piece?.kind !== 'regex') return undefined;
  if (/^\\\/[+*]?\$$/.test(piece.source)) return receiver;
  if (/^:(?:\\d|\[0-9\])[+*]\$$/.test(piece.source)) return withoutEnd(receiver, piece.source);
  return piece.source.startsWith('^') && !hasTopLevelAlternative(piece.source)
    ? withoutStart(receiver, piece.source.slice(1), piece.flags)
    : undefined;
}

/** Cuts off a piece that can begin at one place only, as a port does. */
function withoutEnd(receiver: OriginText, end: string): OriginText {
  const ends = matching({ dialect: 'javascript', source: end, flags: '' });
  return derive(receiver, (set) => {
    const cut: OriginSet = { kind: 'piece', piece: { take: 'withoutLast', count: 1, separator: ':' }, of: set };
    return union([intersection([ends, cut]), intersection([complement(ends), set])]);
  });
}

function withoutStart(receiver: OriginText, start: string, flags: string): OriginText {
  const plain = flags.replace(/[gyd]/g, '');
  const texts = /^https\?:\\?\/\\?\/$/.test(start)
    ? ['https://', 'http://']
    : /^[a-z]+:\\\/\\\/$/.test(start)
      ? [start.replaceAll('\\', '')]
      : [];
  // A scheme is one of a few texts, behind which anything can be tested.
  if (texts.length > 0 && plain === '')
    return derive(receiver, (set) =>
      union([
        ...texts.map((text) =>
          intersection([
            { kind: 'prefix', text },
            { kind: 'piece', piece: { take: 'after', count: text.length }, of: set },
          ]),
        ),
        intersection([...texts.map((text) => complement({ kind: 'prefix', text })), set]),
      ]),
    );
  return derive(receiver, (set) => {
    const cut = afterStart(start, plain, set);
    return cut && union([cut, intersection([complement(matching({ dialect: 'javascript', source: `^(?:${start})`, flags: plain })), set])]);
  });
}

function hasTopLevelAlternative(source: string): boolean {
  let depth = 0;
  for (let at = 0; at < source.length; at++) {
    if (source[at] === '\\') at++;
    else if (source[at] === '(') depth++;
    else if (source[at] === ')') depth--;
    else if (source[at] === '|' && depth === 0) return true;
  }
  return false;
}
