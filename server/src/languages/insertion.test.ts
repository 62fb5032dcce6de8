import assert from 'node:assert/strict';
import { defaultConfiguration } from '../core/configuration.ts';
import { applyEdits } from '../core/text.ts';
import type { WantedPolicy } from '../cors/wanted-policy.ts';
import { createService, type Service } from '../service.ts';

const everything: WantedPolicy = {
  origins: ['https://app.example.com', 'https://admin.example.com'],
  credentials: true,
  methods: ['GET', 'PUT'],
  headers: ['Content-Type'],
};
const little: WantedPolicy = { origins: ['https://app.example.com'], credentials: false, methods: [], headers: [] };

interface Row {
  readonly title: string;
  readonly uri: string;
  readonly form?: string;
  readonly wanted?: WantedPolicy;
  /** The text with `‸` where the author stands. */
  readonly before: string;
  /** The text after, or a part of the reason why nothing was written. */
  readonly after: string | { readonly refused: string };
}

const nginx = 'file:///etc/nginx/nginx.conf';
const htaccess = 'file:///srv/www/.htaccess';
const httpd = 'file:///etc/httpd/conf/httpd.conf';

const rows: readonly Row[] = [
  {
    title: 'nginx: a proxied location, with what it inherits repeated and the application kept from answering too',
    uri: nginx,
    before: `http {
  server {
    add_header X-Frame-Options DENY always;
    location /api/ {
      ‸proxy_pass http://127.0.0.1:3000;
    }
  }
}
`,
    after: `http {
  map $http_origin $cors_origin {
    default "";
    "https://app.example.com" $http_origin;
    "https://admin.example.com" $http_origin;
  }

  server {
    add_header X-Frame-Options DENY always;
    location /api/ {
      proxy_hide_header Access-Control-Allow-Origin;
      proxy_hide_header Access-Control-Allow-Credentials;
      add_header X-Frame-Options DENY always;
      add_header Access-Control-Allow-Origin $cors_origin always;
      add_header Access-Control-Allow-Credentials true always;
      add_header Access-Control-Allow-Methods "GET, PUT" always;
      add_header Access-Control-Allow-Headers Content-Type always;
      add_header Access-Control-Max-Age 7200 always;
      add_header Vary Origin always;
      if ($request_method = OPTIONS) {
        return 204;
      }
      proxy_pass http://127.0.0.1:3000;
    }
  }
}
`,
  },
  {
    title: 'nginx: tabs, CRLF and the quotes of the file; the variable is taken, the block returns at once',
    uri: nginx,
    wanted: { ...everything, origins: ['https://app.example.com'], credentials: false },
    before:
      "http {\r\n\tmap $uri $cors_origin {\r\n\t\tdefault '';\r\n\t}\r\n\tserver {\r\n\t\tlocation / {\r\n\t\t\treturn 200 'ok';‸\r\n\t\t}\r\n\t}\r\n}\r\n",
    after:
      "http {\r\n\tmap $uri $cors_origin {\r\n\t\tdefault '';\r\n\t}\r\n" +
      '\tmap $http_origin $cors_origin_2 {\r\n\t\tdefault "";\r\n\t\t"https://app.example.com" $http_origin;\r\n\t}\r\n\r\n' +
      '\tserver {\r\n\t\tlocation / {\r\n\t\t\tadd_header Access-Control-Allow-Origin $cors_origin_2 always;\r\n' +
      "\t\t\tadd_header Access-Control-Allow-Methods 'GET, PUT' always;\r\n\t\t\tadd_header Access-Control-Allow-Headers Content-Type always;\r\n" +
      '\t\t\tadd_header Access-Control-Max-Age 7200 always;\r\n\t\t\tadd_header Vary Origin always;\r\n' +
      "\t\t\tif ($request_method = OPTIONS) {\r\n\t\t\t\treturn 204;\r\n\t\t\t}\r\n\t\t\treturn 200 'ok';\r\n\t\t}\r\n\t}\r\n}\r\n",
  },
  {
    title: 'nginx: outside of every server',
    uri: nginx,
    before: 'events {}‸\nhttp { server { location / { return 200; } } }\n',
    after: { refused: 'Put the cursor into a location or server block' },
  },
  {
    title: 'nginx: a location that has a policy',
    uri: nginx,
    before: 'http { server { location / {‸ add_header Access-Control-Allow-Origin "*"; } } }\n',
    after: { refused: 'already sent here: add_header Access-Control-Allow-Origin *' },
  },
  {
    title: 'nginx: a policy in an `if` of the location',
    uri: nginx,
    before: 'http { server { location / {‸ if ($http_origin) { add_header Access-Control-Allow-Origin "*"; } } } }\n',
    after: { refused: 'already sent here' },
  },
  {
    title: 'nginx: limit_except answers preflights first',
    uri: nginx,
    before: 'http { server { location / {‸ limit_except GET { deny all; } } } }\n',
    after: { refused: 'limit_except' },
  },
  {
    title: 'nginx: a location whose server is in another file that is not there',
    uri: 'file:///etc/nginx/snippets/api.conf',
    before: 'location /api/ {‸ proxy_pass http://127.0.0.1:3000; }\n',
    after: { refused: 'not in sight' },
  },
  {
    title: '.htaccess: before the line of the author, login exempted',
    uri: htaccess,
    wanted: { ...everything, methods: [], headers: [] },
    before: 'Options -Indexes\nAuthType Basic\nAuthName x\nAuthUserFile /x\n‸Require valid-user\n',
    after: `Options -Indexes
AuthType Basic
AuthName x
AuthUserFile /x
<IfModule mod_headers.c>
    SetEnvIf Origin "^(https://app\\.example\\.com|https://admin\\.example\\.com)$" CORS_ORIGIN=$0
    Header always set Access-Control-Allow-Origin "%{CORS_ORIGIN}e" env=CORS_ORIGIN
    Header always set Access-Control-Allow-Credentials true env=CORS_ORIGIN
    Header always merge Vary Origin
</IfModule>
<RequireAny>
    Require method OPTIONS
    Require valid-user
</RequireAny>
`,
  },
  {
    title: '.htaccess: preflights are the first rule where rewriting is on',
    uri: htaccess,
    wanted: little,
    before: '‸RewriteEngine On\nRewriteCond %{HTTPS} off\nRewriteRule ^ https://%{HTTP_HOST}%{REQUEST_URI} [R=301,L]\n',
    after: `<IfModule mod_headers.c>
    SetEnvIf Origin "^https://app\\.example\\.com$" CORS_ORIGIN=$0
    Header always set Access-Control-Allow-Origin "%{CORS_ORIGIN}e" env=CORS_ORIGIN
    Header always merge Vary Origin
</IfModule>
RewriteEngine On
RewriteCond %{REQUEST_METHOD} =OPTIONS
RewriteRule ^ - [R=204,L]
RewriteCond %{HTTPS} off
RewriteRule ^ https://%{HTTP_HOST}%{REQUEST_URI} [R=301,L]
`,
  },
  {
    title: '.htaccess: empty',
    uri: htaccess,
    wanted: little,
    before: '‸',
    after: `<IfModule mod_headers.c>
    SetEnvIf Origin "^https://app\\.example\\.com$" CORS_ORIGIN=$0
    Header always set Access-Control-Allow-Origin "%{CORS_ORIGIN}e" env=CORS_ORIGIN
    Header always merge Vary Origin
</IfModule>
`,
  },
  {
    title: 'httpd: a virtual host with a proxy behind it',
    uri: httpd,
    wanted: little,
    before: '<VirtualHost *:80>\n  ServerName api.example.com\n  ProxyPass / http://127.0.0.1:3000/\n‸</VirtualHost>\n',
    after: `<VirtualHost *:80>
  ServerName api.example.com
  ProxyPass / http://127.0.0.1:3000/
  Header unset Access-Control-Allow-Origin
  Header unset Access-Control-Allow-Credentials
  SetEnvIf Origin "^https://app\\.example\\.com$" CORS_ORIGIN=$0
  Header always set Access-Control-Allow-Origin "%{CORS_ORIGIN}e" env=CORS_ORIGIN
  Header always merge Vary Origin
  RewriteEngine On
  RewriteCond %{REQUEST_METHOD} =OPTIONS
  RewriteRule ^ - [R=204,L]
</VirtualHost>
`,
  },
  {
    title: 'httpd: the cursor in an <IfModule> means the directory around it',
    uri: httpd,
    wanted: little,
    before: '<Directory "/srv/www">\n\t<IfModule mod_x.c>‸\n\t\tOptions -Indexes\n\t</IfModule>\n</Directory>\n',
    after: `<Directory "/srv/www">
\tSetEnvIf Origin "^https://app\\.example\\.com$" CORS_ORIGIN=$0
\tHeader always set Access-Control-Allow-Origin "%{CORS_ORIGIN}e" env=CORS_ORIGIN
\tHeader always merge Vary Origin
\t<IfModule mod_x.c>
\t\tOptions -Indexes
\t</IfModule>
</Directory>
`,
  },
  {
    title: '.htaccess: has a policy',
    uri: htaccess,
    before: 'Header set Access-Control-Allow-Origin "*"\n‸',
    after: { refused: 'already sent here: Header set Access-Control-Allow-Origin' },
  },
  {
    title: 'Express: the package, an ES module',
    uri: 'file:///app/app.mjs',
    form: 'cors-package',
    before: `import express from 'express';

const app = express();

app.get('/', (req, res) => res.json({}));‸
`,
    after: `import express from 'express';
import cors from 'cors';

const app = express();

app.use(
  cors({
    origin: ['https://app.example.com', 'https://admin.example.com'],
    credentials: true,
    methods: ['GET', 'PUT'],
    allowedHeaders: ['Content-Type'],
    maxAge: 7200,
  }),
);

app.get('/', (req, res) => res.json({}));
`,
  },
  {
    title: 'Express: the package, CommonJS with double quotes, without semicolons, CRLF, the name taken',
    uri: 'file:///app/app.js',
    form: 'cors-package',
    wanted: little,
    before:
      'const express = require("express")\r\nconst { cors } = require("./settings")\r\nconst app = express()‸\r\nmodule.exports = app\r\n',
    after:
      'const express = require("express")\r\nconst cors2 = require("cors")\r\nconst { cors } = require("./settings")\r\nconst app = express()\r\n\r\n' +
      'app.use(\r\n  cors2({\r\n    origin: ["https://app.example.com"],\r\n    methods: ["GET", "HEAD", "POST"],\r\n    allowedHeaders: [],\r\n    maxAge: 7200,\r\n  }),\r\n)\r\nmodule.exports = app\r\n',
  },
  {
    title: 'Express: TypeScript by hand, in a function, indented by four',
    uri: 'file:///app/app.ts',
    form: 'by-hand',
    wanted: { ...everything, origins: ['https://app.example.com'] },
    before: `import express, { type Express } from 'express';

export function createApp(): Express {
    const app = express();
    app.disable('x-powered-by');‸
    return app;
}
`,
    after: `import express, { type Express } from 'express';

export function createApp(): Express {
    const app = express();

    const allowedOrigins = new Set(['https://app.example.com']);

    app.use((req, res, next) => {
        res.vary('Origin');
        const { origin } = req.headers;
        if (origin !== undefined && allowedOrigins.has(origin)) {
            res.setHeader('Access-Control-Allow-Origin', origin);
            res.setHeader('Access-Control-Allow-Credentials', 'true');
            res.setHeader('Access-Control-Allow-Methods', 'GET, PUT');
            res.setHeader('Access-Control-Allow-Headers', 'Content-Type');
            res.setHeader('Access-Control-Max-Age', '7200');
        }
        if (req.method === 'OPTIONS' && req.headers['access-control-request-method'] !== undefined) {
            res.status(204).end();
            return;
        }
        next();
    });
    app.disable('x-powered-by');
    return app;
}
`,
  },
  {
    title: 'Express: `import express = require`, the package imported already and not used',
    uri: 'file:///app/app.cts',
    form: 'cors-package',
    wanted: little,
    before: "import express = require('express');\nimport crossOrigin = require('cors');\n‸const router = express.Router();\n",
    after: `import express = require('express');
import crossOrigin = require('cors');
const router = express.Router();

router.use(
  crossOrigin({
    origin: ['https://app.example.com'],
    methods: ['GET', 'HEAD', 'POST'],
    allowedHeaders: [],
    maxAge: 7200,
  }),
);
`,
  },
  {
    title: 'Express: the type of the options is imported already',
    uri: 'file:///app/app.ts',
    form: 'cors-package',
    wanted: little,
    before: "import { type CorsOptions } from 'cors';\nimport express from 'express';\nconst app = express();‸\n",
    after: `import { type CorsOptions } from 'cors';
import express from 'express';
import cors from 'cors';
const app = express();

app.use(
  cors({
    origin: ['https://app.example.com'],
    methods: ['GET', 'HEAD', 'POST'],
    allowedHeaders: [],
    maxAge: 7200,
  }),
);
`,
  },
  {
    title: 'Express: nothing that makes an application',
    uri: 'file:///app/util.js',
    form: 'by-hand',
    before: 'export const add = (a, b) => a + b;‸\n',
    after: { refused: 'No Express application' },
  },
  {
    title: 'Express: the package is used already',
    uri: 'file:///app/app.js',
    form: 'by-hand',
    before: "const cors = require('cors');\nconst app = require('express')();‸\napp.use(cors());\n",
    after: { refused: 'already uses cors;' },
  },
  {
    title: 'Express: the header is set already',
    uri: 'file:///app/app.js',
    form: 'cors-package',
    before: "const app = require('express')();‸\napp.use((q, s, n) => { s.set('access-control-allow-origin', '*'); n(); });\n",
    after: { refused: 'already sets Access-Control-Allow-Origin' },
  },
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
  { title: 'a text of no language', uri: 'file:///notes.txt', before: 'hello‸', after: { refused: 'no configuration or program' } },
];

const serviceOver = (): Service =>
  createService({ workspace: { read: async () => undefined, list: async () => undefined, files: async () => [] } });

async function insert({ uri, before, wanted = everything, form = 'nginx' }: Row): Promise<string | { readonly refused: string }> {
  const offset = before.indexOf('‸');
  const text = before.replace('‸', '');
  const insertion = await serviceOver().insertConfiguration({ uri, text }, { offset, wanted, form });
  return 'refused' in insertion ? insertion : applyEdits(text, insertion.edits);
}

describe('a policy written where the author stands', () => {
  for (const row of rows) {
    it(row.title, async () => {
      const written = await insert(row);
      if (typeof row.after === 'string') assert.equal(written, row.after);
      else {
        assert.ok(typeof written === 'object', `written:\n${JSON.stringify(written)}`);
        assert.ok(written.refused.includes(row.after.refused), written.refused);
      }
    });
    const { after: text } = row;
    if (typeof text !== 'string') continue;
    it(`${row.title}: nothing to report, and not written twice`, async () => {
      const { findings } = await serviceOver().lint(
        { uri: row.uri, text },
        { configuration: { ...defaultConfiguration, profile: 'strict' } },
      );
      assert.deepEqual(
        findings.map((finding) => `${finding.ruleId}: ${finding.message}`),
        [],
      );
      const again = await serviceOver().insertConfiguration(
        { uri: row.uri, text },
        { offset: text.length >> 1, wanted: everything, form: row.form ?? 'nginx' },
      );
      assert.ok('refused' in again, 'refused the second time');
    });
  }
});
