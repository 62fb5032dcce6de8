/** What may be written at an offset: names and values of response headers, and variables in them. */
import type { Expectation, LocalWord } from '../../core/expectation.ts';
import type { SourceFile, SourceFiles } from '../../core/files.ts';
import type { TextRange } from '../../core/text.ts';
import { concernsCors } from '../../cors/vocabulary.ts';
import { configurationOf } from './configuration.ts';
import { interpolate } from './interpolate.ts';
import type { Body, Line } from './lines.ts';
import { sourceOf } from './lines.ts';
import type { NginxDirective, NginxItem, NginxWord } from './syntax.ts';

/** The expectation inside `add_header` and `more_set_headers`; undefined everywhere else. */
export function expectedAt(file: SourceFile, files: SourceFiles, offset: number): Expectation | undefined {
  const { items, tokens } = sourceOf(file).syntax;
  if (tokens.some((token) => token.kind === 'comment' && token.start < offset && offset <= token.end)) return undefined;
  const directive = directiveAt(items, file.text, offset);
  if (directive === undefined || offset <= directive.name.range.end) return undefined;
  const position = positionIn(directive.args, offset);
  if (position === undefined) return undefined;
  const place: Position = { ...position, file, files, offset };
  if (directive.name.value === 'add_header') return inAddHeader(directive, place);
  return directive.name.value === 'more_set_headers' ? inMoreSetHeaders(directive, place) : undefined;
}

interface Position {
  readonly index: number;
  /** The word around the offset; undefined in white space. */
  readonly word: NginxWord | undefined;
  readonly file: SourceFile;
  readonly files: SourceFiles;
  readonly offset: number;
}

/** The directive that an offset belongs to; one that is not ended yet reaches to the end of its line. */
function directiveAt(items: readonly NginxItem[], text: string, offset: number): NginxDirective | undefined {
  const item = items.findLast((each) => each.range.start <= offset);
  if (item?.kind !== 'directive') return undefined;
  if (item.block) {
    const { open, close } = item.block;
    if (offset <= open.start) return item;
    return close === undefined || offset <= close.start ? directiveAt(item.block.items, text, offset) : undefined;
  }
  if (item.terminator === 'missing') return /^[ \t]*$/.test(text.slice(item.range.end, offset)) ? item : undefined;
  return offset <= item.terminatorRange.start ? item : undefined;
}

function positionIn(args: readonly NginxWord[], offset: number): Pick<Position, 'index' | 'word'> | undefined {
  const index = args.findIndex((word) => offset <= word.range.end);
  const word = args[index];
  if (word === undefined) return { index: args.length, word: undefined };
  if (offset < word.range.start) return { index, word: undefined };
  // At a quote's outer side nothing can be written, and what a template fills in is not known.
  return word.template || offset < word.content.start || offset > word.content.end ? undefined : { index, word };
}

function inAddHeader(directive: NginxDirective, place: Position): Expectation | undefined {
  const { index, word, offset } = place;
  const written = word?.content ?? { start: offset, end: offset };
  const [name] = directive.args;
  if (index === 0) return headerName(written, place);
  if (name === undefined || !concernsCors(name.value)) return undefined;
  if (index === 1) return headerValue(name.value, written, place);
  if (index !== 2 || word?.quoting === 'single' || word?.quoting === 'double') return undefined;
  const local: LocalWord = { text: 'always', detail: 'Also sends the header with error responses.', kind: 'keyword' };
  return { expected: { kind: 'local word' }, range: written, local: [local], spell: (text) => text };
}

/** `more_set_headers [-s statuses] [-t types] 'Name: value' …`. */
function inMoreSetHeaders(directive: NginxDirective, place: Position): Expectation | undefined {
  const { index, word, offset, file } = place;
  const before = directive.args[index - 1]?.value;
  if (before === '-s' || before === '-t' || word?.value.startsWith('-') === true) return undefined;
  const written = word?.content ?? { start: offset, end: offset };
  const text = file.text.slice(written.start, written.end);
  const colon = text.indexOf(':');
  if (colon < 0) {
    const name = headerName(written, place);
    // Bare words end at a blank.
    return name && { ...name, spell: (each) => (word === undefined || word.quoting === 'none' ? `${each}:` : `${each}: `) };
  }
  if (offset <= written.start + colon) return headerName({ start: written.start, end: written.start + colon }, place);
  const header = text.slice(0, colon).trim();
  const blank = /^\s*/.exec(text.slice(colon + 1))?.[0].length ?? 0;
  const start = Math.min(written.start + colon + 1 + blank, offset);
  return concernsCors(header) ? headerValue(header, { start, end: written.end }, place) : undefined;
}

function headerName(written: TextRange, { file }: Position): Expectation | undefined {
  return isOneLine(file.text, written) && /^[\w-]*$/.test(file.text.slice(written.start, written.end))
    ? { expected: { kind: 'header name' }, range: written, local: [], spell: (text) => text }
    : undefined;
}

function headerValue(header: string, written: TextRange, { file, files, offset, word }: Position): Expectation | undefined {
  if (!isOneLine(file.text, written)) return undefined;
  const spell = (text: string): string =>
    (word !== undefined && word.quoting !== 'none') || !/[\s;{}"'#]/.test(text) ? text : `"${text}"`;
  const isOrigin = header.toLowerCase() === 'access-control-allow-origin';
  const variables = (): readonly LocalWord[] => variablesOf(configurationOf(file, files), isOrigin);
  const reference = /\$\{?\w*$/.exec(file.text.slice(written.start, offset));
  if (reference) {
    const start = written.start + reference.index;
    const rest = /^\w*\}?/.exec(file.text.slice(offset, written.end))?.[0].length ?? 0;
    return { expected: { kind: 'local word' }, range: { start, end: offset + rest }, local: variables(), spell };
  }
  return { expected: { kind: 'header value', header }, range: written, local: isOrigin ? variables() : [], spell };
}

const isOneLine = (text: string, { start, end }: TextRange): boolean => !text.slice(start, end).includes('\n');

/** The variables that a header may be made of: those that a map makes of the Origin first. */
function variablesOf(body: Body, originFirst: boolean): readonly LocalWord[] {
  const ofOrigin = new Map<string, LocalWord>();
  const others = new Map<string, LocalWord>();
  const add = (into: Map<string, LocalWord>, word: NginxWord | undefined, detail: string): void => {
    if (word?.value.startsWith('$') === true && word.value.length > 1)
      into.set(word.value.toLowerCase(), { text: word.value, detail, kind: 'variable' });
  };
  const walk = (lines: readonly Line[]): void => {
    for (const { name, args, source, body: inner } of lines) {
      const [from, to] = args;
      const origin =
        from !== undefined &&
        interpolate(from, source.file.text).parts.some((each) => each.kind === 'variable' && each.name === 'http_origin');
      if (name === 'map' && origin) add(ofOrigin, to, 'map of the Origin');
      else if (name === 'map') add(others, to, `map of ${from?.value ?? 'a value'}`);
      else if (name === 'set' || name === 'auth_request_set') add(others, from, `Set by ${name}.`);
      else if (name === 'geo') add(others, args.at(-1), 'Depends on the client’s address.');
      if (inner && name !== 'map' && name !== 'geo') walk(inner.lines);
    }
  };
  walk(body.lines);
  const asSent: LocalWord = {
    text: '$http_origin',
    detail: 'The request’s Origin as it was sent: without a map in between every site is let in.',
    kind: 'variable',
  };
  return originFirst ? [...ofOrigin.values(), asSent, ...others.values()] : [...others.values(), ...ofOrigin.values()];
}
