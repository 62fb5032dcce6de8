/**
 * The model of Express and the cors package against the real ones: applications are written at random, run in a child
 * process, requested, and every CORS and Vary line is compared with the prediction. `CASES` and `SEED` in the
 * environment run more or others; a difference prints its seed and the smallest application that still shows it.
 */
import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import path from 'node:path';
import { seeded } from '../../tools/random.ts';
import { generate, requests, type Application } from './applications.ts';
import { compare, extract, predict, RealPackages, type Request } from './conformance.ts';

const cases = Number(process.env['CASES'] ?? 300);
const firstSeed = Number(process.env['SEED'] ?? 1);

interface Difference {
  readonly request: Request;
  readonly why: string;
}

interface Outcome {
  readonly differences: readonly Difference[];
  readonly unknown: number;
}

async function check(real: RealPackages, { version, source }: Pick<Application, 'version' | 'source'>): Promise<Outcome | undefined> {
  const responses = await real.run({ version, source }, requests).catch(() => undefined);
  if (!responses) return undefined;
  const extraction = extract(source, version);
  const verdicts = requests.map((request, index) => compare(predict(extraction, request), responses[index] ?? null));
  return {
    differences: verdicts.flatMap((verdict, index) => {
      const request = requests[index];
      return verdict.kind === 'differs' && request ? [{ request, why: verdict.why }] : [];
    }),
    unknown: verdicts.filter((verdict) => verdict.kind === 'unknown').length,
  };
}

/** Leaves out lines of an application as long as a difference remains. */
async function shrink(real: RealPackages, application: Application): Promise<string> {
  let { source } = application;
  for (let changed = true; changed;) {
    changed = false;
    const lines = source.split('\n');
    for (const [index, line] of lines.entries()) {
      if (line.startsWith('module.exports') || line === '') continue;
      const shorter = lines.filter((_, at) => at !== index).join('\n');
      const outcome = await check(real, { version: application.version, source: shorter });
      if (outcome === undefined || outcome.differences.length === 0) continue;
      source = shorter;
      changed = true;
      break;
    }
  }
  return source;
}

describe('Express and cors as they really are', function () {
  this.timeout(300_000);
  let real: RealPackages;

  before(function () {
    const folder = import.meta.dirname;
    if (!existsSync(path.join(folder, 'node_modules'))) {
      console.log('      skipped: Express and cors are not installed in test/express (npm run setup)');
      this.skip();
    }
    real = new RealPackages(path.join(folder, 'runner.mjs'));
  });

  after(() => {
    // Without the packages there is no process to end.
    (real as RealPackages | undefined)?.close();
  });

  it(`${cases} applications answer as predicted`, async () => {
    const coverage = new Map<string, number>();
    let [exchanges, unknown, refused] = [0, 0, 0];
    for (let seed = firstSeed; seed < firstSeed + cases; seed++) {
      const application = generate(seeded(seed));
      const outcome = await check(real, application);
      if (!outcome) {
        refused++;
        continue;
      }
      for (const construct of application.constructs) coverage.set(construct, (coverage.get(construct) ?? 0) + 1);
      exchanges += requests.length;
      unknown += outcome.unknown;
      const [first] = outcome.differences;
      if (first)
        assert.fail(
          `seed ${seed}, Express ${application.version}, ${JSON.stringify(first.request)}: ${first.why}\n${await shrink(real, application)}`,
        );
    }
    console.log(
      `      ${exchanges} exchanges, ${unknown} unknown, ${refused} applications refused, constructs: ${[...coverage].map(([name, count]) => `${name} ${count}`).join(', ')}`,
    );
    assert.ok(unknown <= exchanges * 0.05, `${unknown} of ${exchanges} exchanges are unknown`);
    assert.ok(refused <= cases * 0.05, `${refused} of ${cases} applications do not start`);
  });

  const facts: [fact: string, version: 4 | 5, source: string, request: Request, expected: readonly string[] | 'no answer'][] = [
    [
      '3.2 an uncalled cors hangs',
      4,
      "const app = require('express')(); app.use(require('cors')); module.exports = app;",
      get('/'),
      'no answer',
    ],
    [
      '3.3 credentials as a text are ignored',
      5,
      application("cors({ origin: 'https://a.com', credentials: 'true' })"),
      get('/'),
      ['access-control-allow-origin: https://a.com', 'vary: Origin'],
    ],
    [
      '3.5 cors on one route does not answer preflights',
      5,
      "const app = require('express')(); app.get('/', require('cors')(), (req, res) => res.end()); module.exports = app;",
      { method: 'OPTIONS', path: '/', headers: { origin: 'https://a.com', 'access-control-request-method': 'GET' } },
      [],
    ],
    [
      '3.8 an undefined header value throws',
      5,
      application("(req, res, next) => { res.setHeader('Access-Control-Allow-Origin', req.headers.origin); next(); }"),
      { method: 'GET', path: '/', headers: {} },
      [],
    ],
    [
      '3.8 Express sends the word undefined',
      4,
      application("(req, res, next) => { res.header('Access-Control-Allow-Origin', req.headers.origin); next(); }"),
      { method: 'GET', path: '/', headers: {} },
      ['access-control-allow-origin: undefined'],
    ],
    [
      '3.10 two cors: the second shapes the actual response',
      5,
      application("cors({ origin: 'https://a.com' }), cors({ origin: true })"),
      get('/'),
      ['access-control-allow-origin: https://b.com', 'vary: Origin'],
    ],
    [
      '3.10 req.headers.Origin is undefined',
      5,
      application("(req, res, next) => { if (req.headers.Origin) res.setHeader('Access-Control-Allow-Origin', '*'); next(); }"),
      get('/'),
      [],
    ],
    [
      '3.10 the keys of req.headers are in lower case, and every preflight has an origin',
      5,
      application(
        "(req, res, next) => { if (!('Origin' in req.headers) && Object.hasOwn(req.headers, 'origin')) res.setHeader('Access-Control-Allow-Origin', '*'); if (req.method === 'OPTIONS') res.writeHead(204).end(); else next(); }",
      ),
      { method: 'OPTIONS', path: '/', headers: { origin: 'https://a.com', 'access-control-request-method': 'PUT' } },
      ['access-control-allow-origin: *'],
    ],
    [
      '3.10 a request without an Origin has no such key',
      5,
      application(
        "(req, res, next) => { if (req.headers.hasOwnProperty('origin')) res.setHeader('Access-Control-Allow-Origin', '*'); next(); }",
      ),
      { method: 'GET', path: '/', headers: {} },
      [],
    ],
    [
      '3.14 a router that is mounted is not entered with an error',
      5,
      program(
        "const router = express.Router(); router.use((error, req, res, next) => { res.set('Access-Control-Allow-Origin', '*').status(503).end(); });",
        "app.use((req, res, next) => next(new Error('no'))); app.use(router);",
      ),
      get('/'),
      [],
    ],
    [
      '3.14 an error of the origin callback has its own status',
      5,
      application("cors({ origin: (origin, callback) => callback(Object.assign(new Error('no'), { status: 403 })) })"),
      get('/'),
      [],
    ],
    [
      '3.14 a route answers OPTIONS for all its methods',
      5,
      program("app.route('/').get((req, res) => res.end()).options(cors({ origin: false }));"),
      { method: 'OPTIONS', path: '/', headers: { origin: 'https://a.com', 'access-control-request-method': 'GET' } },
      [],
    ],
    [
      '3.15 next leaves the route',
      5,
      program(
        "app.get('/', (req, res, next) => { if (req.headers.origin) next('route'); else next(); }, cors());",
        "app.get('/', (req, res) => res.vary('Origin').end());",
      ),
      get('/'),
      ['vary: Origin'],
    ],
    [
      '3.15 next leaves the router',
      4,
      program(
        "const router = express.Router(); router.use((req, res, next) => next('router')); router.get('/', cors());",
        "app.use(router); app.use((req, res) => res.vary('Origin').status(410).end());",
      ),
      get('/'),
      ['vary: Origin'],
    ],
    [
      '3.15 an error has the status that was set',
      5,
      application("(req, res, next) => { res.status(403).set('Access-Control-Allow-Origin', '*'); throw new Error('no'); }"),
      get('/'),
      ['access-control-allow-origin: *'],
    ],
    [
      '3.15 what an error handler hands on goes to the next',
      5,
      program(
        "app.use((req, res, next) => next(new Error('no'))); app.use((error, req, res, next) => next(error));",
        "app.use(cors()); app.use((error, req, res, next) => res.vary('Origin').status(503).end());",
      ),
      get('/'),
      ['vary: Origin'],
    ],
    [
      '3.15 a parameter is met once',
      5,
      program(
        "app.param('id', (req, res, next, id) => { res.append('Access-Control-Expose-Headers', 'X-A'); next(); });",
        "app.use('/:id', (req, res, next) => next()); app.get('/:id', (req, res) => res.end());",
      ),
      get('/1'),
      ['access-control-expose-headers: X-A'],
    ],
    [
      '3.15 no preflight gets past files without fallthrough',
      4,
      program("app.use(express.static('/nowhere', { fallthrough: false })); app.use(cors());"),
      { method: 'OPTIONS', path: '/', headers: { origin: 'https://a.com', 'access-control-request-method': 'GET' } },
      [],
    ],
    [
      '3.15 redirect varies',
      4,
      program("app.get('/', cors(), (req, res) => res.redirect(301, '/a'));"),
      get('/'),
      ['access-control-allow-origin: *', 'vary: Accept'],
    ],
    [
      'a server that hands requests to an application',
      5,
      `${program("app.get('/', (req, res) => res.vary('Origin').end());")} module.exports = require('http').createServer((req, res) => { res.setHeader('Access-Control-Allow-Origin', '*'); if (req.method === 'OPTIONS') res.writeHead(204).end(); else app(req, res); });`,
      get('/'),
      ['access-control-allow-origin: *', 'vary: Origin'],
    ],
    [
      'headers of writeHead in a list',
      5,
      application("(req, res) => { res.writeHead(200, ['Access-Control-Allow-Origin', '*']); res.end(); }"),
      get('/'),
      ['access-control-allow-origin: *'],
    ],
    [
      'the request and the response know each other',
      4,
      application("(req, res) => { req.res.set('Access-Control-Allow-Origin', res.req.method === 'GET' ? '*' : 'null').end(); }"),
      get('/'),
      ['access-control-allow-origin: *'],
    ],
    ['3.2 an origin function that answers by its value hangs', 5, application('cors({ origin: () => true })'), get('/'), 'no answer'],
    [
      '3.2 an origin function that calls back for some hangs for others',
      4,
      application("cors({ origin: (origin, callback) => { if (origin === 'https://a.com') callback(null, true); } })"),
      get('/'),
      'no answer',
    ],
    [
      'handlers in a list',
      5,
      program(
        "const first = (req, res, next) => { res.vary('Origin'); next(); };",
        "const second = (req, res, next) => { res.set('Access-Control-Allow-Origin', '*'); next(); };",
        'app.use([first, [second]]);',
      ),
      get('/'),
      ['vary: Origin', 'access-control-allow-origin: *'],
    ],
    ['a segment that may be missing', 4, program("app.get('/users/:id?', cors());"), get('/users'), ['access-control-allow-origin: *']],
    ['a segment that may be missing', 5, program("app.get('/users{/:id}', cors());"), get('/users'), ['access-control-allow-origin: *']],
    ['a piece of a segment', 4, program("app.get('/us*', cors());"), get('/users/1'), ['access-control-allow-origin: *']],
    ['a parameter with a pattern', 4, program("app.get('/users/:id(\\\\d+)', cors());"), get('/users/a'), []],
    ['a pattern for a path', 5, program('app.get(/^\\/(users|api)\\//, cors());'), get('/api/1'), ['access-control-allow-origin: *']],
    [
      'a pattern for a path in a router',
      5,
      program(
        "const router = express.Router(); router.get(/^\\/x/, cors()); app.get('/api/x', (req, res) => res.end()); app.use('/api', router);",
      ),
      get('/api/x'),
      [],
    ],
    [
      'a route beside one that takes its requests as well',
      5,
      program("app.get('/:name', (req, res, next) => { res.vary('Origin'); next(); }); app.get('/users', cors());"),
      get('/users'),
      ['vary: Origin', 'access-control-allow-origin: *'],
    ],
    [
      '3.9 vary makes one line of several',
      5,
      application("(req, res, next) => { res.set('Vary', ['Accept', 'origin']); res.vary('Origin'); res.vary('X-A'); next(); }"),
      get('/'),
      ['vary: Accept, origin, X-A'],
    ],
    [
      '3.9 vary takes * for everything',
      5,
      application("(req, res, next) => { res.vary('Origin'); res.vary('*'); res.vary('X-A'); next(); }"),
      get('/'),
      ['vary: *'],
    ],
    [
      'the values of a Map come before its keys',
      5,
      application(
        "(req, res, next) => { new Map([['Access-Control-Allow-Origin', '*']]).forEach((value, name) => res.setHeader(name, value)); next(); }",
      ),
      get('/'),
      ['access-control-allow-origin: *'],
    ],
    [
      'Node without Express',
      5,
      "module.exports = require('http').createServer((req, res) => { if (req.headers.origin) res.setHeader('Access-Control-Allow-Origin', req.headers.origin); res.end(); });",
      get('/'),
      ['access-control-allow-origin: https://b.com'],
    ],
  ];
  for (const [fact, version, source, request, expected] of facts)
    it(fact, async () => {
      const [response] = await real.run({ version, source }, [request]);
      const lines = response?.headers
        .filter(([name]) => /^(access-control-|vary$)/i.test(name))
        .map(([name, value]) => `${name.toLowerCase()}: ${value}`);
      assert.deepEqual(lines ?? 'no answer', expected);
      assert.deepEqual(compare(predict(extract(source, version), request), response ?? null), { kind: 'agrees' });
    });
});

function get(target: string): Request {
  return { method: 'GET', path: target, headers: { origin: 'https://b.com' } };
}

function program(...lines: readonly string[]): string {
  return `const express = require('express'); const cors = require('cors'); const app = express(); ${lines.join('\n')} module.exports = app;`;
}

function application(middleware: string): string {
  return `const express = require('express'); const cors = require('cors'); const app = express(); app.use(${middleware}); app.get('/', (req, res) => res.end()); module.exports = app;`;
}
