/** The major version of Express that a file's package uses. */
import type { SourceFiles } from '../../core/files.ts';
import { majorVersion } from '../javascript/package-version.ts';
import type { ExpressVersion } from './paths.ts';

/** One of the two that differ; undefined where nothing tells, or for another one. */
export function expressVersion(uri: string, files: SourceFiles): ExpressVersion {
  const major = majorVersion('express', uri, files);
  return major === 4 || major === 5 ? major : undefined;
}
