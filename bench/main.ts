/**
 * `npm run bench [-- PART…]`: what the extension costs, beside what others cost on the same machine in the same run. Parts:
 * keystrokes, editor, cold-start, command-line, sizes; all of them where none is named. Build first (`npm run build`).
 */
import { availableParallelism, cpus } from 'node:os';
import process from 'node:process';
import { parseArgs } from 'node:util';
import { measureColdStart } from './cold-start.ts';
import { measureCommandLine } from './command-line.ts';
import { measureEditor } from './editor.ts';
import { measureKeystrokes } from './keystrokes.ts';
import { measureSizes } from './sizes.ts';
import { drawTable, isMet, type Measure } from './statistics.ts';

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { seed: { type: 'string', default: '20261124' }, keys: { type: 'string', default: '200' } },
});
const seed = Number(values.seed);

const parts: Readonly<Record<string, () => Promise<readonly Measure[]> | readonly Measure[]>> = {
  keystrokes: () => measureKeystrokes(Number(values.keys), seed),
  editor: () => measureEditor(24, seed),
  'cold-start': () => measureColdStart(11),
  'command-line': () => measureCommandLine(200, 5, seed),
  sizes: measureSizes,
};

const unknown = positionals.filter((name) => !(name in parts));
if (unknown.length > 0) {
  console.error(`no such part: ${unknown.join(', ')}; there are ${Object.keys(parts).join(', ')}`);
  process.exit(2);
}
console.log(`Node ${process.version}, ${availableParallelism()} × ${cpus()[0]?.model ?? 'unknown processor'}, seed ${seed}`);
const measures: Measure[] = [];
for (const [name, part] of Object.entries(parts)) {
  if (positionals.length > 0 && !positionals.includes(name)) continue;
  measures.push(...(await part()));
}
console.log(`\n${drawTable(measures)}`);
const aims = measures.filter((measure) => measure.aim !== undefined);
console.log(`\n${aims.filter(isMet).length} of ${aims.length} aims met`);
