import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { createContext, Script } from 'node:vm';
import { describe, it } from 'mocha';
import { analyse } from 'scslre';
import { realPatterns } from '../../bench/origins/real-patterns.ts';
import { AutomataOrigins } from '../../server/src/cors/origins/automata.ts';
import { mayTrade, prepareRedos, redos } from '../../server/src/cors/origins/backtracking.ts';
import { withoutAmbiguity } from '../../server/src/cors/origins/unambiguous.ts';
import { whyMissing } from '../setup/programs.ts';

const vulnerable = [
  '^https?:\\/\\/([a-z0-9]+)*\\.acme\\.io$',
  '^(([a-z0-9-]+)+\\.)+acme\\.io$',
  '^https:\\/\\/([a-z]|[a-z0-9])+\\.acme\\.io$',
  '^https:\\/\\/(?:[\\w-]+\\.?)+\\.acme\\.io$',
  '^https:\\/\\/([\\w.-]+)*\\.acme\\.com',
  '^(https?:\\/\\/)?([\\da-z\\.-]+)\\.([a-z\\.]{2,6})([\\/\\w \\.-]*)*\\/?$',
  '.*.*.*acme',
  '^https://.*-.*-.*\\.vercel\\.app$',
];

/** How many times as long an attack takes as an ordinary origin, at least. */
const RATIO = 1000;
const RUNS = 100;

const context = createContext({});
/** Milliseconds that V8 takes for some searches; thrown where it is not done within `timeout`. */
function search(source: string, text: string, runs: number, timeout?: number): number {
  const code = `(() => { const re = new RegExp(${JSON.stringify(source)}); for (let run = 0; run < ${runs}; run++) re.test(${JSON.stringify(text)}); })()`;
  const script = new Script(code);
  const begin = performance.now();
  script.runInContext(context, timeout === undefined ? {} : { timeout });
  return performance.now() - begin;
}

const ORDINARY = 'https://app.acme.io';

describe('attacks on V8', () => {
  for (const source of vulnerable) {
    it(`${source} takes more than ${RATIO} times as long`, async () => {
      const pattern = { dialect: 'javascript', source, flags: '' } as const;
      await prepareRedos([pattern]);
      const found = redos(pattern);
      assert.ok(found);
      const usual = search(source, ORDINARY, RUNS) / RUNS;
      assert.throws(() => search(source, found.attack, 1, Math.ceil(RATIO * usual)), { code: 'ERR_SCRIPT_EXECUTION_TIMEOUT' });
    }).timeout(60_000);
  }
});

/** The match limit below which PCRE takes any harmless origin; its own default, which nginx and httpd keep, is 10,000,000. */
const LIMIT = 100_000;

/** Whether PCRE gives up a search at the limit. */
function exceedsLimit(source: string, subjects: readonly string[]): boolean[] {
  const lines = [`/${source}/no_start_optimize`, ...subjects.map((subject) => `    ${subject}\\=match_limit=${LIMIT}`), ''];
  const run = spawnSync('pcre2test', ['-q'], { input: `${lines.join('\n')}\n`, encoding: 'latin1' });
  if (run.error) throw run.error;
  const results = run.stdout.split('\n').filter((line) => /^(?:No match|Failed:| 0: )/.test(line));
  assert.equal(results.length, subjects.length, run.stdout);
  return results.map((line) => line.startsWith('Failed: error -47'));
}

describe('attacks on PCRE', () => {
  before(function () {
    const missing = whyMissing('pcre2test');
    if (missing === undefined) return;
    console.log(`      skipped: ${missing}`);
    this.skip();
  });
  for (const source of vulnerable) {
    it(`${source} exceeds a limit that no harmless origin comes near`, async () => {
      const pattern = { dialect: 'pcre', source: source.replaceAll('/', '\\/').replaceAll('\\\\/', '\\/'), flags: '' } as const;
      await prepareRedos([pattern]);
      const found = redos(pattern);
      assert.ok(found);
      const written = source.replace(/(?<!\\)\//g, '\\/');
      assert.deepEqual(exceedsLimit(written, [found.attack, ORDINARY]), [true, false]);
    }).timeout(60_000);
  }
});

/** Milliseconds that hold an attack up on the old pattern; on the new one it takes a tenth of them, more where the machine is busy. */
const HELD_UP = 1000;

describe('what is written in place of them', () => {
  const origins = new AutomataOrigins();
  for (const source of vulnerable) {
    it(`${source} has a form that the attack does not hold up`, async () => {
      const pattern = { dialect: 'javascript', source, flags: '' } as const;
      await prepareRedos([pattern]);
      const found = redos(pattern);
      const rewriting = withoutAmbiguity((a, b) => origins.sameTexts(a, b), pattern);
      assert.ok(found && rewriting);
      assert.throws(() => search(source, found.attack, 1, HELD_UP), { code: 'ERR_SCRIPT_EXECUTION_TIMEOUT' });
      search(rewriting.source, found.attack, 1, HELD_UP);
      if (whyMissing('pcre2test') !== undefined) return;
      assert.deepEqual(exceedsLimit(rewriting.source.replace(/(?<!\\)\//g, '\\/'), [found.attack, ORDINARY]), [false, false]);
    }).timeout(60_000);
  }
});

describe('the screen before scslre', () => {
  it('lets every pattern through that scslre has anything to say about', () => {
    const screened = realPatterns().filter(({ source, flags }) => !mayTrade({ dialect: 'javascript', source, flags }));
    const parsed = screened.flatMap(({ source, flags }) => {
      try {
        return [analyse({ source, flags }, { reportTypes: { Move: false } })];
      } catch {
        // What scslre cannot parse is not decided in either way.
        return [];
      }
    });
    assert.ok(parsed.length > 20, `only ${parsed.length} patterns were screened out`);
    for (const { literal, reports } of parsed) assert.equal(reports.length, 0, literal.source);
  });
});
