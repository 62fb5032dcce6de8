/**
 * The benchmark still runs and nothing has become slower by a multiple. The bounds are several times the aims of
 * `npm run bench`, because machines that run tests are slow and busy.
 */
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { measureColdStart } from '../../bench/cold-start.ts';
import { expressFile, nginxFile, projectFiles } from '../../bench/generate.ts';
import { measureKeystrokes } from '../../bench/keystrokes.ts';
import { drawTable, isMet, percentile, type Measure } from '../../bench/statistics.ts';
import { applyKeystroke, typing } from '../../bench/typing.ts';
import { findProgram, whyMissing } from '../setup/programs.ts';

const seed = 20_261_124;

/** The value of a measure by its name. */
function valueOf(measures: readonly Measure[], name: string): number {
  const found = measures.find((measure) => measure.name === name);
  assert.ok(found, `there is no measure "${name}" in\n${drawTable(measures)}`);
  return found.value;
}

describe('the benchmark', () => {
  it('generates files of the lengths that it names, the same for the same seed', () => {
    for (const lines of [1000, 5000]) {
      const length = expressFile(lines, seed).split('\n').length;
      assert.ok(length >= lines && length < lines * 1.05, `${length} lines of Express`);
    }
    const length = nginxFile(2000, seed).split('\n').length;
    assert.ok(length >= 2000 && length < 2100, `${length} lines of nginx`);
    assert.equal(expressFile(1000, seed), expressFile(1000, seed));
    assert.notEqual(expressFile(1000, seed), expressFile(1000, seed + 1));
    assert.deepEqual(projectFiles(6, seed), projectFiles(6, seed));
  });

  it('generates an nginx.conf that nginx takes', function () {
    const nginx = findProgram('nginx');
    if (nginx === undefined) {
      console.log(`      skipped: ${whyMissing('nginx') ?? 'no nginx'}`);
      this.skip();
    }
    const folder = mkdtempSync(path.join(tmpdir(), 'cors-lint-bench-'));
    const text = nginxFile(2000, seed).replace('worker_processes auto;', `worker_processes auto;\npid ${folder}/pid;\nerror_log stderr;`);
    const file = path.join(folder, 'nginx.conf');
    writeFileSync(file, text);
    try {
      const run = spawnSync(nginx, ['-t', '-p', folder, '-c', file, '-e', 'stderr'], { encoding: 'utf8' });
      assert.match(run.stderr, /syntax is ok/);
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  });

  it('types what it takes away again', () => {
    const text = nginxFile(200, seed);
    const phrase = '        proxy_buffering off;';
    const keys = typing(text, '# location 1-2', [phrase], 1000, seed);
    const seen = new Set<string>();
    let now = text;
    for (const key of keys) {
      assert.equal(key.text.length + key.removed > 0, true);
      now = applyKeystroke(now, key);
      seen.add(now);
    }
    assert.ok(seen.has(text), 'the text comes back');
    assert.ok(
      [...seen].some((each) => each.includes(`# location 1-2\n${phrase}`)),
      'the phrase is written',
    );
  });

  it('computes percentiles and draws what is met', () => {
    assert.equal(percentile([5, 1, 4, 2, 3], 0.5), 3);
    assert.equal(percentile([1, 2, 3, 4, 5, 6, 7, 8, 9, 10], 0.95), 10);
    assert.equal(isMet({ name: 'a', value: 2, unit: 'ms', aim: 1 }), false);
    assert.match(drawTable([{ name: 'a', value: 2, unit: 'ms', aim: 1 }]), /a +2\.00 ms +≤ 1 ms +NOT MET/);
  });

  it('finds keystrokes within a multiple of the aims', async function () {
    this.timeout(120_000);
    const measures = await measureKeystrokes(24, seed);
    console.log(drawTable(measures));
    assert.ok(valueOf(measures, 'a key in 2000 lines of nginx.conf, p50') < 600);
    assert.ok(valueOf(measures, 'a key in 1000 lines of Express, p50') < 600);
    assert.ok(valueOf(measures, 'a key in 5000 lines of Express, p50') < 1500);
  });

  it('finds cold starts within a multiple of the aim', async function () {
    this.timeout(120_000);
    const measures = await measureColdStart(3);
    console.log(drawTable(measures));
    assert.ok(valueOf(measures, 'cold start, nginx') < 3000);
    assert.ok(valueOf(measures, 'cold start, Express') < 3000);
  });
});
