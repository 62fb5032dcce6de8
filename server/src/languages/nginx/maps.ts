/** `map` as a choice of values (ngx_http_map_module, behaviour 1.11). */
import { all, any, literal, not, originIn, test, unknown } from '../../policy/condition.ts';
import { methodsIn } from '../../policy/method-test.ts';
import type { Condition, Option, OriginCheck, Value } from '../../policy/model.ts';
import { difference, intersection, NO_ORIGINS, union } from '../../cors/origins/origin-set.ts';
import type { OriginSet, Pattern } from '../../cors/origins/origin-set.ts';
import { placeKey } from '../../core/text.ts';
import { isPartOfPatternFilledIn } from './template.ts';
import { placeOf, wholeOf } from './lines.ts';
import type { Line } from './lines.ts';
import { capturesIn, noCaptures } from './variables.ts';
import type { Captures, Variables } from './variables.ts';
import type { NginxWord } from './syntax.ts';

/** One entry of a map as nginx reads it. */
export interface MapEntry {
  readonly line: Line;
  /** What the key matches, or undefined for `default`. */
  readonly admits: OriginSet | undefined;
  readonly pattern: Pattern | undefined;
  readonly check: OriginCheck;
  readonly result: NginxWord;
  /** Exact keys come before masks, masks before patterns. Longer masks first. */
  readonly rank: number;
  /** A template fills the key in. */
  readonly open?: true;
}

const entriesOf = new WeakMap<Line, readonly MapEntry[]>();

/** The entries of a map in the order in which nginx tries them; `default` is last. */
function readMap(line: Line): readonly MapEntry[] {
  let entries = entriesOf.get(line);
  if (!entries) entriesOf.set(line, (entries = readEntries(line)));
  return entries;
}

function readEntries(line: Line): readonly MapEntry[] {
  const lines = line.body?.lines ?? [];
  // `hostnames` speaks for the entries after it.
  let hostnames = false;
  const entries: MapEntry[] = [];
  for (const entry of lines) {
    const [result] = entry.args;
    if (entry.name === 'hostnames' && !result) hostnames = true;
    if (result) entries.push(readEntry(entry, result, hostnames));
  }
  return (hostnames ? entries.map(ignoringFinalDot) : entries)
    .map((entry, index) => ({ entry, index }))
    .sort((a, b) => a.entry.rank - b.entry.rank || a.index - b.index)
    .map(({ entry }) => entry);
}

/** A map with `hostnames` anywhere takes one dot off the end of its source before it compares (behaviour 1.11). */
function ignoringFinalDot(entry: MapEntry): MapEntry {
  const { admits } = entry;
  return admits === undefined ? entry : { ...entry, admits: withFinalDot(admits) };
}

function withFinalDot(admits: OriginSet): OriginSet {
  switch (admits.kind) {
    case 'none':
      return admits;
    case 'oneOf':
      return { ...admits, values: admits.values.flatMap((text) => (text.endsWith('.') ? [`${text}.`] : [text, `${text}.`])) };
    case 'suffix':
      return union([...(admits.text.endsWith('.') ? [] : [admits]), { ...admits, text: `${admits.text}.` }]);
    case 'union':
      return union(admits.of.map(withFinalDot));
    default: {
      const dotted: OriginSet = { kind: 'suffix', text: '.' };
      return union([
        difference(admits, dotted),
        intersection([dotted, { kind: 'piece', piece: { take: 'withoutLast', count: 1 }, of: admits }]),
      ]);
    }
  }
}

function readEntry(line: Line, result: NginxWord, hostnames: boolean): MapEntry {
  const word = line.directive.name;
  const place = placeOf(line.source, word.range);
  const entry = (text: string, admits: OriginSet | undefined, rank: number, pattern?: Pattern): MapEntry => ({
    line,
    admits,
    pattern,
    result,
    rank,
    check: pattern ? { form: 'pattern', place, pattern } : { form: 'lookup', place, entries: [{ text, place }] },
  });
  const key = word.value;
  // A template fills in which values the entry is for: that is asked of nobody.
  if (word.template || isPartOfPatternFilledIn(key))
    return { ...entry(key, NO_ORIGINS, key.startsWith('~') ? 999 : 0), check: { form: 'lookup', place }, open: true };
  if (key === 'default') return { ...entry(key, undefined, 1000), check: { form: 'lookup', place } };
  if (key.startsWith('~')) {
    const insensitive = key.startsWith('~*');
    const pattern: Pattern = { dialect: 'pcre', source: key.slice(insensitive ? 2 : 1), flags: insensitive ? 'i' : '' };
    return entry(key, { kind: 'pattern', pattern }, 999, pattern);
  }
  // A leading backslash takes `default`, `~` and the like literally.
  const text = key.startsWith('\\') ? key.slice(1) : key;
  if (hostnames && /^(?:\*\.|\.)/.test(text)) {
    const tail = text.replace(/^\*/, '');
    const below: OriginSet = { kind: 'suffix', text: tail, ignoreCase: true };
    const alone: OriginSet = { kind: 'oneOf', values: [tail.slice(1)], ignoreCase: true };
    return {
      ...entry(text, text.startsWith('*') ? below : { kind: 'union', of: [alone, below] }, 500 - Math.min(text.length, 400)),
      // A mask is compared with a part of the Origin only, so that it need not be spelled like one.
      check: { form: 'endsWith', place },
    };
  }
  if (hostnames && text.endsWith('.*'))
    return {
      ...entry(text, { kind: 'prefix', text: text.slice(0, -1), ignoreCase: true }, 950 - Math.min(text.length, 400)),
      check: { form: 'startsWith', place },
    };
  return entry(text, { kind: 'oneOf', values: [text], ignoreCase: true }, 0);
}

/** The value of the variable that a map defines. */
export function mapValue(line: Line, variables: Variables, depth: number): Value {
  const [from] = line.args;
  if (from === undefined) return literal('');
  const source = variables.valueOf(from, line.source, noCaptures, depth);
  const options: Option[] = [];
  let otherwise: Value = { kind: 'literal', text: '', place: wholeOf(line) };
  for (const entry of readMap(line)) {
    const value = variables.valueOf(entry.result, entry.line.source, capturesOf(source, entry.pattern), depth);
    const place = placeOf(entry.line.source, entry.result.range);
    if (entry.open)
      options.push({ when: all(entry.line.when, unknown(`key@${placeKey(entry.check.place)}`, 'placeholder')), value, place });
    else if (entry.admits) options.push({ when: all(entry.line.when, matches(source, entry.admits, entry.check)), value, place });
    else otherwise = value;
  }
  return { kind: 'choice', options, otherwise, place: wholeOf(line) };
}

function capturesOf(source: Value, pattern: Pattern | undefined): Captures {
  return pattern ? capturesIn(source, pattern) : noCaptures;
}

/** Whether the source of a map meets a key. Patterns are never tried on an empty source. */
function matches(source: Value, admits: OriginSet, check: OriginCheck): Condition {
  if (check.form === 'pattern') {
    if (source.kind === 'origin') return originIn(admits, check);
    return all(not(test(source, { kind: 'oneOf', values: [''] })), testOf(source, admits, check));
  }
  return testOf(source, admits, check);
}

/** A text test on a value; tests on the method become conditions on the method, so that rules understand them. */
export function testOf(value: Value, admits: OriginSet, check?: OriginCheck): Condition {
  if (value.kind === 'request' && value.datum === 'method') {
    const methods = methodsIn(admits);
    if (methods) return { kind: 'method', in: methods };
  }
  if (value.kind === 'origin' && admits.kind === 'oneOf' && !admits.values.includes('')) return originIn(admits, check);
  return any(test(value, admits, check));
}
