import assert from 'node:assert/strict';
import { isForbiddenRequestHeader, isSafelistedMethod, normaliseMethod, corsResponseHeader, canonicalCorsName } from './headers.ts';
import { cachedSeconds, parseMaxAge } from './max-age.ts';
import { editDistance, nearMissCorsHeader } from './near-miss.ts';
import { isSafelistedRequestHeader, unsafeRequestHeaderNames } from './safelist.ts';
import type { RequestHeader } from './safelist.ts';
import { parseTokenList } from './token.ts';

describe('names of the CORS protocol', () => {
  it('are found in any letter case', () => {
    assert.equal(corsResponseHeader('ACCESS-CONTROL-allow-origin'), 'Access-Control-Allow-Origin');
    assert.equal(corsResponseHeader('Origin'), undefined);
    assert.equal(canonicalCorsName('access-control-request-METHOD'), 'Access-Control-Request-Method');
    assert.equal(canonicalCorsName('Content-Type'), undefined);
  });

  const nearMisses: readonly (readonly [string, string | undefined])[] = [
    ['Access-Control-Allowed-Methods', 'Access-Control-Allow-Methods'],
    ['Access-Control-Allow-Method', 'Access-Control-Allow-Methods'],
    ['Access-Control-Allow-Header', 'Access-Control-Allow-Headers'],
    ['Access-Control-Allow-Orgin', 'Access-Control-Allow-Origin'],
    ['Access-Control-Allow-Origins', 'Access-Control-Allow-Origin'],
    ['Access-Controll-Allow-Origin', 'Access-Control-Allow-Origin'],
    ['Acces-Control-Allow-Origin', 'Access-Control-Allow-Origin'],
    ['Access-Control-Allow-Credential', 'Access-Control-Allow-Credentials'],
    ['Access-Control-Expose-Header', 'Access-Control-Expose-Headers'],
    ['Access-Control-Exposed-Headers', 'Access-Control-Expose-Headers'],
    ['Access-Control-Allow-Expose-Headers', 'Access-Control-Expose-Headers'],
    ['Access-Control-Max-Agee', 'Access-Control-Max-Age'],
    ['Access-Control-Allow-Max-Age', 'Access-Control-Max-Age'],
    ['Access_Control_Allow_Origin', 'Access-Control-Allow-Origin'],
    ['Access-Control-Origin', 'Access-Control-Allow-Origin'],
    ['Allow-Origin', 'Access-Control-Allow-Origin'],
    ['access-control-request-header', 'Access-Control-Request-Headers'],
    ['Access-Control-Allow-Origin', undefined],
    ['access-control-allow-origin', undefined],
    ['Access-Control-Allow-Private-Network', undefined],
    ['Access-Control-Request-Method', undefined],
    ['Access-Control', undefined],
    ['Allow', undefined],
    ['Origin', undefined],
    ['Content-Type', undefined],
    ['X-Access-Token', undefined],
    ['Timing-Allow-Origin', undefined],
    ['', undefined],
  ];
  for (const [name, expected] of nearMisses) {
    it(`${JSON.stringify(name)} is ${expected === undefined ? 'no near miss' : `nearly ${expected}`}`, () => {
      assert.equal(nearMissCorsHeader(name), expected);
    });
  }

  it('are compared by insertions, deletions, replacements and swaps', () => {
    assert.equal(editDistance('', 'abc'), 3);
    assert.equal(editDistance('orgiin', 'origin'), 1);
    assert.equal(editDistance('kitten', 'sitting'), 3);
    assert.equal(editDistance('aaaaaaaa', 'bbbbbbbb', 2), 3);
  });
});

describe('methods', () => {
  const rows: readonly (readonly [sent: string, normalised: string, safelisted: boolean])[] = [
    ['get', 'GET', true],
    ['Head', 'HEAD', true],
    ['post', 'POST', true],
    ['put', 'PUT', false],
    ['delete', 'DELETE', false],
    ['options', 'OPTIONS', false],
    ['patch', 'patch', false],
    ['PATCH', 'PATCH', false],
    ['query', 'query', false],
  ];
  for (const [method, normalised, safelisted] of rows) {
    it(`${method} is sent as ${normalised}, ${safelisted ? 'without' : 'after'} a preflight`, () => {
      assert.equal(normaliseMethod(method), normalised);
      assert.equal(isSafelistedMethod(method), safelisted);
    });
  }
});

describe('token lists', () => {
  const rows: readonly (readonly [string, readonly string[] | string])[] = [
    ['', []],
    [',', []],
    ['GET', ['GET']],
    ['GET, POST', ['GET', 'POST']],
    ['GET,\tPOST ,,PUT,', ['GET', 'POST', 'PUT']],
    ['*', ['*']],
    ['GET; PUT', 'GET; PUT'],
    ['GET PUT', 'GET PUT'],
    ['GET, "PUT"', '"PUT"'],
    ['a/b', 'a/b'],
    ['x-\u00e4', 'x-\u00e4'],
    ['GET\nPUT', 'GET\nPUT'],
  ];
  for (const [value, expected] of rows) {
    it(`${JSON.stringify(value)} is ${Array.isArray(expected) ? JSON.stringify(expected) : 'malformed'}`, () => {
      const list = parseTokenList(value);
      assert.deepEqual(list, Array.isArray(expected) ? { ok: true, tokens: expected } : { ok: false, offender: expected });
    });
  }
});

describe('Access-Control-Max-Age', () => {
  const rows: readonly (readonly [value: string | null, kind: string, chromium: number, firefox: number, webkit: number])[] = [
    [null, '', 5, 5, 5],
    ['600', 'seconds', 600, 600, 600],
    ['86400', 'seconds', 7200, 86400, 600],
    ['999999', 'seconds', 7200, 86400, 600],
    ['0', 'seconds', 0, 0, 0],
    ['-1', 'negative', 0, 0, 0],
    ['1h', 'invalid', 5, 5, 5],
    ['', 'invalid', 5, 5, 5],
    ['1.5', 'invalid', 5, 5, 5],
    ['99999999999999999999999999', 'seconds', 7200, 86400, 600],
  ];
  for (const [value, kind, ...seconds] of rows) {
    it(`${value ?? 'absent'} is kept ${seconds.join(', ')} s by Chromium, Firefox, WebKit`, () => {
      if (value !== null) assert.equal(parseMaxAge(value).kind, kind);
      assert.deepEqual([cachedSeconds(value, 'chromium'), cachedSeconds(value, 'firefox'), cachedSeconds(value, 'webkit')], seconds);
    });
  }
});

describe('request headers', () => {
  const safelisted: readonly (readonly [name: string, value: string, expected: boolean])[] = [
    ['Accept', 'application/json', true],
    ['Accept', 'a'.repeat(128), true],
    ['Accept', 'a'.repeat(129), false],
    ['Accept', 'text/html;q=(0.5)', false],
    ['Accept', 'a\tb', true],
    ['ACCEPT-LANGUAGE', 'en-GB,en;q=0.8, *', true],
    ['Accept-Language', 'en_GB', false],
    ['Content-Language', 'de', true],
    ['Content-Type', 'text/plain', true],
    ['content-type', 'TEXT/Plain; charset=utf-8', true],
    ['Content-Type', 'multipart/form-data;boundary=x', true],
    ['Content-Type', 'application/x-www-form-urlencoded', true],
    ['Content-Type', 'application/json', false],
    ['Content-Type', 'text/plain; charset="utf-8"', false],
    ['Content-Type', 'text', false],
    ['Content-Type', '', false],
    ['Range', 'bytes=0-', true],
    ['Range', 'bytes=10-20', true],
    ['Range', 'bytes=20-10', false],
    ['Range', 'bytes=-5', false],
    ['Range', 'bytes=0-1,2-3', false],
    ['Authorization', 'x', false],
    ['X-Anything', '', false],
  ];
  for (const [name, value, expected] of safelisted) {
    it(`${name}: ${value.slice(0, 40)} ${expected ? 'needs no permission' : 'needs permission'}`, () => {
      assert.equal(isSafelistedRequestHeader(name, value), expected);
    });
  }

  const forbidden: readonly (readonly [name: string, value: string, expected: boolean])[] = [
    ['Cookie', 'a', true],
    ['host', 'a', true],
    ['Sec-Anything', 'a', true],
    ['PROXY-Authorization', 'a', true],
    ['Origin', 'a', true],
    ['X-HTTP-Method-Override', 'GET, trace', true],
    ['X-HTTP-Method-Override', 'PUT', false],
    ['Authorization', 'a', false],
    ['User-Agent', 'a', false],
    ['Secret', 'a', false],
  ];
  for (const [name, value, expected] of forbidden) {
    it(`a page ${expected ? 'cannot' : 'can'} set ${name}: ${value}`, () => {
      assert.equal(isForbiddenRequestHeader(name, value), expected);
    });
  }

  const long = 'a'.repeat(128);
  const unsafe: readonly (readonly [RequestHeader[], string[]])[] = [
    [[], []],
    [
      [
        ['X-B', '1'],
        ['x-a', '1'],
        ['X-b', '2'],
      ],
      ['x-a', 'x-b'],
    ],
    [
      [
        ['Cookie', 'a'],
        ['Accept', '*/*'],
      ],
      [],
    ],
    [[['Accept', ' \t*/*\r\n']], []],
    // 9 × 128 bytes are more than 1024, so all of them need permission.
    [Array.from({ length: 9 }, (): RequestHeader => ['Accept', long]), ['accept']],
    [Array.from({ length: 8 }, (): RequestHeader => ['Accept', long]), []],
  ];
  for (const [headers, expected] of unsafe) {
    it(`${String(headers.length)} headers ask for [${expected.join()}]`, () => {
      assert.deepEqual(unsafeRequestHeaderNames(headers), expected);
    });
  }
});
