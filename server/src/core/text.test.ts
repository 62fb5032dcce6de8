import assert from 'node:assert/strict';
import { lineStartAt } from './text.ts';

describe('the start of a line', () => {
  for (const [text, offset, start] of [
    ['a\nb', 0, 0],
    ['a\nb', 1, 0],
    ['a\nb', 2, 2],
    ['a\nb', 3, 2],
    ['\nb', 0, 0],
    ['\nb', 1, 1],
    ['\n\n', 1, 1],
    ['a\r\nb', 2, 0],
    ['', 0, 0],
  ] as const)
    it(`${JSON.stringify(text)} at ${offset}`, () => assert.equal(lineStartAt(text, offset), start));
});
