import { sep } from 'node:path';
import { wayBelow } from '../below.ts';

/** A path relative to a folder, with `/`; absolute where it is not below, as `../../../x` says less. */
export function relativePath(folder: string, path: string): string {
  const shown = wayBelow(folder, path) || path;
  return sep === '/' ? shown : shown.replaceAll(sep, '/');
}
