/**
 * A configuration one server at a time. A request meets one server, and what that sends depends on its own block and on what
 * stands around the servers. Only variables are shared by all of them.
 */
import type { SourceFile, SourceFiles } from '../../core/files.ts';
import { LatestTexts } from '../../core/latest-texts.ts';
import { blankedBut, contains, type TextRange } from '../../core/text.ts';
import type { UnknownReason } from '../../policy/model.ts';
import { rootAround } from './configuration.ts';
import { Includes } from './includes.ts';
import { readBody, sourceOf } from './lines.ts';
import type { Body, Source } from './lines.ts';
import { parse } from './parse.ts';
import { directivesIn } from './syntax.ts';
import type { NginxErrorCode, NginxItem } from './syntax.ts';
import { Variables } from './variables.ts';
import type { SharedVariables } from './variables.ts';

/** What a configuration holds beside the server that is looked at. */
export interface Elsewhere {
  /** Variables of other servers that this one, or what stands around it, speaks of. */
  readonly variables: SharedVariables;
  /** Another server includes what cannot be read. */
  readonly unresolved: boolean;
}

/** One server of a file. */
export interface ServerPart {
  readonly range: TextRange;
  readonly surroundings: string;
  readonly elsewhere: Elsewhere;
  /** The file with every other server blank. */
  alone(): Source;
}

/** What one server has to do with others. */
interface Shared {
  readonly variables: SharedVariables;
  readonly unresolved: boolean;
  /** The names after every `$`, in lower case. */
  readonly mentioned: ReadonlySet<string>;
}

/** Lines around the servers that every one of them inherits: then they are judged together. */
const inheritedHeaders = /access-control-|more_(?:set|clear)_headers|_hide_header/i;
const templates: readonly string[] = ['{{', '{%', '{#', '<%'];

/**
 * The servers of a file that is read from its own top. Undefined where there are fewer than two, where they are not laid out
 * as `layout` finds them, and where something around them concerns all of them.
 */
export function divide(file: SourceFile, files: SourceFiles): readonly ServerPart[] | undefined {
  const { text } = file;
  const ranges = layout(text);
  if (ranges.length < 2 || templates.some((opening) => text.includes(opening))) return undefined;
  const around = surroundingsOf(text, ranges);
  if (inheritedHeaders.test(around)) return undefined;
  const outer: Source = { file: { uri: file.uri, text: around }, syntax: parseAround(around) };
  if (!holdsServers(outer, ranges.length)) return undefined;
  if (rootAround(outer, files) !== outer) return undefined;
  if (includesServers(readBody(outer, outer.syntax.items, new Includes(files, file.uri)), outer)) return undefined;

  const sources: (Source | undefined)[] = [];
  const alone = (index: number): Source => (sources[index] ??= sourceOf({ ...file, text: blankedBut(text, ranges, index) }));
  const texts = ranges.map(({ start, end }) => text.slice(start, end));
  const make = (index: number): Shared => sharedOf(alone(index), ranges[index] ?? { start: 0, end: 0 }, files);
  const shared = known.of(file.uri, texts, make, includesNothing);
  const mentionedAround = mentions(around);
  const unresolved = shared.filter((each) => each.unresolved).length;
  const holders = new Map<string, number[]>();
  for (const [index, { variables }] of shared.entries()) {
    for (const name of variables.keys()) {
      const known = holders.get(name);
      if (known) known.push(index);
      else holders.set(name, [index]);
    }
  }
  return ranges.map((range, index) => {
    const own = shared[index];
    const elsewhere: Elsewhere = {
      variables: variablesOfOthers(index, shared, holders, (name) => mentionedAround.has(name) || own?.mentioned.has(name) === true),
      unresolved: unresolved > (own?.unresolved === true ? 1 : 0),
    };
    return {
      range,
      elsewhere,
      surroundings: `${around}\n${elsewhere.unresolved ? 'open' : ''}\n${[...elsewhere.variables].join(' ')}`,
      alone: () => alone(index),
    };
  });
}

/**
 * Blocks that start with `server {` at the end of a line and end with a `}` alone on its line, with the same indentation. That
 * is how people lay them out, and it tells where a server ends while something inside it is half typed.
 */
function layout(text: string): readonly TextRange[] {
  const ranges: TextRange[] = [];
  const opening = /^([ \t]*)server[ \t]*\{[ \t]*(?:#.*)?\r?$/gm;
  for (let match = opening.exec(text); match; match = opening.exec(text)) {
    const closing = `\n${match[1] ?? ''}}`;
    let at = text.indexOf(closing, opening.lastIndex);
    while (at >= 0 && !/^[ \t]*(?:#.*)?\r?(?:\n|$)/.test(text.slice(at + closing.length, at + closing.length + 400)))
      at = text.indexOf(closing, at + 1);
    if (at < 0) return [];
    const end = at + closing.length;
    ranges.push({ start: match.index + (match[1] ?? '').length, end });
    opening.lastIndex = end;
  }
  return ranges;
}

const stub = 'server{}';

/** The text around the servers, a stub in the place of each. */
function surroundingsOf(text: string, ranges: readonly TextRange[]): string {
  let around = '';
  let at = 0;
  for (const { start, end } of ranges) {
    around += text.slice(at, start) + stub;
    at = end;
  }
  return around + text.slice(at);
}

let last: { readonly text: string; readonly syntax: Source['syntax'] } | undefined;

/** What stands around the servers seldom changes between two keys. */
function parseAround(text: string): Source['syntax'] {
  if (last?.text !== text) last = { text, syntax: parse(text) };
  return last.syntax;
}

const misread: ReadonlySet<NginxErrorCode> = new Set([
  'unexpected-open-brace',
  'unexpected-close-brace',
  'unclosed-quote',
  'unclosed-block',
  'nested-too-deeply',
]);

/** Whether the stubs are what the parser reads as servers: all of them directly in `http`, or at the top of the file. */
function holdsServers({ syntax }: Source, count: number): boolean {
  if (syntax.errors.some((error) => misread.has(error.code))) return false;
  const http = directivesIn(syntax.items).filter((directive) => directive.name.value === 'http' && directive.block);
  if (http.length > 1) return false;
  const servers = directivesIn(http[0]?.block?.items ?? syntax.items).filter((directive) => directive.name.value === 'server');
  return servers.length === count && servers.every(({ range }) => range.end - range.start === stub.length);
}

/** Whether an include around the servers brings in further ones, or header lines. */
function includesServers(body: Body, outer: Source): boolean {
  return body.lines.some(
    (line) =>
      (line.source !== outer && (line.name === 'server' || line.name === 'add_header' || inheritedHeaders.test(line.name))) ||
      (line.name === 'http' && line.body !== undefined && includesServers(line.body, outer)),
  );
}

const known = new LatestTexts<Shared>();

/** What is included may change, with the text as it is. */
function includesNothing(text: string): boolean {
  return !text.includes('include');
}

/** What the server in a range has to do with others. */
function sharedOf(source: Source, range: TextRange, files: SourceFiles): Shared {
  const body = readBody(source, itemsWithin(source.syntax.items, range), new Includes(files, source.file.uri));
  return {
    variables: new Variables(body, true).shared,
    unresolved: body.unresolved || body.open !== undefined,
    mentioned: mentions(source.file.text.slice(range.start, range.end)),
  };
}

/** The items that begin in a range; of a block that does not end there, those inside. */
function itemsWithin(items: readonly NginxItem[], range: TextRange): readonly NginxItem[] {
  return items.flatMap((item) => {
    const block = item.kind === 'directive' ? item.block : undefined;
    if (block && !contains(range, item.range)) return itemsWithin(block.items, range);
    return range.start <= item.range.start && item.range.start < range.end ? [item] : [];
  });
}

function mentions(text: string): ReadonlySet<string> {
  return new Set([...text.matchAll(/\$\{?(\w+)/g)].map((match) => (match[1] ?? '').toLowerCase()));
}

/** The variables of a name that other servers define, as all servers together do: of several definitions the last that is no `set` counts. */
function variablesOfOthers(
  own: number,
  shared: readonly Shared[],
  holders: ReadonlyMap<string, readonly number[]>,
  concerns: (name: string) => boolean,
): SharedVariables {
  const found = new Map<string, 'set' | UnknownReason>();
  for (const [name, indexes] of holders) {
    if (!concerns(name) || indexes.every((index) => index === own)) continue;
    const kinds = indexes.map((index) => shared[index]?.variables.get(name));
    found.set(name, kinds.findLast((kind) => kind !== 'set') ?? 'set');
  }
  return found;
}
