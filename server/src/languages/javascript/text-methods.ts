/** Methods of a constant text. */
import { always } from '../../policy/condition.ts';
import type { OriginCheck } from '../../policy/model.ts';
import { contains, matching, oneOf, type OriginSet } from '../../cors/origins/origin-set.ts';
import { countValue } from './counts.ts';
import { type Interpreter } from './interpreter.ts';
import { concat } from './operators.ts';
import { checkOf, testText } from './origin-tests.ts';
import { escapeRegex } from './origin-texts.ts';
import { arrayValue, booleanValue, type CallSite, type JsValue, stringValue, textOfConstant, undefinedValue } from './values.ts';
import { condition } from './method-results.ts';

/** What a method may make of a text, in characters. */
const longestMade = 100_000;

export function callTextMethod(
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
      const set = anyOf(originsInside(text));
      const check = within(interpreter, receiver, text, site);
      const when = testText(first, set, check, contains(oneOf([text]), 'undefined') === true);
      return name === 'includes' ? condition(when, site) : countValue((n) => (n < 0 ? always : n === 0 ? when : undefined), site.place);
    }
    if (name === 'startsWith' || name === 'endsWith') {
      const set = anyOf(originsInside(text).filter((each) => (name === 'startsWith' ? text.startsWith(each) : text.endsWith(each))));
      return condition(testText(first, set, within(interpreter, receiver, text, site), false), site);
    }
  }
  const constant = first === undefined ? undefined : textOfConstant(first);
  const number = first?.kind === 'number' ? first.value : undefined;
  const end = second?.kind === 'number' ? second.value : undefined;
  const isEndKnown = second === undefined || second.kind === 'undefined' || end !== undefined;
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
      if (!isEndKnown) return undefined;
      if (first?.kind === 'regex') return splitByPattern(text, first, end, (pieces) => arrayValue(pieces.map(make), site.place));
      return constant === undefined
        ? undefined
        : arrayValue(
            text.split(constant, end).map((each) => make(each)),
            receiver.place ?? site.place,
          );
    case 'includes':
      return constant === undefined || !isEndKnown ? undefined : booleanValue(text.includes(constant, end));
    case 'startsWith':
      return constant === undefined || !isEndKnown ? undefined : booleanValue(text.startsWith(constant, end));
    case 'endsWith':
      return constant === undefined || !isEndKnown ? undefined : booleanValue(text.endsWith(constant, end));
    case 'indexOf':
      return constant === undefined || !isEndKnown ? undefined : { kind: 'number', value: text.indexOf(constant, end) };
    case 'lastIndexOf':
      return constant === undefined || !isEndKnown ? undefined : { kind: 'number', value: text.lastIndexOf(constant, end) };
    case 'charAt':
      return number === undefined ? undefined : make(text.charAt(number));
    case 'at': {
      const character = number === undefined ? undefined : text.at(number);
      return number === undefined ? undefined : character === undefined ? undefinedValue : make(character);
    }
    case 'slice':
    case 'substring':
      return number === undefined || !isEndKnown
        ? undefined
        : make(name === 'slice' ? text.slice(number, end) : text.substring(number, end));
    case 'concat':
      return concat([receiver, ...args], site.place);
    case 'repeat':
      return number !== undefined && number >= 0 && text.length * number <= longestMade ? make(text.repeat(number)) : undefined;
    case 'replace':
    case 'replaceAll': {
      const replacement = second === undefined ? undefined : textOfConstant(second);
      if (replacement === undefined) return undefined;
      if (first?.kind === 'regex') return replacePattern(text, first, replacement, make);
      if (first?.kind !== 'string') return undefined;
      if ((text.length + 1) * (replacement.length + 1) > longestMade) return undefined;
      return make(name === 'replace' ? text.replace(first.text, () => replacement) : text.replaceAll(first.text, () => replacement));
    }
    default:
      return undefined;
  }
}

/** As a pattern: nobody wrote these out one by one. */
function anyOf(texts: readonly string[]): OriginSet {
  return texts.length === 0
    ? oneOf([])
    : matching({ dialect: 'javascript', source: `^(?:${texts.map(escapeRegex).join('|')})$`, flags: '' });
}

/** The Origin as a piece of a text, in which its author lists whole ones. */
function within(interpreter: Interpreter, receiver: JsValue, text: string, site: CallSite): OriginCheck {
  return { ...checkOf(interpreter.spelling('within', site.place), [receiver]), meant: oneOf(text.split(/[\s,;|]+/)) };
}

const longestSplit = 2000;

/** Splits at a pattern that cannot backtrack for long: classes without groups, of which two at most repeat. */
function splitByPattern(
  text: string,
  { source, flags }: Extract<JsValue, { kind: 'regex' }>,
  limit: number | undefined,
  make: (pieces: readonly string[]) => JsValue,
): JsValue | undefined {
  const repetitions = source.match(/[+*]|\{\d+,\}/g)?.length ?? 0;
  if (text.length > longestSplit || repetitions > 2 || /\(|\\[1-9]/.test(source) || flags.includes('v')) return undefined;
  try {
    return make(text.split(new RegExp(source, flags), limit));
  } catch {
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
  const isOneClass = /^\[(?:[^\]\\]|\\.)*\]$/.test(regex.source);
  if (text.length <= longestReplaced && isOneClass && !/\$['`\d<]/.test(replacement)) return replaceAll(text, regex, replacement, make);
  if (text.length > longestReplaced || repetitions > 1 || /\\[1-9]|\(\?[<!=]/.test(regex.source) || replacement.includes('$'))
    return undefined;
  return replaceAll(text, regex, replacement, make);
}

function replaceAll(
  text: string,
  regex: Extract<JsValue, { kind: 'regex' }>,
  replacement: string,
  make: (result: string) => JsValue,
): JsValue | undefined {
  // Some classes under this flag end V8's process (Node 20).
  if (regex.flags.includes('v')) return undefined;
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
