import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import type { Workspace } from '../core/workspace.ts';
import { languages, LONGEST_TEXT } from '../languages/index.ts';
import { walk } from './walk.ts';

/** Most files of a workspace that are looked at to find who includes a fragment. */
const MOST_FILES = 20_000;
/** Whether any language may claim a path by its name; content decides where that is not enough. */
export function mayBeOurs(path: string): boolean {
  // Making a proper URI for each of many thousand files takes long, and what else it encodes matters to no language's names.
  const uri = `file://${path.replaceAll('\\', '/').replace(/[%#?]/g, encodeURIComponent)}`;
  return languages.some((language) => language.claims(uri) !== 'no');
}

/** The disk as the engine sees it. `folders` are absolute paths below which `files()` looks. */
export function diskWorkspace(folders: readonly string[]): Workspace {
  let files: readonly string[] | undefined;
  return {
    read: (uri) => Promise.resolve(readText(uri)),
    list: (folderUri) => Promise.resolve(listFolder(folderUri)),
    files() {
      files ??= folders.flatMap((cwd) =>
        walk(['.'], { cwd, wanted: mayBeOurs, limit: MOST_FILES }).files.map((path) => pathToFileURL(path).href),
      );
      return Promise.resolve(files);
    },
  };
}

/** Synchronously: few small files are asked for, and a turn through the thread pool costs more than what it reads. */
function readText(uri: string): string | undefined {
  const path = pathOf(uri);
  if (path === undefined) return undefined;
  try {
    const bytes = readFileSync(path);
    return bytes.length > LONGEST_TEXT ? undefined : bytes.toString('utf8');
  } catch {
    return undefined;
  }
}

function listFolder(uri: string): readonly string[] | undefined {
  const path = pathOf(uri);
  if (path === undefined) return undefined;
  try {
    const entries = readdirSync(path, { withFileTypes: true });
    return entries.map((entry) => `${pathToFileURL(join(path, entry.name)).href}${entry.isDirectory() ? '/' : ''}`);
  } catch {
    return undefined;
  }
}

function pathOf(uri: string): string | undefined {
  try {
    return uri.startsWith('file:') ? fileURLToPath(uri) : undefined;
  } catch {
    return undefined;
  }
}
