/** `include` inside the workspace: which files a pattern means, and who includes a fragment. */
import type { SourceFiles } from '../../core/files.ts';
import type { UnknownReason } from '../../policy/model.ts';
import { sourceOf } from './lines.ts';
import type { Source } from './lines.ts';
import { directivesIn } from './syntax.ts';
import type { NginxDirective } from './syntax.ts';

export interface Included {
  readonly sources: readonly Source[];
  /** The pattern matched nothing that can be read. */
  readonly missing: boolean;
  /** Set where what is missing could hold header lines. */
  readonly open: UnknownReason | undefined;
}

/** How deep includes are followed; nginx has no limit, real configurations use two or three levels. */
const deepest = 8;

/** Files that come with nginx or certbot and never write response headers. */
const harmless =
  /(?:^|\/)(?:mime\.types|fastcgi_params|fastcgi\.conf|uwsgi_params|scgi_params|proxy_params|koi-utf|koi-win|win-utf|options-ssl-nginx\.conf|ssl-dhparams\.pem|fastcgi-php\.conf|naxsi\.rules|modules-enabled\/\*\.conf|modules\/\*\.conf)$/;

/** Resolves includes for one extraction. Immutable: `from` gives the resolver for an included file. */
export class Includes {
  readonly #files: SourceFiles;
  readonly #root: string;
  readonly #stack: readonly string[];

  /** `rootUri` is the main file, whose folder nginx resolves relative patterns against. */
  constructor(files: SourceFiles, rootUri: string, stack: readonly string[] = [rootUri]) {
    this.#files = files;
    this.#root = rootUri;
    this.#stack = stack;
  }

  /** The resolver for includes inside an included file. */
  from(source: Source): Includes {
    return new Includes(this.#files, this.#root, [...this.#stack, source.file.uri]);
  }

  /** The files that an `include` directive means, in the order of their names. */
  follow(from: Source, directive: NginxDirective): Included {
    const word = directive.args[0];
    if (!word) return { sources: [], missing: false, open: undefined };
    if (word.template || word.value.includes('$')) return { sources: [], missing: true, open: 'placeholder' };
    const pattern = word.value;
    const found = this.#stack.length > deepest ? [] : resolve(pattern, [folderOf(this.#root), folderOf(from.file.uri)], this.#files);
    const sources = found.flatMap((uri) => {
      if (this.#stack.includes(uri)) return [];
      const file = this.#files.read(uri);
      return file ? [sourceOf(file)] : [];
    });
    const missing = sources.length === 0;
    // A pattern that matches nothing is no error: nginx reads on.
    const open = missing && !harmless.test(pattern) ? 'unresolved' : undefined;
    return { sources, missing, open };
  }
}

function folderOf(uri: string): string {
  return uri.slice(0, uri.lastIndexOf('/') + 1);
}

/** URIs of the files that a pattern means, seen from folders of the workspace. */
function resolve(pattern: string, folders: readonly string[], files: SourceFiles): readonly string[] {
  for (const folder of new Set(folders)) {
    for (const relative of spellings(pattern)) {
      const found = expand(
        folder,
        relative.split('/').filter((part) => part !== ''),
        files,
      );
      if (found.length > 0) return found;
    }
  }
  if (!pattern.startsWith('/')) return [];
  // An absolute path of the server: the workspace often holds the same folders under another root.
  const parts = pattern.split('/').filter((part) => part !== '');
  for (let from = 0; from < parts.length - 1; from++) {
    const tail = matcher(parts.slice(from).join('/'));
    const found = files.candidates().filter((uri) => tail.test(decode(uri)));
    if (found.length > 0) return [...found].sort();
  }
  return [];
}

/** A relative pattern as it is; an absolute one under `/etc/nginx/` as relative to the main file. */
function spellings(pattern: string): readonly string[] {
  if (!pattern.startsWith('/')) return [pattern];
  const below = /^\/(?:etc|usr\/local\/etc|opt\/homebrew\/etc)\/nginx\/(.+)$/.exec(pattern);
  return below?.[1] === undefined ? [] : [below[1]];
}

function expand(folder: string, parts: readonly string[], files: SourceFiles): readonly string[] {
  const [first, ...rest] = parts;
  if (first === undefined) return [];
  if (first === '.') return expand(folder, rest, files);
  if (first === '..') return expand(folderOf(folder.replace(/\/$/, '')), rest, files);
  if (!/[*?[]/.test(first)) {
    const uri = folder + encodeURIComponent(first).replaceAll('%40', '@').replaceAll('%2B', '+').replaceAll('%3A', ':');
    if (rest.length > 0) return expand(`${uri}/`, rest, files);
    return files.read(uri) ? [uri] : [];
  }
  const test = matcher(first);
  const entries = files.list(folder).filter((uri) => {
    const name = decode(uri.replace(/\/$/, '').slice(folder.length));
    return !name.startsWith('.') && test.test(`/${name}`) && uri.endsWith('/') === rest.length > 0;
  });
  return [...entries].sort().flatMap((uri) => (rest.length > 0 ? expand(uri, rest, files) : [uri]));
}

/** A glob as the end of a path: `*` and `?` stay within one name, as in glob(3). */
function matcher(glob: string): RegExp {
  const source = glob
    .replace(/[.+^${}()|\\]/g, '\\$&')
    .replaceAll('*', '[^/]*')
    .replaceAll('?', '[^/]')
    .replace(/\[!/g, '[^');
  try {
    return new RegExp(`(?:^|/)${source}$`);
  } catch {
    return /$^/;
  }
}

function decode(uri: string): string {
  try {
    return decodeURIComponent(uri);
  } catch {
    return uri;
  }
}

/** Whether a file holds a block of a name outside of every other one. */
export function hasBlock(source: Source, name: string): boolean {
  return directivesIn(source.syntax.items).some((directive) => directive.name.value === name && directive.block !== undefined);
}

/** How far up the chain of includers a fragment is followed. */
const mostIncluders = 6;

/**
 * The file that includes another one, directly or through others, as far as the workspace shows it; the file itself where
 * nobody does. Of several includers the first by name counts. `below`: files that it is asked for, not to go round in circles.
 */
export function rootOf(source: Source, files: SourceFiles, below: ReadonlySet<string> = new Set()): Source {
  let root = source;
  const seen = new Set([...below, source.file.uri]);
  while (seen.size <= mostIncluders) {
    const includer = includerOf(root, files, seen);
    if (!includer) return root;
    seen.add(includer.file.uri);
    root = includer;
  }
  return root;
}

function includerOf(source: Source, files: SourceFiles, seen: ReadonlySet<string>): Source | undefined {
  const name = decode(source.file.uri);
  for (const uri of [...files.candidates()].sort()) {
    if (seen.has(uri)) continue;
    const file = files.read(uri);
    if (!file?.text.includes('include')) continue;
    const candidate = sourceOf(file);
    const patterns = includesIn(candidate);
    // The last name has to fit before anything else is asked of the workspace.
    const plausible = patterns.filter((directive) => matcher(lastName(directive)).test(name));
    const includes = (directive: NginxDirective, rootUri: string): boolean =>
      new Includes(files, rootUri).follow(candidate, directive).sources.some((each) => each.file.uri === source.file.uri);
    if (plausible.some((directive) => includes(directive, uri))) return candidate;
    // nginx looks from the main file's folder, which is another one where the includer is included itself.
    const inner = plausible.filter(({ args: [path] }) => path?.value.includes('/') === true && matcher(path.value).test(name));
    if (inner.length === 0) continue;
    const rootUri = rootOf(candidate, files, seen).file.uri;
    if (rootUri !== uri && inner.some((directive) => includes(directive, rootUri))) return candidate;
  }
  return undefined;
}

const included = new WeakMap<Source['syntax'], readonly NginxDirective[]>();

/** The `include` directives of a file, in all its blocks. */
export function includesIn(source: Source): readonly NginxDirective[] {
  let found = included.get(source.syntax);
  if (!found) {
    const all: NginxDirective[] = [];
    const walk = (items: Source['syntax']['items']): void => {
      for (const item of items) {
        if (item.kind !== 'directive') continue;
        if (item.name.value === 'include' && item.args.length === 1) all.push(item);
        if (item.block) walk(item.block.items);
      }
    };
    walk(source.syntax.items);
    included.set(source.syntax, (found = all));
  }
  return found;
}

function lastName(directive: NginxDirective): string {
  return (directive.args[0]?.value ?? '').split('/').at(-1) ?? '';
}
