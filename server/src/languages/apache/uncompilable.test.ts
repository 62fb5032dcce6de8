import assert from 'node:assert/strict';
import { whyUncompilable } from './uncompilable.ts';

describe('patterns that PCRE does not compile', () => {
  for (const source of ['^*\\.example\\.com$', '*.a', 'a|*b', '(+a)', 'a**', 'a{2}{3}', '$*', 'a*?*', '(?:*a)', 'a(b', 'a)b', '[a', '[]a'])
    it(`${source} is refused`, () => assert.notEqual(whyUncompilable(source), undefined));
  for (const source of [
    '^https?://a$',
    'a++',
    'a??',
    'a]',
    'a{',
    'a{,b',
    '[]a]',
    '[^]*+]*',
    '\\(*',
    '(?=a)*',
    '(?i)*',
    '(a|b)+?$',
    '[[:alpha:]]+',
    '\\x{20}+',
  ])
    it(`${source} is not`, () => assert.equal(whyUncompilable(source), undefined));
});
