/** Programs of Fastify: every option of its plugin, hooks, plugins in plugins, errors. */
import { combined, lists, type Program, setUp } from './program.ts';

const fastifyOptions = combined(
  [
    'credentials: true',
    'origin: true',
    'origin: false',
    "origin: '*'",
    "origin: 'https://app.acme.io'",
    "origin: ''",
    'origin: undefined',
    'origin: null',
    'origin: process.env.CORS_LINT_NEVER_SET',
    "origin: process.env.CORS_LINT_NEVER_SET || 'https://app.acme.io'",
    ...lists.map((list) => `origin: ${list}`),
    'origin: /acme\\.io$/',
    'origin: /acme\\.io$/g',
    "origin: [/^https:\\/\\/([a-z]+\\.)?acme\\.io$/, 'http://localhost:3000']",
    'origin: new Set(allowed)',
    'origin: {}',
    'origin: [() => false]',
    'origin: (origin, callback) => callback(null, allowed.includes(origin))',
    "origin: (origin, callback) => callback(null, origin === 'null' ? '*' : origin)",
    "origin: (origin, callback) => { if (!origin || allowed.includes(origin)) callback(null, true); else callback(new Error('no'), false); }",
    'origin: (origin, cb) => cb(null, allowed)',
    'origin: (origin, cb) => cb(undefined, true)',
    'origin: async (origin) => allowed.includes(origin)',
    'origin: async () => undefined',
    'delegator: (request, callback) => callback(null, { origin: request.headers.origin === "null" ? false : true })',
    "delegator: async () => ({ origin: 'https://acme.io', credentials: true })",
  ],
  [
    'credentials: true',
    "methods: ['GET', 'PUT']",
    "allowedHeaders: ['Content-Type', 'X-A']",
    'exposedHeaders: []',
    "exposedHeaders: ['X-Total', 'X-Page']",
    'maxAge: 600',
    'preflightContinue: true',
    'optionsSuccessStatus: 200',
    'strictPreflight: false',
    'preflight: false',
    "credentials: 'true'",
    "allowedHeaders: ''",
    "methods: 'put'",
    "hook: 'preHandler'",
    'maxAge: 0',
  ],
);

const fastifyRoutes = `app.get('/users', async () => ({ users: [] }));
app.put('/users', async (request, reply) => { reply.code(201).send({}); });
app.get('/users/:id', async () => 1);
app.register(async (api) => { api.get('/users', async () => 2); }, { prefix: '/api' });`;

const fastifyAuth = 'async (request, reply) => { if (!request.headers.authorization) { reply.code(401).send({}); } }';

function fastifyProgram(name: string, body: string, authorization?: string): Program {
  return {
    name,
    ...(authorization === undefined ? {} : { authorization }),
    source: `const fastify = require('fastify'); const cors = require('@fastify/cors'); const fp = require('fastify-plugin');
const bearer = require('@fastify/bearer-auth'); const basic = require('@fastify/basic-auth');
const app = fastify();
${setUp}${body}
module.exports = app;`,
    dependencies: { '@fastify/cors': '^11.0.0' },
  };
}

export const fastifyPrograms: readonly Program[] = [
  ...fastifyOptions.map((options) => fastifyProgram(options, `app.register(cors, ${options});\n${fastifyRoutes}`)),
  ...Object.entries({
    'no cors': fastifyRoutes,
    'no options': `app.register(cors);\n${fastifyRoutes}`,
    'after the routes': `${fastifyRoutes}\napp.register(cors, { origin: true });`,
    'options by a function': `app.register(cors, () => ({ origin: allowed }));\n${fastifyRoutes}`,
    'delegator by a function': `app.register(cors, () => (request, callback) => callback(null, { origin: allowed }));\n${fastifyRoutes}`,
    'in a plugin': `app.register(async (api) => { api.register(cors, { origin: true }); api.get('/users', async () => 1); }, { prefix: '/api' });\napp.get('/users', async () => 1);`,
    'in a shared plugin': `app.register(fp(async (instance) => { instance.register(cors, { origin: allowed }); }));\n${fastifyRoutes}`,
    'authentication behind': `app.register(cors, { origin: allowed });\napp.addHook('onRequest', ${fastifyAuth});\n${fastifyRoutes}`,
    'authentication before': `app.addHook('onRequest', ${fastifyAuth});\napp.register(cors, { origin: allowed });\n${fastifyRoutes}`,
    'authentication in a later phase': `app.addHook('preHandler', ${fastifyAuth});\napp.register(cors, { origin: allowed });\n${fastifyRoutes}`,
    'authentication that throws': `app.addHook('onRequest', async (request) => { if (!request.headers.authorization) throw Object.assign(new Error('no'), { statusCode: 401 }); });\napp.register(cors, { origin: allowed });\n${fastifyRoutes}`,
    'a route of its own': `app.register(cors, { origin: true });\napp.get('/users', { config: { cors: false } }, async () => 1);\napp.put('/users', { config: { cors: { origin: 'https://acme.io' } } }, async () => 1);`,
    'a hook by hand': `app.addHook('onRequest', (request, reply, done) => { reply.header('Access-Control-Allow-Origin', request.headers.origin); done(); });\n${fastifyRoutes}`,
    'a guarded hook by hand': `app.addHook('onRequest', async (request, reply) => { const { origin } = request.headers; reply.header('Vary', 'Origin'); if (allowed.includes(origin)) reply.headers({ 'Access-Control-Allow-Origin': origin, 'Access-Control-Allow-Credentials': 'true' }); if (request.method === 'OPTIONS') return reply.header('Access-Control-Allow-Methods', 'GET, PUT').code(204).send(); });\n${fastifyRoutes}`,
    'a hook behind the answers': `app.addHook('onSend', async (request, reply, payload) => { reply.header('Access-Control-Allow-Origin', '*'); return payload; });\n${fastifyRoutes}`,
    'raw headers': `app.addHook('onRequest', (request, reply, done) => { reply.raw.setHeader('Access-Control-Allow-Origin', '*'); done(); });\n${fastifyRoutes}`,
    'options by hand': `app.options('*', async (request, reply) => { reply.header('Access-Control-Allow-Origin', '*').code(204).send(); });\n${fastifyRoutes}`,
    'a handler erases Vary': `app.register(cors, { origin: true });\napp.get('/users', async (request, reply) => { reply.header('Vary', 'Accept'); return 1; });`,
    'a handler throws': `app.register(cors, { origin: true });\napp.get('/users', async () => { throw new Error('no'); });`,
    'an error handler': `app.register(cors, { origin: allowed });\napp.setErrorHandler((error, request, reply) => { reply.code(418).send({}); });\napp.get('/users', async () => { throw new Error('no'); });\napp.put('/users', async () => 1);`,
    'an error handler that only sends': `app.register(cors, { origin: allowed });\napp.setErrorHandler((error, request, reply) => { reply.send({}); });\napp.get('/users', async () => { throw new Error('no'); });\napp.put('/users', async () => { throw Object.assign(new Error('no'), { statusCode: 409 }); });`,
    'an error handler that takes headers away': `app.register(cors, { origin: allowed });\napp.setErrorHandler((error, request, reply) => { reply.removeHeader('Access-Control-Allow-Origin').code(500).send({}); });\napp.get('/users', async () => { throw new Error('no'); });`,
    'an error handler that throws': `app.register(cors, { origin: allowed });\napp.setErrorHandler(async (error) => { throw error; });\napp.get('/users', async () => { throw new Error('no'); });`,
    'an error handler of a plugin': `app.register(cors, { origin: true });\napp.register(async (api) => { api.setErrorHandler((error, request, reply) => { reply.header('Access-Control-Allow-Origin', '*').code(500).send({}); }); api.get('/users', async () => { throw new Error('no'); }); }, { prefix: '/api' });\napp.get('/users', async () => { throw new Error('no'); });`,
    'an error handler of refusals': `app.setErrorHandler((error, request, reply) => { reply.header('Access-Control-Allow-Origin', '*').code(401).send({}); });\napp.addHook('onRequest', async (request) => { if (!request.headers.authorization) throw Object.assign(new Error('no'), { statusCode: 401 }); });\napp.register(cors, { origin: allowed });\n${fastifyRoutes}`,
    'a handler for what is missing': `app.register(cors, { origin: allowed });\napp.setNotFoundHandler((request, reply) => { reply.send({}); });\n${fastifyRoutes}`,
    'a handler for what is missing before cors': `app.setNotFoundHandler({ preHandler: ${fastifyAuth} }, async (request, reply) => { reply.header('Access-Control-Allow-Origin', '*'); return {}; });\napp.register(cors, { origin: allowed });\napp.get('/users', async () => 1);`,
    'a handler for what is missing in a plugin': `app.register(async (api) => { api.register(cors, { origin: true }); api.setNotFoundHandler((request, reply) => { reply.code(410).send({}); }); }, { prefix: '/api' });\napp.get('/users', async () => 1);`,
    'preflights that only a missing handler answers': `app.addHook('onRequest', async (request, reply) => { reply.header('Access-Control-Allow-Origin', 'https://acme.io'); });\napp.setNotFoundHandler((request, reply) => { if (request.method === 'OPTIONS') return reply.code(204).send(); reply.code(404).send({}); });\n${fastifyRoutes}`,
    'a hook that strips': `app.register(cors, { origin: allowed });\napp.addHook('onSend', async (request, reply) => { reply.removeHeader('Access-Control-Allow-Credentials'); if (request.method === 'GET') reply.removeHeader('Vary'); });\n${fastifyRoutes}`,
    'hidden routes and levels': `app.register(cors, { origin: allowed, hideOptionsRoute: false, logLevel: 'silent', cacheControl: 60 });\n${fastifyRoutes}`,
    'full routes': `app.register(cors, { origin: allowed });\napp.route({ method: ['GET', 'PUT'], url: '/users', preHandler: ${fastifyAuth}, handler: async () => 1 });\napp.all('/api/*', async () => 1);`,
  }).map(([name, body]) => fastifyProgram(name, body)),
  ...Object.entries({
    'a token before cors': `app.register(bearer, { keys: ['x'] });\napp.register(cors, { origin: allowed });\n${fastifyRoutes}`,
    'a token behind cors': `app.register(cors, { origin: allowed });\napp.register(bearer, { keys: new Set(['x']) });\n${fastifyRoutes}`,
    'a token in a later phase': `app.register(bearer, { keys: ['x'], addHook: 'preParsing' });\napp.register(cors, { origin: allowed });\n${fastifyRoutes}`,
    'a token that no hook asks for': `app.register(bearer, { keys: ['x'], addHook: false });\napp.register(cors, { origin: allowed });\n${fastifyRoutes}`,
    'a token in a plugin': `app.register(cors, { origin: allowed });\napp.register(async (api) => { api.register(bearer, { keys: ['x'] }); api.get('/users', async () => 2); }, { prefix: '/api' });\napp.get('/users', async () => 1);`,
  }).map(([name, body]) => fastifyProgram(name, body)),
  ...Object.entries({
    'a password before cors': `app.register(basic, { validate });\napp.after(() => { app.addHook('onRequest', app.basicAuth); });\napp.register(cors, { origin: allowed });\n${fastifyRoutes}`,
    'a password behind cors': `app.register(cors, { origin: allowed });\napp.register(basic, { validate });\napp.after(() => { app.addHook('onRequest', app.basicAuth); });\n${fastifyRoutes}`,
  }).map(([name, body]) =>
    fastifyProgram(name, `const validate = async () => {};\n${body}`, `Basic ${Buffer.from('user:pass').toString('base64')}`),
  ),
];
