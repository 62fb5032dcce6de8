/**
 * Which file of the workspace an import means: relative paths with the extensions and index files of Node and
 * TypeScript, `paths` of tsconfig.json, `imports` of package.json. Packages of node_modules are never looked into.
 */
import { parse as parseJsonc } from 'jsonc-parser';
import type { SourceFile, SourceFiles } from '../../core/files.ts';

const extensions = ['.ts', '.tsx', '.mts', '.cts', '.js', '.jsx', '.mjs', '.cjs'];
/** TypeScript writes the extension of the file that it will make. */
const written: Readonly<Record<string, readonly string[]>> = {
  '.js': ['.ts', '.tsx', '.js', '.jsx'],
  '.jsx': ['.tsx', '.jsx'],
  '.mjs': ['.mts', '.mjs'],
  '.cjs': ['.cts', '.cjs'],
};

/** The file that `specifier` means in the file `from`; undefined for packages and for files that are not there. */
export function resolveModule(from: string, specifier: string, files: SourceFiles): string | undefined {
  if (specifier.startsWith('./') || specifier.startsWith('../') || specifier === '.' || specifier === '..')
    return existing(join(folderOf(from), specifier), files, from);
  if (specifier.startsWith('#')) return fromImports(from, specifier, files);
  return fromPaths(from, specifier, files);
}

/** Whether a specifier could only mean a file of the author's own, found or not. */
export function isLocalSpecifier(specifier: string): boolean {
  return /^(\.|#|~\/|@\/)/.test(specifier);
}

/**
 * The file that a path without or with an extension means. Folders are listed first, so that a program does not ask for
 * a dozen files that are not there; where a folder is not known, only the likeliest names are asked for.
 */
function existing(target: string, files: SourceFiles, from: string): string | undefined {
  const extension = /\.[cm]?[jt]sx?$/.exec(target)?.[0];
  const plain = target.replace(/\/$/, '');
  const beside: string[] = [];
  if (extension !== undefined) {
    const stem = target.slice(0, -extension.length);
    for (const each of written[extension] ?? [extension]) beside.push(stem + each);
  }
  if (target.endsWith('.json')) beside.push(target);
  if (!target.endsWith('/')) for (const each of extensions) beside.push(plain + each);
  const inside = extensions.map((each) => `${plain}/index${each}`);
  const own = /\.[cm]?[jt]sx?$/.exec(from)?.[0] ?? '.js';
  const found = firstOf(beside, folderOf(plain), files, own);
  if (found !== undefined) return found;
  const around = files.list(folderOf(plain));
  return around.length > 0 && !around.includes(`${plain}/`) ? undefined : firstOf(inside, `${plain}/`, files, own);
}

function firstOf(candidates: readonly string[], folder: string, files: SourceFiles, own: string): string | undefined {
  const names = new Set(files.list(folder));
  const likely =
    names.size > 0
      ? candidates.filter((each) => names.has(each))
      : candidates.filter((each) => each.endsWith(own) || each.endsWith('.json'));
  return likely.find((each) => files.read(each) !== undefined);
}

function fromImports(from: string, specifier: string, files: SourceFiles): string | undefined {
  const manifest = nearest(from, 'package.json', files);
  const imports = objectAt(manifest?.json, 'imports');
  if (!manifest || !imports) return undefined;
  const target = mapped(specifier, imports);
  const path = target === undefined ? undefined : conditional(target);
  return path === undefined ? undefined : existing(join(folderOf(manifest.uri), path), files, from);
}

function fromPaths(from: string, specifier: string, files: SourceFiles): string | undefined {
  for (const name of ['tsconfig.json', 'jsconfig.json']) {
    const project = nearest(from, name, files);
    const options = objectAt(project?.json, 'compilerOptions');
    if (!project || !options) continue;
    const baseUrl = options['baseUrl'];
    const base = join(folderOf(project.uri), typeof baseUrl === 'string' ? `${baseUrl}/` : './');
    const paths = objectAt(options, 'paths');
    const targets = paths && mapped(specifier, paths);
    for (const target of Array.isArray(targets) ? targets : []) {
      const uri = typeof target === 'string' ? existing(join(base, target), files, from) : undefined;
      if (uri !== undefined) return uri;
    }
    if (typeof baseUrl === 'string' && specifier.includes('/') && !specifier.startsWith('@')) {
      const uri = existing(join(base, specifier), files, from);
      if (uri !== undefined) return uri;
    }
  }
  return undefined;
}

const parsed = new WeakMap<SourceFile, unknown>();
/** Projects are not nested deeper than this. */
const mostFolders = 10;

/** The nearest file of that name in this folder or an outer one, as JSON with comments. */
export function nearest(from: string, name: string, files: SourceFiles): { readonly uri: string; readonly json: unknown } | undefined {
  let folder = folderOf(from);
  for (let depth = 0; depth < mostFolders; depth++) {
    const names = files.list(folder);
    const file = names.length === 0 || names.includes(folder + name) ? files.read(folder + name) : undefined;
    if (file) {
      if (!parsed.has(file)) parsed.set(file, parseJsonc(file.text) as unknown);
      return { uri: file.uri, json: parsed.get(file) };
    }
    const outer = folderOf(folder.slice(0, -1));
    if (outer === folder || !/[^/]\/$/.test(outer)) return undefined;
    folder = outer;
  }
  return undefined;
}

/** The entry of a table with `*` patterns that a specifier meets, with the star filled in; the longest prefix wins. */
function mapped(specifier: string, table: Readonly<Record<string, unknown>>): unknown {
  if (specifier in table) return table[specifier];
  let best: { readonly length: number; readonly target: unknown; readonly star: string } | undefined;
  for (const [pattern, target] of Object.entries(table)) {
    const [prefix, suffix] = pattern.split('*');
    if (prefix === undefined || suffix === undefined) continue;
    if (!specifier.startsWith(prefix) || !specifier.endsWith(suffix) || specifier.length < prefix.length + suffix.length) continue;
    if (best && best.length >= prefix.length) continue;
    best = { length: prefix.length, target, star: specifier.slice(prefix.length, specifier.length - suffix.length) };
  }
  const star = best?.star ?? '';
  const fill = (target: unknown): unknown => {
    if (typeof target === 'string') return target.replace('*', () => star);
    if (Array.isArray(target)) return target.map(fill);
    if (isRecord(target)) return Object.fromEntries(Object.entries(target).map(([key, each]) => [key, fill(each)]));
    return target;
  };
  return fill(best?.target);
}

/** The first path of a conditional target (`{ "import": …, "default": … }`). */
function conditional(target: unknown): string | undefined {
  if (typeof target === 'string') return target;
  if (Array.isArray(target)) return target.map(conditional).find((each) => each !== undefined);
  if (isRecord(target)) return conditional(Object.values(target).find((each) => conditional(each) !== undefined));
  return undefined;
}

/** A property that is an object. */
export function objectAt(value: unknown, name: string): Readonly<Record<string, unknown>> | undefined {
  const property = isRecord(value) ? value[name] : undefined;
  return isRecord(property) ? property : undefined;
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** The folder of a URI, with its last slash. */
export function folderOf(uri: string): string {
  return uri.slice(0, uri.lastIndexOf('/') + 1);
}

function join(folder: string, path: string): string {
  const scheme = /^[a-z][a-z0-9+.-]*:(\/\/[^/]*)?/i.exec(folder)?.[0] ?? '';
  const segments = folder.slice(scheme.length).split('/');
  segments.pop();
  const parts = path.split('/');
  const last = parts[parts.length - 1];
  if (last === '.' || last === '..') parts.push('');
  for (const part of parts) {
    if (part === '.') continue;
    if (part === '..') {
      if (segments.length > 1) segments.pop();
    } else segments.push(part);
  }
  return scheme + segments.join('/').replace(/\/{2,}/g, '/');
}
