import type { Plugin } from 'esbuild';

/** The source of refa with short tables. Throws where there are fewer than expected, or one does not read back. */
export function compact(source: string): string;
/** The esbuild plugin that writes refa's tables shorter. */
export function compactRefa(): Plugin;
