/**
 * A policy that is written into a program of Fastify, Koa, Hono or NestJS, served by the real packages: it has no findings, pages of the
 * named origins can do what was asked for, and others nothing.
 */
import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import path from 'node:path';
import { transform } from 'esbuild';
import { defaultConfiguration } from '../../server/src/core/configuration.ts';
import { applyEdits } from '../../server/src/core/text.ts';
import {
  type FetchRequest,
  type FetchResponse,
  judgeActual,
  judgePreflight,
  needsPreflight,
  preflightFor,
} from '../../server/src/cors/fetch.ts';
import type { WantedPolicy } from '../../server/src/cors/wanted-policy.ts';
import { createService } from '../../server/src/service.ts';
import { RealPackages, type Response } from '../express/conformance.ts';

const honest = 'https://app.example.com';
const second = 'https://admin.example.com:8443';
const hostile = ['https://evil.example', 'https://app.example.com.evil.example', 'http://app.example.com', 'null'];

const policies: Readonly<Record<string, WantedPolicy>> = {
  'two origins with cookies': {
    origins: [honest, second],
    credentials: true,
    methods: ['GET', 'PUT'],
    headers: ['Authorization', 'X-Token'],
  },
  'one origin without cookies': { origins: [honest], credentials: false, methods: ['GET', 'PUT'], headers: ['X-Token'] },
  'an origin that only reads': { origins: [honest], credentials: false, methods: [], headers: [] },
};

const nest = (adapter: string): string => `import 'reflect-metadata';
import { NestFactory } from '@nestjs/core';
import { FastifyAdapter } from '@nestjs/platform-fastify';
import { Controller, Get, Module, Put } from '@nestjs/common';
@Controller('items')
class Items {
  @Get() list() { return []; }
  @Put() change() { return {}; }
}
@Module({ controllers: [Items] })
class App {}
async function main() {
  const app = await NestFactory.create(App, ${adapter}{ logger: false });‸
  return app;
}
module.exports = main();
`;

/** Programs with a route for /items, by their form. */
const programs: readonly (readonly [title: string, form: string, text: string])[] = [
  [
    'Fastify, CommonJS',
    'fastify-cors',
    "const app = require('fastify')();‸\napp.get('/items', async () => []);\napp.put('/items', async () => ({}));\nmodule.exports = app;\n",
  ],
  [
    'Fastify, an async function with a plugin',
    'fastify-cors',
    `import { fastify } from 'fastify';
async function build() {
  const app = fastify();‸
  app.register(async (items) => {
    items.get('/items', async () => []);
    items.put('/items', async () => ({}));
  });
  return app;
}
module.exports = build();
`,
  ],
  [
    'Koa, CommonJS',
    'koa-cors',
    "const Koa = require('koa');\nconst app = new Koa();‸\napp.use((ctx) => { if (ctx.path !== '/items') ctx.throw(400); ctx.body = []; });\nmodule.exports = app;\n",
  ],
  [
    'Koa, an ES module with a router',
    'koa-cors',
    `import Koa from 'koa';
import Router from '@koa/router';
const router = new Router();
router.get('/items', (ctx) => { ctx.body = []; });
router.put('/items', (ctx) => { ctx.body = {}; });
const app = new Koa();‸
app.use(router.routes()).use(router.allowedMethods());
module.exports = app;
`,
  ],
  [
    'Hono, an ES module',
    'hono-cors',
    "import { Hono } from 'hono';\nconst app = new Hono();‸\napp.get('/items', (c) => c.json([]));\napp.put('/items', (c) => c.json({}));\nmodule.exports = app;\n",
  ],
  [
    'Hono, CommonJS with a mounted application',
    'hono-cors',
    `const { Hono } = require('hono');
const items = new Hono();
items.get('/', (c) => c.json([])).put('/', (c) => c.json({}));
const app = new Hono();‸
app.route('/items', items);
module.exports = app;
`,
  ],
  ['NestJS on Express', 'nestjs-cors', nest('')],
  ['NestJS on Fastify', 'nestjs-cors', nest('new FastifyAdapter(), ')],
];

async function written(form: string, text: string, wanted: WantedPolicy): Promise<string> {
  const [uri, plain] = ['file:///app/app.ts', text.replace('‸', '')];
  const service = createService({ workspace: { read: async () => undefined, list: async () => undefined, files: async () => [] } });
  const insertion = await service.insertConfiguration({ uri, text: plain }, { offset: text.indexOf('‸'), wanted, form });
  assert.ok('edits' in insertion, JSON.stringify(insertion));
  const after = applyEdits(plain, insertion.edits);
  const { findings } = await service.lint({ uri, text: after }, { configuration: { ...defaultConfiguration, profile: 'strict' } });
  // That pages may not PUT is what was asked for, and that the program answers PUT is true.
  const unwanted = findings.filter(({ ruleId }) => ruleId !== 'method-not-allowed' || wanted.methods.length > 0);
  assert.deepEqual(
    unwanted.map(({ ruleId, message }) => `${ruleId}: ${message}`),
    [],
    after,
  );
  return after;
}

/** What pages ask for, and whether they may. */
function* pages(wanted: WantedPolicy): Generator<readonly [request: FetchRequest, isAllowed: boolean]> {
  const plain = { url: undefined, method: 'GET', headers: [], credentials: 'omit' } as const;
  const put = { ...plain, method: 'PUT', headers: wanted.headers.slice(-1).map((name) => [name, '1'] as const) };
  for (const origin of wanted.origins) {
    const credentials = wanted.credentials ? 'include' : 'omit';
    yield [{ ...plain, origin, credentials }, true];
    yield [{ ...put, origin, credentials }, wanted.methods.includes('PUT')];
    yield [{ ...put, origin, method: 'DELETE' }, false];
    yield [{ ...put, origin, headers: [['X-Other', '1']] }, false];
  }
  yield [{ ...plain, origin: honest, credentials: 'include' }, wanted.credentials];
  for (const origin of hostile) {
    yield [{ ...plain, origin }, false];
    yield [{ ...put, origin }, false];
  }
}

describe('a policy written into a program of a framework', function () {
  this.timeout(60_000);
  let real: RealPackages;

  before(function () {
    const folder = import.meta.dirname;
    if (!existsSync(path.join(folder, 'node_modules'))) {
      console.log('      skipped: the frameworks are not installed in test/frameworks (npm run setup)');
      this.skip();
    }
    real = new RealPackages(path.join(folder, 'runner.mjs'));
  });
  after(() => {
    (real as RealPackages | undefined)?.close();
  });

  for (const [title, form, text] of programs)
    for (const [asked, wanted] of Object.entries(policies))
      it(`${title}: ${asked}`, async () => {
        const source = await written(form, text, wanted);
        const tsconfigRaw = { compilerOptions: { experimentalDecorators: true } };
        const { code } = await transform(source, { loader: 'ts', format: 'cjs', tsconfigRaw, keepNames: true });
        const all = [...pages(wanted)];
        const given = (headers: readonly (readonly [string, string])[], origin: string): Record<string, string> =>
          Object.fromEntries([...headers.map(([name, value]) => [name.toLowerCase(), value] as const), ['origin', origin] as const]);
        const responses = await real.run(
          { source: code },
          all.flatMap(([request]) => [
            { method: 'OPTIONS', path: '/items', headers: given(preflightFor(request).headers, request.origin) },
            { method: request.method, path: '/items', headers: given(request.headers, request.origin) },
          ]),
        );
        const asFetch = (response: Response | undefined): FetchResponse => {
          assert.ok(response !== null && response !== undefined, 'no answer');
          return { ...response, maybe: [], complete: true };
        };
        all.forEach(([request, isAllowed], index) => {
          const [preflight, actual] = [asFetch(responses[index * 2]), asFetch(responses[index * 2 + 1])];
          const refused = needsPreflight(request) ? judgePreflight(request, preflight).verdict !== 'allowed' : false;
          const verdict = refused ? 'blocked' : judgeActual(request, actual).verdict;
          assert.equal(verdict, isAllowed ? 'allowed' : 'blocked', `${JSON.stringify(request)}\n${source}`);
          assert.ok(
            actual.headers.some(([name, value]) => /^vary$/i.test(name) && /\borigin\b/i.test(value ?? '')),
            `Vary: ${JSON.stringify(request)}`,
          );
        });
      });
});
