import { spawnSync } from 'node:child_process';
import { mkdirSync, readdirSync, statSync } from 'node:fs';
import path from 'node:path';
import type { Measure } from './statistics.ts';

const projectFolder = path.resolve(import.meta.dirname, '..');

/** Sizes of what is shipped, in kilobytes, and of the packed extension, in megabytes. */
export function measureSizes(): readonly Measure[] {
  const dist = path.join(projectFolder, 'dist');
  const kilobytes = (file: string): number => statSync(path.join(dist, file)).size / 1000;
  const measures = ['client.cjs', 'client.browser.cjs.js', 'server-main.cjs', 'server.browser.js', 'cli-main.cjs'].map((file): Measure => ({
    name: file,
    value: kilobytes(file),
    unit: 'kB',
  }));
  const chunks = readdirSync(path.join(dist, 'chunks')).filter((file) => file.endsWith('.cjs'));
  const shared = chunks.reduce((sum, file) => sum + kilobytes(`chunks/${file}`), 0);
  measures.push({ name: `chunks that server and command line share`, value: shared, unit: 'kB', remark: `${chunks.length} files` });
  const out = path.join(projectFolder, 'out', 'bench.vsix');
  mkdirSync(path.dirname(out), { recursive: true });
  const run = spawnSync(process.execPath, ['scripts/package.mjs', '--out', out], { cwd: projectFolder, encoding: 'utf8' });
  if (run.status !== 0) throw new Error(`the extension could not be packed\n${run.stdout}${run.stderr}`);
  measures.push({ name: 'the packed extension', value: statSync(out).size / 1e6, unit: 'MB', aim: 1.5 });
  return measures;
}
