/** Programs of Hono: every option of its middleware, mounted applications, errors. */
import { createHmac } from 'node:crypto';
import { combined, lists, type Program, setUp } from './program.ts';

const honoOptions = combined(
  [
    'credentials: true',
    "origin: '*'",
    "origin: 'https://app.acme.io'",
    "origin: ''",
    'origin: undefined',
    'origin: true',
    'origin: process.env.CORS_LINT_NEVER_SET',
    "origin: process.env.CORS_LINT_NEVER_SET ?? 'https://app.acme.io'",
    ...lists.map((list) => `origin: ${list}`),
    'origin: /acme\\.io$/',
    'origin: new Set(allowed)',
    "origin: [/acme/, 'http://localhost:3000']",
    'origin: (origin) => origin',
    "origin: (origin) => (origin.endsWith('acme.io') ? origin : null)",
    "origin: (origin, c) => (allowed.includes(origin) ? origin : 'https://acme.io')",
    'origin: async (origin) => (allowed.includes(origin) ? origin : undefined)',
    "origin: () => '*'",
    "origin: (origin) => allowed.find((each) => each === origin) ?? ''",
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
    "allowMethods: () => ['PUT']",
    "credentials: 'true'",
  ],
);

const honoRoutes = `app.get('/users', (c) => c.json([]));
app.put('/users', (c) => c.json({}, 201));
app.get('/users/:id', (c) => c.text('x'));
const api = new Hono();
api.get('/users', (c) => c.text('y'));
app.route('/api', api);`;

const honoAuth = "async (c, next) => { if (!c.req.header('Authorization')) return c.json({}, 401); await next(); }";

function honoProgram(name: string, body: string, authorization?: string): Program {
  return {
    name,
    ...(authorization === undefined ? {} : { authorization }),
    source: `const { Hono } = require('hono'); const { cors } = require('hono/cors'); const { bearerAuth } = require('hono/bearer-auth');
const { basicAuth } = require('hono/basic-auth'); const { jwt } = require('hono/jwt');
const { HTTPException } = require('hono/http-exception');
const app = new Hono();
${setUp}${body}
module.exports = app;`,
  };
}

const guards = [
  { guard: "bearerAuth({ token: 'x' })", authorization: 'Bearer x' },
  { guard: "basicAuth({ username: 'user', password: 'pass' })", authorization: `Basic ${Buffer.from('user:pass').toString('base64')}` },
  { guard: "jwt({ secret: 'secret', alg: 'HS256' })", authorization: `Bearer ${signed('secret')}` },
];

export const honoPrograms: readonly Program[] = [
  ...honoOptions.map((options) => honoProgram(options, `app.use('*', cors(${options}));\n${honoRoutes}`)),
  ...Object.entries({
    'no cors': honoRoutes,
    'no options': `app.use(cors());\n${honoRoutes}`,
    'after the routes': `${honoRoutes}\napp.use(cors({ origin: allowed }));`,
    'under a path': `app.use('/api/*', cors({ origin: allowed }));\n${honoRoutes}`,
    'on a route': `app.get('/users', cors({ origin: '*' }), (c) => c.json([]));\napp.put('/users', cors(), (c) => c.json([]));`,
    'in a mounted application': `const api = new Hono();\napi.use(cors({ origin: allowed }));\napi.get('/users', (c) => c.text('x'));\napp.route('/api', api);\napp.get('/users', (c) => c.text('x'));`,
    'on a base path': `const api = app.basePath('/api');\napi.use('*', cors({ origin: allowed }));\napi.get('/users', (c) => c.text('x'));`,
    'authentication behind': `app.use(cors({ origin: allowed }));\napp.use(${honoAuth});\n${honoRoutes}`,
    'authentication before': `app.use(${honoAuth});\napp.use(cors({ origin: allowed }));\n${honoRoutes}`,
    'authentication that throws': `app.use(async (c, next) => { if (!c.req.header('authorization')) throw new HTTPException(401); await next(); });\napp.use(cors({ origin: allowed }));\n${honoRoutes}`,
    'two of them': `app.use(cors());\napp.use(cors({ origin: allowed }));\n${honoRoutes}`,
    'options by hand': `app.options('*', (c) => c.body(null, 204));\napp.use(cors());\n${honoRoutes}`,
    'by hand behind': `app.use(async (c, next) => { await next(); c.header('Access-Control-Allow-Origin', c.req.header('Origin')); });\n${honoRoutes}`,
    'by hand before': `app.use(async (c, next) => { const origin = c.req.header('origin'); c.header('Vary', 'Origin'); if (origin && allowed.includes(origin)) c.header('Access-Control-Allow-Origin', origin); if (c.req.method === 'OPTIONS') { c.header('Access-Control-Allow-Methods', 'GET, PUT'); return c.body(null, 204); } await next(); });\n${honoRoutes}`,
    'by hand on the response': `app.use(async (c, next) => { c.res.headers.set('Access-Control-Allow-Origin', c.req.header('origin') || '*'); c.res.headers.append('Vary', 'Origin'); await next(); });\n${honoRoutes}`,
    'a Response for preflights': `app.use(async (c, next) => { if (c.req.method === 'OPTIONS') return new Response(null, { status: 204, headers: { 'Access-Control-Allow-Origin': '*', 'Access-Control-Allow-Methods': 'PUT' } }); await next(); c.header('Access-Control-Allow-Origin', '*'); });\n${honoRoutes}`,
    'a Response without what was written before': `app.use(async (c, next) => { c.header('Access-Control-Allow-Origin', '*'); if (c.req.method === 'OPTIONS') return new Response(null, { status: 204, headers: { 'Access-Control-Allow-Methods': 'PUT' } }); await next(); });\n${honoRoutes}`,
    'a Response with what was written before': `app.use(async (c, next) => { c.header('Access-Control-Allow-Origin', '*'); if (c.req.method === 'OPTIONS') return new Response(null, { status: 204, headers: c.res.headers }); await next(); });\n${honoRoutes}`,
    'a Response behind cors': `app.use(cors({ origin: allowed }));\napp.use(async (c, next) => { if (c.req.path === '/users') return Response.json({}, { headers: { 'Access-Control-Allow-Origin': 'https://other.example' } }); await next(); });\n${honoRoutes}`,
    'a Response in the place of the own': `app.use(async (c, next) => { if (c.req.method === 'OPTIONS') { c.header('Access-Control-Allow-Origin', '*'); c.res = new Response(null, { status: 204 }); return; } await next(); c.header('Access-Control-Allow-Origin', '*'); });\n${honoRoutes}`,
    'a Response in the place of an answer': `app.use(async (c, next) => { await next(); c.header('Access-Control-Allow-Origin', '*'); c.res = new Response('x', { status: 418, headers: { 'Access-Control-Allow-Origin': 'https://other.example', Vary: 'Origin' } }); });\n${honoRoutes}`,
    'a Response that nobody hears of': `app.use(async (c, next) => { await next(); return new Response('x', { status: 418, headers: { 'Access-Control-Allow-Origin': '*' } }); });\n${honoRoutes}`,
    'a handler writes Vary': `app.use(cors({ origin: allowed }));\napp.get('/users', (c) => { c.header('Vary', 'Accept'); return c.text('x'); });`,
    'a handler has headers of its own': `app.use(cors({ origin: allowed }));\napp.get('/users', (c) => c.json({}, 200, { 'Access-Control-Allow-Origin': 'https://other.example' }));`,
    'a handler throws': `app.use(cors({ origin: allowed }));\napp.get('/users', () => { throw new Error('no'); });`,
    'an error handler': `app.use(cors({ origin: allowed }));\napp.onError((error, c) => c.json({}, 418));\napp.get('/users', () => { throw new Error('no'); });\napp.put('/users', () => { throw new HTTPException(409); });`,
    'an error handler with headers': `app.use(cors({ origin: allowed, credentials: true }));\napp.onError((error, c) => { c.header('Access-Control-Allow-Origin', '*'); return c.text('no', 500); });\napp.get('/users', () => { throw new Error('no'); });`,
    'an error handler with headers of its response': `app.use(cors({ origin: allowed }));\napp.onError((error, c) => c.text('no', 500, { 'Access-Control-Allow-Origin': 'https://other.example' }));\napp.get('/users', () => { throw new Error('no'); });`,
    'an error handler without cors': `app.onError((error, c) => { c.header('Access-Control-Allow-Origin', '*'); return c.text('no', 500); });\napp.get('/users', () => { throw new Error('no'); });\napp.get('/api/*', (c) => c.text('x'));`,
    'an error handler of refusals': `app.use(async (c, next) => { if (!c.req.header('authorization')) throw new HTTPException(401); await next(); });\napp.use(cors({ origin: allowed }));\napp.onError((error, c) => { c.header('Access-Control-Allow-Origin', '*'); return c.json({}, error.status ?? 401); });\n${honoRoutes}`,
    'an error handler of a mounted application': `app.use(cors());\nconst api = new Hono();\napi.onError((error, c) => { c.header('Access-Control-Allow-Origin', 'https://acme.io'); return c.text('no', 501); });\napi.notFound((c) => c.text('gone', 410));\napi.get('/users', () => { throw new Error('no'); });\napp.route('/api', api);\napp.get('/users', () => { throw new Error('no'); });\napp.onError((error, c) => c.text('no', 502));`,
    'an error handler that comes late': `app.use(cors());\nconst api = new Hono();\napi.get('/users', () => { throw new Error('no'); });\napp.route('/api', api);\napi.onError((error, c) => { c.header('Access-Control-Allow-Origin', 'https://acme.io'); return c.text('no', 501); });`,
    'a handler for what is missing': `app.notFound((c) => { c.header('Access-Control-Allow-Origin', '*'); return c.json({}, 404); });\napp.use('/api/*', cors({ origin: allowed }));\n${honoRoutes}`,
    'a handler for what is missing that answers preflights': `app.notFound((c) => c.req.method === 'OPTIONS' ? c.body(null, 204, { 'Access-Control-Allow-Origin': '*' }) : c.text('no', 404));\n${honoRoutes}`,
    'a handler for what is missing on a base path': `const api = app.basePath('/api');\napi.use(cors());\napi.notFound((c) => c.text('gone', 410));\napi.get('/users', (c) => c.text('x'));`,
    'a token before cors': `app.use(bearerAuth({ token: 'x' }));\napp.use(cors({ origin: allowed }));\n${honoRoutes}`,
    'a token behind cors': `app.use(cors({ origin: allowed }));\napp.use('/api/*', bearerAuth({ token: 'x' }));\n${honoRoutes}`,
    'chained calls': `module.exports.chained = app.use(cors({ origin: allowed })).get('/users', (c) => c.text('x')).all('/api/*', (c) => c.text('y'));`,
  }).map(([name, body]) => honoProgram(name, body)),
  ...guards.flatMap(({ guard, authorization }) =>
    [
      `app.use(${guard});\napp.use(cors({ origin: allowed }));`,
      `app.use('/api/*', ${guard});\napp.use(cors({ origin: allowed }));`,
      `app.use(cors({ origin: allowed, credentials: true }));\napp.use(${guard});`,
      `const guard = ${guard};\napp.use((c, next) => (c.req.method === 'OPTIONS' ? next() : guard(c, next)));\napp.use(cors({ origin: allowed }));`,
    ].map((body) => honoProgram(`${guard} in ${body}`, `${body}\n${honoRoutes}`, authorization)),
  ),
];

function signed(secret: string): string {
  const part = (value: object): string => Buffer.from(JSON.stringify(value)).toString('base64url');
  const text = `${part({ alg: 'HS256', typ: 'JWT' })}.${part({ sub: 'user' })}`;
  return `${text}.${createHmac('sha256', secret).update(text).digest('base64url')}`;
}
