import assert from 'node:assert/strict';
import { describe, it } from 'mocha';
import {
  ALL_ORIGINS,
  canonicalKey,
  capture,
  complement,
  contains,
  intersection,
  matching,
  NO_ORIGINS,
  oneOf,
  union,
  type CaptureResult,
  type OriginSet,
  type Pattern,
} from './origin-set.ts';

const javascript = (source: string, flags = ''): Pattern => ({ dialect: 'javascript', source, flags });
const pcre = (source: string, flags = ''): Pattern => ({ dialect: 'pcre', source, flags });
const suffix: OriginSet = { kind: 'suffix', text: '.acme.io' };

describe('origin sets', () => {
  const simplified: readonly [string, OriginSet, OriginSet][] = [
    ['a union with everything', union([suffix, ALL_ORIGINS]), ALL_ORIGINS],
    ['a union of nothing', union([NO_ORIGINS, NO_ORIGINS]), NO_ORIGINS],
    ['a union of lists', union([oneOf(['a', 'b']), oneOf(['b', 'c'])]), oneOf(['a', 'b', 'c'])],
    ['a nested union', union([union([suffix, oneOf(['a'])]), suffix]), { kind: 'union', of: [oneOf(['a']), suffix] }],
    ['a set and its complement', union([suffix, complement(suffix)]), ALL_ORIGINS],
    ['an intersection with nothing', intersection([suffix, NO_ORIGINS]), NO_ORIGINS],
    ['an intersection of lists', intersection([oneOf(['a', 'b']), oneOf(['b', 'c'])]), oneOf(['b'])],
    ['an intersection of disjoint lists', intersection([oneOf(['a']), oneOf(['c'])]), NO_ORIGINS],
    ['an intersection with everything', intersection([ALL_ORIGINS, suffix]), suffix],
    ['an intersection with the complement', intersection([complement(suffix), suffix]), NO_ORIGINS],
    ['a complement twice', complement(complement(suffix)), suffix],
    ['a complement of everything', complement(ALL_ORIGINS), NO_ORIGINS],
    ['an empty list', oneOf([]), NO_ORIGINS],
  ];
  for (const [what, made, expected] of simplified) {
    it(`simplifies ${what}`, () => assert.deepEqual(made, expected));
  }

  it('gives one key to sets that differ in order only', () => {
    assert.equal(canonicalKey(union([oneOf(['b', 'a']), suffix])), canonicalKey(union([suffix, oneOf(['a', 'b'])])));
    assert.notEqual(canonicalKey(oneOf(['a'])), canonicalKey(oneOf(['a'], true)));
  });
});

describe('contains', () => {
  const acme = 'https://app.acme.io';
  const rows: readonly [OriginSet, string, boolean | undefined][] = [
    [ALL_ORIGINS, 'null', true],
    [NO_ORIGINS, acme, false],
    [oneOf([acme]), acme, true],
    [oneOf(['HTTPS://APP.acme.io']), acme, false],
    [oneOf(['HTTPS://APP.acme.io'], true), acme, true],
    [suffix, acme, true],
    [{ kind: 'suffix', text: '.ACME.IO', ignoreCase: true }, acme, true],
    [{ kind: 'prefix', text: 'https://app' }, acme, true],
    [{ kind: 'contains', text: 'acme' }, acme, true],
    [{ kind: 'contains', text: 'evil' }, acme, false],
    [{ kind: 'part', part: 'hostname', of: oneOf(['app.acme.io']) }, acme, true],
    [{ kind: 'part', part: 'hostname', of: oneOf(['app.acme.io']) }, `${acme}:8080`, true],
    [{ kind: 'part', part: 'host', of: oneOf(['app.acme.io']) }, `${acme}:8080`, false],
    [{ kind: 'part', part: 'port', of: oneOf(['8080']) }, `${acme}:8080`, true],
    [{ kind: 'part', part: 'protocol', of: oneOf(['https:']) }, acme, true],
    [{ kind: 'part', part: 'origin', of: oneOf(['null']) }, 'capacitor://localhost', true],
    [{ kind: 'part', part: 'hostname', of: ALL_ORIGINS }, 'null', false],
    [complement(suffix), acme, false],
    [union([matching(javascript('(')), suffix]), acme, true],
    [intersection([matching(javascript('(')), suffix]), acme, undefined],
    [matching(javascript('^https:\\/\\/app')), acme, true],
    [matching(javascript('APP', 'i')), acme, true],
    [matching(javascript('app', 'g')), acme, true],
    [matching(javascript('app', 'y')), acme, false],
    [matching(javascript('^[[\\w--\\d]:\\/.]+$', 'v')), 'https://a1', false],
    [matching(javascript('(')), acme, undefined],
    [matching(javascript('(a+)+$')), `https://${'a'.repeat(40)}.b`, undefined],
    [matching(javascript('a')), `https://${'a'.repeat(300)}`, undefined],
    [matching(pcre('^https://(?>[a-z]+\\.)acme\\.io\\z')), acme, true],
    [matching(pcre('(?i)APP')), acme, true],
    [matching(pcre('(?i:A)PP')), acme, false],
    [matching(pcre('^https://[[:alpha:]]++\\.acme')), acme, true],
    [matching(pcre('^https://\\w++app')), acme, false],
    [matching(pcre('\\Q.acme.\\E')), acme, true],
    [matching(pcre(' a p p # comment', 'x')), acme, true],
    [matching(pcre('(?<a>p)\\k<a>')), acme, true],
    [matching(pcre('(?R)?')), acme, undefined],
    [matching(pcre('(?(?=a)b|c)')), acme, undefined],
    [matching(pcre('a(*SKIP)b')), acme, undefined],
  ];
  for (const [set, origin, expected] of rows) {
    it(`${canonicalKey(set).slice(0, 70)} on ${origin.slice(0, 40)}: ${String(expected)}`, () => {
      assert.equal(contains(set, origin), expected);
    });
  }
});

describe('capture', () => {
  const rows: readonly [Pattern, number | string, string, CaptureResult][] = [
    [javascript('^https?:\\/\\/([^:/]+)'), 1, 'https://a.b:80', { kind: 'text', text: 'a.b' }],
    [javascript('(?<host>[a-z]+)\\.io$'), 'host', 'https://acme.io', { kind: 'text', text: 'acme' }],
    [javascript('(x)?a'), 1, 'https://a', { kind: 'none' }],
    [javascript('zzz'), 0, 'https://a', { kind: 'none' }],
    [javascript('('), 0, 'https://a', { kind: 'undecided' }],
    [pcre('https://(?>[a-z]+)(\\.[a-z]+)'), 1, 'https://a.b', { kind: 'text', text: '.b' }],
    [pcre('acme\\.io'), 0, 'https://acme.io.evil.com', { kind: 'text', text: 'acme.io' }],
    [pcre("(?'h'acme)"), 'h', 'https://acme.io', { kind: 'text', text: 'acme' }],
    [pcre('(a?)*b'), 1, 'https://ab', { kind: 'undecided' }],
  ];
  for (const [pattern, group, origin, expected] of rows) {
    it(`${pattern.dialect} ${pattern.source} group ${group} on ${origin}`, () => {
      assert.deepEqual(capture(pattern, group, origin), expected);
    });
  }
});
