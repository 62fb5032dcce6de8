import assert from 'node:assert/strict';
import { whyMissing } from '../../setup/programs.ts';
import { compare, observe, type Observed } from './conformance.ts';
import { constructs, type Construct } from './constructs.ts';
import { tagsOf, textOf } from './configuration.ts';
import { generate } from './generator.ts';
import { loadModel, loadMutant, mutations, removeMutants } from './mutants.ts';
import type { Model } from './prediction.ts';
import { requestsPerCase } from './requests.ts';
import { shrink } from './shrink.ts';

/** `npm run conformance -- --cases 5000` sets the number; the seed of the first case can be moved to see others. */
const cases = Number(process.env['CONFORMANCE_CASES'] ?? 450);
const firstSeed = Number(process.env['CONFORMANCE_SEED'] ?? 1);
/** Virtual hosts on one server. */
const batch = 450;
/** The reasons for which the model may say unknown here. */
const reasons: ReadonlySet<string> = new Set([
  'unsupported',
  'environment',
  'unresolved',
  'undecided-pattern',
  'file-system',
  'outside',
  'too-many-cases',
]);

describe('Apache: the model against the real httpd', function () {
  this.timeout(600_000 + cases * 1000);
  const missing = whyMissing('apache2');
  const observed: Observed[] = [];
  let model: Model;

  before(async function () {
    if (missing !== undefined) {
      console.log(`      skipped: ${missing}`);
      this.skip();
    }
    model = await loadModel();
    for (let at = 0; at < cases; at += batch) {
      observed.push(
        ...(await observe(Array.from({ length: Math.min(batch, cases - at) }, (_, index) => generate(firstSeed + at + index)))),
      );
    }
  });

  after(() => {
    removeMutants();
  });

  it(`predicts every status and header line of ${cases} configurations, ${requestsPerCase} requests each`, async () => {
    let compared = 0;
    let unknown = 0;
    const byReason = new Map<string, number>();
    const failing: Observed[] = [];
    for (const each of observed) {
      const outcome = compare(each, model);
      compared += outcome.compared;
      for (const [reason, count] of outcome.unknown) {
        assert.ok(reasons.has(reason), `“${reason}” is no reason to say unknown`);
        byReason.set(reason, (byReason.get(reason) ?? 0) + count);
        unknown += count;
      }
      if (outcome.differences.length > 0) failing.push(each);
    }
    const share = (100 * unknown) / compared;
    console.log(
      `      ${compared} comparisons, ${unknown} unknown (${share.toFixed(2)} %: ${[...byReason].map(([reason, count]) => `${reason} ${count}`).join(', ')})`,
    );
    const [first] = failing;
    if (first !== undefined) assert.fail(await explain(first, failing.length, model));
    assert.ok(share <= 5, `${share.toFixed(2)} % of the comparisons are unknown`);
  });

  it('shows every construct in at least ten configurations', () => {
    const counts = new Map<Construct, number>(constructs.map((construct) => [construct, 0]));
    for (const { generated, exchanges } of observed) {
      if (exchanges === undefined) continue;
      const tags = new Set<Construct>([...tagsOf(generated.root), ...tagsOf(generated.sub)]);
      if (generated.sub.length > 0) tags.add('nested .htaccess');
      if (generated.crlf) tags.add('CRLF');
      for (const tag of tags) counts.set(tag, (counts.get(tag) ?? 0) + 1);
    }
    console.log([...counts].map(([construct, count]) => `      ${String(count).padStart(4)} ${construct}`).join('\n'));
    assert.deepEqual(
      [...counts].filter(([, count]) => count < 10),
      [],
    );
  });

  it('has at most one in twenty configurations refused by the server', () => {
    const refused = observed.filter((each) => each.exchanges === undefined);
    console.log(`      ${refused.length} of ${observed.length} refused`);
    assert.ok(
      refused.length * 20 <= observed.length,
      refused.map((each) => `seed ${each.generated.seed}: ${each.refusal ?? ''}`).join('\n'),
    );
  });

  mutations.forEach((mutation, number) => {
    it(`notices the mutation: ${mutation.name}`, async () => {
      const mutant = await loadMutant(mutation, number);
      const noticed = observed.some((each) => compare(each, mutant).differences.length > 0);
      assert.ok(noticed, 'no configuration shows the difference');
    });
  });
});

/** The smallest configuration with a difference, and what differs. */
async function explain(failing: Observed, count: number, model: Model): Promise<string> {
  const least = await shrink(failing.generated, model);
  const [again] = await observe([least]);
  const { differences } = compare(again ?? failing, model);
  const lines = differences.map(
    ({ request, what, expected, received }) =>
      `  ${request.method} ${request.path}?${request.query} Origin ${request.origin ?? '(none)'}: ${what}: the model says ${expected}, httpd ${received}`,
  );
  const text = [
    least.kind === 'server' ? 'In a virtual host:' : 'In .htaccess:',
    textOf(least.root),
    ...(least.sub.length > 0 ? ['In sub/.htaccess:', textOf(least.sub)] : []),
  ].join('\n');
  return `${count} configurations differ. The first, seed ${failing.generated.seed}, made small:\n${text}\n${lines.join('\n')}`;
}
