import assert from 'node:assert/strict';
import fc from 'fast-check';
import { asTakenBy, deviations } from './deviations.ts';
import { judgeActual, judgePreflight, needsPreflight, preflightCauses, preflightFor } from './fetch.ts';
import type { CredentialsMode, FetchRequest, FetchResponse, ReasonCode, Verdict } from './fetch.ts';
import { chromiumConsoleLine, reasonCodes } from './reasons.ts';

const page = 'https://myapp.com';

function request(
  method = 'GET',
  headers: FetchRequest['headers'] = [],
  credentials: CredentialsMode = 'same-origin',
  origin = page,
): FetchRequest {
  return { origin, method, headers, credentials };
}

/** A response from lines such as `ACAO: *`; `?` stands for a value that is not known. */
function response(
  lines: readonly string[],
  options: { status?: number | null; maybe?: readonly string[]; complete?: boolean } = {},
): FetchResponse {
  const names: Readonly<Record<string, string>> = {
    ACAO: 'Access-Control-Allow-Origin',
    ACAC: 'access-control-allow-credentials',
    ACAM: 'Access-Control-Allow-Methods',
    ACAH: 'Access-Control-Allow-Headers',
    ACEH: 'Access-Control-Expose-Headers',
  };
  const headers = lines.map((line): readonly [string, string | null] => {
    const colon = line.indexOf(':');
    const value = line.slice(colon + 1);
    return [names[line.slice(0, colon)] ?? line.slice(0, colon), value === ' ?' ? null : value];
  });
  return {
    status: options.status === undefined ? 200 : options.status,
    headers,
    maybe: options.maybe ?? [],
    complete: options.complete ?? true,
  };
}

describe('preflights', () => {
  const rows: readonly (readonly [what: string, FetchRequest, requestHeaders: string | null])[] = [
    ['GET', request(), null],
    ['head', request('head'), null],
    ['POST of a form', request('POST', [['Content-Type', 'application/x-www-form-urlencoded']]), null],
    ['POST of JSON', request('POST', [['Content-Type', 'application/json']]), 'content-type'],
    ['PUT', request('PUT'), ''],
    ['patch', request('patch'), ''],
    [
      'GET with Authorization and X-B, x-a',
      request('GET', [
        ['Authorization', 'a'],
        ['X-B', 'b'],
        ['x-a', 'a'],
      ]),
      'authorization,x-a,x-b',
    ],
    ['GET with a header no page can set', request('GET', [['Cookie', 'a=b']]), null],
    ['GET with credentials', request('GET', [], 'include'), null],
  ];
  for (const [what, made, names] of rows) {
    it(`${what}: ${names === null ? 'none' : `asks for [${names}]`}`, () => {
      assert.equal(needsPreflight(made), names !== null);
      if (names === null) return;
      const { method, headers } = preflightFor(made);
      const sent = new Map(headers);
      assert.equal(method, 'OPTIONS');
      assert.equal(sent.get('Origin'), page);
      assert.equal(sent.get('Access-Control-Request-Headers') ?? '', names);
    });
  }

  it('say what they are for', () => {
    assert.deepEqual(preflightCauses(request('put', [['X-A', '1']])), [
      { kind: 'method', method: 'PUT' },
      { kind: 'header', name: 'x-a' },
    ]);
    assert.equal(new Map(preflightFor(request('put')).headers).get('Access-Control-Request-Method'), 'PUT');
    assert.equal(new Map(preflightFor(request('patch')).headers).get('Access-Control-Request-Method'), 'patch');
  });
});

type Row = readonly [what: string, FetchRequest, FetchResponse, ReasonCode];

const withCredentials = request('GET', [], 'include');
const ok = [`ACAO: ${page}`];
const okWithCredentials = [...ok, 'ACAC: true'];

const actualRows: readonly Row[] = [
  ['nothing', request(), response([]), 'missing-allow-origin'],
  ['the origin', request(), response(ok), 'allowed'],
  ['the origin on a 500', request(), response(ok, { status: 500 }), 'allowed'],
  ['the origin, status unknown', request(), response(ok, { status: null }), 'allowed'],
  ['*', request(), response(['ACAO: *']), 'allowed'],
  ['* with credentials', withCredentials, response(['ACAO: *', 'ACAC: true']), 'wildcard-with-credentials'],
  ['white space around', request(), response([`ACAO:  \t${page} `]), 'allowed'],
  ['a slash', request(), response([`ACAO: ${page}/`]), 'allow-origin-mismatch'],
  ['upper case', request(), response(['ACAO: https://MyApp.com']), 'allow-origin-mismatch'],
  ['another scheme', request(), response(['ACAO: http://myapp.com']), 'allow-origin-mismatch'],
  ['no scheme', request(), response(['ACAO: myapp.com']), 'invalid-allow-origin'],
  ['empty', request(), response(['ACAO:']), 'invalid-allow-origin'],
  ['null for a page', request(), response(['ACAO: null']), 'allow-origin-mismatch'],
  ['null for null', request('GET', [], 'same-origin', 'null'), response(['ACAO: null']), 'allowed'],
  ['NULL for null', request('GET', [], 'same-origin', 'null'), response(['ACAO: NULL']), 'invalid-allow-origin'],
  ['a list', request(), response([`ACAO: ${page}, https://b.com`]), 'multiple-allow-origin'],
  ['a list with spaces', request(), response([`ACAO: ${page} https://b.com`]), 'multiple-allow-origin'],
  ['two identical lines', request(), response([...ok, ...ok]), 'multiple-allow-origin'],
  ['* twice', request(), response(['ACAO: *', 'ACAO: *']), 'multiple-allow-origin'],
  ['two lines, one unknown', request(), response([...ok, 'ACAO: ?']), 'multiple-allow-origin'],
  ['credentials', withCredentials, response(okWithCredentials), 'allowed'],
  ['no ACAC', withCredentials, response(ok), 'invalid-allow-credentials'],
  ['True', withCredentials, response([...ok, 'ACAC: True']), 'invalid-allow-credentials'],
  ['true twice', withCredentials, response([...ok, 'ACAC: true', 'ACAC: true']), 'invalid-allow-credentials'],
  ['ACAC without credentials', request(), response([...ok, 'ACAC: nonsense']), 'allowed'],
  ['credentials omit', request('GET', [], 'omit'), response(['ACAO: *']), 'allowed'],
  // What is not known matters …
  ['an unknown ACAO', request(), response(['ACAO: ?']), 'unknown-allow-origin'],
  ['an ACAO that may be there', request(), response([], { maybe: ['access-control-allow-origin'] }), 'unknown-allow-origin'],
  ['an upstream', request(), response([], { complete: false }), 'unknown-allow-origin'],
  ['the origin, and an upstream that may add one', request(), response(ok, { complete: false }), 'unknown-allow-origin'],
  ['an unknown ACAC', withCredentials, response([...ok, 'ACAC: ?']), 'unknown-allow-credentials'],
  [
    'an ACAC that may be there',
    withCredentials,
    response(ok, { maybe: ['access-control-allow-credentials'] }),
    'unknown-allow-credentials',
  ],
  // … or does not.
  [
    'another origin, and an upstream that may add lines',
    request(),
    response(['ACAO: https://b.com'], { complete: false }),
    'allow-origin-mismatch',
  ],
  ['* with credentials, and an upstream', withCredentials, response(['ACAO: *'], { complete: false }), 'wildcard-with-credentials'],
  ['an unknown ACAO, but a wrong ACAC', withCredentials, response(['ACAO: ?', 'ACAC: yes']), 'invalid-allow-credentials'],
  ['an unknown ACAC without credentials', request(), response([...ok, 'ACAC: ?'], { maybe: ['vary'] }), 'allowed'],
  // Redirects.
  ['a redirect', request(), response([...ok, 'Location: /b'], { status: 301 }), 'redirected'],
  ['a redirect to where is not known', request(), response(ok, { status: 302 }), 'redirected'],
  ['a redirect without ACAO', request(), response(['Location: /b'], { status: 307 }), 'missing-allow-origin'],
  [
    'a redirect with a password',
    request(),
    response([...ok, 'Location: https://u:p@b.com/'], { status: 308 }),
    'redirect-with-credentials',
  ],
  ['a redirect to ftp', request(), response([...ok, 'Location: ftp://b.com/'], { status: 303 }), 'redirect-to-other-scheme'],
  ['a 300', request(), response([...ok, 'Location: /b'], { status: 300 }), 'allowed'],
];

const put = request('PUT');
const custom = request('GET', [['X-Custom', '1']]);
const authorized = request('GET', [['Authorization', 'Bearer t']]);

const preflightRows: readonly Row[] = [
  ['204', put, response([...ok, 'ACAM: PUT'], { status: 204 }), 'allowed'],
  ['299', put, response([...ok, 'ACAM: PUT'], { status: 299 }), 'allowed'],
  ['401', put, response([...ok, 'ACAM: PUT'], { status: 401 }), 'preflight-not-ok'],
  ['401 without ACAO', put, response([], { status: 401 }), 'missing-allow-origin'],
  ['405', put, response([...ok, 'ACAM: PUT'], { status: 405 }), 'preflight-not-ok'],
  ['301', put, response([...ok, 'ACAM: PUT'], { status: 301 }), 'preflight-redirect'],
  ['301 without ACAO', put, response([], { status: 301 }), 'preflight-redirect'],
  ['status unknown', put, response([...ok, 'ACAM: PUT'], { status: null }), 'unknown-preflight-status'],
  ['no ACAM', put, response(ok), 'method-not-allowed'],
  ['no ACAM for POST', request('POST', [['X-Custom', '1']]), response([...ok, 'ACAH: x-custom']), 'allowed'],
  ['ACAM in lower case', put, response([...ok, 'ACAM: put']), 'method-not-allowed'],
  ['put is mended', request('put'), response([...ok, 'ACAM: PUT']), 'allowed'],
  ['patch is not', request('patch'), response([...ok, 'ACAM: PATCH']), 'method-not-allowed'],
  ['ACAM in two lines', put, response([...ok, 'ACAM: GET', 'ACAM: DELETE , PUT']), 'allowed'],
  ['ACAM *', put, response([...ok, 'ACAM: *']), 'allowed'],
  ['ACAM * with credentials', request('PUT', [], 'include'), response([...okWithCredentials, 'ACAM: *']), 'method-not-allowed'],
  ['ACAM malformed', put, response([...ok, 'ACAM: GET; PUT']), 'malformed-allow-methods'],
  [
    'ACAM malformed for POST',
    request('POST', [['X-Custom', '1']]),
    response([...ok, 'ACAM: GET POST', 'ACAH: x-custom']),
    'malformed-allow-methods',
  ],
  ['ACAH in any case', custom, response([...ok, 'ACAH: X-CUSTOM']), 'allowed'],
  ['no ACAH', custom, response(ok), 'header-not-allowed'],
  ['ACAH *', custom, response([...ok, 'ACAH: *']), 'allowed'],
  [
    'ACAH * with credentials',
    request('GET', [['X-Custom', '1']], 'include'),
    response([...okWithCredentials, 'ACAH: *']),
    'header-not-allowed',
  ],
  ['ACAH malformed', custom, response([...ok, 'ACAH: X-Custom; X-B']), 'malformed-allow-headers'],
  ['ACAH malformed for no header', put, response([...ok, 'ACAM: PUT', 'ACAH: "a"']), 'malformed-allow-headers'],
  ['Authorization listed', authorized, response([...ok, 'ACAH: *, Authorization']), 'allowed'],
  ['Authorization behind *', authorized, response([...ok, 'ACAH: *']), 'authorization-behind-wildcard'],
  ['credentials', request('PUT', [], 'include'), response([...okWithCredentials, 'ACAM: PUT']), 'allowed'],
  ['no ACAC', request('PUT', [], 'include'), response([...ok, 'ACAM: PUT']), 'invalid-allow-credentials'],
  ['unknown ACAM', put, response([...ok, 'ACAM: ?']), 'unknown-allow-methods'],
  ['unknown ACAM for a safelisted method', custom, response([...ok, 'ACAM: ?', 'ACAH: x-custom']), 'unknown-allow-methods'],
  ['ACAH that may be there', custom, response(ok, { maybe: ['access-control-allow-headers'] }), 'unknown-allow-headers'],
  ['an upstream', put, response([...ok, 'ACAM: PUT'], { complete: false }), 'unknown-allow-origin'],
  ['an upstream, but malformed ACAM', put, response([...ok, 'ACAM: a b'], { complete: false }), 'malformed-allow-methods'],
  ['unknown ACAM, but no ACAO', put, response(['ACAM: ?']), 'missing-allow-origin'],
  ['status unknown, but no ACAO', put, response([], { status: null }), 'missing-allow-origin'],
];

const verdictOf = (code: ReasonCode): Verdict =>
  code === 'allowed' ? 'allowed' : code === 'redirected' || code.startsWith('unknown-') ? 'unknown' : 'blocked';

describe('the CORS check of a response', () => {
  for (const [what, made, got, code] of actualRows) {
    it(`${what}: ${code}`, () => {
      const judgement = judgeActual(made, got);
      assert.deepEqual([judgement.reasonCode, judgement.verdict], [code, verdictOf(code)]);
      assert.ok(judgement.reason.length > 0);
    });
  }
});

describe('the check of a preflight', () => {
  for (const [what, made, got, code] of preflightRows) {
    it(`${what}: ${code}`, () => {
      const judgement = judgePreflight(made, got);
      assert.deepEqual([judgement.reasonCode, judgement.verdict], [code, verdictOf(code)]);
      assert.deepEqual(judgement.exposed, []);
    });
  }

  it('names every step with its outcome', () => {
    const { steps } = judgePreflight(put, response(['ACAO: https://b.com', 'ACAM: GET'], { status: 404 }));
    assert.deepEqual(
      steps.map((step) => `${step.name} ${step.outcome}`),
      [
        'no-redirect passed',
        'allow-origin failed',
        'allow-credentials passed',
        'ok-status failed',
        'parse-allow-methods passed',
        'parse-allow-headers passed',
        'method failed',
        'request-headers passed',
      ],
    );
  });

  it('speaks in the words of the console', () => {
    const { reason } = judgePreflight(put, response([]));
    assert.equal(
      chromiumConsoleLine('https://api.myapp.com/x', page, reason),
      "Access to fetch at 'https://api.myapp.com/x' from origin 'https://myapp.com' has been blocked by CORS policy: Response to preflight request " +
        "doesn't pass access control check: No 'Access-Control-Allow-Origin' header is present on the requested resource.",
    );
  });
});

it('every reason code is met by a row', () => {
  const met = new Set([...actualRows, ...preflightRows].map(([, , , code]) => code));
  assert.deepEqual(
    reasonCodes.filter((code) => !met.has(code)),
    [],
  );
});

describe('exposed headers', () => {
  const safelisted = ['Cache-Control', 'Content-Language', 'Content-Length', 'Content-Type', 'Expires', 'Last-Modified', 'Pragma'];
  const rows: readonly (readonly [lines: readonly string[], credentials: CredentialsMode, added: readonly string[]])[] = [
    [[], 'omit', []],
    [['ACEH: X-Total, etag'], 'include', ['X-Total', 'etag']],
    [['ACEH: X-A', 'ACEH: x-a, X-B, Set-Cookie, pragma'], 'omit', ['X-A', 'X-B']],
    [
      ['ACEH: *', 'X-Total: 3', 'Set-Cookie: a=b'],
      'omit',
      ['Access-Control-Allow-Origin', 'access-control-allow-credentials', 'Access-Control-Expose-Headers', 'X-Total', '*'],
    ],
    [['ACEH: *', 'X-Total: 3'], 'include', []],
    [['ACEH: X Total'], 'omit', []],
  ];
  for (const [lines, credentials, added] of rows) {
    it(`${JSON.stringify(lines)}, credentials ${credentials}: ${added.join()}`, () => {
      assert.deepEqual(judgeActual(request('GET', [], credentials), response([...okWithCredentials, ...lines])).exposed, [
        ...safelisted,
        ...added,
      ]);
    });
  }

  it('are none of a blocked response', () => assert.deepEqual(judgeActual(request(), response(['ACEH: X-A'])).exposed, []));
});

describe('deviations of browsers', () => {
  const rows: readonly (readonly [FetchRequest, FetchResponse | undefined, readonly string[]])[] = [
    [authorized, response([...ok, 'ACAH: *']), ['authorization-covered-by-wildcard']],
    [authorized, response([...ok, 'ACAH: *, authorization']), []],
    [request('GET', [['Authorization', 'a']], 'include'), response([...okWithCredentials, 'ACAH: *']), []],
    [request('GET', [['Save-Data', 'on']]), undefined, ['client-hints-need-no-preflight']],
    [request('GET', [['DPR', 'x']]), undefined, []],
    [request('GET', [['User-Agent', 'x']]), undefined, ['user-agent-needs-no-preflight']],
  ];
  for (const [made, preflight, names] of rows) {
    it(`${JSON.stringify(made.headers)} with ${made.credentials}: [${names.join()}]`, () => {
      const { exchange, applied } = asTakenBy('chromium', { request: made, ...(preflight === undefined ? {} : { preflight }) });
      assert.deepEqual(applied, names);
      if (names.length === 0) return;
      const allowed =
        exchange.preflight === undefined
          ? !needsPreflight(exchange.request)
          : judgePreflight(exchange.request, exchange.preflight).verdict === 'allowed';
      assert.ok(allowed);
    });
  }

  it('each has a source', () => {
    for (const deviation of deviations) assert.ok(deviation.source.length > 10 && deviation.summary.length > 10);
  });
});

describe('what is not known', () => {
  const names = [
    'Access-Control-Allow-Origin',
    'Access-Control-Allow-Credentials',
    'Access-Control-Allow-Methods',
    'Access-Control-Allow-Headers',
    'Vary',
  ];
  const value = fc.constantFrom(
    page,
    '*',
    'null',
    'https://b.com',
    '',
    'true',
    'false',
    'PUT',
    'GET',
    'GET, PUT',
    'x-custom',
    'X-Custom, Authorization',
    'a b',
    'GET;PUT',
  );
  const line = fc.tuple(fc.constantFrom(...names), value);
  const requests = fc.record({
    origin: fc.constantFrom(page, 'null'),
    method: fc.constantFrom('GET', 'POST', 'PUT', 'patch'),
    headers: fc.subarray<readonly [string, string]>([
      ['X-Custom', '1'],
      ['Authorization', 'a'],
      ['Accept', '*/*'],
    ]),
    credentials: fc.constantFrom<CredentialsMode>('omit', 'same-origin', 'include'),
  });
  const status = fc.constantFrom(200, 204, 301, 404, 500);

  it('never turns a verdict that is given without it', () => {
    type Line = readonly [string, string];
    /** Lines that let a request pass, so that not nearly every exchange is blocked. */
    type Knowledge = 'known' | 'value unknown' | 'maybe' | 'from upstream';
    const passing: readonly (readonly [Line, Knowledge])[] = [
      [['Access-Control-Allow-Origin', page], 'known'],
      [['Access-Control-Allow-Credentials', 'true'], 'known'],
      [['Access-Control-Allow-Methods', 'PUT, patch'], 'known'],
      [['Access-Control-Allow-Headers', 'x-custom, authorization'], 'known'],
    ];
    const knowledge = fc.constantFrom<Knowledge>('known', 'value unknown', 'maybe', 'from upstream');
    const worlds = fc.record({
      made: requests,
      status,
      statusKnown: fc.boolean(),
      /** A line of the full response, whether its value is known, and whether the line itself is. */
      lines: fc.oneof<fc.Arbitrary<(readonly [Line, Knowledge])[]>[]>(
        fc.array(fc.tuple<[Line, Knowledge]>(line, knowledge), { maxLength: 6 }),
        fc.array(fc.tuple<[Line, Knowledge]>(line, knowledge), { maxLength: 1 }).map((more) => [...passing, ...more]),
      ),
      /** Names that might have been sent and were not. */
      spurious: fc.subarray(names),
    });
    const decided = { allowed: 0, blocked: 0, unknown: 0 };
    fc.assert(
      fc.property(worlds, (world) => {
        const full: FetchResponse = { status: world.status, headers: world.lines.map(([entry]) => entry), maybe: [], complete: true };
        const partial: FetchResponse = {
          status: world.statusKnown ? world.status : null,
          headers: world.lines
            .filter(([, known]) => known === 'known' || known === 'value unknown')
            .map(([[name, text], known]) => [name, known === 'known' ? text : null]),
          maybe: [...world.lines.filter(([, known]) => known === 'maybe').map(([[name]]) => name), ...world.spurious].map((name) =>
            name.toLowerCase(),
          ),
          complete: !world.lines.some(([, known]) => known === 'from upstream'),
        };
        for (const judge of [judgePreflight, judgeActual]) {
          const { verdict } = judge(world.made, partial);
          decided[verdict]++;
          // A redirect that the page may follow is `unknown` because of what it leads to, not because of the lines.
          const truth = judge(world.made, full);
          if (verdict !== 'unknown' && truth.reasonCode !== 'redirected') assert.equal(verdict, truth.verdict);
        }
      }),
      { numRuns: 5000 },
    );
    assert.ok(decided.allowed > 200 && decided.blocked > 1000 && decided.unknown > 1000, JSON.stringify(decided));
  });
});
