/** Applications written at random out of the constructs that people use, for the comparison with the real packages. */
import { pick } from '../../tools/random.ts';
import type { Request } from './conformance.ts';

export interface Application {
  readonly version: 4 | 5;
  readonly source: string;
  /** Names of the constructs in it, for the coverage table. */
  readonly constructs: readonly string[];
}

type Random = () => number;

const origins = ['https://app.acme.io', 'https://acme.io', 'http://localhost:3000'];

/** Requests that every application gets. */
export const requests: readonly Request[] = ((): Request[] => {
  const senders = [undefined, 'https://app.acme.io', 'https://evil.example', 'null', 'https://evilacme.io', 'http://localhost:3000'];
  const list: Request[] = [];
  for (const [index, origin] of senders.entries()) {
    const headers: Record<string, string> = origin === undefined ? {} : { origin };
    const path = ['/users', '/api/users', '/missing', '/', '/users', '/API/users'][index] ?? '/users';
    list.push({ method: 'GET', path, headers });
    list.push({ method: 'GET', path: '/api/users', headers: { ...headers, authorization: 'Bearer x' } });
    list.push({ method: 'PUT', path: '/users', headers: { ...headers, authorization: 'Bearer x' } });
    const preflight = { ...headers, 'access-control-request-method': 'PUT' };
    list.push({ method: 'OPTIONS', path, headers: preflight });
    list.push({ method: 'OPTIONS', path: '/users', headers: { ...preflight, 'access-control-request-headers': 'content-type,x-a' } });
    list.push({ method: 'OPTIONS', path: '/api/users', headers });
  }
  return list;
})();

/** A construct: its name, the code that declares it, and the code that uses it. */
type Piece = (random: Random, unique: number) => { readonly name: string; readonly before?: string; readonly middleware: string };

const some = <T>(random: Random, list: readonly T[]): T[] => list.filter(() => random() < 0.6);

const originOptions: readonly [string, (random: Random) => string][] = [
  ['origin true', () => 'true'],
  ['origin false', () => 'false'],
  ['origin *', () => "'*'"],
  ['origin text', (random) => `'${pick(random, origins)}'`],
  ['origin list', (random) => JSON.stringify(some(random, origins))],
  ['origin [*]', () => "['*']"],
  ['origin pattern', (random) => pick(random, ['/acme\\.io$/', '/^https:\\/\\/([a-z]+\\.)?acme\\.io$/', '/./', '/LOCALHOST/i'])],
  [
    'origin mixed list',
    (random) => `[${pick(random, ['/acme\\.io$/', '/^https:/'])}, 'http://localhost:3000', '${pick(random, origins)}']`,
  ],
  ['origin undefined', () => pick(random0, ['undefined', 'null', "''"])],
  ['origin set', () => "new Set(['https://acme.io'])"],
  ['origin list with true', () => "['https://acme.io', true]"],
  ['origin variable', () => 'allowed'],
  ['origin spread', () => "[...allowed, 'https://other.example']"],
  ['origin environment', () => "process.env.CORS_LINT_NEVER_SET || 'https://acme.io'"],
  ['origin callback list', () => '(origin, callback) => callback(null, allowed.includes(origin))'],
  [
    'origin callback error',
    () =>
      "function (origin, callback) { if (!origin || allowed.indexOf(origin) !== -1) { callback(null, true); } else { callback(new Error('no')); } }",
  ],
  ['origin callback value', () => "(origin, cb) => { if (origin === 'null') return cb(null, '*'); cb(null, origin); }"],
  [
    'origin callback early',
    () =>
      '(origin, cb) => { if (!origin) return cb(null, false); if (/acme\\.io$/.test(origin)) return cb(null, true); return cb(null, false); }',
  ],
  ['origin callback some', () => '(origin, cb) => cb(null, patterns.some((pattern) => pattern.test(origin)))'],
  [
    'origin callback url',
    () =>
      "(origin, cb) => { try { const { hostname } = new URL(origin); cb(null, hostname === 'acme.io' || hostname.endsWith('.acme.io')); } catch { cb(null, false); } }",
  ],
  [
    'origin callback of some',
    () => '(origin, cb) => { if (allowed.includes(origin) || !origin) cb(null, true); else cb(null, [origin]); }',
  ],
  [
    'origin callback status',
    () => "(origin, cb) => cb(allowed.includes(origin) ? null : Object.assign(new Error('no'), { status: 403 }), true)",
  ],
  [
    'origin callback switch',
    () =>
      "(origin, cb) => { switch (origin) { case 'https://acme.io': case 'https://app.acme.io': return cb(null, true); case undefined: return cb(null, true); default: return cb(null, false); } }",
  ],
];
const random0: Random = () => 0;

const otherOptions: readonly [string, (random: Random) => string][] = [
  ['credentials', (random) => `credentials: ${pick(random, ['true', 'false', "'true'"])}`],
  ['methods', (random) => `methods: ${pick(random, ["'GET,PUT'", "['GET', 'POST']", "'get'"])}`],
  ['allowedHeaders', (random) => `allowedHeaders: ${pick(random, ["['Content-Type', 'X-A']", "'X-A'", '[]', "''"])}`],
  ['headers', () => "headers: ['X-B']"],
  ['exposedHeaders', (random) => `exposedHeaders: ${pick(random, ["['X-Total']", "'X-Total,X-Page'", '[]'])}`],
  ['maxAge', (random) => `maxAge: ${pick(random, ['600', '0', "'7200'"])}`],
  ['preflightContinue', (random) => `preflightContinue: ${pick(random, ['true', 'false'])}`],
  ['optionsSuccessStatus', (random) => `optionsSuccessStatus: ${pick(random, ['200', '204'])}`],
];

const corsPackage: Piece = (random, unique) => {
  const [name, write] = pick(random, originOptions);
  const others = otherOptions.filter(() => random() < 0.25);
  const options = [...(random() < 0.9 ? [`origin: ${write(random)}`] : []), ...others.map(([, each]) => each(random))];
  const form = random();
  const names = [name, ...others.map(([each]) => each)].join(' + ');
  if (form < 0.1) return { name: 'cors()', middleware: 'cors()' };
  if (form < 0.3)
    return {
      name: `${names} + named options`,
      before: `const options${unique} = { ${options.join(', ')} };`,
      middleware: `cors(options${unique})`,
    };
  if (form < 0.4)
    return {
      name: `${names} + spread options`,
      before: `const base${unique} = { ${options.join(', ')} };`,
      middleware: `cors({ ...base${unique}, maxAge: 5 })`,
    };
  if (form < 0.5)
    return {
      name: `${names} + delegate`,
      middleware: `cors((req, callback) => { const options = { ${options.join(', ')} }; callback(null, req.method === 'DELETE' ? { origin: false } : options); })`,
    };
  return { name: names, middleware: `cors({ ${options.join(', ')} })` };
};

const byHand: readonly (readonly [string, string])[] = [
  ['reflect', "(req, res, next) => { res.header('Access-Control-Allow-Origin', req.headers.origin); next(); }"],
  ['reflect setHeader', "(req, res, next) => { res.setHeader('Access-Control-Allow-Origin', req.headers.origin); next(); }"],
  ['reflect a text', "(req, res, next) => { res.setHeader('Access-Control-Allow-Origin', req.get('Origin') + ''); next(); }"],
  ['reflect a template', "(req, res, next) => { res.setHeader('Access-Control-Allow-Origin', `${req.headers.origin}`); next(); }"],
  [
    'reflect guarded',
    "(req, res, next) => { const { origin } = req.headers; if (origin) res.set('Access-Control-Allow-Origin', origin); next(); }",
  ],
  [
    'fallback',
    "(req, res, next) => { res.setHeader('Access-Control-Allow-Origin', req.get('Origin') || '*'); res.vary('Origin'); next(); }",
  ],
  [
    'list guard',
    "function (req, res, next) { const origin = req.headers.origin; if (allowed.includes(origin)) { res.setHeader('Access-Control-Allow-Origin', origin); res.setHeader('Access-Control-Allow-Credentials', 'true'); } if (req.method === 'OPTIONS') { res.setHeader('Access-Control-Allow-Methods', 'GET, PUT'); return res.sendStatus(204); } next(); }",
  ],
  [
    'early return',
    "(req, res, next) => { const origin = req.header('origin'); res.vary('Origin'); if (!origin || !allowed.includes(origin)) return next(); res.set({ 'Access-Control-Allow-Origin': origin, 'Access-Control-Max-Age': 5 }); next(); }",
  ],
  [
    'options without origin',
    "(req, res, next) => { if (req.method === 'OPTIONS') { res.writeHead(200, { 'Access-Control-Allow-Methods': 'GET' }); return res.end(); } res.setHeader('Access-Control-Allow-Origin', '*'); next(); }",
  ],
  [
    'pattern guard',
    "(req, res, next) => { if (/\\.acme\\.io$/.test(req.headers.origin)) { res.vary('Origin'); res.append('Access-Control-Allow-Origin', req.headers.origin); } next(); }",
  ],
  [
    'endsWith',
    "(req, res, next) => { const o = req.headers.origin; if (o && o.endsWith('acme.io')) { res.setHeader('Vary', 'Origin'); res.setHeader('Access-Control-Allow-Origin', o); } next(); }",
  ],
  [
    'indexOf zero',
    "(req, res, next) => { const o = req.headers['origin'] || ''; if (o.indexOf('https://') === 0) res.setHeader('Access-Control-Allow-Origin', o); next(); }",
  ],
  ['helper', '(req, res, next) => { addCors(req, res); next(); }'],
  ['helper answers', '(req, res, next) => { if (answered(req, res)) return; next(); }'],
  [
    'set lookup',
    "(req, res, next) => { const o = req.headers.origin; if (trusted.has(o)) { res.setHeader('Access-Control-Allow-Origin', o); res.vary(['Origin', 'Accept']); } next(); }",
  ],
  [
    'table lookup',
    "(req, res, next) => { const value = table[req.headers.origin]; if (value) res.setHeader('Access-Control-Allow-Origin', value); next(); }",
  ],
  [
    'loop',
    "(req, res, next) => { for (const each of allowed) { if (each === req.headers.origin) { res.setHeader('Access-Control-Allow-Origin', each); break; } } next(); }",
  ],
  [
    'variable',
    "(req, res, next) => { let value = 'https://acme.io'; if (allowed.includes(req.headers.origin)) value = req.headers.origin; res.setHeader('Access-Control-Allow-Origin', value); next(); }",
  ],
  [
    'find',
    "(req, res, next) => { const found = allowed.find((each) => each === req.headers.origin); if (found) res.setHeader('Access-Control-Allow-Origin', found); next(); }",
  ],
  ['removes', "(req, res, next) => { res.removeHeader('Access-Control-Allow-Origin'); next(); }"],
  [
    'two lines',
    "(req, res, next) => { res.setHeader('Access-Control-Allow-Origin', ['https://acme.io', 'https://app.acme.io']); next(); }",
  ],
  [
    'hostname',
    "(req, res, next) => { const o = req.headers.origin; if (o && o !== 'null' && new URL(o).hostname === 'acme.io') res.setHeader('Access-Control-Allow-Origin', o); next(); }",
  ],
  ['template', "(req, res, next) => { res.setHeader(`Access-Control-Allow-${'Origin'}`, `https://${'acme.io'}`); next(); }"],
  [
    'ternary',
    "(req, res, next) => { res.setHeader('Access-Control-Allow-Origin', allowed.includes(req.headers.origin) ? req.headers.origin : 'null'); next(); }",
  ],
  [
    'slice',
    "(req, res, next) => { const o = req.headers.origin || ''; if (o.slice(-8) === '.acme.io') res.setHeader('Access-Control-Allow-Origin', o); next(); }",
  ],
  [
    'replace scheme',
    "(req, res, next) => { const o = req.headers.origin || ''; if (o.replace(/^https?:\\/\\//, '') === 'acme.io') res.setHeader('Access-Control-Allow-Origin', o); next(); }",
  ],
  [
    'lower case',
    "(req, res, next) => { const o = req.headers.origin; if (o && o.toLowerCase() === 'https://acme.io') res.setHeader('Access-Control-Allow-Origin', o); next(); }",
  ],
  [
    'match',
    "(req, res, next) => { const o = req.headers.origin; if (o && o.match(/^https:\\/\\/(app\\.)?acme\\.io$/)) res.setHeader('Access-Control-Allow-Origin', o); next(); }",
  ],
  [
    'async',
    "async (req, res, next) => { try { await Promise.resolve(); res.setHeader('Access-Control-Allow-Origin', '*'); next(); } catch (error) { next(error); } }",
  ],
];

const others: readonly (readonly [string, string])[] = [
  ['json', 'express.json()'],
  ['auth header', "(req, res, next) => { if (!req.headers.authorization) return res.status(401).json({ error: 'no' }); next(); }"],
  [
    'auth error',
    "(req, res, next) => { if (!req.get('authorization')) { const error = new Error('no'); error.status = 401; return next(error); } next(); }",
  ],
  [
    'auth exempt',
    "(req, res, next) => { if (req.method === 'OPTIONS') return next(); if (!req.headers.authorization) return res.sendStatus(401); next(); }",
  ],
  ['throws', "(req, res, next) => { if (req.headers.origin === 'https://evil.example') throw new Error('evil'); next(); }"],
  ['vary everything', "(req, res, next) => { res.vary('*'); next(); }"],
  ['vary list', "(req, res, next) => { res.set('Vary', ['Accept', 'origin']); res.vary('Origin'); next(); }"],
  [
    'headers of a map',
    "(req, res, next) => { new Map([['Access-Control-Max-Age', '5']]).forEach((value, name) => res.setHeader(name, value)); next(); }",
  ],
  ['options 200', "(req, res, next) => { if (req.method === 'OPTIONS') return res.sendStatus(200); next(); }"],
  ['header', "(req, res, next) => { res.setHeader('X-Request-Id', 'a'); next(); }"],
];

const middlewarePiece: Piece = (random, unique) => {
  const kind = random();
  if (kind < 0.5) return corsPackage(random, unique);
  const [name, middleware] = kind < 0.82 ? pick(random, byHand) : pick(random, others);
  if (random() < 0.3)
    return { name: `${name} + named`, before: `const middleware${unique} = ${middleware};`, middleware: `middleware${unique}` };
  return { name, middleware };
};

const prelude = `const express = require('express');
const cors = require('cors');
const allowed = ['https://app.acme.io', 'https://acme.io'];
const patterns = [/^https:\\/\\/acme\\.io$/, /localhost/];
const trusted = new Set([...allowed, 'http://localhost:3000']);
const table = { 'https://app.acme.io': 'https://app.acme.io' };
function isAllowed(origin) { if (!origin) return false; return allowed.some((each) => each === origin); }
function addCors(req, res) { const { origin } = req.headers; if (!isAllowed(origin)) return; res.setHeader('Access-Control-Allow-Origin', origin); res.vary('Origin'); }
const answered = (req, res) => { if (req.method !== 'OPTIONS') return false; res.setHeader('Access-Control-Allow-Origin', '*'); res.statusCode = 204; res.end(); return true; };
`;

/** One application. */
export function generate(random: Random): Application {
  const version = random() < 0.5 ? 4 : 5;
  const constructs: string[] = [];
  const declarations: string[] = [];
  const lines: string[] = [];
  let unique = 0;
  const middleware = (): string => {
    const piece = middlewarePiece(random, unique++);
    constructs.push(...piece.name.split(' + '));
    if (piece.before) declarations.push(piece.before);
    return piece.middleware;
  };
  const use = (target: string): void => {
    const mount = random() < 0.25 ? `${pick(random, ["'/api'", "'/users'", "'/'", "['/api', '/x']"])}, ` : '';
    constructs.push(mount === '' ? 'use' : 'use with path');
    const used = random() < 0.15 ? `[${middleware()}, [${middleware()}]]` : middleware();
    if (used.startsWith('[')) constructs.push('list of handlers');
    lines.push(`${target}.use(${mount}${used});`);
  };
  const handler = (): string =>
    pick(random, [
      '(req, res) => { res.json({ ok: true }); }',
      "(req, res) => res.status(201).send('made')",
      '(req, res) => { if (req.query.x) return res.sendStatus(404); res.end(); }',
      "(req, res) => { res.set('Access-Control-Expose-Headers', 'X-A'); res.send('a'); }",
      "async (req, res) => { res.send('b'); }",
    ]);
  const route = (target: string): void => {
    const path = pick(random, ["'/users'", "'/'", "'/api/users'", "'/users/:id'", "['/users', '/api/users']", '/^\\/(users|api)$/']);
    const method = pick(random, ['get', 'get', 'put', 'all', 'post', 'options']);
    const own = random() < 0.3 ? `${middleware()}, ` : '';
    constructs.push(`route ${method}`, ...(own ? ['route middleware'] : []));
    if (random() < 0.2) {
      constructs.push('route()');
      const options = random() < 0.3 ? `.options(${middleware()})` : '';
      lines.push(`${target}.route(${path}).get(${own}${handler()})${options}.put(${handler()});`);
    } else lines.push(`${target}.${method}(${path}, ${own}${handler()});`);
  };
  const count = Math.floor(random() * 3) + (random() < 0.9 ? 1 : 0);
  for (let index = 0; index < count; index++) use('app');
  if (random() < 0.2) {
    constructs.push('options everywhere');
    lines.push(`app.options(${version === 5 ? "'/{*splat}'" : "'*'"}, ${middleware()});`);
  }
  if (random() < 0.35) {
    constructs.push('router');
    lines.push('const router = express.Router();');
    if (random() < 0.6) use('router');
    route('router');
    if (random() < 0.15) {
      constructs.push('error handler of a router');
      lines.push("router.use((error, req, res, next) => { res.set('Access-Control-Expose-Headers', 'X-Error'); next(error); });");
    }
    lines.push(`app.use(${pick(random, ["'/api', ", "'/', ", ''])}router);`);
  }
  const routes = 1 + Math.floor(random() * 3);
  for (let index = 0; index < routes; index++) route('app');
  if (random() < 0.2) use('app');
  if (random() < 0.2) {
    constructs.push('error handler');
    lines.push("app.use((error, req, res, next) => { res.status(error.status || 500).json({ error: 'failed' }); });");
  }
  return {
    version,
    source: `${prelude}${declarations.join('\n')}\nconst app = express();\n${lines.join('\n')}\nmodule.exports = app;\n`,
    constructs: [...new Set(constructs)],
  };
}
