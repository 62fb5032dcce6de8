import { readdir, readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import type { Workspace } from '../core/workspace.ts';

/** How many files a listing holds at most; a larger workspace is known in part. */
const mostFiles = 20_000;

/** Folders that hold no configuration of the author's own. */
const skipped: ReadonlySet<string> = new Set(['node_modules', '.git', '.hg', '.svn', 'bower_components', '.cache']);

/** Reads the disk for an editor that does not read files for the server. Nothing is ever written. */
export function diskWorkspace(folderUris: readonly string[]): Workspace {
  const list = async (folderUri: string): Promise<readonly string[] | undefined> => {
    try {
      const entries = await readdir(fileURLToPath(folderUri), { withFileTypes: true });
      const base = folderUri.endsWith('/') ? folderUri : `${folderUri}/`;
      return entries.map((entry) => `${base}${encodeURIComponent(entry.name)}${entry.isDirectory() ? '/' : ''}`);
    } catch {
      return undefined;
    }
  };
  return {
    list,
    read: async (uri) => {
      try {
        return await readFile(fileURLToPath(uri), 'utf8');
      } catch {
        return undefined;
      }
    },
    files: async () => {
      const found: string[] = [];
      const folders = [...folderUris];
      for (let folder = folders.shift(); folder !== undefined && found.length < mostFiles; folder = folders.shift()) {
        for (const uri of (await list(folder)) ?? []) {
          if (!uri.endsWith('/')) found.push(uri);
          else if (!skipped.has(uri.slice(uri.lastIndexOf('/', uri.length - 2) + 1, -1))) folders.push(uri);
        }
      }
      return found;
    },
  };
}
