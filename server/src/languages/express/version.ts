/** The major version of Express that a file's package uses. */
import type { SourceFiles } from '../../core/files.ts';
import { nearest, objectAt } from '../javascript/resolve.ts';
import type { ExpressVersion } from './paths.ts';

/** From the lock file where it is there, else from the range in package.json; undefined where neither tells. */
export function expressVersion(uri: string, files: SourceFiles): ExpressVersion {
  const lock = nearest(uri, 'package-lock.json', files);
  const locked = objectAt(objectAt(lock?.json, 'packages'), 'node_modules/express')?.['version'];
  if (typeof locked === 'string') return majorOf(locked);
  const manifest = nearest(uri, 'package.json', files);
  for (const table of ['dependencies', 'devDependencies', 'peerDependencies']) {
    const range = objectAt(manifest?.json, table)?.['express'];
    if (typeof range === 'string') return majorOf(range);
  }
  return undefined;
}

/** A range that admits one major version only. */
function majorOf(range: string): ExpressVersion {
  const major = /^\s*[\^~=v]*\s*(\d+)(?:\.[\dx*]+){0,2}[\w.+-]*\s*$/.exec(range)?.[1];
  return major === '4' ? 4 : major === '5' ? 5 : undefined;
}
