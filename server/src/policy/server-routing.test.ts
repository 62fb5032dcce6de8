import assert from 'node:assert/strict';
import { oneOf } from '../cors/origins/origin-set.ts';
import { all, always, any, literal, methodIs, not, requestDatum, test } from './condition.ts';
import type { Alternative, Condition, Value } from './model.ts';
import { routingTo, type ServerName } from './server-routing.ts';

const host = (...names: readonly string[]): Condition => test(requestDatum('host'), oneOf(names));
const scheme = (name: string): Condition => test(requestDatum('scheme'), oneOf([name]));
const path = (text: string): Condition => test(requestDatum('path'), oneOf([text]));
const chosen: Value = { kind: 'variable', name: '#server', unset: '' };

const routing: readonly Alternative[] = [
  { when: all(test(chosen, oneOf(['1'])), path('/a')), policy: 'rerouted' },
  { when: all(host('a.example'), path('/a')), policy: 'a' },
  { when: all(any(host('b.example'), test(requestDatum('header:host'), oneOf(['b.example:8443']))), scheme('https')), policy: 'b' },
  { when: all(not(host('a.example')), methodIs('POST')), policy: 'post' },
  { when: test(literal('x'), oneOf(['y'])), policy: 'literal' },
  { when: always, policy: 'rest' },
  { when: always, policy: 'never reached' },
];

const server = (address: string): ServerName => {
  const { protocol, hostname, host: name } = new URL(address);
  return { scheme: protocol.slice(0, -1), hostname, host: name };
};

describe('the routing to one server', () => {
  const rows: readonly (readonly [address: string | undefined, arriving: readonly string[]])[] = [
    ['http://a.example', ['a', 'literal', 'rest']],
    ['https://b.example', ['b']],
    ['http://b.example', ['post', 'literal', 'rest']],
    ['https://c.example:8443', ['post', 'literal', 'rest']],
    // The first server that answers: whatever asks for a name counts as met.
    [undefined, ['a', 'b']],
  ];
  for (const [address, arriving] of rows) {
    it(`of ${address ?? 'an unknown server'} is ${arriving.join(', ')}`, () => {
      const found = routingTo(address === undefined ? undefined : server(address), routing);
      assert.deepEqual(
        found.arriving.map(({ policy }) => policy),
        arriving,
      );
      assert.deepEqual(
        found.whole.map(({ policy }) => policy),
        ['rerouted', ...arriving],
      );
    });
  }

  it('is made once', () => {
    assert.equal(routingTo(server('http://a.example/x'), routing), routingTo(server('http://a.example/y'), routing));
    assert.notEqual(routingTo(server('http://a.example'), [...routing]), routingTo(server('http://a.example'), routing));
  });
});
