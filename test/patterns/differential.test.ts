import assert from 'node:assert/strict';
import { describe, it } from 'mocha';
import { listedPatterns, randomPatterns, runDifferential, type DifferentialReport } from '../../bench/origins/differential.ts';
import { Random } from '../../tools/random.ts';
import { realPatterns } from '../../bench/origins/real-patterns.ts';
import { seed } from '../property-seed.ts';

/** A run by itself takes some seconds; the machine may be busy. */
const TIMEOUT = 120_000;

describe('automata against the real engines', () => {
  const random = new Random(seed);

  const check = (report: DifferentialReport): void => {
    assert.deepEqual(report.disagreements, [], `seed ${seed}`);
    assert.ok(report.accepted > report.origins / 100, 'some origins are accepted');
    const share = report.undecided.length / report.patterns;
    assert.ok(share < 0.02 + 4 / Math.sqrt(report.patterns * 50), `undecided: ${(100 * share).toFixed(2)} % (seed ${seed})`);
    const times = report.times.map((time) => time.milliseconds).sort((a, b) => a - b);
    assert.ok((times[times.length >> 1] ?? 0) <= 10, `median ${String(times[times.length >> 1])} ms (seed ${seed})`);
  };

  it(`agree on random patterns (seed ${seed})`, () => {
    check(runDifferential({ patterns: randomPatterns(random, 500), origins: 60, random }));
  }).timeout(TIMEOUT);

  it(`agree on patterns of public packages (seed ${seed})`, () => {
    const patterns = realPatterns();
    assert.ok(patterns.length >= 300);
    const report = runDifferential({ patterns: listedPatterns(patterns), origins: 40, random });
    assert.ok(report.undecided.length < patterns.length * 0.02, JSON.stringify(report.undecided));
    check(report);
  }).timeout(TIMEOUT);
});
