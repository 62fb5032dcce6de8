import assert from 'node:assert/strict';
import process from 'node:process';
import { whyMissing } from '../../setup/programs.ts';
import { campaign, coverageOf, summary, unknownShare } from './campaign.ts';
import type { Report } from './campaign.ts';
import { mutations, MutatedModels } from './mutations.ts';
import { judge } from './run.ts';

/** The first seed; every configuration of a run is repeated by its own. */
const firstSeed = Number(process.env['CONFORMANCE_SEED'] ?? 1);
const cases = Number(process.env['CONFORMANCE_CASES'] ?? 400);

const missing = whyMissing('nginx', 'headers-more');

describe('nginx: the model against the real server', function () {
  this.timeout(300_000 + cases * 1000);
  let report: Report;

  before(async function () {
    if (missing !== undefined) {
      console.log(`      ${missing}`);
      this.skip();
    }
    report = await campaign(firstSeed, cases);
    console.log(summary(report));
  });

  it('predicts every status and every CORS and Vary line', () => {
    assert.equal(report.differences.length, 0, report.differences.slice(0, 3).join('\n\n'));
  });

  it('says unknown for at most five in a hundred', () => {
    assert.ok(unknownShare(report) <= 0.05, summary(report));
  });

  it('writes at most five configurations in a hundred that nginx refuses', () => {
    assert.ok(report.refused.length <= cases * 0.05, report.refused.join('\n'));
  });

  it('has asked every configuration at least eight times', () => {
    assert.ok(report.recorded.length > 0);
    for (const { exchanges } of report.recorded) assert.ok(exchanges.length >= 8);
  });

  it('has shown every construct in at least ten configurations', () => {
    const rare = coverageOf(report).filter(([, count]) => count < (cases < 400 ? 1 : 10));
    assert.deepEqual(rare, []);
  });

  describe('notices a model in which', () => {
    const models = new MutatedModels();
    after(() => {
      models.remove();
    });

    for (const mutation of mutations) {
      it(mutation.title, async () => {
        const mutated = await models.load(mutation);
        const noticed = report.recorded.find((recorded) => judge(recorded, mutated).differences.length > 0);
        assert.ok(noticed, 'no configuration shows the difference');
      });
    }
  });
});
