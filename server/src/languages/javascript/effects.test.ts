import assert from 'node:assert/strict';
import { unknown } from '../../policy/condition.ts';
import { bounded, type Effect, type Effects, sizeOf, straighten } from './effects.ts';

const place = { uri: 'file:///a.js', range: { start: 3, end: 4 } };
const next: Effect = { kind: 'next', place };

/** Branches whose two sides are the same list, `depth` deep: few objects and 2^depth ways. */
function doubled(depth: number, end: Effects): Effects {
  let effects = end;
  for (let level = 0; level < depth; level++)
    effects = [{ kind: 'branch', when: unknown(`${level}`, 'unresolved'), then: effects, otherwise: effects, place }];
  return effects;
}

describe('effects', () => {
  it('count what branches share once for each of them', () => {
    assert.equal(sizeOf(doubled(3, [next])), 15);
    assert.ok(sizeOf(doubled(80, [next])) > 2 ** 80);
  });

  it('are code that is not in sight where nobody can walk them', () => {
    const few = doubled(3, [next]);
    assert.equal(bounded(few, place), few);
    assert.deepEqual(
      bounded(doubled(80, [next]), place).map(({ kind }) => kind),
      ['delegate'],
    );
  });

  it('stay small when what follows a branch moves into its sides', () => {
    // Each branch ends on one side, so that all that follows is repeated on the other.
    const ends = (id: number): Effect => ({ kind: 'branch', when: unknown(`${id}`, 'unresolved'), then: [next], otherwise: [], place });
    const rows: readonly Effects[] = [
      doubled(80, [next]),
      doubled(80, []),
      Array.from({ length: 200 }, (_, index) => ends(index)),
      [ends(0), ...doubled(80, [])],
    ];
    for (const effects of rows) {
      const straight = straighten(effects, (end) => (end ? [end] : doubled(40, [next])));
      assert.ok(Number.isFinite(sizeOf(straight)));
      assert.ok(walk(straight) < 100_000);
    }
  });
});

/** How many effects a walk meets that knows nothing of sharing; it gives up early. */
function walk(effects: Effects): number {
  let met = 0;
  const visit = (list: Effects): void => {
    for (const effect of list) {
      if (++met > 200_000) return;
      if (effect.kind === 'branch') [effect.then, effect.otherwise].forEach(visit);
    }
  };
  visit(effects);
  return met;
}
