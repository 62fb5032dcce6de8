/** The major version of a package that a file's own package uses. */
import type { SourceFiles } from '../../core/files.ts';
import { nearest, objectAt } from './resolve.ts';

/** From the lock file where it is there, else from the range in package.json; undefined where neither tells. */
export function majorVersion(name: string, uri: string, files: SourceFiles): number | undefined {
  const lock = nearest(uri, 'package-lock.json', files);
  const locked = objectAt(objectAt(lock?.json, 'packages'), `node_modules/${name}`)?.['version'];
  if (typeof locked === 'string') return majorOf(locked);
  const manifest = nearest(uri, 'package.json', files);
  for (const table of ['dependencies', 'devDependencies', 'peerDependencies']) {
    const range = objectAt(manifest?.json, table)?.[name];
    if (typeof range === 'string') return majorOf(range);
  }
  return undefined;
}

/** A range that admits one major version only. */
function majorOf(range: string): number | undefined {
  const major = /^\s*[\^~=v]*\s*(\d+)(?:\.[\dx*]+){0,2}[\w.+-]*\s*$/.exec(range)?.[1];
  return major === undefined ? undefined : Number(major);
}
