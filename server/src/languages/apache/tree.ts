import type { SourceFile } from '../../core/files.ts';
import { parse } from './parse.ts';
import type { ApacheFile } from './syntax.ts';

const parsed = new WeakMap<SourceFile, ApacheFile>();

/** The tree of a file, parsed once for each version of its text. */
export function parseFile(file: SourceFile): ApacheFile {
  const known = parsed.get(file);
  if (known !== undefined) return known;
  const tree = parse(file.text);
  parsed.set(file, tree);
  return tree;
}
