import assert from 'node:assert/strict';
import { literal, requestDatum } from './condition.ts';
import type { RequestDatum, Value } from './model.ts';
import { isNeverAnOrigin } from './never-origin.ts';

const data = (name: RequestDatum): Value => requestDatum(name);
const rows: readonly (readonly [what: string, parts: readonly Value[], never: boolean])[] = [
  ['the path', [data('path')], true],
  ['the address', [data('uri')], true],
  ['a path behind an origin', [literal('https://a.example'), data('uri')], true],
  ['a path behind the scheme and host', [data('scheme'), literal('://'), data('host'), data('path')], true],
  ['a slash and a parameter', [literal('/'), data('query:x')], true],
  ['a question mark and the query', [literal('?'), data('query')], true],
  ['the query', [data('query')], false],
  ['a parameter', [data('query:x')], false],
  ['a parameter as the host', [literal('https://'), data('query:x')], false],
  ['a parameter as a label of the host', [literal('https://'), data('query:x'), literal('.example')], false],
  ['the scheme and host', [data('scheme'), literal('://'), data('host')], false],
  ['a path that completes the slashes', [literal('https:/'), data('path')], false],
  ['an address that brings both slashes', [literal('https:'), data('uri')], false],
  ['a parameter behind a wildcard', [literal('*'), data('query:x')], false],
  ['a parameter before a path', [data('query:x'), data('path')], false],
];

describe('values that are never an origin', () => {
  for (const [what, parts, never] of rows)
    it(`${what}: ${never}`, () => {
      const [first = literal(''), second] = parts;
      assert.equal(isNeverAnOrigin(second ? { kind: 'concat', parts } : first), never);
    });
});
