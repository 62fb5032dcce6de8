/** `npm run fuzz [-- --seed N --cases N --seconds N --first N]`: until it is interrupted, or as long as it is told. */
import process from 'node:process';
import { parseArgs } from 'node:util';
import { fuzz } from './fuzz.ts';

const { values } = parseArgs({
  options: {
    seed: { type: 'string' },
    cases: { type: 'string' },
    seconds: { type: 'string', default: '60' },
    first: { type: 'string', default: '0' },
  },
});
const seed = values.seed === undefined ? Math.floor(Math.random() * 1_000_000) : Number(values.seed);
console.log(`seed ${seed}`);
const time = values.cases === undefined ? Number(values.seconds) * 1000 : Infinity;
const result = await fuzz({ seed, first: Number(values.first), cases: values.cases === undefined ? Infinity : Number(values.cases), time });
for (const { number, file, error } of result.failures)
  console.log(`case ${number} (--seed ${seed} --first ${number} --cases 1), text in ${file}\n`, error);
console.log(`${result.cases} cases, ${result.findings} findings, ${result.failures.length} failures`);
if (result.failures.length > 0) process.exitCode = 1;
