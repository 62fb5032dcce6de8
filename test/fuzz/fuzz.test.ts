import assert from 'node:assert/strict';
import { readCorpus } from './corpus.ts';
import { fuzz } from './fuzz.ts';
import { assertHolds } from './holds.ts';

describe('mutated configurations', () => {
  it('are analysed whatever they are', async function () {
    this.timeout(180_000);
    const seed = Number(process.env['SEED'] ?? 20_261_124);
    const { cases, findings, failures } = await fuzz({ seed, cases: 1500, time: 60_000 });
    const [failure] = failures;
    assert.equal(
      failure,
      undefined,
      `seed ${seed}, case ${failure?.number ?? ''}, ${failure?.file ?? ''}: ${String(failure?.error instanceof Error ? failure.error.stack : failure?.error)}`,
    );
    assert.ok(cases >= 100, `only ${cases} cases were run`);
    assert.ok(findings > 0, 'no text had a finding');
  });

  it('start from texts that are analysed themselves', async function () {
    this.timeout(180_000);
    const corpus = readCorpus();
    for (const syntax of ['nginx', 'apache', 'javascript'] as const)
      assert.ok(
        corpus.some((seed) => seed.syntax === syntax),
        `no ${syntax}`,
      );
    for (const { name, syntax, text } of corpus)
      await assertHolds(text, syntax).catch((error: unknown) => assert.fail(`${name}: ${String(error)}`));
  });
});
