import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { languageOf } from '../../server/src/languages/index.ts';

const projectFolder = path.resolve(import.meta.dirname, '../..');

export type Syntax = 'nginx' | 'apache' | 'javascript';

/** A text that mutations start from. */
export interface Seed {
  /** Relative to the project's folder. */
  readonly name: string;
  readonly syntax: Syntax;
  readonly text: string;
}

const roots: readonly string[] = ['examples', 'server/src/rules', 'server/src/languages', 'test'];
/** Longer texts would make the run about their length. */
const longest = 20_000;

function syntaxOf(name: string, text: string): Syntax | undefined {
  if (/\.(?:test\.ts|md|json|png|svg)$/.test(name) || name.includes('node_modules')) return undefined;
  const id = languageOf(`file:///${name}`, text)?.id ?? /\/(nginx|apache|express)\//.exec(name)?.[1];
  if (id === 'nginx' || id === 'apache') return id;
  return /\.[cm]?[jt]sx?$/.test(name) && (name.includes('/fixtures/') || name.startsWith('examples/')) ? 'javascript' : undefined;
}

/** Every example and every fixture of the project, sorted by name. */
export function readCorpus(): readonly Seed[] {
  const found: Seed[] = [];
  for (const root of roots) {
    for (const entry of readdirSync(path.join(projectFolder, root), { recursive: true, withFileTypes: true })) {
      if (!entry.isFile()) continue;
      const file = path.join(entry.parentPath, entry.name);
      const name = path.relative(projectFolder, file);
      const isInput = name.startsWith('examples/') || name.includes('/fixtures/') || name.startsWith('test/grammars/');
      if (!isInput || name.includes('node_modules')) continue;
      const text = readFileSync(file, 'utf8');
      const syntax = text.length <= longest ? syntaxOf(name, text) : undefined;
      if (syntax !== undefined) found.push({ name, syntax, text });
    }
  }
  return found.sort((a, b) => (a.name < b.name ? -1 : 1));
}
