/** Tests on texts that depend on the request, turned into conditions. */
import type { Place } from '../../core/text.ts';
import { contains, oneOf, type OriginSet } from '../../cors/origins/origin-set.ts';
import {
  all,
  always,
  any,
  methodIs,
  never,
  not,
  originAbsent,
  originIn,
  originPresent,
  setTo,
  test,
  unknown,
} from '../../policy/condition.ts';
import type { CheckForm, Condition, OriginCheck, UnknownReason } from '../../policy/model.ts';
import { compareCount, compareCounts } from './counts.ts';
import { askedOf, dataOf } from './policy-values.ts';
import { type JsValue, type OriginText, sameConstant, textOfConstant, typeOf } from './values.ts';

/** How a check is written; completed with the entries that it compares with. */
export interface CheckSpelling {
  readonly form: CheckForm;
  readonly place: Place;
}

export function checkOf(spelling: CheckSpelling, entries: readonly JsValue[] = [], pattern?: OriginCheck['pattern']): OriginCheck {
  const listed = entries.flatMap((each) => (each.kind === 'string' ? [{ text: each.text, place: each.place ?? spelling.place }] : []));
  return {
    form: spelling.form,
    place: spelling.place,
    ...(pattern ? { pattern } : {}),
    ...(listed.length > 0 ? { entries: listed } : {}),
  };
}

/** Whether a value counts as true. */
export function truth(value: JsValue): Condition {
  switch (value.kind) {
    case 'undefined':
    case 'null':
      return never;
    case 'boolean':
      return value.value ? always : never;
    case 'number':
      return value.value === 0 || Number.isNaN(value.value) ? never : always;
    case 'string':
      return value.text === '' ? never : always;
    case 'condition':
      return value.when;
    case 'count': {
      const zero = compareCount(value, '===', 0);
      return zero ? not(zero) : unknown(`count:${value.place?.uri ?? ''}#${value.place?.range.start ?? 0}`, 'unsupported');
    }
    case 'originText': {
      if (value.whole) return originPresent;
      const empty = value.pull(oneOf(['']));
      return empty ? all(originPresent, not(originIn(empty))) : unknown('origin-text', 'unsupported');
    }
    case 'datum':
      return not(test({ kind: 'request', datum: value.datum, absent: '' }, oneOf([''])));
    case 'choice':
      return choose(value.when, truth(value.then), truth(value.otherwise));
    case 'environment':
      return setTo(`env:${value.name}`, { variable: value.name });
    case 'unknown':
      return value.isObject ? always : unseen(value.id, value.reason, value);
    case 'concat':
      return value.parts.some((part) => (textOfConstant(part) ?? '') !== '')
        ? always
        : unknown(`concat:${value.place?.range.start ?? 0}`, 'unsupported');
    default:
      return always;
  }
}

/** Something that is not in sight and made of these values. */
function unseen(id: string, reason: UnknownReason, ...of: readonly JsValue[]): Condition {
  const data = of.flatMap(dataOf);
  // Which page is asked for is no guard: some request is on either side.
  if (data.length > 0 && data.every((each) => each === 'path' || each === 'uri')) return unknown(id, 'path', 'request');
  const asked = askedOf(...of);
  return reason === 'environment' && asked === undefined ? setTo(id) : unknown(id, reason, asked);
}

const sizes = new WeakMap<Condition, number>();
const largestCondition = 500;

/** How many atoms a condition is made of. */
function sizeOf(condition: Condition): number {
  const known = sizes.get(condition);
  if (known !== undefined) return known;
  let size = 1;
  if (condition.kind === 'not') size = sizeOf(condition.of);
  else if (condition.kind === 'all' || condition.kind === 'any') for (const each of condition.of) size += sizeOf(each);
  sizes.set(condition, size);
  return size;
}

/** `when ? then : otherwise` of conditions. One that grows too large is given up. */
export function choose(when: Condition, then: Condition, otherwise: Condition): Condition {
  if (sizeOf(when) + sizeOf(then) + sizeOf(otherwise) > largestCondition)
    return unknown(`large:${sizeOf(when)}:${sizeOf(then)}:${sizeOf(otherwise)}`, 'too-many-cases');
  if (then.kind === 'always' && otherwise.kind === 'never') return when;
  if (then.kind === 'never' && otherwise.kind === 'always') return not(when);
  if (then === otherwise) return then;
  return any(all(when, then), all(not(when), otherwise));
}

/**
 * Whether the text of a value passes a test. `absent` says whether a text that the request does not have passes.
 * The check's place is kept with tests on the Origin.
 */
export function testText(value: JsValue, set: OriginSet, check: OriginCheck | undefined, absent: boolean): Condition {
  switch (value.kind) {
    case 'originText': {
      const pulled = value.pull(set);
      const condition = pulled
        ? originIn(pulled, check && seenIn(value, check))
        : unknown(`test:${check?.place.uri ?? ''}#${check?.place.range.start ?? 0}`, 'unsupported');
      return absent ? any(condition, originAbsent) : pulled ? condition : all(originPresent, condition);
    }
    case 'datum': {
      if (value.datum === 'method' && set.kind === 'oneOf' && set.ignoreCase !== true) {
        // No request comes in another case (behaviour 3.13).
        const methods = set.values.filter((method) => method === method.toUpperCase());
        return methods.length > 0 ? methodIs(...methods) : never;
      }
      const condition = test({ kind: 'request', datum: value.datum, absent: '' }, set, check);
      return condition;
    }
    case 'choice':
      return choose(value.when, testText(value.then, set, check, absent), testText(value.otherwise, set, check, absent));
    case 'undefined':
    case 'null':
      return absent ? always : never;
    case 'concat': {
      const condition = set.kind === 'oneOf' && set.ignoreCase !== true ? joinedEquals(value.parts, set.values, check) : undefined;
      return condition ?? unknown(`test:${check?.place.uri ?? ''}#${check?.place.range.start ?? 0}`, 'unsupported');
    }
    case 'environment':
      return setTo(`env:${value.name}~${check?.place.range.start ?? 0}`);
    case 'unknown':
      return unseen(`${value.id}~${check?.place.range.start ?? 0}`, value.reason, value);
    default: {
      const text = textOfConstant(value);
      const answer = text === undefined ? undefined : contains(set, text);
      if (answer === undefined) return unknown(`test:${check?.place.uri ?? ''}#${check?.place.range.start ?? 0}`, 'undecided-pattern');
      return answer ? always : never;
    }
  }
}

/** A check as it is of the text that it looks at: of a component, or of what is cut out. */
function seenIn({ part, isCut }: OriginText, check: OriginCheck): OriginCheck {
  const isWhole = ['literal', 'list', 'set', 'lookup', 'equals'].includes(check.form);
  return { ...check, ...(part === undefined ? {} : { part }), ...(isCut && isWhole ? { form: 'slice' } : {}) };
}

/** More ways than this to divide a text among the parts of a concatenation are not tried. */
const MOST_DIVISIONS = 100;

/** Whether joined parts, constants and texts of the Origin, make one of the texts. */
function joinedEquals(parts: readonly JsValue[], texts: readonly string[], check: OriginCheck | undefined): Condition | undefined {
  for (const [index, part] of parts.entries()) {
    if (part.kind !== 'choice') continue;
    const [then, otherwise] = [part.then, part.otherwise].map((each) => joinedEquals(parts.with(index, each), texts, check));
    return then && otherwise && choose(part.when, then, otherwise);
  }
  if (!parts.every((part) => part.kind === 'originText' || textOfConstant(part) !== undefined)) return undefined;
  let divisions = 0;
  const divide = (index: number, rest: string): Condition | undefined => {
    const [part, next] = parts.slice(index, index + 2);
    if (!part) return rest === '' ? always : never;
    const constant = textOfConstant(part);
    if (constant !== undefined) return rest.startsWith(constant) ? divide(index + 1, rest.slice(constant.length)) : never;
    if (!next) return testText(part, oneOf([rest]), check, rest === 'undefined');
    const ways: Condition[] = [];
    for (let length = 0; length <= rest.length; length++) {
      const following = divide(index + 1, rest.slice(length));
      if (!following || ++divisions > MOST_DIVISIONS) return undefined;
      const text = rest.slice(0, length);
      if (following.kind !== 'never') ways.push(all(testText(part, oneOf([text]), check, text === 'undefined'), following));
    }
    return any(...ways);
  };
  const answers = texts.map((text) => divide(0, text));
  const known = answers.filter((each) => each !== undefined);
  return known.length < answers.length ? undefined : any(...known);
}

/** `a === b`, or `a == b` where `loose`. `id` names the comparison if it cannot be known. */
export function equals(a: JsValue, b: JsValue, spelling: CheckSpelling, loose = false): Condition {
  const same = sameConstant(a, b);
  if (same === true) return always;
  if (loose && isNullish(a) && isNullish(b)) return always;
  if (loose && (isNullish(a) || isNullish(b))) {
    const other = isNullish(a) ? b : a;
    if (other.kind === 'originText') return originAbsent;
    if (other.kind === 'datum') return not(truth(other));
  }
  if (same === false) return loose && haveSameNumber(a, b) ? always : never;
  if (a.kind === 'choice') return choose(a.when, equals(a.then, b, spelling, loose), equals(a.otherwise, b, spelling, loose));
  if (b.kind === 'choice') return equals(b, a, spelling, loose);
  if (b.kind === 'originText' || b.kind === 'datum' || b.kind === 'condition') {
    if (!(a.kind === 'originText' || a.kind === 'datum' || a.kind === 'condition')) return equals(b, a, spelling, loose);
    if (a.kind === 'originText' && b.kind === 'originText' && a.whole && b.whole) return always;
  }
  const counted = countsEqual(a, b);
  if (counted) return counted;
  if (a.kind === 'condition' && b.kind === 'boolean') return b.value ? a.when : not(a.when);
  if (a.kind === 'originText' || a.kind === 'datum') {
    if (b.kind === 'undefined') return a.kind === 'originText' ? originAbsent : not(truth(a));
    if (b.kind === 'null') return never;
    const text = b.kind === 'string' ? b.text : undefined;
    if (text !== undefined) return testText(a, oneOf([text]), checkOf(spelling, [b]), false);
    if (a.kind === 'originText' && typeOf(b) !== undefined && typeOf(b) !== 'string') return never;
  }
  if (a.kind === 'string' && b.kind === 'concat') return equals(b, a, spelling, loose);
  if (a.kind === 'concat' && b.kind === 'string') {
    const joined = joinedEquals(a.parts, [b.text], checkOf(spelling, [b]));
    if (joined) return joined;
  }
  if (a.kind === 'environment' || b.kind === 'environment') {
    const [env, other] = a.kind === 'environment' ? [a, b] : [b, a];
    if (env.kind === 'environment' && isNullish(other)) return not(truth(env));
    const text = other.kind === 'string' ? other.text : undefined;
    if (env.kind === 'environment' && other.kind === 'environment') return setTo(`env:${env.name}=env:${other.name}`);
    if (env.kind === 'environment' && text !== undefined) return setTo(`env:${env.name}=${text}`, { variable: env.name, text });
    if (other.kind === 'originText')
      return all(originPresent, unknown(`env:${env.kind === 'environment' ? env.name : ''}~origin`, 'environment', 'origin'));
  }
  const id = `equals:${spelling.place.uri}#${spelling.place.range.start}`;
  const reason = a.kind === 'unknown' ? a.reason : b.kind === 'unknown' ? b.reason : 'unsupported';
  return unseen(id, reason, a, b);
}

/** Whether `==` takes two constants of different types for the same: `'3' == 3`. */
function haveSameNumber(a: JsValue, b: JsValue): boolean {
  const [one, other] = [a, b].map((each) => (each.kind === 'string' ? each.text : 'value' in each ? each.value : undefined));
  return a.kind !== b.kind && isPlain(one) && isPlain(other) && Number(one) === Number(other);
}

function isPlain(value: unknown): boolean {
  return typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean';
}

/** `a === b` of counts; undefined where neither is one or it cannot be told. */
function countsEqual(a: JsValue, b: JsValue): Condition | undefined {
  if (a.kind === 'count' && b.kind === 'number') return compareCount(a, '===', b.value);
  if (a.kind === 'number' && b.kind === 'count') return compareCount(b, '===', a.value);
  return a.kind === 'count' && b.kind === 'count' ? compareCounts(a, b) : undefined;
}

function isNullish(value: JsValue): boolean {
  return value.kind === 'undefined' || value.kind === 'null';
}

/**
 * Whether a list holds a value. Constant entries become one set, so that a finding sees the list as a whole; each other
 * entry is compared by itself.
 */
export function listIncludes(elements: readonly JsValue[], open: Condition, value: JsValue, spelling: CheckSpelling): Condition {
  const texts = elements.filter((each) => each.kind === 'string');
  const others = elements.filter((each) => each.kind !== 'string');
  const values = texts.map((each) => each.text);
  const listed = values.length === 0 ? never : testText(value, oneOf(values), checkOf(spelling, texts), false);
  return any(listed, ...others.map((each) => equals(value, each, spelling)), open);
}
