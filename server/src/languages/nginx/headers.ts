/** Response header lines of a level: add_header, add_header_inherit, more_set_headers, more_clear_headers. */
import { anyOf } from '../../policy/codes.ts';
import type { Codes } from '../../policy/codes.ts';
import type { HeaderLine, HeaderWrite, Sending, Sent, Step, UnknownReason } from '../../policy/model.ts';
import { corsResponseHeaders } from '../../cors/headers.ts';
import { placeOf, wholeOf } from './lines.ts';
import type { Line } from './lines.ts';
import { own } from './levels.ts';
import type { Level } from './levels.ts';
import type { Captures, Variables } from './variables.ts';
import type { NginxWord } from './syntax.ts';
import { cook } from './interpolate.ts';

/** The statuses with which add_header sends a line that has no `always` (behaviour 1.1). */
export const safeStatuses: Codes = anyOf(200, 201, 204, 206, 301, 302, 303, 304, 307, 308);

export interface EffectiveHeaders {
  /** In the order in which they go out. */
  readonly lines: readonly Line[];
  /** Set where lines that are not in sight may go out as well. */
  readonly open: UnknownReason | undefined;
}

type Mode = 'on' | 'off' | 'merge';

/** The mode of inheritance in force at a level, itself inherited (behaviour 1.3). */
export function inheritance(level: Level): Mode {
  for (let at: Level | undefined = level; at; at = at.parent) {
    const value = own(at, 'add_header_inherit').at(-1)?.args[0]?.value;
    if (value === 'on' || value === 'off' || value === 'merge') return value;
  }
  return 'on';
}

/** The add_header directives in force at a level. */
export function addedHeaders(level: Level): EffectiveHeaders {
  const lines = own(level, 'add_header').filter((line) => line.args.length >= 2);
  const mode = inheritance(level);
  if (mode === 'off' || (mode === 'on' && lines.some((line) => line.when.kind === 'always'))) return { lines, open: level.body.open };
  const outer: EffectiveHeaders = level.parent ? addedHeaders(level.parent) : { lines: [], open: level.outside ? 'outside' : undefined };
  const open = level.body.open ?? outer.open;
  if (mode === 'merge') return { lines: [...lines, ...outer.lines], open };
  // Lines under a template condition: whether the outer ones are inherited is not known either.
  return lines.length > 0 ? { lines, open: open ?? 'placeholder' } : { lines: outer.lines, open };
}

/** The directives of the headers-more module in force at a level: they add up, outer ones first (behaviour 1.21). */
function moreHeaders(level: Level): readonly Line[] {
  return [...(level.parent ? moreHeaders(level.parent) : []), ...own(level, 'more_set_headers', 'more_clear_headers')];
}

const writes = new WeakMap<Line, readonly HeaderWrite[]>();

/** One write of a line is one object, however many levels inherit it, so that rules can compare by identity. */
function cached(line: Line, captures: Captures, make: () => readonly HeaderWrite[]): readonly HeaderWrite[] {
  if (captures.of !== 'nothing' && line.args.some((word) => /\$[1-9]/.test(word.value))) return make();
  let made = writes.get(line);
  if (!made) writes.set(line, (made = make()));
  return made;
}

/** The write of an add_header directive. */
export function addHeaderWrite(line: Line, variables: Variables, captures: Captures): HeaderWrite | undefined {
  const [name, value, third] = line.args;
  if (!name || !value) return undefined;
  return cached(line, captures, () => [
    {
      op: 'add',
      table: 'nginx',
      name: name.value,
      value: variables.valueOf(value, line.source, captures),
      // nginx refuses other letters; what their author means is plain, and how to write it is another finding (behaviour 1.5).
      ...(third?.value.toLowerCase() === 'always' ? {} : { statuses: safeStatuses }),
      omitEmpty: true,
      place: wholeOf(line),
      namePlace: placeOf(line.source, name.range),
      valuePlace: placeOf(line.source, value.range),
    },
  ])[0];
}

/** The writes of a more_set_headers or more_clear_headers directive: sets, and unsets of what the upstream sent. */
export function moreHeaderWrites(line: Line, variables: Variables, captures: Captures): readonly HeaderWrite[] {
  return cached(line, captures, () => {
    const { words, statuses } = moreArguments(line);
    return words.flatMap((word) =>
      line.name === 'more_clear_headers' ? cleared(line, word, statuses) : set(line, word, statuses, variables, captures),
    );
  });
}

/**
 * The words of a more_set_headers or more_clear_headers that say which responses it is about, or how: `-s '404 500'`,
 * `-t text/html`, `-a`. The others are header lines.
 */
export function optionsAmong(args: readonly NginxWord[]): readonly NginxWord[] {
  return args.filter(({ value }, index) => isOption.test(value) || takesList.test(args[index - 1]?.value ?? ''));
}

const isOption = /^-[ariste]$/;
const takesList = /^-[st]$/;

/** The header lines of a directive, and the statuses of all its `-s` together. */
function moreArguments(line: Line): { readonly words: readonly NginxWord[]; readonly statuses: Codes | undefined } {
  const options = optionsAmong(line.args);
  const codes = options.flatMap(({ value }, index) => (options[index - 1]?.value === '-s' ? value.split(/\s+/).map(Number) : []));
  const known = codes.filter((code) => Number.isInteger(code));
  return { words: line.args.filter((word) => !options.includes(word)), statuses: known.length > 0 ? anyOf(...known) : undefined };
}

function set(line: Line, word: NginxWord, statuses: Codes | undefined, variables: Variables, captures: Captures): readonly HeaderWrite[] {
  const text = line.source.file.text.slice(word.content.start, word.content.end);
  const colon = text.indexOf(':');
  if (colon < 0) return cleared(line, word, statuses);
  const name = cook(text.slice(0, colon)).trim();
  const blank = /^\s*/.exec(text.slice(colon + 1))?.[0].length ?? 0;
  const range = { start: word.content.start + colon + 1 + blank, end: word.content.end };
  const value: NginxWord = { ...word, range, content: range, value: cook(text.slice(colon + 1 + blank)), quoting: 'none' };
  if (value.value === '') return cleared(line, { ...word, value: name }, statuses);
  const common = {
    name,
    ...(statuses && { statuses }),
    place: wholeOf(line),
    namePlace: placeOf(line.source, { start: word.content.start, end: word.content.start + colon }),
    valuePlace: placeOf(line.source, range),
  };
  return [
    { ...common, op: 'unset', table: 'upstream', value: { kind: 'literal', text: '' } },
    { ...common, op: 'set', table: 'headersMore', value: variables.valueOf(value, line.source, captures), omitEmpty: true },
  ];
}

const wildcardNames: readonly string[] = [...corsResponseHeaders, 'Vary'];

function cleared(line: Line, word: NginxWord, statuses: Codes | undefined): readonly HeaderWrite[] {
  const prefix = word.value.endsWith('*') ? word.value.slice(0, -1).toLowerCase() : undefined;
  const names =
    prefix === undefined ? [word.value.replace(/:\s*$/, '')] : wildcardNames.filter((name) => name.toLowerCase().startsWith(prefix));
  const place = placeOf(line.source, word.range);
  return names.flatMap((name) =>
    (['upstream', 'headersMore'] as const).map((table): HeaderWrite => ({
      op: 'unset',
      table,
      name,
      value: { kind: 'literal', text: '' },
      ...(statuses && { statuses }),
      place: wholeOf(line),
      namePlace: place,
      valuePlace: place,
    })),
  );
}

/** Names that the headers-more module certainly takes from an upstream's response at a level, in lower case. */
export function replacedNames(level: Level, variables: Variables): readonly string[] {
  return moreHeaders(level)
    .filter((line) => line.when.kind === 'always' && !line.args.some((word) => word.value === '-s' || word.value === '-t'))
    .flatMap((line) => moreHeaderWrites(line, variables, { of: 'unknown' }))
    .filter((write) => write.table === 'upstream' && write.op === 'unset')
    .map((write) => write.name.toLowerCase());
}

/** The steps that write a level's header lines, and whether more may come. `captures`: what `$1` means at response time. */
export function respondSteps(
  level: Level,
  variables: Variables,
  captures: Captures,
): { readonly steps: readonly Step[]; readonly open: UnknownReason | undefined } {
  const added = addedHeaders(level);
  const steps: Step[] = [];
  const push = (line: Line, write: HeaderWrite): void => {
    const step: Step = { kind: 'write', write };
    steps.push(line.when.kind === 'always' ? step : { kind: 'branch', when: line.when, then: [step] });
  };
  for (const line of moreHeaders(level)) for (const write of moreHeaderWrites(line, variables, captures)) push(line, write);
  for (const line of added.lines) {
    const write = addHeaderWrite(line, variables, captures);
    if (write) push(line, write);
  }
  return { steps, open: added.open };
}

/**
 * nginx sends what the upstream sent, then what headers-more set, then what add_header added: it never replaces
 * (behaviour 1.9, 1.21).
 */
export function send({ tables }: Sending): Sent {
  const upstream: readonly HeaderLine[] = tables.upstream ?? [];
  return { lines: [...upstream, ...(tables.headersMore ?? []), ...(tables.nginx ?? [])], withheld: [] };
}
