import { readdirSync, readFileSync, realpathSync, statSync, type Dirent } from 'node:fs';
import { dirname, join, resolve, sep } from 'node:path';
import ignore, { type Ignore } from 'ignore';
import { wayBelow } from './below.ts';
import { compareText } from './result.ts';

/** Folders that hold nothing of the author's, whatever the ignore files say. */
const NEVER_ENTERED = new Set(['node_modules', 'bower_components', '.git', '.hg', '.svn', '.yarn', '.pnpm-store']);
const MINIFIED = /\.min\.[cm]?js$/;

/** A path that was asked for, or met on the way, and cannot be read. */
export interface PathProblem {
  /** As the user wrote it, or absolute where it was met on the way. */
  readonly path: string;
  readonly message: string;
  readonly folder: boolean;
}

export interface Walked {
  /** Absolute, sorted, each once. */
  readonly files: readonly string[];
  /** The files of `files` that were named themselves, not found in a folder. */
  readonly named: ReadonlySet<string>;
  readonly problems: readonly PathProblem[];
}

export interface WalkOptions {
  readonly cwd: string;
  /** Whether a file found in a folder is wanted, by its absolute path. */
  readonly wanted: (path: string) => boolean;
  /** Patterns in .gitignore syntax, relative to `cwd`. They hold for named files too. */
  readonly ignored?: readonly string[];
  /** Most files that are collected; the rest is left out. */
  readonly limit?: number;
  /** Called with the number of entries seen so far, now and then. */
  readonly onEntry?: (seen: number) => void;
}

/** One ignore file: patterns relative to the folder that it lies in. */
interface IgnoreFile {
  readonly folder: string;
  readonly patterns: Ignore;
}

/**
 * Collects the files below some paths, as git would see them: nested .gitignore files, those of the folders above up to
 * the repository's root and `.git/info/exclude` count. A path that is named itself is always taken. Links to files are
 * followed, links to folders are not.
 */
export function walk(paths: readonly string[], options: WalkOptions): Walked {
  const walker = new Walker(options);
  for (const path of paths) walker.start(path);
  return walker.finish();
}

class Walker {
  readonly #options: WalkOptions;
  readonly #own: IgnoreFile | undefined;
  readonly #files = new Set<string>();
  readonly #named = new Set<string>();
  readonly #links: string[] = [];
  readonly #problems: PathProblem[] = [];
  #seen = 0;

  constructor(options: WalkOptions) {
    this.#options = options;
    if (options.ignored && options.ignored.length > 0) this.#own = { folder: options.cwd, patterns: ignore().add([...options.ignored]) };
  }

  start(path: string): void {
    const absolute = resolve(this.#options.cwd, path);
    try {
      if (statSync(absolute).isDirectory()) {
        const above = ignoreFilesAbove(absolute);
        this.#folder(absolute, isIgnored(absolute, true, above) ? [] : above);
      } else if (!this.#ownIgnores(absolute, false)) {
        this.#files.add(absolute);
        this.#named.add(absolute);
      }
    } catch (error) {
      this.#problems.push({ path, message: reasonOf(error), folder: false });
    }
  }

  finish(): Walked {
    const real = new Set(this.#links.length > 0 ? [...this.#files].map(realPath) : []);
    for (const link of this.#links) {
      const target = realPath(link);
      if (real.has(target)) continue;
      real.add(target);
      this.#files.add(link);
    }
    return { files: [...this.#files].sort(compareText), named: this.#named, problems: this.#problems };
  }

  #ownIgnores(path: string, folder: boolean): boolean {
    return this.#own !== undefined && isIgnored(path, folder, [this.#own]);
  }

  #folder(folder: string, above: readonly IgnoreFile[]): void {
    let entries: Dirent[];
    try {
      entries = readdirSync(folder, { withFileTypes: true });
    } catch (error) {
      this.#problems.push({ path: folder, message: reasonOf(error), folder: true });
      return;
    }
    const ignoreFiles = entries.some((entry) => entry.name === '.gitignore') ? [...above, ...ignoreFileIn(folder)] : above;
    for (const entry of entries) {
      if (this.#options.limit !== undefined && this.#files.size >= this.#options.limit) return;
      if ((++this.#seen & 1023) === 0) this.#options.onEntry?.(this.#seen);
      const path = folder.endsWith(sep) ? folder + entry.name : folder + sep + entry.name;
      if (entry.isDirectory()) {
        if (NEVER_ENTERED.has(entry.name) || isIgnored(path, true, ignoreFiles) || this.#ownIgnores(path, true)) continue;
        this.#folder(path, ignoreFiles);
      } else if (entry.isFile() || entry.isSymbolicLink()) {
        if (MINIFIED.test(entry.name) || !this.#options.wanted(path)) continue;
        if (isIgnored(path, false, ignoreFiles) || this.#ownIgnores(path, false)) continue;
        if (entry.isFile()) this.#files.add(path);
        else if (isFile(path)) this.#links.push(path);
      }
    }
  }
}

/** Whether the nearest ignore file that says anything about a path ignores it. */
function isIgnored(path: string, folder: boolean, ignoreFiles: readonly IgnoreFile[]): boolean {
  for (let index = ignoreFiles.length - 1; index >= 0; index--) {
    const ignoreFile = ignoreFiles[index];
    if (!ignoreFile) continue;
    const below = wayBelow(ignoreFile.folder, path);
    if (!below) continue;
    const { ignored, unignored } = ignoreFile.patterns.test((sep === '/' ? below : below.replaceAll(sep, '/')) + (folder ? '/' : ''));
    if (ignored) return true;
    if (unignored) return false;
  }
  return false;
}

function ignoreFileIn(folder: string, name = '.gitignore'): readonly IgnoreFile[] {
  try {
    return [{ folder, patterns: ignore().add(readFileSync(join(folder, name), 'utf8')) }];
  } catch {
    // An ignore file that is not there, or that cannot be read, ignores nothing.
    return [];
  }
}

/** The ignore files of the folders above, from the repository's root downwards; none outside of a repository. */
function ignoreFilesAbove(folder: string): readonly IgnoreFile[] {
  const found: IgnoreFile[][] = [];
  for (let at = folder; ; at = dirname(at)) {
    if (at !== folder) found.unshift([...ignoreFileIn(at)]);
    if (exists(join(at, '.git'))) return [...ignoreFileIn(at, join('.git', 'info', 'exclude')), ...found.flat()];
    if (dirname(at) === at) return [];
  }
}

function exists(path: string): boolean {
  return statSync(path, { throwIfNoEntry: false }) !== undefined;
}

function isFile(path: string): boolean {
  try {
    return statSync(path).isFile();
  } catch {
    // A link that leads nowhere is no file.
    return false;
  }
}

function realPath(path: string): string {
  try {
    return realpathSync.native(path);
  } catch {
    return path;
  }
}

const reasons: Readonly<Record<string, string>> = {
  ENOENT: 'no such file or folder',
  EACCES: 'permission denied',
  EPERM: 'permission denied',
  ENOTDIR: 'a part of the path is not a folder',
  ELOOP: 'too many links',
  EISDIR: 'is a folder',
  ENAMETOOLONG: 'the name is too long',
};

/** Why the file system refused, in a few words. */
export function reasonOf(error: unknown): string {
  const code = error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : undefined;
  return (code !== undefined ? reasons[code] : undefined) ?? (error instanceof Error ? error.message : String(error));
}
