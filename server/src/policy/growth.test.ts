import assert from 'node:assert/strict';
import type { Place } from '../core/text.ts';
import { ALL_ORIGINS, complement, intersection, type OriginSet } from '../cors/origins/origin-set.ts';
import { loadOrigins } from '../cors/origins/index.ts';
import { all, any, not, originIn, unknown } from './condition.ts';
import { originsOf } from './constraint.ts';
import { evaluate } from './evaluate.ts';
import { viewPolicy } from './view.ts';
import type { Policy, Step } from './model.ts';

const place: Place = { uri: 'file:///test', range: { start: 0, end: 0 } };

/** A policy that asks about one origin after the other, as a list of `if` does. */
function asking(sets: readonly OriginSet[]): Policy {
  const steps = sets.map((set): Step => ({ kind: 'branch', when: originIn(set), then: [] }));
  return {
    id: 'p',
    language: 'nginx',
    title: 'p',
    kind: 'location',
    place,
    extent: place,
    steps,
    fragment: false,
    send: () => ({ lines: [], withheld: [] }),
  };
}

const sites = (count: number): readonly number[] => Array.from({ length: count }, (_, index) => index);
const pattern = (source: string): OriginSet => ({ kind: 'pattern', pattern: { dialect: 'pcre', source, flags: '' } });
const input = { policies: new Map(), routing: [] };

/** A policy whose every branch is taken by those who took none before, as a chain of `else if` is read from Apache's sections. */
function chained(sets: readonly OriginSet[]): Policy {
  const steps = sets.map((set, at): Step => {
    const before = sets.slice(0, at).map((earlier) => not(originIn(earlier)));
    return { kind: 'branch', when: all(...before, originIn(set)), then: [] };
  });
  return { ...asking([]), steps };
}

/** How often sets are looked at while a policy with `count` checks is evaluated. */
function looks(count: number, make: (site: number) => OriginSet, policyOf = asking): number {
  let looked = 0;
  const counted = sites(count).map((site): OriginSet => {
    const { kind, ...rest } = make(site);
    return Object.defineProperty(rest, 'kind', { get: () => (looked++, kind) }) as OriginSet;
  });
  evaluate(policyOf(counted), input);
  return looked;
}

describe('a policy with many checks of the Origin', () => {
  const spellings: readonly [string, (site: number) => OriginSet][] = [
    ['lists', (site) => ({ kind: 'oneOf', values: [`https://s${site}.example`] })],
    ['patterns', (site) => pattern(`^https://s${site}\\.example$`)],
  ];
  for (const [name, make] of spellings) {
    it(`takes as much work for each more, with ${name}`, () => {
      assert.ok(looks(540, make) < 2 * 1.3 * looks(270, make));
    });
    it(`takes no more work for each link of a longer chain than for one more check, with ${name}`, () => {
      // Each origin meets each link once; that it meets all that stands in a link would make eight times as much.
      assert.ok(looks(160, make, chained) < 4 * 1.3 * looks(80, make, chained));
      assert.equal(evaluate(chained(sites(40).map(make)), input).length, 41);
    });
    it(`has one case for each, and one for nobody, with ${name}`, () => {
      assert.equal(evaluate(asking(sites(40).map(make)), input).length, 41);
    });
  }

  it('does not double its work with each origin that an unknown switches on', () => {
    const listed = sites(40).map((site) =>
      all(unknown(`env${site}`, 'environment'), originIn({ kind: 'oneOf', values: [`https://s${site}`] })),
    );
    const cases = evaluate({ ...asking([]), steps: [{ kind: 'branch', when: any(...listed), then: [] }] }, input);
    assert.ok(cases.length < 400);
    assert.ok(cases.some((each) => each.unknown === 'too-many-cases'));
  });

  it('asks for no unknown where the Origin decides', () => {
    const [a, b]: readonly OriginSet[] = [1, 2].map((site) => ({ kind: 'oneOf', values: [`https://s${site}`] }));
    assert.ok(a && b);
    const gated: Step = { kind: 'branch', when: all(unknown('gate', 'environment'), originIn(b)), then: [] };
    const cases = evaluate({ ...asking([]), steps: [{ kind: 'branch', when: originIn(a), then: [gated], otherwise: [] }] }, input);
    assert.deepEqual(
      cases.map(({ when }) => when.facts.size),
      [0, 0],
    );
  });

  it('excludes names under different domains', () => {
    const sets = sites(20).map((site) => pattern(`^https://.*\\.s${site}\\.example$`));
    assert.equal(evaluate(asking(sets), input).length, 21);
  });

  it('excludes names that differ behind a bare dot, so that each is judged without all the others', () => {
    const cases = evaluate(asking(sites(40).map((site) => pattern(`s${site}.example$`))), input);
    const [others, ...named] = cases.map(({ when }) => originsOf(when).kind).sort();
    assert.equal(others, 'intersection');
    assert.deepEqual(new Set(named), new Set(['pattern']));
    assert.equal(named.length, 40);
  });

  it('needs no automata to see that somebody named meets a case', async () => {
    const origins = await loadOrigins();
    // A pattern that no automaton decides: the answer rests on the example.
    const undecided = pattern('(?R)');
    assert.equal(origins.isEmpty(intersection([pattern('^https://a\\.example$'), complement(pattern('^https://b\\.example$'))])), false);
    assert.equal(origins.isEmpty(intersection([ALL_ORIGINS, undecided])), undefined);
    const cases = evaluate(asking(sites(30).map((site) => pattern(`^https://.*\\.s${site}\\.example$`))), input);
    for (const { when } of cases) assert.equal(origins.isEmpty(originsOf(when)), false);
  });

  it('is asked for what nobody can tell only so often', async () => {
    let asked = 0;
    const origins = { ...(await loadOrigins()), isEmpty: () => (asked++, undefined) };
    const looseIn = sites(10).map((site) => pattern(`s${site}\\.example`));
    const { actual } = viewPolicy(asking(looseIn), input, origins);
    assert.ok(actual.length > 200, 'each check doubles the cases');
    assert.ok(asked <= 64);
  });
});
