import assert from 'node:assert/strict';
import fc from 'fast-check';
import '../../../test/property-seed.ts';
import { everything } from '../policy/codes.ts';
import { unconstrained } from '../policy/constraint.ts';
import type { ResponseCase } from '../policy/evaluate.ts';
import { proven } from './evidence.ts';

const caseWith = (guards: Readonly<Record<string, boolean>>): ResponseCase => ({
  when: {
    ...unconstrained,
    facts: new Map(Object.entries(guards).map(([key, truth]) => [`unknown:${key}`, { truth, reason: 'unresolved' as const }])),
  },
  status: everything,
  by: 'application',
  answeredAt: undefined,
  refusal: undefined,
  lines: [],
  withheld: [],
  complete: true,
  hidden: [],
});

/** The definition, case by case: for each guard some case rests on the same guards and not on that side of this one. */
function byDefinition(responses: readonly ResponseCase[]): readonly ResponseCase[] {
  const factsOf = (response: ResponseCase): [string, boolean][] => [...response.when.facts].map(([key, { truth }]) => [key, truth]);
  return responses.filter((response) => {
    const own = new Map(factsOf(response));
    return [...own].every(([key, truth]) =>
      responses.some(
        (other) => factsOf(other).length <= own.size && factsOf(other).every(([k, t]) => (k === key ? t !== truth : own.get(k) === t)),
      ),
    );
  });
}

describe('evidence', () => {
  const guards = fc.dictionary(fc.constantFrom('a', 'b', 'c', 'd', 'e'), fc.boolean(), { maxKeys: 4, noNullPrototype: true });

  it('holds for a case whatever the guards are, by its definition', () => {
    fc.assert(
      fc.property(fc.array(guards, { maxLength: 12 }), (list) => {
        const responses = list.map(caseWith);
        assert.deepEqual(proven(responses), byDefinition(responses));
      }),
      { numRuns: 300 },
    );
  });

  it('asks once about the same cases', () => {
    const responses = [caseWith({ a: true }), caseWith({ a: false })];
    assert.equal(proven(responses), proven(responses));
    assert.notEqual(proven(responses, { deployments: true }), proven(responses));
  });

  const deployed = (facts: Readonly<Record<string, readonly [truth: boolean, ofRequest: boolean]>>): ResponseCase => {
    const response = caseWith({});
    const entries = Object.entries(facts).map(
      ([key, [truth, ofRequest]]) =>
        [`unknown:${key}`, { truth, reason: 'environment' as const, ...(ofRequest && { ofRequest }) }] as const,
    );
    return { ...response, when: { ...response.when, facts: new Map(entries) } };
  };

  it('counts what a deployment chooses, and not whom it admits', () => {
    const chosen = deployed({ SHOW: [true, false] });
    const admitted = deployed({ LIST: [true, true] });
    const elsewhere = deployed({ SHOW: [false, false], LIST: [false, true] });
    const rows = [
      { of: [chosen], holds: [chosen] },
      { of: [admitted], holds: [] },
      // The other side of the list is there in other deployments only.
      { of: [deployed({ SHOW: [true, false], LIST: [true, true] }), elsewhere], holds: [] },
      { of: [deployed({ SHOW: [false, false], LIST: [true, true] }), elsewhere], holds: 'all' },
    ];
    for (const { of, holds } of rows) assert.deepEqual(proven(of, { deployments: true }), holds === 'all' ? of : holds);
  });

  it('takes for the other side only a case that shows as much', () => {
    const [guarded, open] = [caseWith({ a: true }), caseWith({ a: false })];
    assert.deepEqual(proven([guarded, open], { shows: () => true }), [guarded, open]);
    assert.deepEqual(proven([guarded, open], { shows: (mistake, other) => mistake !== guarded || other !== open }), [open]);
  });
});
