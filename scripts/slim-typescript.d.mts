import type { Plugin } from 'esbuild';

/** The names that the facade imports from 'typescript' as values. */
export function importedNames(file?: string): string[];
/** The body of typescript.js as an ES module whose unused parts a bundler can drop. Throws where the layout is unexpected. */
export function shakeable(source: string, names: string[]): string;
/** The path of the reduced parser as an ES module; made when it is not there yet. */
export function slimTypeScriptModule(names?: string[]): Promise<string>;
/** The esbuild plugin: `import … from 'typescript'` becomes the reduced parser. */
export function slimTypeScript(): Plugin;
