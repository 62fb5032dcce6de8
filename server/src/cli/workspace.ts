import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import type { Workspace } from '../core/workspace.ts';
import { languages } from '../languages/index.ts';
import { walk } from './walk.ts';

/** Most files of a workspace that are looked at to find who includes a fragment. */
const MOST_FILES = 20_000;
/** Larger files are generated, not written, and are left alone. In bytes. */
export const LARGEST_FILE = 4 * 1024 * 1024;

/** Whether any language may claim a path by its name; content decides where that is not enough. */
export function mayBeOurs(path: string): boolean {
  // Making a proper URI for each of many thousand files takes long, and what else it encodes matters to no language's names.
  const uri = `file://${path.replaceAll('\\', '/').replace(/[%#?]/g, encodeURIComponent)}`;
  return languages.some((language) => language.claims(uri) !== 'no');
}

/** The disk as the engine sees it. `folders` are absolute paths below which `files()` looks. */
export function diskWorkspace(folders: readonly string[]): Workspace {
  const pathOf = (uri: string): string | undefined => {
    try {
      return uri.startsWith('file:') ? fileURLToPath(uri) : undefined;
    } catch {
      return undefined;
    }
  };
  let files: readonly string[] | undefined;
  return {
    async read(uri) {
      const path = pathOf(uri);
      if (path === undefined) return undefined;
      try {
        const bytes = await readFile(path);
        return bytes.length > LARGEST_FILE ? undefined : bytes.toString('utf8');
      } catch {
        return undefined;
      }
    },
    async list(folderUri) {
      const path = pathOf(folderUri);
      if (path === undefined) return undefined;
      try {
        const entries = await readdir(path, { withFileTypes: true });
        return entries.map((entry) => `${pathToFileURL(join(path, entry.name)).href}${entry.isDirectory() ? '/' : ''}`);
      } catch {
        return undefined;
      }
    },
    files() {
      files ??= folders.flatMap((cwd) =>
        walk(['.'], { cwd, wanted: mayBeOurs, limit: MOST_FILES }).files.map((path) => pathToFileURL(path).href),
      );
      return Promise.resolve(files);
    },
  };
}
