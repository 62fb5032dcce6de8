import assert from 'node:assert/strict';
import { describe, it } from 'mocha';
import { ListInterner } from './automaton.ts';

describe('numbers of lists', () => {
  const few = [[], [0], [0, 0], [1, 2], [2, 1], [-1, 1, 2], [-2, -2]];
  const many = Array.from({ length: 3000 }, (_, at) => Array.from({ length: at % 7 }, (_, index) => (at >> index) - 1).concat(at));

  for (const [name, lists] of [
    ['of every length', few],
    ['more than the table begins with', many],
  ] as const) {
    it(`are equal for equal lists only: ${name}`, () => {
      const interner = new ListInterner();
      const numbers = lists.map((list) => interner.id(list));
      assert.deepEqual(numbers, [...lists.keys()]);
      assert.deepEqual(
        lists.map((list) => interner.id(Int32Array.from(list))),
        numbers,
      );
      assert.deepEqual(
        numbers.map((id, at) => (lists[at] ?? []).map((_, index) => interner.part(id, index))),
        lists,
      );
    });
  }
});
