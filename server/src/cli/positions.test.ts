import assert from 'node:assert/strict';
import { Lines } from './positions.ts';

describe('positions', () => {
  const rows: readonly (readonly [text: string, offset: number, line: number, column: number])[] = [
    ['', 0, 1, 1],
    ['abc', 2, 1, 3],
    ['a\nb', 2, 2, 1],
    ['a\r\nb', 3, 2, 1],
    ['a\rb', 2, 2, 1],
    ['a\n', 2, 2, 1],
    ['😀x', 2, 1, 3],
    ['\uFEFFab', 0, 1, 1],
    ['\uFEFFab', 1, 1, 1],
    ['\uFEFFab', 2, 1, 2],
    ['\uFEFFa\nb', 4, 2, 2],
    ['ab', 99, 1, 3],
    ['ab', -5, 1, 1],
  ];
  for (const [text, offset, line, column] of rows) {
    it(`${JSON.stringify(text)} at ${offset} is ${line}:${column}`, () => {
      assert.deepEqual(new Lines(text).at(offset), { line, column });
    });
  }

  it('gives lines without their breaks', () => {
    const lines = new Lines('\uFEFFone\r\ntwo\rthree\n');
    assert.deepEqual(
      [1, 2, 3, 4, 5].map((number) => lines.line(number)),
      ['one', 'two', 'three', '', ''],
    );
  });
});
