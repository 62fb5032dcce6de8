import assert from 'node:assert/strict';
import type { Finding } from '../core/finding.ts';
import type { Place } from '../core/text.ts';
import { moveBetween, movedFindings } from './same-but-moved.ts';

const at = (start: number, end: number, uri = 'file:///a'): Place => ({ uri, range: { start, end } });
const spelled = (place: Place | undefined): string =>
  place ? `${place.uri.slice(-1)} ${place.range.start}-${place.range.end}` : 'nowhere';

describe('what only moved between two versions', () => {
  const same: readonly (readonly [what: string, before: unknown, after: unknown])[] = [
    ['places further on', [{ kind: 'write', place: at(1, 5) }], [{ kind: 'write', place: at(4, 8) }]],
    ['a longer place', { place: at(1, 9), inner: at(2, 4) }, { place: at(1, 12), inner: at(5, 7) }],
    ['ends that no longer touch', [at(1, 3), at(3, 5)], [at(1, 3), at(4, 6)]],
    ['offsets in names', [{ id: 'route#12' }, { policy: 'route#12' }], [{ id: 'route#15' }, { policy: 'route#15' }]],
    ['lists of names', { id: 'use /a 7', policies: ['use /a 7'] }, { id: 'use /a 9', policies: ['use /a 9'] }],
  ];
  for (const [what, before, after] of same) it(`is ${what}`, () => assert.ok(moveBetween(before, after)));

  const other: readonly (readonly [what: string, before: unknown, after: unknown])[] = [
    ['another text', { text: 'a' }, { text: 'b' }],
    ['a key more', { text: 'a' }, { text: 'a', place: at(1, 2) }],
    ['a key less', { text: 'a', omitEmpty: true }, { text: 'a' }],
    ['an element more', [1], [1, 1]],
    ['another file', at(1, 2), at(1, 2, 'file:///b')],
    ['places in another order', [at(1, 2), at(4, 5)], [at(4, 5), at(1, 2)]],
    ['one place where there were two', [at(1, 2), at(4, 5)], [at(1, 2), at(1, 2)]],
    ['two places where there was one', [at(1, 2), at(1, 2)], [at(1, 2), at(4, 5)]],
    ['a name that says something', { id: 'env:A' }, { id: 'env:B' }],
    ['one name where there were two', [{ id: 'a#1' }, { id: 'a#2' }], [{ id: 'a#3' }, { id: 'a#3' }]],
    ['an offset in a text that is no name', { text: 'a#1' }, { text: 'a#2' }],
    ['an object that may hold what cannot be seen', { data: new Map([[1, 2]]) }, { data: new Map([[1, 2]]) }],
  ];
  for (const [what, before, after] of other) it(`is not ${what}`, () => assert.equal(moveBetween(before, after), undefined));

  it('carries places over, and what lies in one that is as long as it was', () => {
    const move = moveBetween([at(10, 20), at(30, 40)], [at(13, 23), at(33, 45)]);
    assert.ok(move);
    assert.equal(spelled(move(at(10, 20))), 'a 13-23');
    assert.equal(spelled(move(at(30, 40))), 'a 33-45');
    assert.equal(spelled(move(at(12, 14))), 'a 15-17');
    assert.equal(spelled(move(at(31, 33))), 'nowhere', 'the place around it has grown');
    assert.equal(spelled(move(at(50, 51))), 'nowhere');
    assert.equal(spelled(move(at(10, 20, 'file:///b'))), 'nowhere');
  });

  it('carries findings over without their fixes, all or none', () => {
    const finding: Finding = {
      ruleId: 'wildcard-origin',
      level: 'info',
      confidence: 'proven',
      message: 'Anybody may read it.',
      place: at(10, 20),
      cause: at(5, 25),
      related: [{ place: at(12, 14), message: 'here' }],
      fixes: [{ title: 'Remove it', applicability: 'safe', edits: [{ ...at(10, 20), text: '' }] }],
    };
    const move = moveBetween([at(5, 25), at(10, 20)], [at(6, 26), at(11, 21)]);
    assert.ok(move);
    assert.deepEqual(movedFindings([finding], move), [
      { ...finding, place: at(11, 21), cause: at(6, 26), related: [{ place: at(13, 15), message: 'here' }], fixes: [] },
    ]);
    assert.equal(movedFindings([finding, { ...finding, place: at(50, 51) }], move), undefined);
  });
});
