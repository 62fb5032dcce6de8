import type { SourceFile, SourceFiles } from '../../core/files.ts';
import { globPattern, isGlob } from './paths.ts';
import type { ApacheFile, Node } from './syntax.ts';

const htaccessName = /(?:^|[./\\])htaccess(?:\.[\w-]+)*$/i;
const serverOnly = /^(?:virtualhost|directory|directorymatch|location|locationmatch|proxy|proxymatch)$/;
const serverDirectives = /^(?:listen|serverroot|loadmodule|documentroot|servername|serveralias|proxypass|proxypassmatch)$/;

/** Whether a file is a .htaccess: by its name, and where that is not it, never with what only a server's file may hold. */
export function isHtaccess(uri: string, nodes: readonly Node[]): boolean {
  if (/(?:^|\/)\.htaccess$/.test(uri)) return true;
  return (
    htaccessName.test(uri) &&
    !nodes.some(
      (node) => (node.kind === 'section' && serverOnly.test(node.key)) || (node.kind === 'directive' && serverDirectives.test(node.key)),
    )
  );
}

export interface ChainedFile {
  readonly file: SourceFile;
  /** The folder's URL, ending in a slash, below the outermost .htaccess in sight. */
  readonly url: string;
}

/** How many folders upwards a .htaccess is looked for. */
const mostFolders = 12;

/**
 * The .htaccess files that apply where this one does, outermost first. The outermost folder that has one counts as the
 * document root: nothing in sight tells where that is.
 */
export function htaccessChain(file: SourceFile, files: SourceFiles): readonly ChainedFile[] {
  const slash = file.uri.lastIndexOf('/');
  const name = file.uri.slice(slash + 1);
  if (slash < 0 || name !== '.htaccess') return [{ file, url: '/' }];
  const found: { file: SourceFile; folder: string }[] = [{ file, folder: file.uri.slice(0, slash + 1) }];
  let folder = file.uri.slice(0, slash + 1);
  for (let count = 0; count < mostFolders; count++) {
    const parent = parentOf(folder);
    if (parent === undefined) break;
    const outer = files.list(parent).includes(`${parent}.htaccess`) ? files.read(`${parent}.htaccess`) : undefined;
    if (outer !== undefined) found.unshift({ file: outer, folder: parent });
    folder = parent;
  }
  const root = found[0]?.folder ?? '';
  return found.map((each) => ({ file: each.file, url: `/${decode(each.folder.slice(root.length))}` }));
}

function parentOf(folder: string): string | undefined {
  const trimmed = folder.replace(/\/$/, '');
  const slash = trimmed.lastIndexOf('/');
  return slash <= trimmed.indexOf('//') + 1 ? undefined : trimmed.slice(0, slash + 1);
}

function decode(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

/** Included files deeper than this are not followed. */
const mostIncludes = 50;

/**
 * Finds the files that `Include` names: relative to the folder of the file, or to a folder above it, as a ServerRoot
 * would be. Wildcards stand for the names in one folder.
 */
export function includesOf(
  files: SourceFiles,
  parse: (file: SourceFile) => ApacheFile,
  start: SourceFile,
): (path: string, from: SourceFile) => readonly { readonly file: SourceFile; readonly nodes: readonly Node[] }[] {
  const open = new Set<string>([start.uri]);
  return (path, from) => {
    if (open.size > mostIncludes) return [];
    return includedFiles(path, from, files).flatMap((uri) => {
      if (open.has(uri)) return [];
      const file = files.read(uri);
      if (file === undefined) return [];
      open.add(uri);
      return [{ file, nodes: parse(file).nodes }];
    });
  };
}

/** URIs of the files that the path of an `Include` means, in the order of their names. */
export function includedFiles(path: string, from: SourceFile, files: SourceFiles): readonly string[] {
  const relative = path.replace(/^\/(?:etc\/(?:apache2|httpd)|usr\/local\/apache2)\//, '').replace(/^\.\//, '');
  if (relative.startsWith('/')) return [];
  let folder: string | undefined = from.uri.slice(0, from.uri.lastIndexOf('/') + 1);
  for (let up = 0; up < 4 && folder !== undefined && folder !== ''; up++) {
    const found = inFolder(folder, relative, files);
    if (found.length > 0) return found;
    folder = parentOf(folder);
  }
  return [];
}

/** The names that a wildcard stands for; none where it makes no pattern (`[z-a]`). */
function namesLike(glob: string): RegExp {
  try {
    return new RegExp(`^${globPattern(glob)}$`);
  } catch {
    return /$^/;
  }
}

function inFolder(folder: string, relative: string, files: SourceFiles): readonly string[] {
  const [first = '', ...rest] = relative.split('/');
  const names = isGlob(first) ? namesLike(first) : undefined;
  const entries = files.list(folder).filter((uri) => {
    const name = decode(uri.slice(folder.length).replace(/\/$/, ''));
    return names === undefined ? name === first : names.test(name) && !name.startsWith('.');
  });
  const sorted = [...entries].sort();
  if (rest.length > 0) return sorted.filter((uri) => uri.endsWith('/')).flatMap((uri) => inFolder(uri, rest.join('/'), files));
  return sorted.filter((uri) => !uri.endsWith('/'));
}
