import type { SourceFile } from '../../core/files.ts';
import { all, always, any, never, not, unknown } from '../../policy/condition.ts';
import type { Condition } from '../../policy/model.ts';
import { endingsOf } from './endings.ts';
import { readsVariables, remembered } from './environment.ts';
import { parseExpression } from './expression.ts';
import { expressionCondition, isReadAnyway, scopeOf, type VaryOnRead } from './expression-condition.ts';
import { filesMatching, filesNamed, isGlob, isUnder, matchingPaths, pathIn, pathsLike, pathsUnder } from './paths.ts';
import { alternatives } from './path-patterns.ts';
import { unknownReason, type Block, type Entry } from './scan.ts';

/** Which walk of the server merges a layer (server/request.c). `server` and `location` hold before a file is chosen. */
export type LayerKind = 'server' | 'directory' | 'files' | 'location' | 'proxy';

/** One piece of configuration that the server merges into a request's, in the order in which layers stand (behaviour 2.9). */
export interface Layer {
  readonly kind: LayerKind;
  /** The section, or undefined for the server's own lines and a whole .htaccess. */
  readonly section: Block | undefined;
  readonly when: Condition;
  /** Paths at or below this prefix, where the layer covers exactly these. */
  readonly under: string | undefined;
  /** How the names end that a section for files covers, where it says so. */
  readonly endings: readonly string[] | undefined;
  /** The lines that stand directly in the layer. */
  readonly entries: readonly Entry[];
  /** For an `<If>`, `<ElseIf>` or `<Else>`: what its evaluation adds to Vary, and what has to be decided beforehand. */
  readonly branch: LayerBranch | undefined;
  /** The layer that an `<If>` stands in; the layer itself otherwise. */
  readonly host: Layer | undefined;
  /** An `<If>` inside another. */
  readonly nested: boolean;
  /** The file whose top level the layer is; undefined for a section. */
  readonly file: SourceFile | undefined;
  /** The URL of the directory, ending in a slash, where it is known: rewrite rules match below it. */
  readonly directoryUrl: string | undefined;
  /** The folder of the `<Directory>` that the layer is or stands in, without a slash at its end; undefined for one that is a pattern. */
  readonly folder: string | undefined;
}

export interface LayerBranch {
  readonly varies: readonly VaryOnRead[];
  /** A condition on variables holds as it was when the section was evaluated (behaviour 2.13). */
  readonly decide: { readonly key: string; readonly when: Condition } | undefined;
}

/** What stands in a place: its own lines, and the sections that become layers of their own. */
export interface Gathered {
  readonly own: readonly Entry[];
  readonly blocks: ReadonlyMap<string, readonly Block[]>;
  /** `<If>` chains in the order of the text. */
  readonly ifs: readonly Block[];
}

const placeSections: ReadonlySet<string> = new Set([
  'virtualhost',
  'directory',
  'directorymatch',
  'location',
  'locationmatch',
  'files',
  'filesmatch',
  'proxy',
  'proxymatch',
]);
const ifSections: ReadonlySet<string> = new Set(['if', 'elseif', 'else']);

export function gather(entries: readonly Entry[]): Gathered {
  const own: Entry[] = [];
  const ifs: Block[] = [];
  const blocks = new Map<string, Block[]>();
  for (const entry of entries) {
    if (entry.kind === 'item') own.push(entry);
    else if (ifSections.has(entry.section.key)) ifs.push(entry);
    else if (placeSections.has(entry.section.key)) blocks.set(entry.section.key, [...(blocks.get(entry.section.key) ?? []), entry]);
    else own.push(entry);
  }
  return { own, blocks, ifs };
}

export function blocksOf(gathered: Gathered, ...keys: readonly string[]): readonly Block[] {
  const found = keys.flatMap((key) => gathered.blocks.get(key) ?? []);
  return keys.length === 1 ? found : [...found].sort((a, b) => a.section.range.start - b.section.range.start);
}

export function layerOf(kind: LayerKind, entries: readonly Entry[], more: Partial<Layer> = {}): Layer {
  return {
    kind,
    section: undefined,
    when: always,
    under: undefined,
    endings: undefined,
    entries,
    branch: undefined,
    host: undefined,
    nested: false,
    file: undefined,
    directoryUrl: undefined,
    folder: undefined,
    ...more,
  };
}

/** Whether no file is in the places of both: neither of their folders is in the other. */
export function areApart(a: Layer, b: Layer): boolean {
  return a.folder !== undefined && b.folder !== undefined && !isUnder(a.folder, b.folder) && !isUnder(b.folder, a.folder);
}

/** Layers of the `<Files>` and `<FilesMatch>` that stand in a place. */
export function fileLayers(
  gathered: Gathered,
  place: Pick<Layer, 'when' | 'folder'>,
): readonly { readonly layer: Layer; readonly inner: Gathered }[] {
  return blocksOf(gathered, 'files', 'filesmatch').map((block) => {
    const inner = gather(block.entries);
    const [first, second] = block.values;
    const regex = block.section.key === 'filesmatch' || first === '~';
    const name = first === '~' ? second : first;
    const when = all(place.when, block.guard, filesCondition(name, regex, block));
    const endings = name === undefined ? undefined : endingsOf(name, regex);
    return { layer: layerOf('files', inner.own, { section: block, when, endings, folder: place.folder }), inner };
  });
}

function filesCondition(name: string | undefined, regex: boolean, block: Block): Condition {
  if (name === undefined) return unknown(`files:${block.section.rest}`, unknownReason(block.section.rest));
  return pathIn(regex ? filesMatching(name, alternatives(name)) : filesNamed(name));
}

/** A layer of a `<Location>` or `<LocationMatch>`. */
export function locationLayer(block: Block): { readonly layer: Layer; readonly inner: Gathered } {
  const inner = gather(block.entries);
  const [first, second] = block.values;
  const regex = block.section.key === 'locationmatch' || first === '~';
  const path = first === '~' ? second : first;
  let condition: Condition;
  let under: string | undefined;
  if (path === undefined) condition = unknown(`location:${block.section.rest}`, unknownReason(block.section.rest));
  else if (regex) condition = pathIn(matchingPaths(path));
  else if (isGlob(path)) condition = pathIn(pathsLike(path));
  else {
    under = path;
    condition = pathIn(pathsUnder(path));
  }
  const when = all(block.guard, condition);
  return {
    layer: layerOf('location', inner.own, { section: block, when, under: block.guard.kind === 'always' ? under : undefined }),
    inner,
  };
}

/** A part of the URL space and the folder that it shows. */
export interface Mount {
  readonly url: string;
  readonly folder: string;
}

/** The layer of a `<Directory>`: under which URLs its folder is seen. */
export function directoryLayer(
  block: Block,
  mounts: readonly Mount[],
): { readonly layer: Layer; readonly inner: Gathered; readonly depth: number; readonly regex: boolean } {
  const inner = gather(block.entries);
  const [first, second] = block.values;
  const regex = block.section.key === 'directorymatch' || first === '~';
  const folder = first === '~' ? second : first;
  const depth = (folder ?? '').split('/').filter((segment) => segment !== '').length;
  const literal = folder === undefined || regex || isGlob(folder) ? undefined : withoutSlash(folder);
  const mapped = literal === undefined ? undefined : mountedAt(literal, mounts);
  const everything = regex && folder !== undefined && /^(?:\.\*|\^\/?|\/|\^\/\.\*\$?)$/.test(folder);
  const condition = everything
    ? always
    : (mapped?.when ?? unknown(`directory:${block.section.rest}`, folder === undefined ? unknownReason(block.section.rest) : 'outside'));
  const when = all(block.guard, condition);
  const under = block.guard.kind === 'always' ? mapped?.under : undefined;
  const directoryUrl = mapped?.url;
  return { layer: layerOf('directory', inner.own, { section: block, when, under, directoryUrl, folder: literal }), inner, depth, regex };
}

interface Mapped {
  readonly when: Condition;
  readonly under: string | undefined;
  readonly url: string | undefined;
}

/** Where a folder's files appear; undefined where no DocumentRoot or Alias in sight tells. */
function mountedAt(folder: string, mounts: readonly Mount[]): Mapped | undefined {
  if (folder === '') return { when: always, under: '/', url: undefined };
  const root = mounts.find((mount) => mount.url === '/');
  const found: { when: Condition; under: string }[] = [];
  for (const mount of mounts) {
    const outer = isUnder(withoutSlash(mount.folder), folder);
    const inner = isUnder(folder, withoutSlash(mount.folder));
    if (!outer && !inner) continue;
    const prefix = outer ? mount.url : `${withoutSlash(mount.url)}${folder.slice(withoutSlash(mount.folder).length)}`;
    // Paths of another mount inside this one show another folder.
    const others = mounts.filter((other) => other !== mount && isUnder(other.url, prefix) && other.url !== prefix);
    found.push({
      when: all(pathIn(pathsUnder(prefix)), ...others.map((other) => not(pathIn(pathsUnder(other.url))))),
      under: others.length === 0 ? prefix : '',
    });
  }
  const [only] = found;
  if (only === undefined) return root === undefined ? undefined : { when: never, under: undefined, url: undefined };
  const under = found.length === 1 && only.under !== '' ? only.under : undefined;
  return { when: any(...found.map((each) => each.when)), under, url: under === undefined ? undefined : `${withoutSlash(under)}/` };
}

export function withoutSlash(path: string): string {
  return path.replace(/\/+$/, '');
}

/** `<If>` sections as layers. The server merges those of all places first, and nested ones after them (ap_if_walk). */
export interface IfLayers {
  readonly outer: readonly Layer[];
  readonly nested: readonly Layer[];
}

/** The layers of the `<If>` chains of a place. */
export function ifLayers(blocks: readonly Block[], host: Layer, numbering: { next: number }): IfLayers {
  const outer: Layer[] = [];
  const nested: Layer[] = [];
  let earlier: Condition[] = [];
  /** What the conditions of the chain have read so far. */
  let read: readonly VaryOnRead[] = [];
  for (const block of blocks) {
    const { key } = block.section;
    if (key === 'if') {
      earlier = [];
      read = [];
    }
    const reached = all(host.when, block.guard, ...earlier.map(not));
    const judged = key === 'else' ? { condition: always, varies: [] } : judge(block);
    let own = judged.condition;
    let decide: LayerBranch['decide'];
    if (readsVariables(own)) {
      const number = `if:${numbering.next++}`;
      decide = { key: number, when: own };
      own = remembered(number);
    }
    const inner = gather(block.entries);
    const fresh = judged.varies.filter((each) => !isReadAnyway(each, read));
    const varies = fresh.map(({ header, when }) => ({ header, when: all(reached, when) }));
    if (block.guard.kind === 'always') read = [...read, ...fresh];
    const layer: Layer = layerOf(host.kind, inner.own, {
      section: block,
      when: all(reached, own),
      branch: { varies, decide },
      host: host.host ?? host,
      nested: host.branch !== undefined,
      folder: host.folder,
    });
    outer.push(layer);
    const within = ifLayers(inner.ifs, layer, numbering);
    nested.push(...within.outer, ...within.nested);
    earlier = [...earlier, own];
  }
  return { outer, nested };
}

function judge(block: Block): { readonly condition: Condition; readonly varies: readonly VaryOnRead[] } {
  const [argument] = block.section.args;
  const [text] = block.values;
  if (argument === undefined) return { condition: unknown(`if:${block.section.rest}`, 'unsupported'), varies: [] };
  if (text === undefined) return { condition: unknown(`if:${argument.value}`, unknownReason(argument.value)), varies: [] };
  return expressionCondition(parseExpression(text).expression, scopeOf(block.file.uri, argument, text));
}
