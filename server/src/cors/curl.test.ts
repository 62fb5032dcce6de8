import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import fc from 'fast-check';
import { actualCommand, preflightCommand, shellQuote } from './curl.ts';
import type { FetchRequest } from './fetch.ts';

/** The words that a POSIX shell makes of a command line in which curl is a function. */
function words(command: string): string[] {
  const run = spawnSync('/bin/sh', ['-c', `curl() { printf '%s\\0' "$@"; }\n${command}`], {
    encoding: 'utf8',
    env: { HOME: '/', PATH: '/nowhere' },
  });
  assert.equal(run.status, 0, run.stderr);
  return run.stdout.split('\0').slice(0, -1);
}

const json: FetchRequest = {
  origin: 'https://myapp.com',
  method: 'put',
  headers: [
    ['Authorization', 'Bearer a b'],
    ['Content-Type', 'application/json'],
    ['Cookie', 'dropped=1'],
  ],
  credentials: 'omit',
};

describe('curl commands', () => {
  it('repeat a preflight', () => {
    assert.equal(
      preflightCommand('https://api.myapp.com/users/1', json),
      [
        'curl -i -X OPTIONS --url https://api.myapp.com/users/1',
        "-H 'Origin: https://myapp.com'",
        "-H 'Access-Control-Request-Method: PUT'",
        "-H 'Access-Control-Request-Headers: authorization,content-type'",
      ].join(' \\\n  '),
    );
  });

  const rows: readonly (readonly [url: string, FetchRequest, expected: readonly string[]])[] = [
    [
      'https://a.com/',
      json,
      [
        '-i',
        '-X',
        'PUT',
        '--url',
        'https://a.com/',
        '-H',
        'Origin: https://myapp.com',
        '-H',
        'Authorization: Bearer a b',
        '-H',
        'Content-Type: application/json',
      ],
    ],
    [
      'https://a.com/',
      { origin: 'null', method: 'GET', headers: [], credentials: 'include' },
      ['-i', '--url', 'https://a.com/', '-H', 'Origin: null', '-H', 'Cookie: NAME=VALUE'],
    ],
    [
      'https://a.com/',
      { origin: 'null', method: 'head', headers: [['X', '']], credentials: 'omit' },
      ['-i', '--head', '--url', 'https://a.com/', '-H', 'Origin: null', '-H', 'X;'],
    ],
    [
      'https://a.com/?q={1}&x=$(id)',
      { origin: 'null', method: 'GET', headers: [["X-'", 'it\'s `$HOME` "!"\r\nInjected: 1']], credentials: 'omit' },
      ['-i', '--globoff', '--url', 'https://a.com/?q={1}&x=$(id)', '-H', 'Origin: null', '-H', 'X-\': it\'s `$HOME` "!" Injected: 1'],
    ],
  ];
  for (const [url, request, expected] of rows) {
    it(`${request.method} ${url} reads the same in a shell`, () => assert.deepEqual(words(actualCommand(url, request)), expected));
  }

  it('quote any word for a shell', () => {
    const shellWord = fc.string({ unit: 'grapheme' }).map((text) => text.replaceAll('\0', ''));
    fc.assert(
      fc.property(fc.array(shellWord, { minLength: 1, maxLength: 30 }), (texts) =>
        assert.deepEqual(words(`curl ${texts.map(shellQuote).join(' ')}`), texts),
      ),
      {
        numRuns: 50,
      },
    );
  });
});
