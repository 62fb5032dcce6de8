/**
 * `npm run package`: builds and packs the extension as `cors-lint-VERSION.vsix`, and prints its size. Nothing is
 * downloaded and no repository address is needed.
 */
import { spawnSync } from 'node:child_process';
import { readFileSync, statSync } from 'node:fs';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { buildAll, root } from './build.mjs';

const { values } = parseArgs({ options: { out: { type: 'string' } } });
const { version } = JSON.parse(readFileSync(path.join(root, 'package.json'), 'utf8'));
const out = path.resolve(values.out ?? path.join(root, `cors-lint-${version}.vsix`));

await buildAll();
const vsce = path.join(root, 'node_modules/@vscode/vsce/vsce');
// The build is done, and vsce would run the whole of `prepare` and `vscode:prepublish` by itself.
const args = ['package', '--no-dependencies', '--no-rewrite-relative-links', '--allow-missing-repository', '--out', out];
const run = spawnSync(process.execPath, [vsce, ...args], { cwd: root, stdio: ['ignore', 'inherit', 'inherit'] });
if (run.status !== 0) process.exit(1);
console.log(`${path.relative(process.cwd(), out)}: ${(statSync(out).size / 1e6).toFixed(2)} MB`);
