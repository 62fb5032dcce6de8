import assert from 'node:assert/strict';
import { meaningOfOrigin, meaningOfValue } from './value-meaning.ts';

const rows: readonly (readonly [name: string, value: string, expected: string | undefined])[] = [
  ['Access-Control-Allow-Origin', '*', 'Here: every site may read, without cookies.'],
  ['access-control-allow-origin', 'https://a.example', 'Here: pages of https://a.example may read.'],
  ['Access-Control-Allow-Origin', 'https://a.example/', 'Here: no browser ever sends this origin; it would be https://a.example.'],
  ['Access-Control-Allow-Origin', '', 'Here: nothing is sent.'],
  ['Access-Control-Allow-Credentials', 'true', 'Here: with cookies.'],
  ['Access-Control-Allow-Credentials', 'True', 'Here: without cookies, as it is not exactly true.'],
  ['Access-Control-Max-Age', '86400', 'Here: preflights cached 2 h in Chromium, 24 h in Firefox, 10 min in Safari.'],
  ['Access-Control-Max-Age', '300', 'Here: preflights cached 5 min.'],
  ['Access-Control-Max-Age', '-1', 'Here: preflights are not cached.'],
  ['Access-Control-Max-Age', '0', 'Here: preflights are not cached.'],
  [
    'Access-Control-Max-Age',
    '1h',
    'Here: not a whole number of seconds, so browsers act as if it were not sent: preflights are cached 5 s.',
  ],
  ['Access-Control-Allow-Methods', 'GET, PUT', 'Here: 2 methods beside GET, HEAD and POST.'],
  ['Access-Control-Allow-Methods', 'GET; PUT', 'Here: not a list of names with commas between them.'],
  ['Access-Control-Allow-Headers', '*', 'Here: every request header, but with cookies only one that is really called *.'],
  ['Access-Control-Expose-Headers', 'X-Total', 'Here: 1 response header beside the safelisted ones.'],
  ['Vary', 'Origin', undefined],
];

describe('what a value means', () => {
  for (const [name, value, expected] of rows) {
    it(`${name}: ${value}`, () => {
      assert.equal(meaningOfValue(name, value), expected);
    });
  }

  it('of the origin null is a warning', () => {
    assert.match(meaningOfOrigin('null'), /sandboxed frames .* every site can make one/);
  });
});
