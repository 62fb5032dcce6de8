import { isAbsolute, relative, sep } from 'node:path';

/** A path relative to a folder, with `/`; absolute where it is not below, as `../../../x` says less. */
export function relativePath(folder: string, path: string): string {
  const below = relative(folder, path);
  const shown = below === '' || below.startsWith('..') || isAbsolute(below) ? path : below;
  return sep === '/' ? shown : shown.replaceAll(sep, '/');
}
