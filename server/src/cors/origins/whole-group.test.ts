import assert from 'node:assert/strict';
import { isWholeGroup } from './whole-group.ts';

const rows: readonly (readonly [source: string, group: number | string, whole: boolean])[] = [
  ['^https://(app|admin)$', 0, true],
  ['^(https?://.+)$', 1, true],
  ['(.*)', 1, true],
  ['^((.*))$', 2, true],
  ['^(?:(https://.+))$', 1, true],
  ['^(?<origin>https://.+)$', 'origin', true],
  ['^(?<origin>https://.+)$', 1, true],
  ['^(?<origin>https://.+)$', 'other', false],
  ['^(https://[^)]+)$', 1, true],
  ['^(https://.+\\))$', 1, true],
  ['^(https://)(.+)$', 1, false],
  ['^(https://)(.+)$', 2, false],
  ['^(a)|(b)$', 1, false],
  ['^(a|b)+$', 1, false],
  ['^https://(.+)$', 1, false],
  ['^(https://.+)\\$', 1, false],
  ['(?=(.*))', 1, false],
  ['(', 1, false],
  ['', 1, false],
];

describe('groups that hold the whole match', () => {
  for (const [source, group, whole] of rows)
    it(`${whole ? 'is' : 'is not'} group ${group} of ${source}`, () => {
      assert.equal(isWholeGroup(source, group), whole);
      // The engine agrees on what it finds.
      if (!whole) return;
      const match = new RegExp(source).exec('https://app.example.com)') ?? new RegExp(source).exec('https://app.example.com');
      if (match) assert.equal(typeof group === 'string' ? match.groups?.[group] : match[group], match[0]);
    });
});
