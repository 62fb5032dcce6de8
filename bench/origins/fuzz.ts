import { parseArgs } from 'node:util';
import { listedPatterns, randomPatterns, runDifferential } from './differential.ts';
import { Random } from '../../tools/random.ts';
import { realPatterns } from './real-patterns.ts';

/**
 * `npx tsx bench/origins/fuzz.ts --patterns 20000 --origins 60 --seed 1` tries random patterns, with `--real` those of public
 * packages. Exits 1 on any disagreement between the automata and the real engines.
 */
const { values } = parseArgs({
  options: {
    patterns: { type: 'string', default: '20000' },
    origins: { type: 'string', default: '60' },
    seed: { type: 'string' },
    real: { type: 'boolean', default: false },
  },
});
const seed = values.seed === undefined ? Date.now() % 1_000_000 : Number(values.seed);
const random = new Random(seed);
const report = runDifferential({
  patterns: values.real ? listedPatterns(realPatterns()) : randomPatterns(random, Number(values.patterns)),
  origins: Number(values.origins),
  random,
});

const times = report.times.map((time) => time.milliseconds).sort((a, b) => a - b);
const quantile = (share: number): string => (times[Math.min(times.length - 1, Math.floor(times.length * share))] ?? 0).toFixed(2);
const slowest = [...report.times].sort((a, b) => b.milliseconds - a.milliseconds).slice(0, 3);
const percent = (part: number, whole: number): string => `${((100 * part) / Math.max(1, whole)).toFixed(2)} %`;
const total = report.patterns + report.invalid;

console.log(`seed ${seed}`);
console.log(
  `patterns ${report.patterns} (and ${report.invalid} that the engines refuse), origins ${report.origins}, accepted ${report.accepted}`,
);
for (const [feature, count] of [...report.shares].sort((a, b) => b[1] - a[1])) console.log(`  with ${feature}: ${percent(count, total)}`);
console.log(`disagreements ${report.disagreements.length}`);
console.log(`undecided ${report.undecided.length} (${percent(report.undecided.length, report.patterns)})`);
console.log(
  `witnesses ${report.witnesses}, membership left undecided by contains ${percent(report.notExecuted, report.origins)}, engine gave up ${report.engineGaveUp}`,
);
console.log(`milliseconds a pattern: median ${quantile(0.5)}, 95 % ${quantile(0.95)}, 99 % ${quantile(0.99)}, worst ${quantile(1)}`);
for (const { milliseconds, pattern } of slowest)
  console.log(`  ${milliseconds.toFixed(1)}  ${pattern.dialect} ${pattern.flags} ${pattern.source}`);
for (const each of report.disagreements.slice(0, 10)) console.log('DISAGREE', JSON.stringify(each));
for (const each of report.undecided.slice(0, 10)) console.log('UNDECIDED', JSON.stringify(each));
process.exitCode = report.disagreements.length > 0 ? 1 : 0;
