import type { SourceFile } from '../../core/files.ts';
import { all, always, any, conditionKey, never, not, test } from '../../policy/condition.ts';
import type { Condition } from '../../policy/model.ts';
import {
  blocksOf,
  directoryLayer,
  fileLayers,
  gather,
  ifLayers,
  layerOf,
  locationLayer,
  withoutSlash,
  type Gathered,
  type IfLayers,
  type Layer,
  type Mount,
} from './layers.ts';
import { isUnder, matchingPaths, pathIn, pathsUnder } from './paths.ts';
import type { Block, Entry, Item } from './scan.ts';
import type { Place } from '../../core/text.ts';

/** A server, or a folder with its .htaccess: the layers that its requests can have, in merge order (behaviour 2.9). */
export interface Host {
  readonly title: string;
  readonly kind: 'server' | 'htaccess';
  readonly file: SourceFile;
  readonly block: Block | undefined;
  /** When a request reaches this host. */
  readonly when: Condition;
  readonly layers: readonly Layer[];
  /** Lines of the server's own, ProxyPass among them. */
  readonly items: readonly Item[];
  readonly scripts: Condition;
  /** No enclosing configuration is in sight. */
  readonly fragment: boolean;
  /** Where handlers of programs are usually set, beside the modules, is not in sight. */
  readonly handlersUnseen: boolean;
}

function inMergeOrder(ifs: readonly IfLayers[]): readonly Layer[] {
  return [...ifs.flatMap((each) => each.outer), ...ifs.flatMap((each) => each.nested)];
}

/** One .htaccess of a chain, from the outermost folder to the file itself. */
export interface FolderEntries {
  readonly file: SourceFile;
  /** The folder's URL, ending in a slash. The outermost folder in sight counts as the root. */
  readonly url: string;
  readonly entries: readonly Entry[];
}

export function htaccessHost(chain: readonly FolderEntries[], file: SourceFile): Host {
  const numbering = { next: 0 };
  const folders: Layer[] = [];
  const files: Layer[] = [];
  const ifs: IfLayers[] = [];
  for (const { entries, url, file: own } of chain) {
    const gathered = gather(entries);
    const layer = layerOf('directory', gathered.own, { directoryUrl: url, file: own, when: pathIn(pathsUnder(url)), under: url });
    folders.push(layer);
    ifs.push(ifLayers(gathered.ifs, layer, numbering));
    for (const { layer: fileLayer, inner } of fileLayers(gathered, layer)) {
      files.push(fileLayer);
      ifs.push(ifLayers(inner.ifs, fileLayer, numbering));
    }
  }
  return {
    title: '.htaccess',
    kind: 'htaccess',
    file,
    block: undefined,
    when: always,
    layers: [...folders, ...files, ...inMergeOrder(ifs)],
    items: [],
    scripts: never,
    fragment: true,
    handlersUnseen: true,
  };
}

/**
 * The servers of a file: each `<VirtualHost>`, or the main server where there is none. `withDefault`: the first one stands once
 * more for host names that nobody bears.
 */
export function serverHosts(entries: readonly Entry[], file: SourceFile, withDefault: boolean): readonly Host[] {
  const main = gather(entries);
  const virtual = blocksOf(main, 'virtualhost');
  const isWhole = main.own.some((entry) => entry.kind === 'item' && /^(?:listen|serverroot|loadmodule)$/.test(entry.directive.key));
  const fragment = virtual.length === 0 && !isWhole;
  const handlersUnseen = !isWhole && (fragment || /\w\.(?:php\d?|phtml|f?cgi|pl|py)\b/.test(file.text));
  if (virtual.length === 0) return [serverHost(main, undefined, file, always, handlersUnseen, fragment)];
  const hosts = virtual.map((block) => serverHost(main, block, file, hostCondition(block), handlersUnseen));
  const [first] = virtual;
  // A host name that no virtual host bears goes to the first (behaviour of name-based virtual hosts).
  return first === undefined || !withDefault
    ? hosts
    : [...hosts, { ...serverHost(main, first, file, always, handlersUnseen), title: `${titleOf(first)} (default)` }];
}

function titleOf(block: Block): string {
  const named = block.entries.find((entry): entry is Item => entry.kind === 'item' && entry.directive.key === 'servername');
  return named?.values[0] ?? `VirtualHost ${block.section.rest}`;
}

function hostCondition(block: Block): Condition {
  const names = block.entries.flatMap((entry) =>
    entry.kind === 'item' && (entry.directive.key === 'servername' || entry.directive.key === 'serveralias')
      ? entry.values.flatMap((value) => value ?? [])
      : [],
  );
  const hosts = names.map((name) =>
    name
      .replace(/^https?:\/\//i, '')
      .replace(/:\d+$/, '')
      .toLowerCase(),
  );
  const ports = block.values.map((address) => /:(\d+)$/.exec(address ?? '')?.[1]);
  const scheme: Condition =
    ports.length > 0 && ports.every((port) => port === '443')
      ? schemeIs('https')
      : ports.length > 0 && ports.every((port) => port === '80')
        ? schemeIs('http')
        : always;
  if (hosts.length === 0) return scheme;
  const exact = hosts.filter((host) => !/[*?]/.test(host));
  const globs = hosts.filter((host) => /[*?]/.test(host));
  const named = any(
    test({ kind: 'request', datum: 'host', absent: '' }, { kind: 'oneOf', values: exact, ignoreCase: true }),
    ...globs.map((host) =>
      test(
        { kind: 'request', datum: 'host', absent: '' },
        {
          kind: 'pattern',
          pattern: { dialect: 'pcre', source: `^${host.replace(/\./g, '\\.').replace(/\*/g, '.*').replace(/\?/g, '.')}$`, flags: 'i' },
        },
      ),
    ),
  );
  return all(named, scheme);
}

function schemeIs(scheme: string): Condition {
  return test({ kind: 'request', datum: 'scheme', absent: '' }, { kind: 'oneOf', values: [scheme] });
}

function serverHost(
  main: Gathered,
  block: Block | undefined,
  file: SourceFile,
  when: Condition,
  handlersUnseen: boolean,
  fragment = false,
): Host {
  const own = block === undefined ? undefined : gather(block.entries);
  const places = own === undefined ? [main] : [main, own];
  const numbering = { next: 0 };
  const items = places.flatMap((place) => place.own).filter((entry): entry is Item => entry.kind === 'item');
  const mounts = mountsOf(items);
  const servers = places.map((place) => layerOf('server', place.own, place === own ? { section: block } : {}));
  const ifs: IfLayers[] = places.map((place, index) => ifLayers(place.ifs, servers[index] ?? layerOf('server', []), numbering));
  const directories = places.flatMap((place) => blocksOf(place, 'directory', 'directorymatch')).map((each) => directoryLayer(each, mounts));
  const plain = directories.filter((each) => !each.regex).map((each, index) => ({ ...each, index }));
  plain.sort((a, b) => a.depth - b.depth || a.index - b.index);
  const ordered = [...plain, ...directories.filter((each) => each.regex)];
  const files: Layer[] = [];
  const addFiles = (gathered: Gathered, place: Pick<Layer, 'when' | 'folder'>): void => {
    for (const { layer, inner } of fileLayers(gathered, place)) {
      files.push(layer);
      fileIfs.push(ifLayers(inner.ifs, layer, numbering));
    }
  };
  const fileIfs: IfLayers[] = [];
  for (const place of places) addFiles(place, { when: always, folder: undefined });
  const directoryIfs: IfLayers[] = [];
  for (const { layer, inner } of ordered) {
    directoryIfs.push(ifLayers(inner.ifs, layer, numbering));
    addFiles(inner, layer);
  }
  const locations = places.flatMap((place) => blocksOf(place, 'location', 'locationmatch')).map(locationLayer);
  const locationIfs = locations.map(({ layer, inner }) => ifLayers(inner.ifs, layer, numbering));
  const proxies = places
    .flatMap((place) => blocksOf(place, 'proxy', 'proxymatch'))
    .map((each) => layerOf('proxy', gather(each.entries).own, { section: each, when: each.guard }));
  return {
    title: block === undefined ? 'server' : titleOf(block),
    kind: 'server',
    file,
    block,
    when,
    fragment,
    handlersUnseen,
    layers: [
      ...servers,
      ...ordered.map(({ layer }) => layer),
      ...proxies,
      ...files,
      ...locations.map(({ layer }) => layer),
      ...inMergeOrder([...ifs, ...directoryIfs, ...fileIfs, ...locationIfs]),
    ],
    items,
    scripts: any(
      ...items
        .filter((item) => item.directive.key === 'scriptalias')
        .map((item) => (item.values[0] === undefined ? never : pathIn(pathsUnder(item.values[0])))),
    ),
  };
}

/** DocumentRoot, Alias and ScriptAlias: where folders appear. */
function mountsOf(items: readonly Item[]): readonly Mount[] {
  const mounts: Mount[] = [];
  const root = items.filter((item) => item.directive.key === 'documentroot').at(-1)?.values[0];
  for (const item of items) {
    const [url, folder] = item.values;
    if ((item.directive.key === 'alias' || item.directive.key === 'scriptalias') && url !== undefined && folder !== undefined)
      mounts.push({ url, folder });
  }
  if (root !== undefined) mounts.push({ url: '/', folder: root });
  return mounts;
}

/**
 * ProxyPass and its like: the first line that matches decides; those of a `<Location>` come first (mod_proxy.c, proxy_trans).
 * `layers` are those that a request can have.
 */
export function proxyOf({ items }: Host, layers: readonly Layer[]): { readonly when: Condition; readonly place: Place | undefined } {
  let decided: Condition = never;
  let proxied: Condition = never;
  let place: Place | undefined;
  const add = (when: Condition, target: string | undefined, item: Item): void => {
    if (target !== '!') proxied = any(proxied, all(not(decided), when));
    if (target !== '!') place ??= { uri: item.file.uri, range: item.directive.range };
    decided = any(decided, when);
  };
  for (const location of layers) {
    if (location.kind !== 'location' || location.branch !== undefined) continue;
    for (const entry of location.entries) {
      if (entry.kind === 'item' && entry.directive.key === 'proxypass') add(all(location.when, entry.guard), entry.values[0], entry);
    }
  }
  for (const item of items) {
    const [path, target] = item.values;
    if (path === undefined) continue;
    if (item.directive.key === 'proxypass') add(all(item.guard, pathIn(pathsUnder(path))), target, item);
    if (item.directive.key === 'proxypassmatch') add(all(item.guard, pathIn(matchingPaths(path))), target, item);
  }
  return { when: proxied, place };
}

/** Layers that own a policy, in merge order. */
export function scopesOf(host: Host): readonly Layer[] {
  return host.layers.filter((layer) => layer.branch === undefined && layer.kind !== 'proxy');
}

/**
 * What is left of a condition in a place: tests of the path that the place already answers are taken out. Requests of the places
 * `beside` it are not its own.
 */
export function conditionWithin(condition: Condition, scope: Layer, beside: readonly Layer[] = []): Condition {
  const known = conditionKey(scope.when);
  const facts = new Set(scope.when.kind === 'all' ? scope.when.of.map(conditionKey) : [known]);
  const elsewhere = new Set(beside.map((layer) => conditionKey(layer.when)));
  const reduce = (each: Condition): Condition => {
    if (each.kind === 'always' || each.kind === 'never') return each;
    if (elsewhere.has(conditionKey(each))) return never;
    if (facts.has(conditionKey(each))) return always;
    if (each.kind === 'all') return all(...each.of.map(reduce));
    if (each.kind === 'any') return any(...each.of.map(reduce));
    if (each.kind === 'not') return not(reduce(each.of));
    return prefixAnswer(each, scope.under) ?? patternAnswer(each, scope.under) ?? each;
  };
  return reduce(condition);
}

/** A test for a path prefix, answered by another prefix that is known to hold. */
function prefixAnswer(condition: Condition, under: string | undefined): Condition | undefined {
  if (under === undefined || condition.kind !== 'test' || condition.value.kind !== 'request' || condition.value.datum !== 'path')
    return undefined;
  const set = condition.in;
  const prefix = set.kind === 'prefix' ? set : set.kind === 'union' ? set.of.find((each) => each.kind === 'prefix') : undefined;
  if (prefix?.kind !== 'prefix' || prefix.ignoreCase === true) return undefined;
  const outer = withoutSlash(prefix.text);
  const inner = withoutSlash(under);
  if (inner !== outer && isUnder(inner, outer)) return always;
  if (inner === outer) return set.kind === 'union' || under.endsWith('/') ? always : undefined;
  return isUnder(outer, inner) ? undefined : never;
}

/** A test for how a path begins, by a pattern that only says this, answered in the same way: `^/api/` in `<Location /api/users>`. */
function patternAnswer(condition: Condition, under: string | undefined): Condition | undefined {
  if (under === undefined || condition.kind !== 'test' || condition.value.kind !== 'request' || condition.value.datum !== 'path')
    return undefined;
  const pattern = condition.in.kind === 'pattern' && condition.in.pattern.flags === '' ? condition.in.pattern : undefined;
  const [, start, rest] = /^\^((?:[\w/~-]|\\[.\-/])*)(.*)$/s.exec(pattern?.source ?? '') ?? [];
  if (start === undefined || rest === undefined || /^[*?+{]/.test(rest) || rest.includes('|')) return undefined;
  const text = start.replace(/\\/g, '');
  const inside = under.endsWith('/') ? under : `${under}/`;
  if (!inside.startsWith(text) && !text.startsWith(inside)) return never;
  return under.startsWith(text) && /^(?:\.\*|\(\.\*\))?\$?$/.test(rest) && !/^\$/.test(rest) ? always : undefined;
}
