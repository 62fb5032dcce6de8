import assert from 'node:assert/strict';
import { describe, it } from 'mocha';
import { asciiTest, ASCII } from './syntax.ts';
import { writeClass } from './write-class.ts';

describe('classes as somebody would write them', () => {
  const rows: readonly [takes: RegExp, ignoreCase: boolean, expected: string][] = [
    [/[a-z]/, false, '[a-z]'],
    [/[a-z0-9.-]/, false, '[.0-9a-z-]'],
    [/[.-]/, false, '[.-]'],
    [/[-]/, false, '-'],
    [/[.]/, false, '\\.'],
    [/[ab]/, false, '[ab]'],
    [/[A-Za-z]/, true, '[a-z]'],
    [/[A-Za-z]/, false, '[A-Za-z]'],
    [/[\]^[\\]/, false, '[\\[\\\\\\]\\^]'],
    [/[+-/]/, false, '[+,./-]'],
    [/[^-]/, false, '[^-]'],
    [/[^a-z.]/, false, '[^.a-z]'],
  ];
  for (const [takes, ignoreCase, expected] of rows)
    it(`${takes.source} is ${expected}`, () => {
      const test = asciiTest((code) => takes.test(String.fromCharCode(code)), takes.source.startsWith('[^'));
      const written = writeClass(test, ignoreCase);
      assert.equal(written, expected);
      const read = new RegExp(`^${written}$`, ignoreCase ? 'i' : '');
      for (let code = 32; code < ASCII - 1; code++)
        assert.equal(read.test(String.fromCharCode(code)), test.ascii[code] === 1, String.fromCharCode(code));
    });
});
