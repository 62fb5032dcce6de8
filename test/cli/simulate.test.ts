import assert from 'node:assert/strict';
import type { SimulationReport } from '../../server/src/api.ts';
import { corsLint, expressError, Folder, nginxClean, nginxError } from './command.ts';

const apache = `Header always set Access-Control-Allow-Origin "https://app.example.com"
Header always set Vary "Origin"
`;

const preflights = `server {
    listen 80;
    location /api/ {
        add_header Access-Control-Allow-Origin https://app.example.com always;
        add_header Access-Control-Allow-Methods "GET, PUT" always;
        if ($request_method = OPTIONS) { return 204; }
        proxy_hide_header Access-Control-Allow-Origin;
        proxy_hide_header Access-Control-Allow-Credentials;
        proxy_pass http://app;
    }
    location / { return 404; }
}
`;

describe('cors-lint simulate', function () {
  this.timeout(60_000);
  let folder: Folder;
  beforeEach(
    () =>
      (folder = new Folder({
        'nginx.conf': preflights,
        'e.conf': nginxError,
        'clean.conf': nginxClean,
        'app.js': expressError,
        '.htaccess': apache,
      })),
  );
  afterEach(() => folder.remove());

  const simulate = (...args: readonly string[]): SimulationReport => {
    const ran = corsLint(['simulate', ...args, '--json'], { cwd: folder.path });
    assert.equal(ran.status, 0, ran.err);
    return JSON.parse(ran.out) as SimulationReport;
  };

  it('prints both exchanges of a request that needs a preflight', () => {
    const report = simulate(
      'nginx.conf',
      '--origin',
      'https://app.example.com',
      '--path',
      '/api/x?y=1',
      '--method',
      'put',
      '--status',
      '200',
    );
    assert.deepEqual(
      report.exchanges.map(({ kind, request, response, verdict }) => [kind, request.method, request.path, response, verdict]),
      [
        [
          'preflight',
          'OPTIONS',
          '/api/x?y=1',
          {
            status: 204,
            headers: [
              ['Access-Control-Allow-Origin', 'https://app.example.com'],
              ['Access-Control-Allow-Methods', 'GET, PUT'],
            ],
            maybe: [],
            complete: true,
          },
          'allowed',
        ],
        [
          'actual',
          'PUT',
          '/api/x?y=1',
          {
            status: 200,
            headers: [
              ['Access-Control-Allow-Origin', 'https://app.example.com'],
              ['Access-Control-Allow-Methods', 'GET, PUT'],
            ],
            maybe: [],
            complete: false,
          },
          'allowed',
        ],
      ],
    );
    assert.deepEqual(report.exchanges[0]?.writtenBy, [
      { file: folder.at('nginx.conf'), line: 4, column: 9 },
      { file: folder.at('nginx.conf'), line: 5, column: 9 },
    ]);
    assert.deepEqual([report.verdict, report.reasonCode], ['allowed', 'allowed']);
    assert.deepEqual(Object.keys(report), ['exchanges', 'exposed', 'verdict', 'reasonCode', 'reason']);
    assert.deepEqual(Object.keys(report.exchanges[0]), ['kind', 'request', 'response', 'writtenBy', 'verdict', 'reasonCode', 'reason']);
  });

  const verdicts: readonly (readonly [args: readonly string[], exchanges: number, verdict: string, reasonCode: string])[] = [
    [['nginx.conf', '--origin', 'https://evil.example', '--path', '/api/'], 1, 'blocked', 'allow-origin-mismatch'],
    [['nginx.conf', '--origin', 'https://app.example.com', '--path', '/api/', '--method', 'DELETE'], 1, 'blocked', 'method-not-allowed'],
    [
      ['nginx.conf', '--origin', 'https://app.example.com', '--path', '/api/', '--method', 'DELETE', '--all'],
      2,
      'blocked',
      'method-not-allowed',
    ],
    [['nginx.conf', '--origin', 'https://app.example.com', '--path', '/api/', '--header', 'X-A: 1'], 1, 'blocked', 'header-not-allowed'],
    [['nginx.conf', '--origin', 'https://app.example.com', '--path', '/other'], 1, 'blocked', 'missing-allow-origin'],
    [['nginx.conf', '--origin', 'https://app.example.com', '--url', 'https://api.example.com/api/'], 1, 'allowed', 'allowed'],
    [
      ['nginx.conf', '--origin', 'https://api.example.com', '--url', 'https://api.example.com/other', '--method', 'PUT'],
      1,
      'allowed',
      'allowed',
    ],
    [['nginx.conf', '--origin', 'none', '--path', '/other', '--method', 'PUT'], 1, 'allowed', 'allowed'],
    // Whether the application behind adds a second Access-Control-Allow-Origin is not known.
    [['e.conf', '--origin', 'null', '--credentials', 'include'], 1, 'unknown', 'unknown-allow-origin'],
    [['clean.conf'], 1, 'blocked', 'missing-allow-origin'],
    [['app.js'], 1, 'allowed', 'allowed'],
    [['app.js', '--credentials', 'include'], 1, 'blocked', 'wildcard-with-credentials'],
    [['.htaccess', '--origin', 'https://app.example.com'], 1, 'allowed', 'allowed'],
    [['.htaccess', '--origin', 'https://evil.example'], 1, 'blocked', 'allow-origin-mismatch'],
  ];
  for (const [args, exchanges, verdict, reasonCode] of verdicts) {
    it(`${args.join(' ')}: ${verdict}`, () => {
      const report = simulate(...args);
      assert.deepEqual(
        [report.exchanges.length, report.verdict, report.reasonCode],
        [exchanges, verdict, reasonCode],
        JSON.stringify(report),
      );
    });
  }

  const refused: readonly (readonly [args: readonly string[], err: RegExp])[] = [
    [[], /needs a file/],
    [['gone.conf'], /^cors-lint: gone\.conf: no such file or folder\n$/],
    [['nginx.conf', 'e.conf'], /takes one file/],
    [['nginx.conf', '--origin', 'https://app.example.com/'], /Did you mean "https:\/\/app\.example\.com"\?\n$/],
    [['nginx.conf', '--path', 'api'], /Did you mean "\/api"\?\n$/],
    [['nginx.conf', '--url', 'api.example.com/x'], /Did you mean "https:\/\/api\.example\.com\/x"\?\n$/],
    [['nginx.conf', '--method', 'TRACE'], /No page can send TRACE/],
    [['nginx.conf', '--method', 'A B'], /is not a method/],
    [['nginx.conf', '--header', 'X-A'], /Did you mean "--header 'X-A: …'"\?\n$/],
    [['nginx.conf', '--credentials', 'includ'], /There is no credentials mode "includ"\. Did you mean "include"\?\n$/],
    [['nginx.conf', '--status', '99'], /is not a status/],
    [['nginx.conf', '--orign', 'x'], /Did you mean "--origin"\?\n$/],
  ];
  for (const [args, err] of refused) {
    it(`refuses ${args.join(' ')}`, () => {
      const ran = corsLint(['simulate', ...args], { cwd: folder.path });
      assert.deepEqual([ran.status, ran.out], [2, '']);
      assert.match(ran.err, err);
      assert.equal(ran.err.split('\n').length, 2);
    });
  }

  const contract = `server {
    add_header Vary Accept always;
    location /open/ { add_header Access-Control-Allow-Origin $filled_in_elsewhere always; proxy_pass http://app; }
    location /fixed/ { add_header Vary Origin always; add_header Access-Control-Allow-Origin https://app.example.com always; return 403; }
}
`;

  it('answers a value that is not known by null, and lines of an application by complete', () => {
    folder.write({ 'contract.conf': contract });
    const { exchanges, verdict } = simulate('contract.conf', '--origin', 'https://app.example.com', '--path', '/open/');
    const { response, writtenBy } = exchanges[0] ?? assert.fail();
    assert.deepEqual(response, { status: null, headers: [['Access-Control-Allow-Origin', null]], maybe: [], complete: false });
    assert.deepEqual(writtenBy, [{ file: folder.at('contract.conf'), line: 3, column: 23 }]);
    assert.equal(verdict, 'unknown');
  });

  it('overrides no status that the configuration decides, and takes --status where it is open', () => {
    folder.write({ 'contract.conf': contract });
    const status = (path: string, ...more: string[]): unknown =>
      simulate('contract.conf', '--origin', 'https://app.example.com', '--path', path, ...more).exchanges[0]?.response.status;
    assert.equal(status('/fixed/', '--status', '200'), 403);
    assert.deepEqual([status('/open/'), status('/open/', '--status', '404')], [null, 404]);
  });

  it('lists Vary and the Access-Control headers line by line in wire order, each with what wrote it', () => {
    folder.write({ 'contract.conf': contract });
    const [exchange] = simulate('contract.conf', '--origin', 'https://app.example.com', '--path', '/fixed/').exchanges;
    assert.deepEqual(exchange?.response.headers, [
      ['Vary', 'Origin'],
      ['Access-Control-Allow-Origin', 'https://app.example.com'],
    ]);
    assert.deepEqual(
      exchange.writtenBy.map((place) => place?.line),
      [4, 4],
    );
  });

  it('reads the manifest of an Ingress', () => {
    folder.write({
      'ingress.yaml':
        'kind: Ingress\nmetadata:\n  annotations:\n    nginx.ingress.kubernetes.io/enable-cors: "true"\n    nginx.ingress.kubernetes.io/cors-allow-origin: "https://*.example.com"\n',
    });
    const asked = (origin: string): unknown =>
      simulate('ingress.yaml', '--origin', origin, '--method', 'PUT', '--credentials', 'include').reasonCode;
    assert.equal(asked('https://app.example.com'), 'allowed');
    assert.notEqual(asked('https://a.b.example.com'), 'allowed');
  });

  it('reads a fragment from standard input, and tells people what happens', () => {
    const ran = corsLint(['simulate', '-', '--origin', 'https://evil.example'], {
      cwd: folder.path,
      input: 'add_header Access-Control-Allow-Origin *;\nreturn 200;\n',
    });
    assert.equal(ran.status, 0, ran.err);
    assert.match(
      ran.out,
      /^Actual request\n> GET \/\n> Origin: https:\/\/evil\.example\n< 200\n< Access-Control-Allow-Origin: \* {2}-:1:1\n/,
    );
  });

  it('explains a console message with the places that cause it', () => {
    const message =
      "Access to fetch at 'https://api.example.com/' from origin 'https://app.example.com' has been blocked by CORS policy: The value of the 'Access-Control-Allow-Origin' header in the response must not be the wildcard '*' when the request's credentials mode is 'include'.";
    const ran = corsLint(['explain', message], { cwd: folder.path });
    assert.equal(ran.status, 0, ran.err);
    assert.match(ran.out, /app\.js:4:16 wildcard-with-credentials/);
    const json = JSON.parse(corsLint(['explain', message, 'app.js', '--json'], { cwd: folder.path }).out) as {
      recognised: boolean;
      places: unknown[];
    };
    assert.deepEqual([json.recognised, json.places.length], [true, 1]);
    assert.match(corsLint(['explain', 'Something else broke.'], { cwd: folder.path }).out, /^This message is not recognised/);
    assert.deepEqual(corsLint(['explain'], { cwd: folder.path }).status, 2);
    assert.deepEqual(corsLint(['explain', message, 'gone.js'], { cwd: folder.path }).status, 2);
  });
});
