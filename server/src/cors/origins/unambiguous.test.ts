import assert from 'node:assert/strict';
import { describe, it } from 'mocha';
import { AutomataOrigins } from './automata.ts';
import { prepareRedos, redos } from './backtracking.ts';
import type { Pattern } from './origin-set.ts';
import { withoutAmbiguity } from './unambiguous.ts';

const js = (source: string, flags = ''): Pattern => ({ dialect: 'javascript', source, flags });
const pcre = (source: string, flags = ''): Pattern => ({ dialect: 'pcre', source, flags });

/** Short enough for the old patterns, and of every shape that the rows tell apart. */
const HOSTS = ['a', 'ab', 'a-b', 'a-b-c', 'a-', '-a', 'a--b', 'a.b', 'a..b', '.a', 'a.', 'a-.b', 'a_b', 'A', '1', 'a.b.c', 'a.-b', ''];
const TEXTS = ['https://', 'http://', ''].flatMap((scheme) =>
  HOSTS.flatMap((host) =>
    ['.acme.io', 'acme.io', '-preview.acme.io', 'preview.acme.io', 'acme.com', '.acme.com', '.vercel.app', '.example.com', '!'].map(
      (end) => scheme + host + end,
    ),
  ),
);

describe('patterns without ambiguity', () => {
  const origins = new AutomataOrigins();
  const same = (a: Pattern, b: Pattern): boolean | undefined => origins.sameTexts(a, b);
  const rows: readonly [Pattern, string | undefined][] = [
    // A repetition of a repetition.
    [js('^https:\\/\\/(([a-z0-9]+)+\\.)*acme\\.io$'), '^https:\\/\\/([a-z0-9]+\\.)*acme\\.io$'],
    [js('^https?:\\/\\/([a-z0-9]+)*\\.acme\\.io$'), '^https?:\\/\\/[a-z0-9]*\\.acme\\.io$'],
    [js('^https:\\/\\/(([a-z]+)*-)+preview\\.acme\\.io$'), '^https:\\/\\/([a-z]*-)+preview\\.acme\\.io$'],
    [js('^https:\\/\\/(?:(?:[a-z]+)?)+\\.acme\\.io$'), '^https:\\/\\/[a-z]*\\.acme\\.io$'],
    // Alternatives that take the same characters.
    [js('^https:\\/\\/([a-z]|[a-z0-9])+\\.acme\\.io$'), '^https:\\/\\/[a-z0-9]+\\.acme\\.io$'],
    [js('^https:\\/\\/([a-z]+|[0-9]+|-)*\\.acme\\.io$'), '^https:\\/\\/[0-9a-z-]*\\.acme\\.io$'],
    // Something between that may be missing.
    [js('^(https?:\\/\\/)?([a-z0-9-]+\\.?)+acme\\.com$'), '^(https?:\\/\\/)?[a-z0-9-]+(?:\\.[a-z0-9-]+)*\\.?acme\\.com$'],
    [js('^https:\\/\\/(([a-z0-9]+-?)+\\.)*acme\\.io$'), '^https:\\/\\/([a-z0-9]+(?:-[a-z0-9]+)*-?\\.)*acme\\.io$'],
    [js('^https:\\/\\/(?:[\\w-]+[.-]?)+\\.acme\\.io$'), '^https:\\/\\/[\\w-]+(?:\\.[\\w-]+)*\\.?\\.acme\\.io$'],
    [js('^https:\\/\\/([a-z0-9]+-?\\.?)+acme\\.io$'), '^https:\\/\\/[a-z0-9]+(?:(?:-\\.?|\\.)[a-z0-9]+)*(?:-\\.?|\\.)?acme\\.io$'],
    [js('^https:\\/\\/(\\.?[a-z0-9]+)+\\.acme\\.io$'), '^https:\\/\\/\\.?[a-z0-9]+(?:\\.[a-z0-9]+)*\\.acme\\.io$'],
    [
      js('^https:\\/\\/([a-z0-9]+(-[a-z0-9]+)?)+\\.acme\\.io$'),
      '^https:\\/\\/[a-z0-9]+(?:-[a-z0-9]+[a-z0-9]+)*(?:-[a-z0-9]+)?\\.acme\\.io$',
    ],
    [js('^https:\\/\\/([a-z0-9]*[.-]?)*acme\\.io$'), '^https:\\/\\/[.0-9a-z-]*acme\\.io$'],
    [js('^https:\\/\\/([a-z0-9-]+[a-z])+\\.acme\\.io$'), '^https:\\/\\/[a-z0-9-]+[a-z]\\.acme\\.io$'],
    [js('^https:\\/\\/([a-z0-9]+[a-z-]+)+\\.acme\\.io$'), '^https:\\/\\/[a-z0-9][0-9a-z-]*[a-z-]\\.acme\\.io$'],
    // Repetitions beside each other.
    [js('.*.*.*acme'), '.*acme'],
    [js('^https://.*-.*-.*\\.vercel\\.app$'), '^https://[^-]*-[^-]*-.*\\.vercel\\.app$'],
    [js('^https://.+\\..+\\..+\\.acme\\.io$'), '^https://.[^.]*\\..[^.]*\\..+\\.acme\\.io$'],
    // Flags and the other dialect.
    [js('^HTTPS:\\/\\/([a-z]+-?)+\\.acme\\.io$', 'i'), '^HTTPS:\\/\\/[a-z]+(?:-[a-z]+)*-?\\.acme\\.io$'],
    [pcre('^https?://(\\w+-?)*\\.acme\\.com$'), '^https?://(?:\\w+(?:-\\w+)*-?)?\\.acme\\.com$'],
    [pcre('(?i)^https?://(\\w+\\.?)+\\.acme\\.io$'), '(?i)^https?://\\w+(?:\\.\\w+)*\\.?\\.acme\\.io$'],
    [pcre('^https://(([a-z0-9]+-?)+\\.)+example\\.com$', 'x'), '^https://([a-z0-9]+(?:-[a-z0-9]+)*-?\\.)+example\\.com$'],
    // No identity is known, or a group is referred to.
    [js('^https:\\/\\/([a-z]+|[a-z]+-[a-z]+)+\\.acme\\.io$'), undefined],
    [js('^https:\\/\\/(([a-z]+)+)-\\1\\.acme\\.io$'), undefined],
    [js('^https:\\/\\/([a-z]+)+\\.acme\\.io$', 'v'), undefined],
    [pcre('(?R)'), undefined],
    [js('('), undefined],
  ];
  for (const [pattern, expected] of rows) {
    it(`${pattern.dialect} ${pattern.source} becomes ${String(expected)}`, async () => {
      await prepareRedos([pattern]);
      const before = redos(pattern);
      const rewriting = withoutAmbiguity(same, pattern);
      assert.equal(rewriting?.source, expected);
      if (!rewriting) return;
      assert.ok(before);
      const after = { ...pattern, source: rewriting.source, flags: rewriting.flags };
      assert.equal(redos(after), false);
      assert.equal(same(pattern, after), true);
      if (pattern.dialect === 'pcre') return;
      const [old, now] = [new RegExp(pattern.source, pattern.flags), new RegExp(after.source, after.flags)];
      assert.equal(now.test(before.attack), false, 'ends on the attack');
      for (const text of TEXTS) assert.equal(now.test(text), old.test(text), text);
    });
  }

  it('offers nothing that is not proven to be the same', () => {
    const pattern = js('^https:\\/\\/([a-z0-9]+)+\\.acme\\.io$');
    for (const answer of [false, undefined])
      assert.equal(
        withoutAmbiguity(() => answer, pattern),
        undefined,
      );
  });

  it('says where the old pattern had groups', () => {
    const changes = (source: string): boolean | undefined => withoutAmbiguity(same, js(source))?.changesGroups;
    assert.equal(changes('^https:\\/\\/(?:[a-z]+)+\\.acme\\.io$'), false);
    assert.equal(changes('^https:\\/\\/([a-z]+)+\\.acme\\.io$'), true);
  });
});
