/**
 * Turns the ES modules that esbuild splits the Node bundle into to CommonJS, file by file and under the same names.
 *
 * esbuild splits only ES modules. Node's loader for them resolves, reads and links every file in promises, which costs some hundredths
 * of the whole start; `require` does the same work at once. An `import()` becomes a `require` in a promise, so that what is loaded
 * lazily stays lazy.
 */
import { readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { transform } from 'esbuild';

const moduleUrl = '__moduleUrl';

/**
 * What a chunk exports, said in few words: esbuild writes its helpers for it into every file, and every file is packed by itself. Chunks
 * do not import each other in circles, so nobody asks before the end. Files that others load, and chunks with a default alone, keep esbuild's form, from which Node
 * reads the names for an `import`.
 *
 * @param {string} source an ES module of esbuild's
 */
function exportPlainly(source) {
  return source.replace(/export\{([^}]*)\};(?=\s*(?:\/\/#[^\n]*\s*)?$)/, (_, /** @type {string} */ names) => {
    const getters = names.split(',').map((each) => {
      const [name = '', as = name] = each.trim().split(' as ');
      return `${as}:()=>${name}`;
    });
    return `Object.entries({__esModule:()=>true,${getters.join()}}).forEach(([name,get])=>Object.defineProperty(exports,name,{get,enumerable:true}));`;
  });
}

/** @param {string} file */
async function convert(file) {
  const whole = readFileSync(file, 'utf8');
  const source = path.basename(path.dirname(file)) === 'chunks' ? exportPlainly(whole) : whole;
  const link = /\/\/# sourceMappingURL=(\S+)\s*$/;
  const map = link.exec(source)?.[1];
  const inlined = map && Buffer.from(readFileSync(path.resolve(path.dirname(file), map))).toString('base64');
  const { code, map: converted } = await transform(
    inlined ? source.replace(link, () => `//# sourceMappingURL=data:application/json;base64,${inlined}`) : source,
    {
      format: 'cjs',
      platform: 'node',
      target: 'node20.9',
      minify: true,
      legalComments: 'none',
      supported: { 'dynamic-import': false },
      define: { 'import.meta.url': moduleUrl },
      sourcemap: map ? 'external' : false,
      sourcesContent: false,
    },
  );
  const [, shebang = '', body = ''] = /^(#!.*\n)?([^]*)$/.exec(code) ?? [];
  // Strict as ES modules are. On the line of the code, so that the map's lines stay right.
  const url = body.includes(moduleUrl) ? `const ${moduleUrl}=require("node:url").pathToFileURL(__filename).href;` : '';
  writeFileSync(file, `${shebang}"use strict";${url}${body}` + (map ? `//# sourceMappingURL=${map}\n` : ''));
  if (map) writeFileSync(path.resolve(path.dirname(file), map), converted);
}

/** @returns {import('esbuild').Plugin} */
export function commonJs() {
  return {
    name: 'common-js',
    setup({ initialOptions, onEnd }) {
      const { absWorkingDir = process.cwd(), write } = initialOptions;
      onEnd(async ({ metafile, errors }) => {
        if (write === false || errors.length > 0) return;
        const files = Object.keys(metafile?.outputs ?? {}).filter((name) => name.endsWith('.cjs'));
        await Promise.all(files.map((name) => convert(path.resolve(absWorkingDir, name))));
      });
    },
  };
}
