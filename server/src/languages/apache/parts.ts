/**
 * A server's configuration one virtual host at a time. A request meets one of them, and what that sends depends on its own
 * section and on what stands around all of them.
 */
import type { SourceFile, SourceFiles } from '../../core/files.ts';
import { LatestTexts } from '../../core/latest-texts.ts';
import { blankedBut, type TextRange } from '../../core/text.ts';
import { always } from '../../policy/condition.ts';
import { includesOf, isHtaccess } from './files.ts';
import { parse } from './parse.ts';
import { includesUnseen, scan, type Entry } from './scan.ts';
import type { ApacheFile, Node, Section } from './syntax.ts';
import { parseFile } from './tree.ts';
import { namesSetBy } from './variable-names.ts';

/** What a file holds beside the virtual host that is looked at. */
export interface Elsewhere {
  /** Host names that no virtual host bears go to the first one. */
  readonly isFirst: boolean;
  /** Something in the file is about CORS. */
  readonly speaksOfCors: boolean;
  /** Variables that other virtual hosts set and that this one, or what stands around it, may mean; in lower case. */
  readonly variables: ReadonlySet<string>;
  /** Another virtual host includes what is not in sight. */
  readonly unresolved: boolean;
}

/** One virtual host of a file. */
export interface HostPart {
  readonly range: TextRange;
  readonly surroundings: string;
  readonly elsewhere: Elsewhere;
  /** The file with every other virtual host blank. */
  readonly alone: () => SourceFile;
}

/** What a virtual host has to do with others. */
interface Shared {
  readonly variables: readonly string[];
  readonly unresolved: boolean;
  /** It defines what later lines of the file mean. */
  readonly defines: boolean;
}

const stub = '<VirtualHost *>\n</VirtualHost>';

/** The virtual hosts of a file. Undefined where there are fewer than two, and where they are not laid out as `hostsIn` finds them. */
export function divide(file: SourceFile, files: SourceFiles): readonly HostPart[] | undefined {
  const { text } = file;
  const layout = hostsIn(text);
  if (layout.length < 2 || isHtaccess(file.uri, [])) return undefined;
  const around = layout.map(({ start }, index) => text.slice(layout[index - 1]?.end ?? 0, start));
  around.push(text.slice(layout.at(-1)?.end ?? 0));
  const outer = around.join(stub);
  if (!holdsHosts(outer, layout.length)) return undefined;
  const texts = layout.map(({ start, end }) => text.slice(start, end));
  const shared = known.of(file.uri, texts, (index) => sharedOf(texts[index] ?? '', file.uri, files), includesNothing);
  if (shared.some((each) => each.defines)) return undefined;

  const speaksOfCors = aboutCors(text);
  const holders = new Map<string, number[]>();
  for (const [index, { variables }] of shared.entries())
    for (const name of variables) holders.set(name, [...(holders.get(name) ?? []), index]);
  const outerWords = outer.toLowerCase();
  return layout.map((range, index) => {
    const words = (texts[index] ?? '').toLowerCase();
    const names = [...holders].flatMap(([name, indexes]) =>
      indexes.some((each) => each !== index) && (words.includes(name) || outerWords.includes(name)) ? [name] : [],
    );
    return {
      range,
      surroundings: outer,
      elsewhere: {
        isFirst: index === 0,
        speaksOfCors,
        variables: new Set(names),
        unresolved: shared.some((each, at) => at !== index && each.unresolved),
      },
      alone: () => ({ ...file, text: blankedBut(text, layout, index) }),
    };
  });
}

/** Whether a text is about CORS at all. */
export function aboutCors(text: string): boolean {
  return /access-control-/i.test(text);
}

/** Sections that start with `<VirtualHost …>` and end with its closing tag, each alone on its line. They cannot be nested. */
function hostsIn(text: string): readonly TextRange[] {
  const ranges: TextRange[] = [];
  const opening = /^[ \t]*<VirtualHost\b[^\n]*>[ \t]*\r?$/gim;
  const closing = /^[ \t]*<\/VirtualHost>/gim;
  for (let match = opening.exec(text); match; match = opening.exec(text)) {
    closing.lastIndex = opening.lastIndex;
    if (!closing.test(text)) return [];
    ranges.push({ start: match.index + match[0].indexOf('<'), end: closing.lastIndex });
    opening.lastIndex = closing.lastIndex;
  }
  return ranges;
}

let last: ApacheFile | undefined;

/** What stands around the virtual hosts seldom changes between two keys. */
function parsed(text: string): ApacheFile {
  if (last?.text !== text) last = parse(text);
  return last;
}

/** Whether the stubs are what the parser reads as virtual hosts. */
function holdsHosts(outer: string, count: number): boolean {
  const { nodes, problems } = parsed(outer);
  if (problems.length > 0) return false;
  const hosts = sectionsIn(nodes).filter((section) => section.key === 'virtualhost');
  return hosts.length === count && hosts.every(({ range }) => outer.slice(range.start, range.end) === stub);
}

function sectionsIn(nodes: readonly Node[]): readonly Section[] {
  return nodes.flatMap((node) => (node.kind === 'section' ? [node, ...sectionsIn(node.children)] : []));
}

const known = new LatestTexts<Shared>();

/** What is included may change, with the text as it is. */
function includesNothing(text: string): boolean {
  return !/include/i.test(text);
}

/** What a virtual host's text has to do with others. */
function sharedOf(text: string, uri: string, files: SourceFiles): Shared {
  const file: SourceFile = { uri, text };
  const defines = new Map<string, string>();
  const include = includesOf(files, parseFile, file);
  const entries = scan(parseFile(file).nodes, { file, defines, guard: always, methods: undefined, depth: 0, include });
  return {
    variables: [...new Set(variablesIn(entries).map((name) => name.toLowerCase()))].filter((name) => name !== ''),
    unresolved: anyUnseen(entries),
    defines: defines.size > 0 || /^[ \t]*undefine\b/im.test(text),
  };
}

function anyUnseen(entries: readonly Entry[]): boolean {
  return entries.some((entry) => includesUnseen(entry) || (entry.kind === 'block' && anyUnseen(entry.entries)));
}

function variablesIn(entries: readonly Entry[]): readonly string[] {
  return entries.flatMap((entry) => (entry.kind === 'item' ? namesSetBy(entry) : variablesIn(entry.entries)));
}
