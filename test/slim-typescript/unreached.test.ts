import assert from 'node:assert/strict';
import { withoutUnreached } from '../../scripts/unreached.mjs';

const rows: readonly (readonly [what: string, text: string, kept: string])[] = [
  ['a function that nobody names', 'function a() { function b() {} return 1; }', 'function a() { return 1; }'],
  ['functions that only name each other', 'function a() { function b() { c(); } function c() { b(); } }', 'function a() { }'],
  ['not one that is called', 'function a() { function b() {} b(); }', 'function a() { function b() {} b(); }'],
  [
    'not one whose name stands in a string',
    'function a() { function b() {} return x["b"]; }',
    'function a() { function b() {} return x["b"]; }',
  ],
  ['not one at the top', 'function a() {}', 'function a() {}'],
  [
    'a property of the factory that nobody reads, with its function',
    'function a() { const made = { b, c: d }; function b() {} function d() {} return made; } a().b();',
    'function a() { const made = { b }; function b() {} return made; } a().b();',
  ],
  ['not a property of another object', 'const other = { b: 1 };', 'const other = { b: 1 };'],
  [
    'a member of a namespace that nobody reads',
    'var A; ((A2) => { function b() {} A2.b = b; function c() {} A2.c = c; })(A || (A = {})); A.c();',
    'var A; ((A2) => { function c() {} A2.c = c; })(A || (A = {})); A.c();',
  ],
  ['what is named but never called', 'function a() { function never() { return 1; } never(); }', 'function a() { never(); }'],
];

describe('what is not reached is cut out', () => {
  const tidy = (text: string): string => text.replace(/,(?= \})/g, '').replace(/\s+/g, ' ');
  for (const [what, text, kept] of rows) {
    it(what, () => {
      const cut = withoutUnreached(text, { factories: new Set(['made']), never: new Set(['never']) });
      assert.equal(tidy(cut), kept);
    });
  }
});
