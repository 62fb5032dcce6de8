import assert from 'node:assert/strict';
import { describe, it } from 'mocha';
import { createContext, Script } from 'node:vm';
import { redos } from '../../server/src/cors/origins/backtracking.ts';

/** Milliseconds after which the engine is stopped. */
const LIMIT = 1000;

describe('attacks on the real engine', () => {
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
  for (const source of vulnerable) {
    it(`${source} takes seconds`, () => {
      const found = redos({ dialect: 'javascript', source, flags: '' });
      assert.ok(found);
      const script = new Script(`new RegExp(${JSON.stringify(source)}).test(${JSON.stringify(found.attack)})`);
      const begin = performance.now();
      assert.throws(
        () => script.runInContext(createContext({}), { timeout: LIMIT }),
        { code: 'ERR_SCRIPT_EXECUTION_TIMEOUT' },
        `it ended after ${performance.now() - begin} ms`,
      );
    }).timeout(20_000);
  }
});
