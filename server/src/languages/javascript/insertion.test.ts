import { checkInsertions, little } from '../../../../test/insertion-table.ts';

describe('a policy written into a program of Fastify, Koa, Hono or NestJS', () => {
  checkInsertions([
    {
      title: 'Fastify: an ES module',
      uri: 'file:///app/app.mjs',
      form: 'fastify-cors',
      before: "import Fastify from 'fastify';\n\nconst app = Fastify({ logger: true });‸\n\napp.put('/', async () => ({}));\n",
      after: `import Fastify from 'fastify';
import cors from '@fastify/cors';

const app = Fastify({ logger: true });

await app.register(cors, {
  origin: ['https://app.example.com', 'https://admin.example.com'],
  credentials: true,
  methods: ['GET', 'PUT'],
  allowedHeaders: ['Content-Type'],
  maxAge: 7200,
});

app.put('/', async () => ({}));
`,
    },
    {
      title: 'Fastify: CommonJS, required and made in one line',
      uri: 'file:///app/app.js',
      form: 'fastify-cors',
      wanted: little,
      before: "const app = require('fastify')();‸\napp.get('/', async () => 'up');\n",
      after: `const cors = require('@fastify/cors');
const app = require('fastify')();

app.register(cors, {
  origin: ['https://app.example.com'],
  methods: ['GET', 'HEAD', 'POST'],
  allowedHeaders: [],
  maxAge: 7200,
});
app.get('/', async () => 'up');
`,
    },
    {
      title: 'Fastify: TypeScript, in an async function, by a name, with a type provider',
      uri: 'file:///app/app.ts',
      form: 'fastify-cors',
      wanted: little,
      before: `import { fastify as make } from 'fastify';

export async function build() {
  const app = make().withTypeProvider<Provider>();‸
  app.get('/', async () => 'up');
  return app;
}
`,
      after: `import { fastify as make } from 'fastify';
import cors from '@fastify/cors';

export async function build() {
  const app = make().withTypeProvider<Provider>();

  await app.register(cors, {
    origin: ['https://app.example.com'],
    methods: ['GET', 'HEAD', 'POST'],
    allowedHeaders: [],
    maxAge: 7200,
  });
  app.get('/', async () => 'up');
  return app;
}
`,
    },
    {
      title: 'Fastify: a plugin of an application that another file makes',
      uri: 'file:///app/routes.ts',
      form: 'fastify-cors',
      before: "import fp from 'fastify-plugin';\nexport default fp(async (fastify) => {‸ fastify.get('/', async () => 'up'); });\n",
      after: { refused: 'No Fastify application' },
    },
    {
      title: 'Fastify: the plugin is imported where it is registered',
      uri: 'file:///app/app.mjs',
      form: 'fastify-cors',
      before: "import Fastify from 'fastify';\nconst app = Fastify();‸\napp.register(import('@fastify/cors'));\n",
      after: { refused: 'already uses @fastify/cors;' },
    },
    {
      title: 'Koa: TypeScript, the names taken',
      uri: 'file:///app/app.ts',
      form: 'koa-cors',
      before: "import Koa from 'koa';\nimport { cors, allowedOrigins } from './settings';\n\nexport const app: Koa = new Koa();‸\n",
      after: `import Koa from 'koa';
import cors2 from '@koa/cors';
import { cors, allowedOrigins } from './settings';

export const app: Koa = new Koa();

const allowedOrigins2 = new Set(['https://app.example.com', 'https://admin.example.com']);

app.use(
  cors2({
    origin: (ctx) => (allowedOrigins2.has(ctx.get('Origin')) ? ctx.get('Origin') : ''),
    credentials: true,
    allowMethods: ['GET', 'PUT'],
    allowHeaders: ['Content-Type'],
    maxAge: 7200,
  }),
);
`,
    },
    {
      title: 'Koa: CommonJS without semicolons, nothing but what needs no permission',
      uri: 'file:///app/app.js',
      form: 'koa-cors',
      wanted: little,
      before: 'const Koa = require("koa")\n\nconst app = new Koa()‸\napp.use((ctx) => { ctx.body = "up" })\n',
      after: `const Koa = require("koa")
const cors = require("@koa/cors")

const app = new Koa()

const allowedOrigins = new Set(["https://app.example.com"])

app.use(
  cors({
    origin: (ctx) => (allowedOrigins.has(ctx.get("Origin")) ? ctx.get("Origin") : ""),
    allowMethods: ["GET", "HEAD", "POST"],
    allowHeaders: ["Accept"],
    maxAge: 7200,
  }),
)
app.use((ctx) => { ctx.body = "up" })
`,
    },
    {
      title: 'Koa: another CORS package',
      uri: 'file:///app/app.js',
      form: 'koa-cors',
      before: "const Koa = require('koa');\nconst app = new Koa();‸\napp.use(require('koa2-cors')());\n",
      after: { refused: 'already uses koa2-cors;' },
    },
    {
      title: 'Koa: the application is a field',
      uri: 'file:///app/app.ts',
      form: 'koa-cors',
      before: "import Koa from 'koa';\nexport class Server {\n  readonly app = new Koa();‸\n}\n",
      after: { refused: 'no line behind it' },
    },
    {
      title: 'Hono: an ES module with types and a base path',
      uri: 'file:///app/app.ts',
      form: 'hono-cors',
      before:
        "import { Hono } from 'hono';\n\nconst app = new Hono<{ Bindings: Env }>().basePath('/api');‸\n\napp.put('/items', (c) => c.json({}));\nexport default app;\n",
      after: `import { Hono } from 'hono';
import { cors } from 'hono/cors';

const app = new Hono<{ Bindings: Env }>().basePath('/api');

app.use(
  '*',
  cors({
    origin: ['https://app.example.com', 'https://admin.example.com'],
    credentials: true,
    allowMethods: ['GET', 'PUT'],
    allowHeaders: ['Content-Type'],
    maxAge: 7200,
  }),
);

app.put('/items', (c) => c.json({}));
export default app;
`,
    },
    {
      title: 'Hono: CommonJS, the name taken',
      uri: 'file:///app/app.cjs',
      form: 'hono-cors',
      wanted: little,
      before: "const { Hono } = require('hono');\nconst cors = { max: 1 };\nconst app = new Hono();‸\napp.get('/', (c) => c.json(cors));\n",
      after: `const { Hono } = require('hono');
const { cors: cors2 } = require('hono/cors');
const cors = { max: 1 };
const app = new Hono();

app.use(
  '*',
  cors2({
    origin: ['https://app.example.com'],
    allowMethods: ['GET', 'HEAD', 'POST'],
    allowHeaders: ['Accept'],
    maxAge: 7200,
  }),
);
app.get('/', (c) => c.json(cors));
`,
    },
    {
      title: 'Hono: routes on the line that makes the application',
      uri: 'file:///app/app.ts',
      form: 'hono-cors',
      before: "import { Hono } from 'hono';\nexport const app = new Hono().get('/', (c) => c.text('up'));‸\n",
      after: { refused: 'no line behind it' },
    },
    {
      title: 'NestJS',
      uri: 'file:///app/main.ts',
      form: 'nestjs-cors',
      before: `import { NestFactory } from '@nestjs/core';
import { AppModule } from './app.module';

async function bootstrap() {
  const app = await NestFactory.create<NestExpressApplication>(AppModule);‸
  await app.listen(3000);
}
void bootstrap();
`,
      after: `import { NestFactory } from '@nestjs/core';
import { AppModule } from './app.module';

async function bootstrap() {
  const app = await NestFactory.create<NestExpressApplication>(AppModule);

  app.enableCors({
    origin: ['https://app.example.com', 'https://admin.example.com'],
    credentials: true,
    methods: ['GET', 'PUT'],
    allowedHeaders: ['Content-Type'],
    maxAge: 7200,
  });
  await app.listen(3000);
}
void bootstrap();
`,
    },
    {
      title: 'NestJS: the option of the factory',
      uri: 'file:///app/main.ts',
      form: 'nestjs-cors',
      before: "import { NestFactory } from '@nestjs/core';\nconst app = await NestFactory.create(AppModule, { cors: true });‸\n",
      after: { refused: 'already uses cors;' },
    },
  ]);
});
