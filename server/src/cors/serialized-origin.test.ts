import assert from 'node:assert/strict';
import fc from 'fast-check';
import { isSerializedOrigin, readOrigin } from './serialized-origin.ts';
import type { OriginProblem } from './serialized-origin.ts';

const valid: readonly string[] = [
  'https://myapp.com',
  'http://localhost:3000',
  'https://a.com:8443',
  'http://a.com:443',
  'https://a.com.',
  'https://xn--mller-kva.de',
  'https://1.2.3.4',
  'http://[::1]:3000',
  'https://myapp.com_.evil.com',
  "https://a!b$c&d'e.com",
  'https://a"b.com',
  'null',
  'capacitor://localhost',
  'ionic://localhost',
  'tauri://localhost',
  'chrome-extension://abcdefghijklmnop',
  'moz-extension://0AF',
  'app://-',
  'file://',
  'luna://com.example.app',
  'wss://a.com',
];

const wrong: readonly (readonly [value: string, reason: OriginProblem, suggestion?: string])[] = [
  ['', 'empty'],
  [' \t', 'empty'],
  ['*', 'wildcard'],
  ['"https://a.com"', 'quoted', 'https://a.com'],
  ["'https://a.com/'", 'quoted', 'https://a.com'],
  ['\u201chttps://a.com\u201d', 'quoted', 'https://a.com'],
  ['https://a.com, https://b.com', 'several-origins'],
  ['https://a.com https://b.com', 'several-origins'],
  ['https://a.com,b.com', 'several-origins'],
  ['a.com | b.com', 'several-origins'],
  ['https://a.com, *', 'several-origins'],
  [' https://a.com', 'whitespace', 'https://a.com'],
  ['https://a.com\n', 'whitespace', 'https://a.com'],
  ['NULL', 'null-not-lower-case', 'null'],
  ['a.com', 'no-scheme', 'https://a.com'],
  ['localhost:3000', 'no-scheme', 'http://localhost:3000'],
  ['//a.com/', 'no-scheme', 'https://a.com'],
  ['https:a.com', 'no-scheme', 'https://a.com'],
  ['*.a.com', 'sub-wildcard'],
  ['myapp', 'no-scheme'],
  ['^https://a\\.com$', 'no-scheme'],
  ['https://u:p@a.com', 'user-information', 'https://a.com'],
  ['https://*.a.com', 'sub-wildcard'],
  ['http://localhost:*', 'sub-wildcard'],
  ['https://a.com/app', 'path', 'https://a.com'],
  ['https://a.com?x', 'path', 'https://a.com'],
  ['https://a.com#', 'path', 'https://a.com'],
  ['https://a.com/', 'trailing-slash', 'https://a.com'],
  ['https://a.com:443', 'default-port', 'https://a.com'],
  ['http://a.com:80', 'default-port', 'http://a.com'],
  ['https://a.com:', 'invalid-port', 'https://a.com'],
  ['https://a.com:08', 'invalid-port', 'https://a.com:8'],
  ['https://a.com:99999', 'invalid-port'],
  ['https://A.com', 'upper-case', 'https://a.com'],
  ['HTTPS://a.com', 'upper-case', 'https://a.com'],
  ['https://m\u00fcller.de', 'non-ascii', 'https://xn--mller-kva.de'],
  ['https://', 'invalid-host'],
  ['https://a^b.com', 'invalid-host'],
  ['https://[x]', 'invalid-host'],
  ['https://127.1', 'host-not-canonical', 'https://127.0.0.1'],
  ['https://[0:0::1]', 'host-not-canonical', 'https://[::1]'],
  ['https://a%62.com', 'host-not-canonical', 'https://ab.com'],
];

describe('serialized origins', () => {
  for (const value of valid) {
    it(`${value} is one`, () => {
      assert.equal(readOrigin(value).valid, true);
      assert.equal(isSerializedOrigin(value), true);
    });
  }

  for (const [value, reason, suggestion] of wrong) {
    it(`${JSON.stringify(value)} is none: ${reason}`, () => {
      const reading = readOrigin(value);
      assert.ok(!reading.valid);
      assert.deepEqual([reading.reason, reading.suggestion], [reason, suggestion]);
      assert.equal(reading.problems[0], reason);
      assert.equal(isSerializedOrigin(value), false);
    });
  }

  it('are taken apart', () => {
    assert.deepEqual(readOrigin('http://[::1]:3000'), {
      valid: true,
      origin: { kind: 'tuple', scheme: 'http', host: '[::1]', port: 3000 },
    });
    assert.deepEqual(readOrigin('null'), { valid: true, origin: { kind: 'opaque' } });
  });

  it('of a list are named one by one', () => {
    const reading = readOrigin('"https://a.com", "https://b.com"');
    assert.deepEqual(!reading.valid && reading.parts, ['https://a.com', 'https://b.com']);
  });

  it('name all problems, the first one as the reason', () => {
    const reading = readOrigin('HTTPS://u@Ex.com:443/path');
    assert.deepEqual(!reading.valid && reading.problems, ['user-information', 'path', 'default-port', 'upper-case']);
  });

  it('hold whatever the URL class calls an origin of http and https', () => {
    fc.assert(
      fc.property(fc.webUrl({ validSchemes: ['http', 'https'] }), (url) => {
        assert.equal(isSerializedOrigin(new URL(url).origin), true);
      }),
    );
  });

  it('get an answer for any text, and a suggestion only where it is one', () => {
    const nasty = fc.oneof(
      fc.string({ unit: 'binary' }),
      fc
        .array(
          fc.constantFrom(
            'http',
            'https',
            ':',
            '/',
            '//',
            '*',
            '"',
            "'",
            ' ',
            ',',
            'null',
            'a.com',
            '@',
            '[',
            ']',
            ':443',
            'A',
            '\u00fc',
            '\ud800',
            '?',
            '%',
          ),
        )
        .map((parts) => parts.join('')),
    );
    fc.assert(
      fc.property(nasty, (value) => {
        const reading = readOrigin(value);
        assert.equal(reading.valid, isSerializedOrigin(value));
        if (!reading.valid && reading.suggestion !== undefined) {
          assert.equal(isSerializedOrigin(reading.suggestion), true);
          assert.notEqual(reading.suggestion, value);
        }
        if (reading.valid && reading.origin.kind === 'tuple' && /^https?$/.test(reading.origin.scheme))
          assert.equal(new URL(value).origin, value);
      }),
      { numRuns: 2000 },
    );
  });

  it('are read the same however often', () => {
    for (let count = 0; count < 20_000; count++) {
      const reading = readOrigin('https://m\u00fcller.de');
      assert.equal(!reading.valid && reading.suggestion, 'https://xn--mller-kva.de');
    }
  });

  it('are read in linear time', () => {
    const started = performance.now();
    for (const unit of ['"', ' ', ':', '/', 'a.', '*', ',a', '@', 'https://']) readOrigin(unit.repeat(100_000));
    assert.ok(performance.now() - started < 2000);
  });
});
