import assert from 'node:assert/strict';
import { areApart, textsOf } from './apart.ts';
import { contains, type OriginSet } from './origin-set.ts';

const js = (source: string, flags = ''): OriginSet => ({ kind: 'pattern', pattern: { dialect: 'javascript', source, flags } });
const pcre = (source: string, flags = ''): OriginSet => ({ kind: 'pattern', pattern: { dialect: 'pcre', source, flags } });

describe('texts that a pattern spells out', () => {
  const rows: readonly [OriginSet, readonly string[] | undefined][] = [
    [js('^https:\\/\\/a\\.io$'), ['https://a.io']],
    [js('^HTTPS:\\/\\/a\\.io$', 'i'), ['https://a.io']],
    [js('^HTTPS:\\/\\/a\\.io$'), undefined],
    [js('^https:\\/\\/a\\.io$', 'y'), ['https://a.io']],
    [js('^https?:\\/\\/(a|b)\\.io$'), ['http://a.io', 'http://b.io', 'https://a.io', 'https://b.io']],
    [js('^https:\\/\\/a\\.io(?::80)?$'), ['https://a.io', 'https://a.io:80']],
    [js('^https:\\/\\/a\\.io$|^https:\\/\\/b\\.io$'), ['https://a.io', 'https://b.io']],
    [pcre('^https://a\\.io$'), ['https://a.io']],
    [pcre('\\Ahttps://a\\.io\\z'), ['https://a.io']],
    [pcre('^(https://a\\.io)$', 'm'), ['https://a.io']],
    // A bare dot, an open end, a missing scheme, a condition: more than is written.
    [js('^https:\\/\\/a.io$'), undefined],
    [js('^https:\\/\\/a\\.io'), undefined],
    [js('https:\\/\\/a\\.io$'), undefined],
    [js('^https:\\/\\/a\\.io$|b'), undefined],
    [js('^a\\.io$'), undefined],
    [js('^https:\\/\\/(?!b)a\\.io$'), undefined],
    [js('^https:\\/\\/\\ba\\.io$'), undefined],
    [js('^https:\\/\\/[ab]\\.io$'), undefined],
    [js('^https:\\/\\/a{2}\\.io$'), undefined],
    [js('^https:\\/\\/(a)\\1\\.io$'), undefined],
    [js('^https:\\/\\/(a|b)(c|d)(e|f)(g|h)(i|j)(k|l)(m|n)$'), undefined],
  ];
  for (const [set, texts] of rows) {
    it(JSON.stringify(set), () => {
      assert.deepEqual(textsOf(set), texts);
      for (const text of texts ?? []) assert.equal(contains({ ...set }, text), true);
    });
  }
});

describe('sets that begin or end differently', () => {
  const rows: readonly [OriginSet, OriginSet, boolean][] = [
    [js('^https://.*\\.a\\.io$'), js('^https://.*\\.b\\.io$'), true],
    [js('\\.A\\.io$', 'i'), js('\\.b\\.io$'), true],
    [js('^https://a'), js('^https://b'), true],
    [js('^https://a'), js('^https://ab'), false],
    [js('\\.a\\.io$'), js('io$'), false],
    [js('\\.a\\.io'), js('\\.b\\.io'), false],
    [js('a$|b'), js('c$'), false],
    [pcre('^(?:https://a\\.).*'), pcre('^https://b'), true],
    // A bare dot takes any character, and the places behind it are known all the same.
    [js('a1.io$'), js('b1.io$'), true],
    [js('a.io$'), js('b.b.io$'), true],
    [js('a..io$'), js('a.io$'), false],
    [js('^https://[ab]'), js('^https://[cd]'), true],
    [js('^https://[ab]'), js('^https://[bc]'), false],
    [js('a+1.io$'), js('b+1.io$'), false],
    [js('^https://\\ba'), js('^https://b'), false],
    [{ kind: 'suffix', text: '.A.io', ignoreCase: true }, js('\\.a\\.io$'), false],
    [{ kind: 'suffix', text: '.a.io' }, { kind: 'suffix', text: '.b.io' }, true],
    [{ kind: 'suffix', text: '.a.io' }, js('\\.b\\.io$'), true],
    [{ kind: 'prefix', text: 'https://a' }, { kind: 'contains', text: 'b' }, false],
  ];
  for (const [a, b, apart] of rows) {
    it(`${JSON.stringify(a)} and ${JSON.stringify(b)}`, () => assert.deepEqual([areApart(a, b), areApart(b, a)], [apart, apart]));
  }
});
