import assert from 'node:assert/strict';
import { createService, type Analysis } from '../service.ts';
import { presetsOf } from './presets.ts';
import { readForm, readRequest, SimulationError, type RequestField } from './request.ts';
import { consoleLine, curlCommand, simulateIn } from './simulate.ts';
import { wayInto } from './way-in.ts';

const service = createService({ workspace: { read: async () => undefined, list: async () => undefined, files: async () => [] } });

async function analyse(name: string, text: string): Promise<Analysis> {
  const analysis = await service.analyse({ uri: `file:///w/${name}`, text }, { evenUnrelated: true });
  assert.ok(analysis);
  return analysis;
}

const empty = { origin: '', method: '', address: '', headers: '', credentials: 'same-origin', status: '' } as const;

describe('a form', () => {
  it('is a request with defaults where it is empty', () => {
    assert.deepEqual(readRequest(readForm(empty)), {
      origin: 'https://example.com',
      method: 'GET',
      path: '/',
      headers: [],
      credentials: 'same-origin',
    });
  });

  it('takes a path or a URL, headers by line, and no origin', () => {
    const form = { ...empty, origin: ' none ', address: 'http://api.example:8080/a?b', headers: 'X-A: 1\r\n\n X-B:2 ', status: '404' };
    assert.deepEqual(readRequest(readForm(form)), {
      origin: undefined,
      method: 'GET',
      path: '/a?b',
      server: { scheme: 'http', hostname: 'api.example', host: 'api.example:8080', origin: 'http://api.example:8080' },
      headers: [
        ['X-A', '1'],
        ['X-B', '2'],
      ],
      credentials: 'same-origin',
      status: 404,
    });
  });

  const refused: readonly (readonly [change: Partial<Record<keyof typeof empty, string>>, field: RequestField, message: RegExp])[] = [
    [{ origin: 'https://a.example/' }, 'origin', /Did you mean "https:\/\/a\.example"/],
    [{ method: 'P T' }, 'method', /is not a method/],
    [{ method: 'TRACE' }, 'method', /No page can send TRACE/],
    [{ address: 'api' }, 'path', /Did you mean "\/api"/],
    [{ address: 'ftp://a/' }, 'url', /is not an address/],
    [{ headers: 'nonsense' }, 'headers', /Write it as "Name: value"/],
    [{ headers: 'a b: c' }, 'headers', /is not a header name/],
    [{ status: '99' }, 'status', /from 100 to 599/],
    [{ status: '600' }, 'status', /from 100 to 599/],
  ];
  for (const [change, field, message] of refused) {
    it(`with ${JSON.stringify(change)} says what is wrong with it`, () => {
      assert.throws(
        () => readRequest(readForm({ ...empty, ...change } as typeof empty)),
        (error) => error instanceof SimulationError && error.field === field && message.test(error.message),
      );
    });
  }
});

/** A file, and for each of its policies by title the request that meets it; undefined where none is found. */
const ways: readonly (readonly [name: string, text: string, expected: Readonly<Record<string, string | undefined>>])[] = [
  [
    'nginx.conf',
    `http { server { server_name a.example; location /api/ { add_header X 1; location /api/deep { add_header X 2; } } location = /exact { return 200; }
       location ~ \\.(png|css)$ { add_header X 3; } location ~ ^/v[0-9]+/users/ { add_header X 4; } }
     server { server_name b.example; location /b/ { add_header X 5; } } }`,
    {
      'location /api/': 'GET /api/',
      'location /api/deep': 'GET /api/deep',
      'location = /exact': 'GET /exact',
      'location ~ \\.(png|css)$': 'GET /file.png',
      'location ~ ^/v[0-9]+/users/': 'GET /v1/users/',
      'location /b/': 'GET https://b.example/b/',
    },
  ],
  [
    'app.js',
    `import express from 'express';\nimport cors from 'cors';\nconst app = express();\napp.use('/orders', cors());
app.get('/orders', (q, r) => r.json([]));\napp.put('/orders/:id', (q, r) => r.json({}));\napp.listen(1);\n`,
    { 'GET /orders': 'GET /orders', 'PUT /orders/:id': 'PUT /orders/1' },
  ],
  [
    'routers.js',
    `import express, { Router } from 'express';\nimport cors from 'cors';\nconst app = express();\nconst orders = Router();
orders.get('/', (q, r) => r.json([]));\norders.put('/:id', (q, r) => r.json({}));\napp.use('/orders', cors(), orders);\napp.listen(1);\n`,
    { 'GET /orders': 'GET /orders', 'use /orders': 'GET /orders/other/deeper' },
  ],
  ['.htaccess', 'Header set Access-Control-Allow-Origin "*"\n', { '.htaccess': 'GET /' }],
];

describe('the way into a policy', function () {
  // The first file of a language loads its parser.
  this.timeout(20_000);
  for (const [name, text, expected] of ways) {
    it(`of ${name}`, async () => {
      const analysis = await analyse(name, text);
      for (const [title, request] of Object.entries(expected)) {
        const policy = analysis.extraction.policies.find((each) => each.title === title);
        assert.ok(policy, `${title} among ${analysis.extraction.policies.map((each) => each.title).join(', ')}`);
        const way = wayInto(policy, analysis);
        assert.equal(way && `${way.method} ${way.address}`, request, title);
      }
    });
  }
});

/** A value of `add_header Access-Control-Allow-Origin` behind a map, and the origins to try on it. */
const presets: readonly (readonly [map: string, honest: RegExp, lookalike: RegExp])[] = [
  ['"https://app.example.com" $http_origin;', /^https:\/\/app\.example\.com$/, /^https:\/\/app\.example\.com\.evil\.example$/],
  ['"~^https://app\\.example\\.com" $http_origin;', /^https:\/\/app\.example\.com$/, /^https:\/\/app\.example\.com.+/],
  ['"~^https://.*example\\.com$" $http_origin;', /^https:\/\/(?:\w+\.)?example\.com$/, /^https:\/\/.*[^.]example\.com$/],
  ['default $http_origin;', /^https:\/\/example\.com$/, /^https:\/\/example\.com\.evil\.example$/],
  ['"http://[::1]:3000" $http_origin;', /^http:\/\/\[::1\]:3000$/, /^https:\/\/evil\.example$/],
];

describe('the origins to try', () => {
  for (const [map, honest, lookalike] of presets) {
    it(`on ${map}`, async function () {
      this.timeout(10_000);
      const text = `http { map $http_origin $cors { ${map} } server { location /a/ { add_header Access-Control-Allow-Origin $cors; } } }`;
      const analysis = await analyse('nginx.conf', text);
      const view = analysis.views.filter(({ policy }) => policy.title === 'location /a/');
      const found = presetsOf(view, analysis);
      assert.match(found.honest, honest);
      assert.match(found.lookalike, lookalike);
    });
  }
});

describe('a simulated exchange', () => {
  const text = 'server { location / { return 200; } }';

  it('is repeated by curl and told in the words of the console', async () => {
    const request = readRequest({ path: '/a b', method: 'PUT', origin: 'https://a.example', all: true });
    const simulated = await simulateIn(service, { uri: 'file:///w/nginx.conf', text }, request);
    assert.ok(simulated);
    const [preflight, actual] = simulated.exchanges;
    assert.ok(preflight && actual);
    assert.match(
      curlCommand(request, preflight),
      /^curl -i -X OPTIONS --url https:\/\/server\.example\/a%20b \\\n {2}-H 'Origin: https:\/\/a\.example'/,
    );
    assert.match(curlCommand(request, actual), /^curl -i -X PUT --url https:\/\/server\.example\/a%20b/);
    assert.match(
      consoleLine(request, preflight) ?? '',
      /^Access to fetch at 'https:\/\/server\.example\/a%20b' from origin 'https:\/\/a\.example'/,
    );
  });

  it('without an Origin has none in curl and no line in the console', async () => {
    const request = readRequest({ origin: 'none' });
    const simulated = await simulateIn(service, { uri: 'file:///w/nginx.conf', text }, request);
    const [actual] = simulated?.exchanges ?? [];
    assert.ok(actual);
    assert.equal(curlCommand(request, actual), 'curl -i --url https://server.example/');
    assert.equal(consoleLine(request, actual), undefined);
  });
});
