/** The facts about Express and cors (docs/behaviour.md, section 3), observed on the real packages. */
import assert from 'node:assert/strict';
import { expressRows } from './express-rows.ts';
import { observe, whyNoExpress } from './express-row.ts';

const versions = [4, 5] as const;
const missing = whyNoExpress();

describe('Express behaves as docs/behaviour.md says', function () {
  this.timeout(20_000);
  before(function () {
    if (missing === undefined) return;
    console.log(`      Express: ${String(expressRows.length)} observations skipped: ${missing}`);
    this.skip();
  });

  for (const row of expressRows) {
    for (const version of versions) {
      if (row.version === undefined || row.version === version)
        it(`${row.fact}: Express ${String(version)}: ${row.what}`, () => observe(row, version));
    }
  }

  for (const path of ['*', '(.*)']) {
    it(`3.6: Express 5 refuses the path ${path} at start-up, Express 4 takes it`, async () => {
      const build = {
        fact: '3.6',
        what: path,
        build: (app: Parameters<(typeof expressRows)[number]['build']>[0]): void => void app.options(path),
        expect: [],
      };
      await observe(build, 4);
      await assert.rejects(observe(build, 5), TypeError);
    });
  }

  for (const [what, use] of [
    ['cors without a call', 'function'],
    ['an origin function that never answers', 'silent'],
  ] as const) {
    it(`3.2: ${what} hangs the request`, async () => {
      const row = {
        fact: '3.2',
        what,
        build: (
          app: Parameters<(typeof expressRows)[number]['build']>[0],
          cors: Parameters<(typeof expressRows)[number]['build']>[1],
        ): void => void app.use(use === 'function' ? cors : cors({ origin: () => undefined })),
        expect: [['GET / | Origin: https://a.com', '200']] as const,
      };
      await assert.rejects(observe(row, 4, 300), /no answer within/);
    });
  }
});
