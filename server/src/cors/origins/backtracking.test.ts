import assert from 'node:assert/strict';
import { describe, it } from 'mocha';
import { prepareRedos, redos } from './backtracking.ts';
import type { Pattern } from './origin-set.ts';

const js = (source: string, flags = ''): Pattern => ({ dialect: 'javascript', source, flags });
const pcre = (source: string, flags = ''): Pattern => ({ dialect: 'pcre', source, flags });

describe('backtracking', () => {
  const rows: readonly [Pattern, 'exponential' | 'polynomial' | false | undefined][] = [
    [js('^https?:\\/\\/([a-z0-9]+)*\\.acme\\.io$'), 'exponential'],
    [js('^(([a-z0-9-]+)+\\.)+acme\\.io$'), 'exponential'],
    [js('^https:\\/\\/([a-z]|[a-z0-9])+\\.acme\\.io$'), 'exponential'],
    [js('^https:\\/\\/(?:[\\w-]+\\.?)+\\.acme\\.io$'), 'exponential'],
    [js('.*.*.*acme'), 'polynomial'],
    [js('^https://.*-.*-.*\\.vercel\\.app$'), 'polynomial'],
    [pcre('^https?://(\\w+-?)*\\.acme\\.com$'), 'exponential'],
    [pcre('^https?://(?>\\w+-?)*+\\.acme\\.com$'), false],
    [js('^https:\\/\\/(?:[a-z0-9-]+\\.)*acme\\.io$'), false],
    [js('^https?:\\/\\/(?:.+\\.)?acme\\.io$'), false],
    [js('^https?:\\/\\/.*\\.acme\\.io$'), false],
    [js('acme\\.io$'), false],
    [js('('), undefined],
    [pcre('(?R)'), undefined],
  ];
  for (const [pattern, expected] of rows) {
    it(`${pattern.dialect} ${pattern.source}: ${String(expected)}`, async () => {
      await prepareRedos([pattern]);
      const found = redos(pattern);
      assert.equal(found ? found.kind : found, expected);
      if (found) assert.ok(found.attack.length <= 8000);
    });
  }
});
