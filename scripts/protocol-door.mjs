/**
 * One door to the language server's protocol package.
 *
 * The package is CommonJS. For each file that imports from it the bundle would copy its 300 exports, getter by getter, at every
 * start of the server: a tenth of the whole start. With this plugin the sources share one module that reads the few
 * names that they use. For the same reason the package gets the CommonJS form of its types, not the module form.
 */
import { readdirSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

const sources = path.resolve(path.dirname(fileURLToPath(import.meta.url)), '../server/src');

/**
 * The names that the sources import as values from a package. Throws where one imports more than names.
 * @param {string} specifier
 * @returns {string[]}
 */
export function importedNames(specifier) {
  const names = new Set();
  for (const file of readdirSync(sources, { recursive: true, encoding: 'utf8' })) {
    if (!file.endsWith('.ts') || file.endsWith('.test.ts')) continue;
    const text = readFileSync(path.join(sources, file), 'utf8');
    for (const [, clause = '', from] of text.matchAll(/^(?:import|export)\s+(?!type\b)([^;'"]*?)\s*from '([^']+)'/gm)) {
      if (from !== specifier) continue;
      if (!/^\{[^}]*\}$/.test(clause)) throw new Error(`protocol-door: ${file} is to import single names from ${specifier}`);
      for (const name of clause.slice(1, -1).split(','))
        if (name.trim() !== '' && !/^\s*type\s/.test(name)) names.add(name.trim().split(/\s+as\s+/)[0]);
    }
  }
  return [...names].sort();
}

/** @returns {import('esbuild').Plugin} */
export function protocolDoor() {
  return {
    name: 'protocol-door',
    setup({ onResolve, onLoad }) {
      onResolve({ filter: /^vscode-languageserver(?:\/node|\/browser)?$/ }, ({ path: specifier, importer, namespace }) =>
        namespace === 'file' && importer.startsWith(sources) ? { path: specifier, namespace: 'protocol-door' } : undefined,
      );
      onResolve({ filter: /^vscode-languageserver-types$/ }, ({ path: specifier, importer, kind }) =>
        kind === 'require-call' ? { path: createRequire(importer).resolve(specifier) } : undefined,
      );
      onLoad({ filter: /.*/, namespace: 'protocol-door' }, ({ path: specifier }) => ({
        contents: [
          `const protocol = require('${specifier}');`,
          ...importedNames(specifier).map((name) => `export const ${name} = protocol.${name};`),
        ].join('\n'),
        resolveDir: sources,
      }));
    },
  };
}
