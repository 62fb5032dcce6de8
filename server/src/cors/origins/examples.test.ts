import assert from 'node:assert/strict';
import { describe, it } from 'mocha';
import { examplesOf } from './examples.ts';
import { matching, oneOf, type OriginSet } from './origin-set.ts';

const js = (source: string): OriginSet => matching({ dialect: 'javascript', source, flags: '' });

describe('examples of what a check lets in', () => {
  const rows: readonly [OriginSet, readonly string[]][] = [
    [js('^https://acme\\.io$'), ['https://acme.io']],
    [js('\\.acme\\.io'), ['https://evil.acme.io.evil.com']],
    [js('^https?://(?:.+\\.)?acme\\.io$'), ['http://evil.acme.io', 'http://acme.io', 'https://evil.acme.io', 'https://acme.io']],
    [js('^http://localhost:\\d+$'), ['http://localhost:8080']],
    [js('.*'), ['https://evil.com']],
    [{ kind: 'suffix', text: 'acme.io' }, ['https://evilacme.io']],
    [oneOf(['https://a.io', 'null']), ['https://a.io']],
    // Nothing that a browser sends ends in a slash, and no origin of another scheme is made up.
    [js('^https://acme\\.io/'), []],
    [js('^capacitor://localhost$'), []],
    [js('('), []],
  ];
  for (const [set, expected] of rows) {
    it(JSON.stringify(set), () => {
      assert.deepEqual([...examplesOf(set)].sort(), [...expected].sort());
    });
  }
});
