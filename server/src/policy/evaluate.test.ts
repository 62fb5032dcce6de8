import assert from 'node:assert/strict';
import fc from 'fast-check';
import type { Place } from '../core/text.ts';
import { contains, matching, type Pattern } from '../cors/origins/origin-set.ts';
import { anyOf, everything, has } from './codes.ts';
import { always, any, all, methodIs, not, originAbsent, originIn, test, unknown, valueKey } from './condition.ts';
import { evaluate, evaluateRouted, type ResponseCase } from './evaluate.ts';
import { resolved } from './judge.ts';
import type { Condition, HeaderWrite, Policy, Step, Table, Value } from './model.ts';
import { knownRequest, type ConcreteRequest } from './request.ts';

const somewhere: Place = { uri: 'file:///test', range: { start: 0, end: 0 } };
const origins = ['https://a.example', 'https://b.example', 'https://c.example', 'null'];

function policy(steps: readonly Step[]): Policy {
  return {
    id: 'p',
    language: 'nginx',
    title: 'p',
    kind: 'location',
    place: somewhere,
    extent: somewhere,
    steps,
    fragment: false,
    send: ({ tables }) => ({ lines: Object.values(tables).flat(), withheld: [] }),
  };
}

function write(name: string, value: Value, more: Partial<HeaderWrite> = {}): Step {
  return {
    kind: 'write',
    write: { op: 'add', table: 'nginx', name, value, place: somewhere, namePlace: somewhere, valuePlace: somewhere, ...more },
  };
}

const literalValue = (text: string): Value => ({ kind: 'literal', text });
const origin: Value = { kind: 'origin', absent: '' };

const conditions: fc.Arbitrary<Condition> = fc.letrec<{ condition: Condition }>((tie) => ({
  condition: fc.oneof(
    { maxDepth: 2 },
    fc.subarray(origins, { minLength: 1 }).map((values) => originIn({ kind: 'oneOf', values })),
    fc.constantFrom(originAbsent, methodIs('OPTIONS'), methodIs('GET', 'PUT'), always, unknown('u', 'unresolved'), unknown('v', 'outside')),
    fc
      .record({ name: fc.constantFrom('x', 'y'), values: fc.subarray(['', '1', '2'], { minLength: 1 }) })
      .map(({ name, values }): Condition => ({
        kind: 'test',
        value: { kind: 'variable', name, unset: '' },
        in: { kind: 'oneOf', values },
      })),
    fc
      .record({ name: fc.constantFrom('x-a', 'x-b'), values: fc.subarray(['', '1', '2'], { minLength: 1 }) })
      .map(({ name, values }): Condition => ({
        kind: 'test',
        value: { kind: 'request', datum: `header:${name}`, absent: '' },
        in: { kind: 'oneOf', values },
      })),
    fc.array(tie('condition'), { minLength: 1, maxLength: 3 }).map((of) => all(...of)),
    fc.array(tie('condition'), { minLength: 1, maxLength: 3 }).map((of) => any(...of)),
    tie('condition').map(not),
  ),
})).condition;

const values: fc.Arbitrary<Value> = fc.oneof(
  fc.constantFrom(literalValue(''), literalValue('1'), literalValue('*'), origin),
  fc.constantFrom('x', 'y').map((name): Value => ({ kind: 'variable', name, unset: '' })),
  fc
    .record({
      when: conditions,
      value: fc.constantFrom(literalValue('1'), origin),
      otherwise: fc.constantFrom(literalValue(''), literalValue('2')),
    })
    .map(({ when, value, otherwise }): Value => ({ kind: 'choice', options: [{ when, value }], otherwise })),
);

const steps: fc.Arbitrary<readonly Step[]> = fc.letrec<{ steps: Step[] }>((tie) => ({
  steps: fc.array(
    fc.oneof(
      { maxDepth: 3 },
      fc
        .record({
          name: fc.constantFrom('A', 'B'),
          value: values,
          op: fc.constantFrom('add' as const, 'set' as const, 'unset' as const, 'append' as const),
          omitEmpty: fc.boolean(),
          table: fc.constantFrom<Table>('nginx', 'always'),
          limited: fc.boolean(),
        })
        .map(({ name, value, op, omitEmpty, table, limited }) =>
          write(name, value, { op, omitEmpty, table, ...(limited && { statuses: anyOf(200, 204) }) }),
        ),
      fc
        .record({ variable: fc.constantFrom('x', 'y'), value: values })
        .map(({ variable, value }): Step => ({ kind: 'assign', variable, value })),
      fc.record({ when: conditions, then: tie('steps'), otherwise: tie('steps') }).map((branch): Step => ({ kind: 'branch', ...branch })),
      tie('steps').map((respond): Step => ({ kind: 'configure', configuration: { respond: respond.flatMap(writesOnly) } })),
      fc.constantFrom(200, 204, 404).map((status): Step => ({ kind: 'answer', status: anyOf(status), by: 'server' })),
    ),
    { maxLength: 4 },
  ),
})).steps;

/** A response is written by writes, branches and assignments only. */
function writesOnly(step: Step): readonly Step[] {
  if (step.kind === 'branch')
    return [{ ...step, then: step.then.flatMap(writesOnly), otherwise: step.otherwise?.flatMap(writesOnly) ?? [] }];
  return step.kind === 'write' || step.kind === 'assign' ? [step] : [];
}

const requests: fc.Arbitrary<ConcreteRequest> = fc.record({
  method: fc.constantFrom('GET', 'PUT', 'OPTIONS', 'DELETE'),
  path: fc.constant('/'),
  origin: fc.constantFrom(...origins, 'https://evil.example', null),
  headers: fc.uniqueArray(fc.tuple(fc.constantFrom('X-A', 'X-B'), fc.constantFrom('1', '2', '3')), { selector: ([name]) => name }),
});

/** Whether a request takes the path of a symbolic case. */
function meets(response: ResponseCase, request: ConcreteRequest): boolean {
  const { when } = response;
  if (when.originPresent !== undefined && when.originPresent !== (request.origin !== null)) return false;
  if (!has(when.methods, request.method)) return false;
  if (request.origin !== null && !when.admitted.every((test) => contains(test.in, request.origin ?? ''))) return false;
  if (request.origin === null && when.admitted.length > 0) return false;
  if (request.origin !== null && when.refused.some((test) => contains(test.in, request.origin ?? '') === true)) return false;
  for (const [datum, known] of when.data) {
    const text = request.headers.find(([name]) => `header:${name.toLowerCase()}` === datum)?.[1] ?? '';
    if (known.oneOf ? !known.oneOf.includes(text) : known.noneOf.includes(text)) return false;
  }
  return true;
}

const known = (request: ConcreteRequest) => ({
  constraint: {
    originPresent: request.origin !== null,
    admitted: [],
    refused: [],
    methods: everything,
    authenticated: undefined,
    authentications: [],
    facts: new Map(),
    data: new Map(),
  },
  status: everything,
  variables: new Map<string, Value>(),
  request: knownRequest(request),
});

/** What a case sends as text, with the request's own data filled in. */
function written(response: ResponseCase, request: ConcreteRequest): string {
  const lines = response.lines.map(
    (line) =>
      `${line.name}: ${resolved(line.value, known(request))
        .map(([value]) => valueKey(value))
        .join('|')}`,
  );
  return [`status ${response.status.kind} ${response.status.members.join(' ')}`, ...lines].join('\n');
}

/** Whether a case rests on no fact that is not known of another: a condition that is decided otherwise asks for none. */
function restsOn(response: ResponseCase, other: ResponseCase): boolean {
  return [...response.when.facts].every(([key, fact]) => other.when.facts.get(key)?.truth === fact.truth);
}

describe('evaluate', () => {
  it('answers a concrete request with one of the symbolic cases', () => {
    const seed = Number(process.env['SEED'] ?? 20_261_124);
    fc.assert(
      fc.property(steps, requests, (program, request) => {
        const input = { policies: new Map(), routing: [] };
        const symbolic = evaluate(policy(program), input);
        if (symbolic.some((response) => response.unknown === 'too-many-cases')) return;
        for (const concrete of evaluate(policy(program), { ...input, request: knownRequest(request) })) {
          const met = symbolic
            .filter((response) => meets(response, request) && restsOn(response, concrete))
            .map((response) => written(response, request));
          assert.ok(
            met.includes(written(concrete, request)),
            `seed ${seed}\n${written(concrete, request)}\n--- none of\n${met.join('\n---\n')}`,
          );
        }
      }),
      { seed, numRuns: 3000 },
    );
  });

  it('has disjoint cases: a request meets exactly one where nothing is unknown', () => {
    fc.assert(
      fc.property(steps, requests, (program, request) => {
        // The status is known only once something answers: before that, nothing may depend on it.
        const before = JSON.stringify(program, (key, value: unknown) => (key === 'configuration' ? undefined : value));
        if (before.includes('"statuses"')) return;
        const symbolic = evaluate(policy(program), { policies: new Map(), routing: [] });
        if (symbolic.some((response) => response.unknown !== undefined || response.when.facts.size > 0 || response.status.kind !== 'in'))
          return;
        assert.equal(symbolic.filter((response) => meets(response, request)).length, 1);
      }),
      { seed: 20_261_124, numRuns: 4000 },
    );
  });

  const rows: readonly { readonly name: string; readonly steps: readonly Step[]; readonly expected: readonly string[] }[] = [
    {
      name: 'replaces the configuration as a whole, so that a later true branch without lines drops the earlier lines',
      steps: [
        { kind: 'configure', configuration: { respond: [] } },
        {
          kind: 'branch',
          when: originIn({ kind: 'oneOf', values: ['https://a.example'] }),
          then: [{ kind: 'configure', configuration: { respond: [write('A', origin)] } }],
        },
        {
          kind: 'branch',
          when: methodIs('OPTIONS'),
          then: [
            { kind: 'configure', configuration: { respond: [] } },
            { kind: 'answer', status: anyOf(204), by: 'server' },
          ],
        },
        { kind: 'answer', status: anyOf(200), by: 'server' },
      ],
      expected: ['204', '200 A', '204', '200'],
    },
    {
      name: 'treats one unknown met twice as the same unknown',
      steps: [
        { kind: 'branch', when: unknown('g', 'unresolved'), then: [write('A', literalValue('1'))] },
        { kind: 'branch', when: unknown('g', 'unresolved'), then: [write('B', literalValue('1'))] },
        { kind: 'answer', status: anyOf(200), by: 'server' },
      ],
      expected: ['200 A B', '200'],
    },
    {
      name: 'keeps lines of other statuses back and says so',
      steps: [
        { kind: 'configure', configuration: { respond: [write('A', literalValue('1'), { statuses: anyOf(200, 204) })] } },
        { kind: 'answer', status: anyOf(200, 404), by: 'server' },
      ],
      expected: ['200 A', '404 -A'],
    },
    {
      name: 'swaps the configuration for error pages',
      steps: [
        {
          kind: 'configure',
          configuration: {
            respond: [write('A', literalValue('1'))],
            errorPages: [{ statuses: anyOf(404), to: { redirect: 'https://x.example/' }, place: somewhere }],
          },
        },
        { kind: 'answer', status: anyOf(200, 404), by: 'server' },
      ],
      expected: ['302 A', '200 A'],
    },
  ];
  for (const row of rows) {
    it(row.name, () => {
      const found = evaluate(policy(row.steps), { policies: new Map(), routing: [] }).map((response) =>
        [
          response.status.members.join('/'),
          ...response.lines.map((line) => line.name),
          ...response.withheld.map((line) => `-${line.name}`),
        ].join(' '),
      );
      assert.deepEqual(found, row.expected);
    });
  }

  it('takes the groups of a match, put together in their order, for the match where there is one', () => {
    const pattern: Pattern = { dialect: 'pcre', source: '^(https?)://(.+)$', flags: '' };
    const group = (number: number): Value => ({ kind: 'originPart', pattern, group: number });
    const joined: Value = { kind: 'concat', parts: [group(1), literalValue('://'), group(2)] };
    const steps: readonly Step[] = [
      { kind: 'branch', when: originIn(matching(pattern)), then: [write('Matched', joined)], otherwise: [write('Open', joined)] },
      { kind: 'answer', status: anyOf(200), by: 'server' },
    ];
    const found = evaluate(policy(steps), { policies: new Map(), routing: [] }).flatMap(({ lines }) =>
      lines.map((line) => `${line.name}: ${valueKey(line.value)}`),
    );
    assert.deepEqual(found, [`Matched: ${valueKey(group(0))}`, `Open: ${valueKey(joined)}`]);
  });

  it('asks of a text with the method and the Origin in it what the Origin is, method by method', () => {
    const parts: readonly Value[] = [{ kind: 'request', datum: 'method', absent: '' }, literalValue(':'), origin];
    const when: Condition = { kind: 'test', value: { kind: 'concat', parts }, in: { kind: 'oneOf', values: ['GET:https://a.example'] } };
    const steps: readonly Step[] = [
      { kind: 'branch', when, then: [write('A', literalValue('1'))] },
      { kind: 'answer', status: anyOf(200), by: 'server' },
    ];
    const found = evaluate(policy(steps), { policies: new Map(), routing: [] }).filter(
      ({ lines, when: { facts } }) => lines.length > 0 && facts.size === 0,
    );
    assert.deepEqual(
      found.map((each) => [each.when.methods, each.when.admitted.map((test) => test.in)]),
      [[anyOf('GET'), [{ kind: 'oneOf', values: ['https://a.example'] }]]],
    );
  });

  it('runs policies and looks through routes of any length', () => {
    const count = 5000;
    const write = (index: number): Step => ({
      kind: 'write',
      write: {
        ...{ op: 'set', table: 'response', name: `X-${index % 7}`, statuses: anyOf(200) },
        ...{ value: { kind: 'origin', absent: '' }, place: somewhere, namePlace: somewhere, valuePlace: somewhere },
      },
    });
    const long = policy([
      { kind: 'configure', configuration: { respond: Array.from({ length: count }, (_, index) => write(index)) } },
      { kind: 'answer', status: anyOf(200), by: 'server' },
    ]);
    const [only, ...others] = evaluate(long, { policies: new Map(), routing: [] });
    assert.deepEqual([only?.lines.length, others.length], [7, 0]);
    const policies = new Map([[long.id, long]]);
    const routing = Array.from({ length: count }, (_, index) => ({
      when: test({ kind: 'request', datum: 'path', absent: '' }, { kind: 'oneOf', values: [`/${index}`] }),
      policy: long.id,
    }));
    const request = knownRequest({ path: `/${count}`, method: 'GET', origin: null, headers: [] });
    assert.deepEqual(
      evaluateRouted({ policies, routing, request }).map(({ unknown: reason }) => reason),
      ['outside'],
    );
  });

  const oneOrigin = (index: number): Condition => originIn({ kind: 'oneOf', values: [`https://a${index}.example`] });
  const answersOf = (steps: readonly Step[]): readonly ResponseCase[] =>
    evaluate(policy([...steps, { kind: 'answer', status: anyOf(200), by: 'server' }]), { policies: new Map(), routing: [] });

  it('decides conditions of any length', () => {
    const of = Array.from({ length: 1500 }, (_, index) => oneOrigin(index));
    for (const when of [any(...of), all(...of.map(not))]) {
      const answers = answersOf([{ kind: 'branch', when, then: [write('A', origin)] }]);
      assert.deepEqual([answers.length, answers.at(-1)?.unknown], [256, 'too-many-cases']);
    }
  });

  it('chooses among any number of values, up to the bound on cases', () => {
    const options = (count: number) =>
      Array.from({ length: count }, (_, index) => ({ when: oneOrigin(index), value: literalValue(String(index)) }));
    const chosen = (count: number): Step => write('A', { kind: 'choice', options: options(count), otherwise: literalValue('none') });
    const few = answersOf([chosen(50)]);
    assert.deepEqual(
      few.map(({ lines: [line] }) => line && valueKey(line.value)),
      [...Array.from({ length: 50 }, (_, index) => `"${index}"`), '"none"'],
    );
    const many = answersOf([chosen(3000)]);
    assert.deepEqual([many.length, many.at(-1)?.unknown], [256, 'too-many-cases']);
  });

  it('follows no variable that holds twice as much with each assignment', () => {
    const twice: Step = {
      kind: 'assign',
      variable: 'x',
      value: {
        kind: 'concat',
        parts: [
          { kind: 'variable', name: 'x', unset: '' },
          { kind: 'variable', name: 'x', unset: '' },
        ],
      },
    };
    const steps = (first: Value): readonly Step[] => [
      { kind: 'assign', variable: 'x', value: first },
      ...Array.from({ length: 60 }, () => twice),
      write('A', { kind: 'variable', name: 'x', unset: '' }),
    ];
    assert.equal(answersOf(steps(origin)).length, 1);
    const request = knownRequest({ path: '/', method: 'GET', origin: 'https://a.example', headers: [] });
    assert.equal(evaluate(policy(steps(literalValue('text'))), { policies: new Map(), routing: [], request }).length, 1);
  });
});
