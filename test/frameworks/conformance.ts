/** The models of the frameworks for one source, in a workspace that holds nothing else but its manifest. */
import type { Extraction, LanguageEngine } from '../../server/src/core/language.ts';
import { languages } from '../../server/src/languages/index.ts';
import type { Program } from './programs/program.ts';

/** The engine of JavaScript with every framework. */
export async function loadEngine(): Promise<LanguageEngine> {
  const javascript = languages.find(({ id }) => id === 'javascript');
  if (!javascript) throw new Error('JavaScript is not in the list of languages.');
  return javascript.load();
}

/** `dependencies`: what the package's manifest says, by package. */
export function extract(engine: LanguageEngine, { source, isTypeScript, dependencies = {} }: Program): Extraction {
  const manifest = JSON.stringify({ dependencies });
  const files = {
    read: (uri: string) => (uri === 'file:///app/package.json' ? { uri, text: manifest } : undefined),
    list: () => [],
    candidates: () => [],
  };
  return engine.extract({ uri: `file:///app/app.${isTypeScript ? 'ts' : 'js'}`, text: source }, files);
}
