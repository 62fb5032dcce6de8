import assert from 'node:assert/strict';
import { describe, it } from 'mocha';
import { AutomataOrigins } from './automata.ts';
import { intendedDomains } from './intent.ts';
import { judge } from './judge.ts';
import { matching, type Pattern } from './origin-set.ts';
import { repairPattern } from './repair.ts';

const js = (source: string, flags = ''): Pattern => ({ dialect: 'javascript', source, flags });
const pcre = (source: string, flags = ''): Pattern => ({ dialect: 'pcre', source, flags });

describe('repairing origin patterns', () => {
  const origins = new AutomataOrigins();
  const rows: readonly [Pattern, string | undefined][] = [
    [js('^https:\\/\\/acme\\.io'), '^https:\\/\\/acme\\.io$'],
    [js('https?:\\/\\/acme\\.io'), '^https?:\\/\\/acme\\.io$'],
    [js('acme\\.io$'), '^https?:\\/\\/(?:[^\\/]+\\.)?acme\\.io$'],
    [js('acme\\.io'), '^https?:\\/\\/(?:[^\\/]+\\.)?acme\\.io$'],
    [js('\\.acme\\.io'), '\\.acme\\.io$'],
    [js('^https:\\/\\/app.acme.io$'), '^https:\\/\\/app\\.acme\\.io$'],
    [js('^https:\\/\\/app.acme.io'), '^https:\\/\\/app\\.acme\\.io$'],
    [js('^https:\\/\\/.*acme\\.io$'), '^https:\\/\\/(?:.*\\.)?acme\\.io$'],
    [js('^https:\\/\\/.+.acme.io$'), '^https:\\/\\/.+\\.acme\\.io$'],
    [js('^https:\\/\\/acme\\.io|https:\\/\\/acme\\.com$'), '^(?:https:\\/\\/acme\\.io|https:\\/\\/acme\\.com)$'],
    [js('^https:\\/\\/acme\\.io|^https:\\/\\/acme\\.com'), '^(?:https:\\/\\/acme\\.io|https:\\/\\/acme\\.com)$'],
    [js('^https:\\/\\/(acme\\.io|acme\\.com)'), '^https:\\/\\/(acme\\.io|acme\\.com)$'],
    [js('^https:\\/\\/acme\\.io.*$'), '^https:\\/\\/acme\\.io$'],
    [js('^http:\\/\\/localhost'), '^http:\\/\\/localhost(?::\\d+)?$'],
    [pcre('^https://(www\\.)?acme.com', 'i'), '^https://(www\\.)?acme\\.com$'],
    [pcre('(?i)^https://acme\\.com'), '(?i)^https://acme\\.com$'],
    [pcre('^https:// acme\\.io # ours', 'x'), '^https:// acme\\.io$ # ours'],
    [pcre('^https://(?>acme)\\.io'), '^https://(?>acme)\\.io$'],
    // Nothing to repair.
    [js('^https:\\/\\/acme\\.io$'), undefined],
    [js('https:\\/\\/acme\\.io$'), undefined],
    [js('\\.acme\\.io$'), undefined],
    [js('^https?:\\/\\/localhost:\\d+'), undefined],
    // Nothing was named, or the pattern cannot be read.
    [js('.*'), undefined],
    [js('('), undefined],
    [pcre('(?R)acme\\.io'), undefined],
  ];
  for (const [pattern, expected] of rows) {
    it(`${pattern.dialect} ${pattern.source} becomes ${String(expected)}`, () => {
      const intent = intendedDomains(matching(pattern));
      const repair = repairPattern(origins, pattern, intent);
      assert.equal(repair?.source, expected);
      if (!repair) return;
      assert.equal(repair.flags, pattern.flags);
      assert.equal(repair.proven, true);
      const after = matching({ ...pattern, source: repair.source });
      assert.equal(origins.isSubset(after, matching(pattern)), true, 'nobody new gets in');
      assert.equal(judge(origins, after, intendedDomains(after)).foreign.kind, 'none');
      assert.equal(repairPattern(origins, { ...pattern, source: repair.source }, intent), undefined, 'a repair needs no repair');
    });
  }

  it('lists the members of a finite language', () => {
    const pattern = js('^https?:\\/\\/(?:www\\.)?acme\\.io');
    assert.deepEqual(repairPattern(origins, pattern, intendedDomains(matching(pattern)))?.members?.toSorted(), [
      'http://acme.io',
      'http://www.acme.io',
      'https://acme.io',
      'https://www.acme.io',
    ]);
  });
});
