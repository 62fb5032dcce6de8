import path from 'node:path';

/**
 * The way from a folder to a path below it, '' for the folder itself; undefined where the path lies elsewhere, as on another drive. Both
 * are absolute.
 */
export function wayBelow(
  folder: string,
  target: string,
  system: Pick<typeof path, 'relative' | 'isAbsolute' | 'sep'> = path,
): string | undefined {
  const way = system.relative(folder, target);
  // A name may begin with two dots, as `..data` in the volumes of Kubernetes.
  return way === '..' || way.startsWith(`..${system.sep}`) || system.isAbsolute(way) ? undefined : way;
}
