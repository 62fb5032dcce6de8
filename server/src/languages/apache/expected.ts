/** What may be written at an offset of a `Header` line: a header's name and value, and the variables that the file sets. */
import type { Expectation, LocalWord } from '../../core/expectation.ts';
import type { SourceFile, SourceFiles } from '../../core/files.ts';
import { lineStartAt, samePlace, type TextRange } from '../../core/text.ts';
import { concernsCors } from '../../cors/vocabulary.ts';
import { namesOf } from './names.ts';
import type { Argument, Directive, Node } from './syntax.ts';
import { parseFile } from './tree.ts';

/** Actions of `Header` that take a name and then a value. */
const writing: ReadonlySet<string> = new Set(['set', 'append', 'merge', 'add', 'setifempty']);
/** Actions that take a name. */
const naming: ReadonlySet<string> = new Set([...writing, 'unset', 'edit', 'edit*']);

export function expectedAt(file: SourceFile, files: SourceFiles, offset: number): Expectation | undefined {
  const directive = directiveAt(parseFile(file).nodes, file.text, offset);
  if (directive?.key !== 'header' || offset <= directive.nameRange.end) return undefined;
  const { args } = directive;
  const table = args[0] !== undefined && /^(?:always|onsuccess)$/i.test(args[0].value) ? 1 : 0;
  const action = args[table];
  if (action === undefined || offset <= action.range.end) return undefined;
  const does = action.value.toLowerCase();
  const position = positionIn(args, offset);
  if (!naming.has(does) || position === undefined) return undefined;
  const { argument } = position;
  const index = position.index - table - 1;
  const written = argument?.inner ?? { start: offset, end: offset };
  const text = file.text.slice(written.start, written.end);
  if (text.includes('\n')) return undefined;
  if (index === 0)
    return /^[\w-]*:?$/.test(text) ? { expected: { kind: 'header name' }, range: written, local: [], spell: (each) => each } : undefined;
  const header = args[table + 1]?.value.replace(/:$/, '') ?? '';
  if (!writing.has(does) || !concernsCors(header)) return undefined;
  if (index === 1) return value(header, written, argument, { file, files, offset });
  return index === 2 ? condition(written, text, { file, files }) : undefined;
}

/** The directive that an offset belongs to. It reaches to the end of its line, which the server reads without blanks at the end. */
function directiveAt(nodes: readonly Node[], text: string, offset: number): Directive | undefined {
  const node = nodes.findLast((each) => each.range.start <= offset);
  if (node?.kind === 'section')
    return offset > node.opening.end && offset <= node.range.end ? directiveAt(node.children, text, offset) : undefined;
  if (node?.kind !== 'directive') return undefined;
  return offset <= node.range.end || /^[ \t]*(?:\\\r?\n[ \t]*)*$/.test(text.slice(node.range.end, offset)) ? node : undefined;
}

function positionIn(
  args: readonly Argument[],
  offset: number,
): { readonly index: number; readonly argument: Argument | undefined } | undefined {
  const index = args.findIndex((argument) => offset <= argument.range.end);
  const argument = args[index];
  if (argument === undefined) return { index: args.length, argument: undefined };
  if (offset < argument.range.start) return { index, argument: undefined };
  return offset < argument.inner.start || offset > argument.inner.end ? undefined : { index, argument };
}

function value(
  header: string,
  written: TextRange,
  argument: Argument | undefined,
  { file, files, offset }: { readonly file: SourceFile; readonly files: SourceFiles; readonly offset: number },
): Expectation | undefined {
  const before = file.text.slice(written.start, offset);
  if (/^expr=/i.test(before)) return undefined;
  const quoted = argument !== undefined && argument.quote !== '';
  const spell = (text: string): string => (quoted ? text : `"${text}"`);
  const variables = (): readonly LocalWord[] => variablesOf(file, files).map((each) => ({ ...each, text: `%{${each.text}}e` }));
  const reference = /%\{?\w*$/.exec(before);
  if (reference) {
    const start = written.start + reference.index;
    const rest = /^\w*(?:\}e?)?/.exec(file.text.slice(offset, written.end))?.[0].length ?? 0;
    // A bare word is put in quotes as a whole only.
    const whole = quoted || (start === written.start && offset + rest === written.end);
    return {
      expected: { kind: 'local word' },
      range: { start, end: offset + rest },
      local: variables(),
      spell: whole ? spell : (text) => text,
    };
  }
  const isOrigin = header.toLowerCase() === 'access-control-allow-origin';
  return { expected: { kind: 'header value', header }, range: written, local: isOrigin ? variables() : [], spell };
}

/** `env=NAME`, `env=!NAME`. */
function condition(
  written: TextRange,
  text: string,
  { file, files }: { readonly file: SourceFile; readonly files: SourceFiles },
): Expectation | undefined {
  const prefix = /^env=!?/i.exec(text)?.[0];
  if (prefix === undefined && !'env='.startsWith(text.toLowerCase())) return undefined;
  const local = variablesOf(file, files).map((each) => ({ ...each, text: `${prefix ?? 'env='}${each.text}` }));
  return { expected: { kind: 'local word' }, range: written, local, spell: (each) => each };
}

/** The environment variables that the configuration sets, those first that hold the Origin. */
function variablesOf(file: SourceFile, files: SourceFiles): readonly LocalWord[] {
  const definitions = namesOf(file, files).filter((each) => each.kind === 'variable' && each.role === 'definition');
  const words = new Map<string, LocalWord>();
  const ofOrigin: string[] = [];
  for (const { name, place } of definitions) {
    const text = place.uri === file.uri ? file.text : files.read(place.uri)?.text;
    if (text === undefined) continue;
    const line = lineAround(text, place.range);
    const ofTheOrigin = /^\s*SetEnvIf(?:NoCase)?\s+"?Origin\b|%\{(?:HTTP|req):Origin\}/i.test(line);
    if (ofTheOrigin) ofOrigin.push(name);
    const first = definitions.find((each) => each.name === name);
    if (first && samePlace(first.place, place))
      words.set(name, {
        text: text.slice(place.range.start, place.range.end),
        detail: ofTheOrigin ? 'Set from the request’s Origin.' : `Set by ${/\S+/.exec(line)?.[0] ?? 'this file'}.`,
        kind: 'variable',
      });
  }
  return [...words].sort(([a], [b]) => Number(ofOrigin.includes(b)) - Number(ofOrigin.includes(a))).map(([, word]) => word);
}

function lineAround(text: string, { start, end }: TextRange): string {
  const stop = text.indexOf('\n', end);
  return text.slice(lineStartAt(text, start), stop < 0 ? text.length : stop);
}
