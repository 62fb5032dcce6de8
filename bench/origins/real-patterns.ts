import { readFileSync } from 'node:fs';
import type { Pattern } from '../../server/src/cors/origins/origin-set.ts';

/** A pattern about origins, hosts or URLs as a public package ships it. */
export interface RealPattern extends Pattern {
  /** Registry, name and version. */
  readonly package: string;
  /** The file inside the package. */
  readonly path: string;
}

/**
 * Patterns collected from public packages: every regular expression literal of their JavaScript, URL rule and nginx test
 * file that speaks of a scheme, a host or a top-level domain, whether it is well written or not.
 */
export function realPatterns(): readonly RealPattern[] {
  return JSON.parse(readFileSync(new URL('real-patterns.json', import.meta.url), 'utf8')) as readonly RealPattern[];
}
