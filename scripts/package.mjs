/**
 * `npm run package`: builds and packs the extension as `cors-lint-VERSION.vsix`, and prints its size. Nothing is
 * downloaded and no repository address is needed.
 */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { minify } from 'terser';
import { buildAll, root } from './build.mjs';
import { repack } from './repack.mjs';

const { values } = parseArgs({ options: { out: { type: 'string' } } });
const { version } = JSON.parse(readFileSync(path.join(root, 'package.json'), 'utf8'));
const out = path.resolve(values.out ?? path.join(root, `cors-lint-${version}.vsix`));

const { outputs } = await buildAll();

/** A file of `dist` and all that it loads, at once or later. */
function loadedBy(/** @type {string} */ file, loaded = /** @type {Set<string>} */ (new Set())) {
  if (loaded.has(file) || !outputs[file]) return loaded;
  loaded.add(file);
  for (const each of outputs[file].imports) loadedBy(each.path, loaded);
  return loaded;
}

/** The list of what is packed, with those chunks that the server loads: the others are the command line's. */
function ignoreFile() {
  const every = '!dist/chunks/*.cjs';
  const list = readFileSync(path.join(root, '.vscodeignore'), 'utf8');
  if (!list.includes(every)) throw new Error(`.vscodeignore is expected to hold ${every}`);
  const chunks = [...loadedBy('dist/server.cjs'), ...loadedBy('dist/server-main.cjs')].filter((file) => file.startsWith('dist/chunks/'));
  return list.replace(every, chunks.map((file) => `!${file}`).join('\n'));
}

/** A script with names that compress better than those of esbuild, which writes no other code for it; any other file as it is. */
async function withShorterNames(/** @type {string} */ name, /** @type {Buffer} */ content) {
  if (!/\.c?js$/.test(name)) return content;
  const link = /\/\/# sourceMappingURL=\S+\s*$/;
  const { code = '' } = await minify(content.toString().replace(link, ''), { compress: false, mangle: true, ecma: 2020 });
  return Buffer.from(code);
}

const folder = mkdtempSync(path.join(tmpdir(), 'cors-lint-package-'));
const ignored = path.join(folder, '.vscodeignore');
writeFileSync(ignored, ignoreFile());
const vsce = path.join(root, 'node_modules/@vscode/vsce/vsce');
// The build is done, and vsce would run the whole of `prepare` and `vscode:prepublish` by itself.
const args = [
  'package',
  '--ignoreFile',
  ignored,
  '--no-dependencies',
  '--no-rewrite-relative-links',
  '--allow-missing-repository',
  '--out',
  out,
];
const run = spawnSync(process.execPath, [vsce, ...args], { cwd: root, stdio: ['ignore', 'inherit', 'inherit'] });
rmSync(folder, { recursive: true, force: true });
if (run.status !== 0) process.exit(1);
await repack(out, withShorterNames);
console.log(`${path.relative(process.cwd(), out)}: ${(statSync(out).size / 1e6).toFixed(2)} MB`);
