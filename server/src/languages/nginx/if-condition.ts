/** Conditions of `if`, as ngx_http_rewrite_if_condition reads them (behaviour 1.12). */
import { contains } from '../../cors/origins/origin-set.ts';
import type { Pattern } from '../../cors/origins/origin-set.ts';
import { all, any, not, originAbsent, originIn, test, unknown } from '../../policy/condition.ts';
import type { Condition, OriginCheck, Value } from '../../policy/model.ts';
import { placeKey } from '../../core/text.ts';
import { placeOf, wholeOf } from './lines.ts';
import { isPartOfPatternFilledIn } from './template.ts';
import type { Line } from './lines.ts';
import { testOf } from './maps.ts';
import { groupNames } from './variables.ts';
import type { Captures, Variables } from './variables.ts';
import type { NginxWord } from './syntax.ts';

export interface IfCondition {
  readonly when: Condition;
  /** The pattern of `~`, `~*`, whose groups are captured where it matches. */
  readonly pattern: Pattern | undefined;
  /** The negated forms capture nothing inside the block. */
  readonly negated: boolean;
  /** What the pattern is searched in. */
  readonly subject: Value | undefined;
  readonly names: readonly string[];
  /** nginx does not accept the condition. */
  readonly refused: string | undefined;
}

/** The words between the brackets, without these. */
export function conditionWords(line: Line): readonly NginxWord[] | undefined {
  const words = [...line.args];
  const first = words[0];
  if (!first?.value.startsWith('(') || first.quoting !== 'none') return undefined;
  if (first.value === '(') words.shift();
  else words[0] = trimmed(first, 1, 0);
  const last = words.at(-1);
  if (!last?.value.endsWith(')')) return undefined;
  if (last.value === ')') words.pop();
  else words[words.length - 1] = trimmed(last, 0, 1);
  return words;
}

function trimmed(word: NginxWord, start: number, end: number): NginxWord {
  const range = { start: word.range.start + start, end: word.range.end - end };
  return { ...word, range, content: range, value: word.value.slice(start, word.value.length - end) };
}

const broken = (line: Line, refused: string | undefined): IfCondition => ({
  when: unknown(
    `if@${line.source.file.uri}#${line.directive.range.start}`,
    line.args.some((word) => word.template) ? 'placeholder' : 'unsupported',
  ),
  pattern: undefined,
  negated: false,
  subject: undefined,
  names: [],
  refused,
});

/** Reads the condition of an `if` line. What nginx refuses becomes an unknown. */
export function readIf(line: Line, variables: Variables, captures: Captures): IfCondition {
  const words = conditionWords(line);
  if (!words) return broken(line, 'the condition has to stand between "(" and ")"');
  const [left, operator, right] = words;
  if (!left) return broken(line, 'the condition is empty');
  if (words.some((word) => word.template)) return broken(line, undefined);
  if (/^!?-[fdex]$/.test(left.value)) return fileTest(left, words);
  if (!/^\$\w+$/.test(left.value)) return broken(line, 'the left side has to be a variable');
  const value = variables.valueOf(left, line.source, captures);
  const plain = { pattern: undefined, negated: false, subject: undefined, names: [], refused: undefined };
  if (words.length === 1) return { ...plain, when: truth(value) };
  if (!operator || !right || words.length > 3)
    return broken(line, words.length === 2 ? 'the right side is missing' : 'only one comparison is possible');
  switch (operator.value) {
    case '=':
    case '!=': {
      const equal = equals(value, variables.valueOf(right, line.source, captures), line, right);
      return { ...plain, when: operator.value === '=' ? equal : not(equal) };
    }
    case '~':
    case '~*':
    case '!~':
    case '!~*':
      if (isPartOfPatternFilledIn(right.value))
        return { ...broken(line, undefined), when: unknown(`if@${placeKey(wholeOf(line))}`, 'placeholder') };
      return search(line, value, operator.value, right);
    default:
      return broken(line, `"${operator.value}" is no operator`);
  }
}

function fileTest(left: NginxWord, words: readonly NginxWord[]): IfCondition {
  const what = words
    .slice(1)
    .map((word) => word.value)
    .join(' ');
  const exists = unknown(`file:${left.value.replace('!', '')}:${what}`, 'file-system');
  const when = left.value.startsWith('!') ? not(exists) : exists;
  return {
    when,
    pattern: undefined,
    negated: false,
    subject: undefined,
    names: [],
    refused: words.length === 2 ? undefined : 'a file test takes one file',
  };
}

/** Empty and `0` are false, everything else is true. */
function truth(value: Value): Condition {
  const falsy = test(value, { kind: 'oneOf', values: ['', '0'] });
  return value.kind === 'origin' ? all(not(originAbsent), not(falsy)) : not(falsy);
}

function equals(left: Value, right: Value, line: Line, word: NginxWord): Condition {
  if (right.kind === 'literal') {
    const place = placeOf(line.source, word.range);
    const check: OriginCheck | undefined =
      left.kind === 'origin' ? { form: 'equals', place, entries: [{ text: right.text, place }] } : undefined;
    return testOf(left, { kind: 'oneOf', values: [right.text] }, check);
  }
  if (left.kind === 'literal') return equals(right, left, line, word);
  if (right.kind === 'choice' || right.kind === 'variable') {
    const whole = choiceEquals(left, right);
    if (whole) return whole;
  }
  // Two texts of the request compared with each other: the same Origin on both sides is equal, the rest is not modelled.
  if (left.kind === 'origin' && right.kind === 'origin') return { kind: 'always' };
  return unknown(`if@${line.source.file.uri}#${line.directive.range.start}`, 'unsupported');
}

/** A comparison with a map's value: one comparison for each value that it can have. */
function choiceEquals(left: Value, right: Value): Condition | undefined {
  if (right.kind !== 'choice') return undefined;
  const options = [...right.options.map((option) => option.value), right.otherwise];
  if (!options.every((option) => option.kind === 'literal' || (option.kind === 'origin' && left.kind === 'origin'))) return undefined;
  const conditions: Condition[] = [];
  let before: Condition[] = [];
  for (const [index, option] of options.entries()) {
    const when = right.options[index]?.when;
    const equal: Condition = option.kind === 'literal' ? testOf(left, { kind: 'oneOf', values: [option.text] }) : { kind: 'always' };
    conditions.push(all(...before, ...(when ? [when] : []), equal));
    if (when) before = [...before, not(when)];
  }
  return any(...conditions);
}

function search(line: Line, value: Value, operator: string, word: NginxWord): IfCondition {
  const pattern: Pattern = { dialect: 'pcre', source: word.value, flags: operator.endsWith('*') ? 'i' : '' };
  const place = placeOf(line.source, word.range);
  const check: OriginCheck = { form: 'pattern', place, pattern };
  const set = { kind: 'pattern', pattern } as const;
  const negated = operator.startsWith('!');
  // A missing header is searched as an empty text (behaviour 1.12); a pattern that cannot match that asks for an Origin.
  const found =
    value.kind === 'origin' && contains(set, '') === false
      ? originIn(set, check)
      : testOf(value, set, value.kind === 'origin' ? check : undefined);
  return { when: negated ? not(found) : found, pattern, negated, subject: value, names: groupNames(word.value), refused: undefined };
}
