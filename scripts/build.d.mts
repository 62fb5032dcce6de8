import type { BuildOptions, Metafile } from 'esbuild';

/** The project's folder. */
export const root: string;
/** What esbuild is asked to build, one entry a bundle. */
export const bundles: readonly BuildOptions[];
/** Builds every bundle into `dist/`. Answers with what esbuild knows about inputs and outputs, all bundles together. */
export function buildAll(): Promise<Metafile>;
