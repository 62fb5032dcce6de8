import { readFileSync, writeFileSync } from 'node:fs';
import type { LintedFile } from './result.ts';
import { reasonOf, type PathProblem } from './walk.ts';

/**
 * Writes the fixed text over a file, in place, so that mode, owner and links stay. A file that changed since
 * it was read, or that is not UTF-8, is left alone; that and a refusal of the file system are the problem that is returned.
 */
export function writeFix(file: LintedFile): PathProblem | undefined {
  const { filePath: path, output, source } = file;
  if (output === undefined) return undefined;
  try {
    const bytes = readFileSync(path);
    if (bytes.toString('utf8') !== source) return { path, message: 'changed meanwhile, so it was not fixed', folder: false };
    if (!Buffer.from(source, 'utf8').equals(bytes)) return { path, message: 'is not UTF-8, so it was not fixed', folder: false };
    writeFileSync(path, output, 'utf8');
    return undefined;
  } catch (error) {
    return { path, message: `could not be fixed: ${reasonOf(error)}`, folder: false };
  }
}
