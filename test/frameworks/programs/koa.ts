/** Programs of Koa: every option of its middleware in three versions, routers, errors. */
import { combined, type Program, setUp } from './program.ts';

const koaOptions = combined(
  [
    'credentials: true',
    "origin: '*'",
    "origin: 'https://app.acme.io'",
    "origin: ''",
    'origin: undefined',
    'origin: true',
    'origin: process.env.CORS_LINT_NEVER_SET',
    "origin: process.env.CORS_LINT_NEVER_SET || 'https://app.acme.io'",
    "origin: ['https://app.acme.io', 'https://acme.io']",
    "origin: (ctx) => ctx.get('Origin')",
    'origin: (ctx) => ctx.request.header.origin',
    "origin: (ctx) => (allowed.includes(ctx.get('Origin')) ? ctx.get('Origin') : '')",
    'origin: (ctx) => { const origin = ctx.request.headers.origin; if (allowed.includes(origin)) return origin; return false; }',
    "origin: async (ctx) => { const origin = ctx.get('origin'); return /acme\\.io$/.test(origin) ? origin : 'https://acme.io'; }",
    "origin: (ctx) => (ctx.method === 'GET' ? '*' : undefined)",
  ],
  [
    'credentials: true',
    "allowMethods: ['GET', 'PUT']",
    "allowHeaders: ['Content-Type', 'X-A']",
    'exposeHeaders: []',
    "exposeHeaders: ['X-Total', 'X-Page']",
    'maxAge: 600',
    'maxAge: 0',
    'allowMethods: []',
    "allowMethods: 'GET,PUT'",
    'keepHeadersOnError: false',
    "credentials: 'true'",
    "credentials: (ctx) => ctx.method === 'GET'",
    'privateNetworkAccess: true',
  ],
);

const koaRoutes = `const router = new Router();
router.get('/users', (ctx) => { ctx.body = []; });
router.put('/users', (ctx) => { ctx.status = 201; });
router.get('/users/:id', (ctx) => { ctx.body = 'x'; });
const api = new Router({ prefix: '/api' });
api.get('/users', (ctx) => { ctx.throw(418); });
app.use(router.routes());
app.use(api.routes()).use(api.allowedMethods());`;

const koaAuth = "async (ctx, next) => { if (!ctx.get('Authorization')) { ctx.status = 401; return; } await next(); }";

function koaProgram(name: string, body: string, version: 3 | 4 | 5 = 5): Program {
  return {
    name: `${name}${version === 5 ? '' : ' of version 3'}`,
    source: `const Koa = require('koa'); const cors = require('@koa/cors'); const Router = require('@koa/router');
const app = new Koa();
app.silent = true;
${setUp}${body}
module.exports = app;`,
    dependencies: { koa: '^3.0.0', '@koa/cors': `^${version}.0.0` },
    ...(version === 5 ? {} : { renamed: { '@koa/cors': `koa-cors${version}` } }),
  };
}

const koa2Options = koaOptions.filter((options) => !/keepHeadersOnError|privateNetwork|async|credentials: \(ctx/.test(options));

/** koa-cors is made of generators, which Koa takes up to version 2. */
const koa1Options = combined(
  [
    'credentials: true',
    'origin: true',
    'origin: false',
    "origin: '*'",
    "origin: 'https://app.acme.io'",
    "origin: (request) => request.get('Origin')",
    'origin: (request) => (allowed.includes(request.header.origin) ? request.header.origin : false)',
    "origin: (request) => { const origin = request.get('origin'); return /acme\\.io$/.test(origin) ? origin : 'https://acme.io'; }",
  ],
  [
    'credentials: true',
    "credentials: 'true'",
    "methods: ['GET', 'PUT']",
    "methods: 'GET,PUT'",
    'methods: []',
    "headers: ['Content-Type', 'X-A']",
    'headers: []',
    "expose: ['X-Total', 'X-Page']",
    'expose: []',
    'maxAge: 600',
    'maxAge: 0',
    "maxAge: '600'",
  ],
);

function older(name: 'koa2-cors' | 'koa-cors', options: string, body = koaRoutes): Program {
  const { source } = koaProgram(name, `app.use(cors(${options}));\n${body}`);
  return {
    name: `${name}: ${options}`,
    source: source.replace('@koa/cors', name),
    dependencies: { koa: name === 'koa-cors' ? '^2.0.0' : '^3.0.0', [name]: '*' },
    ...(name === 'koa-cors' ? { renamed: { koa: 'koa2' } } : {}),
  };
}

/** The Origin sent back by hand, where there may be none. */
const byHand = koaProgram(
  'an Origin that may be missing',
  "app.use((ctx) => { ctx.set('Access-Control-Allow-Origin', ctx.headers.origin); ctx.body = 'x'; });",
);

export const koaPrograms: readonly Program[] = [
  byHand,
  { ...byHand, name: `${byHand.name}, on Koa 2`, dependencies: { koa: '^2.0.0' }, renamed: { koa: 'koa2' } },
  ...koaOptions.map((options) => koaProgram(options, `app.use(cors(${options}));\n${koaRoutes}`)),
  ...koaOptions.filter((_, index) => index % 3 === 0).map((options) => koaProgram(options, `app.use(cors(${options}));\n${koaRoutes}`, 3)),
  ...koaOptions.filter((_, index) => index % 3 === 1).map((options) => koaProgram(options, `app.use(cors(${options}));\n${koaRoutes}`, 4)),
  ...['', ...koa2Options].map((options) => older('koa2-cors', options)),
  older('koa2-cors', '{ credentials: true }', 'app.use((ctx) => ctx.throw(400));'),
  ...['', ...koa1Options].map((options) => older('koa-cors', options)),
  older('koa-cors', '{ credentials: true }', 'app.use((ctx) => ctx.throw(400));'),
  koaProgram('no options', `app.use(cors());\n${koaRoutes}`, 4),
  koaProgram(
    'errors behind it',
    `app.use(cors({ origin: (ctx) => allowed.find((each) => each === ctx.get('Origin')) }));\napp.use((ctx) => ctx.throw(400));`,
    4,
  ),
  ...Object.entries({
    'no cors': koaRoutes,
    'no options': `app.use(cors());\n${koaRoutes}`,
    'not called': `app.use(cors);\n${koaRoutes}`,
    'after the routes': `${koaRoutes}\napp.use(cors({ credentials: true }));`,
    'in a router': `const router = new Router();\nrouter.use(cors());\nrouter.get('/users', (ctx) => { ctx.body = 1; });\napp.use(router.routes()).use(router.allowedMethods());`,
    'on a route': `const router = new Router();\nrouter.get('/users', cors(), (ctx) => { ctx.body = 1; });\nrouter.put('/users', (ctx) => { ctx.body = 1; });\napp.use(router.routes()).use(router.allowedMethods());`,
    'nested routers': `const inner = new Router();\ninner.get('/users', (ctx) => { ctx.body = 1; });\nconst outer = new Router();\nouter.use('/api', inner.routes());\napp.use(cors()).use(outer.routes());`,
    'authentication behind': `app.use(cors({ credentials: true }));\napp.use(${koaAuth});\n${koaRoutes}`,
    'authentication before': `app.use(${koaAuth});\napp.use(cors({ credentials: true }));\n${koaRoutes}`,
    'authentication that throws': `app.use(async (ctx, next) => { if (!ctx.headers.authorization) ctx.throw(401, 'no'); await next(); });\napp.use(cors());\n${koaRoutes}`,
    'authentication that throws behind': `app.use(cors());\napp.use(async (ctx, next) => { ctx.assert(ctx.headers.authorization, 401); await next(); });\n${koaRoutes}`,
    'an origin function that throws': `app.use(cors({ origin: (ctx) => { if (!allowed.includes(ctx.get('Origin'))) throw new Error('no'); return ctx.get('Origin'); }, credentials: true }));\n${koaRoutes}`,
    'an origin function that throws inside another layer': `app.use(cors({ origin: 'https://acme.io' }));\napp.use(cors({ origin: (ctx) => ctx.throw(403) }));\n${koaRoutes}`,
    'errors that are caught': `app.use(async (ctx, next) => { try { await next(); } catch (error) { ctx.status = error.status || 500; ctx.body = {}; } });\napp.use(cors());\n${koaRoutes}`,
    'errors that are caught with headers': `app.use(async (ctx, next) => { try { await next(); } catch (error) { ctx.set('Access-Control-Allow-Origin', '*'); ctx.status = 500; ctx.body = {}; } });\n${koaRoutes}`,
    'errors behind headers by hand': `app.use(async (ctx, next) => { ctx.set('Access-Control-Allow-Origin', 'https://acme.io'); await next(); });\n${koaRoutes}`,
    'errors that carry headers': `app.on('error', (error) => { error.headers = { 'Access-Control-Allow-Origin': '*' }; });\n${koaRoutes}`,
    'options of a router by hand': `const router = new Router();\nrouter.options('/users', cors());\nrouter.get('/users', cors(), (ctx) => { ctx.body = 1; });\napp.use(router.routes());`,
    'all of a router': `const router = new Router();\nrouter.all('/users', cors());\nrouter.get('/users', (ctx) => { ctx.body = 1; });\napp.use(router.routes());`,
    'two of them': `app.use(cors());\napp.use(cors({ credentials: true }));\n${koaRoutes}`,
    'by hand before': `app.use(async (ctx, next) => { const origin = ctx.get('Origin'); ctx.vary('Origin'); if (allowed.includes(origin)) { ctx.set('Access-Control-Allow-Origin', origin); ctx.set({ 'Access-Control-Allow-Credentials': 'true' }); } if (ctx.method === 'OPTIONS') { ctx.set('Access-Control-Allow-Methods', 'GET, PUT'); ctx.status = 204; return; } await next(); });\n${koaRoutes}`,
    'by hand behind': `app.use(async (ctx, next) => { await next(); ctx.set('Access-Control-Allow-Origin', '*'); });\n${koaRoutes}`,
    'by hand without guard': `app.use(async (ctx, next) => { ctx.set('Access-Control-Allow-Origin', ctx.headers.origin); await next(); });\n${koaRoutes}`,
    'a handler erases Vary': `app.use(cors());\napp.use((ctx) => { ctx.set('Vary', 'Accept'); ctx.body = 1; });`,
    'a list of paths': `app.use(cors());\nconst router = new Router();\nrouter.get(['/users', '/api/users'], (ctx) => { ctx.body = 1; });\napp.use(router.routes()).use(router.allowedMethods());`,
    'requested headers sent back by hand': `app.use(async (ctx, next) => { ctx.set('Access-Control-Allow-Headers', ctx.get('Access-Control-Request-Headers')); if (ctx.get('Access-Control-Request-Method')) { ctx.set('Access-Control-Allow-Origin', '*'); ctx.status = 204; return; } await next(); });\n${koaRoutes}`,
    'a body without a router': `app.use(cors({ origin: (ctx) => allowed.find((each) => each === ctx.get('Origin')) }));\napp.use((ctx) => { if (ctx.path === '/users') ctx.body = 1; });`,
  }).map(([name, body]) => koaProgram(name, body)),
];
