/** Methods of the Origin header, of texts made from it, and of other texts of the request. */
import { type OriginSet, matching, oneOf, union, intersection, complement } from '../../cors/origins/origin-set.ts';
import { methodIs } from '../../policy/condition.ts';
import type { CheckForm } from '../../policy/model.ts';
import { matchResult, testPattern } from './pattern-methods.ts';
import type { Interpreter } from './interpreter.ts';
import { afterStart, checkOf, derive, equals, escapeRegex, ignoringCase, testText } from './origin-tests.ts';
import { arrayValue, type CallSite, choiceValue, type DatumValue, type JsValue, type OriginText, textOfConstant } from './values.ts';

const number = (value: number): JsValue => ({ kind: 'number', value });
const atLeast = (value: number): JsValue => ({ kind: 'number', value, atLeast: true });

export function callOriginMethod(
  interpreter: Interpreter,
  receiver: OriginText | DatumValue,
  name: string,
  args: readonly JsValue[],
  site: CallSite,
): JsValue | undefined {
  const [first, second] = args;
  const text = first && textOfConstant(first);
  const test = (form: CheckForm, set: OriginSet): JsValue => ({
    kind: 'condition',
    place: site.place,
    when: testText(receiver, set, checkOf(interpreter.spelling(form, site.place), first ? [first] : []), false),
  });
  switch (name) {
    case 'toString':
    case 'valueOf':
    case 'trim':
    case 'normalize':
      return receiver;
    case 'startsWith':
      return text === undefined || second ? undefined : test('startsWith', { kind: 'prefix', text });
    case 'endsWith':
      return text === undefined || second ? undefined : test('endsWith', { kind: 'suffix', text });
    case 'includes':
      return text === undefined ? undefined : test('includes', { kind: 'contains', text });
    case 'indexOf':
    case 'lastIndexOf': {
      if (text === undefined) return undefined;
      const spelling = checkOf(interpreter.spelling('indexOf', site.place), first ? [first] : []);
      const inside = testText(receiver, { kind: 'contains', text }, spelling, false);
      if (name === 'lastIndexOf') return choiceValue(inside, atLeast(0), number(-1));
      return choiceValue(
        testText(receiver, { kind: 'prefix', text }, spelling, false),
        number(0),
        choiceValue(inside, atLeast(1), number(-1)),
      );
    }
    case 'match':
    case 'search': {
      const regex =
        first?.kind === 'string'
          ? ({ kind: 'regex', source: first.text, flags: '', ...(first.place ? { place: first.place } : {}) } as const)
          : first;
      if (regex?.kind !== 'regex') return undefined;
      const when = testPattern(interpreter, regex, receiver, site, false);
      return name === 'match' ? matchResult(regex, receiver, when) : choiceValue(when, atLeast(0), number(-1));
    }
    case 'localeCompare':
      return first ? choiceValue(equals(receiver, first, interpreter.spelling('equals', site.place)), number(0), atLeast(1)) : undefined;
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
    case 'slice':
    case 'substring':
    case 'substr':
      return piece(receiver, name, first, second);
    case 'split':
      return text === undefined ? undefined : splitOrigin(receiver, text, site);
    case 'replace':
      return second && textOfConstant(second) === '' ? withoutPiece(receiver, first) : undefined;
    default:
      return undefined;
  }
}

/** `req.method.toLowerCase()`. Methods come in upper case (RFC 9110 §9.1). */
function lowerMethod(interpreter: Interpreter, site: CallSite): JsValue {
  let value: JsValue = interpreter.unknownAt(site.place, 'unsupported');
  for (const method of ['OPTIONS', 'GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE'])
    value = choiceValue(methodIs(method), { kind: 'string', text: method.toLowerCase() }, value);
  return value;
}

/** `slice` and its like with constant bounds, where what is left can be compared. */
function piece(receiver: OriginText, name: string, first: JsValue | undefined, second: JsValue | undefined): JsValue | undefined {
  if (first?.kind !== 'number' || (second && second.kind !== 'number')) return undefined;
  const from = first.value;
  const to = second?.kind === 'number' ? second.value : undefined;
  if (name !== 'slice' && from < 0) return undefined;
  if (from >= 0 && to === undefined) return derive(receiver, (set) => afterStart(`[^]{${from}}`, '', set));
  // The comparison can only hold for texts as long as the piece.
  const exact = (kind: 'prefix' | 'suffix', length: number): OriginText =>
    derive(receiver, (set) => {
      if (set.kind === 'complement') return exactly(set.of, kind, length, true);
      return exactly(set, kind, length, false);
    });
  if (from === 0 && to !== undefined && to > 0) return exact('prefix', to);
  return from < 0 && to === undefined ? exact('suffix', -from) : undefined;
}

function exactly(set: OriginSet, kind: 'prefix' | 'suffix', length: number, negative: boolean): OriginSet | undefined {
  if (set.kind !== 'oneOf' || set.ignoreCase === true) return undefined;
  const found = union(
    set.values.map((text): OriginSet =>
      text.length === length ? { kind, text } : text.length < length ? oneOf([text]) : { kind: 'none' },
    ),
  );
  return negative ? complement(found) : found;
}

/** What is behind `://`. */
function splitOrigin(receiver: OriginText, separator: string, site: CallSite): JsValue | undefined {
  if (separator !== '://' && separator !== '//') return undefined;
  const before = derive(receiver, (set) =>
    set.kind === 'oneOf' ? union(set.values.map((text): OriginSet => ({ kind: 'prefix', text: text + separator }))) : undefined,
  );
  const behind = derive(receiver, (set) => afterStart(`[^]*?${escapeRegex(separator)}`, '', set));
  return arrayValue([before, behind], site.place);
}

/** `replace(piece, '')`: a piece at the start is cut off; an Origin has nothing behind its port. */
function withoutPiece(receiver: OriginText, piece: JsValue | undefined): JsValue | undefined {
  if (piece?.kind === 'string') {
    if (/^[a-z]+:\/\/$/.test(piece.text)) return withoutStart(receiver, escapeRegex(piece.text), '');
    return undefined;
  }
  if (piece?.kind !== 'regex') return undefined;
  if (/^\\\/[+*]?\$$/.test(piece.source)) return receiver;
  return piece.source.startsWith('^') && !hasTopLevelAlternative(piece.source)
    ? withoutStart(receiver, piece.source.slice(1), piece.flags)
    : undefined;
}

function withoutStart(receiver: OriginText, start: string, flags: string): OriginText {
  const plain = flags.replace(/[gyd]/g, '');
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
