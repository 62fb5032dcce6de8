/** The editor's snippets, as an editor inserts them where nothing is filled in, are what every rule wants to see. */
import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { defaultConfiguration } from '../core/configuration.ts';
import type { LanguageId } from '../core/language.ts';
import { createService } from '../service.ts';
import { withDefaults } from './expanded-snippet.ts';
import { drawFindings } from './fixture.ts';

interface Snippet {
  readonly prefix: string;
  readonly body: readonly string[];
}

const folder = new URL('../../../snippets/', import.meta.url);
const snippets = new Map<string, string>();
for (const file of readdirSync(folder)) {
  const read = JSON.parse(readFileSync(new URL(file, folder), 'utf8')) as Readonly<Record<string, Snippet>>;
  for (const { prefix, body } of Object.values(read)) snippets.set(`${file.replace('.json', '')}/${prefix}`, withDefaults(body.join('\n')));
}

const used = new Set<string>();

/** The text of a snippet, by its file and prefix. */
function inserted(name: string): string {
  used.add(name);
  const text = snippets.get(name);
  assert.ok(text !== undefined, `there is no snippet ${name}`);
  return text;
}

const routes = "app.get('/items', (req, res) => res.json([]));\napp.put('/items/:id', (req, res) => res.json({}));\n";
const byHand = `import express from 'express';\nconst app = express();\n${inserted('javascript/cors-by-hand')}\n${routes}`;
const byPackage = `import cors from 'cors';\nimport express from 'express';\nconst app = express();\n${inserted('javascript/cors')}\n${routes}`;
const byFastify = `import cors from '@fastify/cors';\nimport Fastify from 'fastify';\nconst app = Fastify();\n${inserted('javascript/cors-fastify')}\napp.put('/items/:id', async () => ({}));\n`;
const byKoa = `import cors from '@koa/cors';\nimport Koa from 'koa';\nconst app = new Koa();\n${inserted('javascript/cors-koa')}\napp.use((ctx) => {\nctx.body = [];\n});\n`;
const byHono = `import { Hono } from 'hono';\nimport { cors } from 'hono/cors';\nconst app = new Hono();\n${inserted('javascript/cors-hono')}\napp.put('/items/:id', (c) => c.json({}));\n`;
const byNest = `import { NestFactory } from '@nestjs/core';\nimport { AppModule } from './app.module';\nconst app = await NestFactory.create(AppModule);\n${inserted('javascript/cors-nestjs')}\nawait app.listen(3000);\n`;
const headers = inserted('apacheconf/cors');
const inNginx = (location: string): string =>
  `http {\n${inserted('nginx/cors-map')}\nserver {\nlocation /api/ {\n${inserted('nginx/cors')}\n${location}\n}\n}\n}\n`;

const rows: readonly { readonly title: string; readonly file: string; readonly language: LanguageId; readonly text: string }[] = [
  {
    title: 'a proxied location',
    file: 'nginx.conf',
    language: 'nginx',
    text: inNginx(
      'proxy_hide_header Access-Control-Allow-Origin;\nproxy_hide_header Access-Control-Allow-Credentials;\nproxy_pass http://127.0.0.1:3000;',
    ),
  },
  { title: 'a location of files', file: 'nginx.conf', language: 'nginx', text: inNginx('root /srv/www;') },
  { title: 'a .htaccess', file: '.htaccess', language: 'apache', text: `${headers}\n` },
  {
    title: 'a .htaccess that answers preflights',
    file: '.htaccess',
    language: 'apache',
    text: `${headers}\n${inserted('apacheconf/cors-preflight')}\n`,
  },
  {
    title: 'a virtual host',
    file: 'httpd.conf',
    language: 'apache',
    text: `<VirtualHost *:80>\nDocumentRoot /srv/www\n${headers}\n</VirtualHost>\n`,
  },
  { title: 'the cors package', file: 'app.js', language: 'javascript', text: byPackage },
  { title: 'the cors package', file: 'app.ts', language: 'javascript', text: byPackage },
  { title: 'middleware by hand', file: 'app.js', language: 'javascript', text: byHand },
  { title: 'Fastify', file: 'app.ts', language: 'javascript', text: byFastify },
  { title: 'Koa', file: 'app.ts', language: 'javascript', text: byKoa },
  { title: 'Hono', file: 'app.ts', language: 'javascript', text: byHono },
  { title: 'NestJS', file: 'app.ts', language: 'javascript', text: byNest },
  { title: 'middleware by hand', file: 'app.ts', language: 'javascript', text: byHand },
];

async function lint(file: string, text: string) {
  const service = createService({ workspace: { read: async () => undefined, list: async () => [], files: async () => [] } });
  return service.lint({ uri: `file:///project/${file}`, text }, { configuration: { ...defaultConfiguration, profile: 'strict' } });
}

describe('snippets', () => {
  for (const { title, file, language, text } of rows) {
    it(`are clean in ${title}, ${file}`, async () => {
      const linted = await lint(file, text);
      assert.equal(linted.language?.id, language);
      const found = linted.findings.map((each) => ({
        range: each.place.range,
        level: each.level,
        message: `${each.ruleId}: ${each.message}`,
      }));
      assert.equal(drawFindings(text, found), '');
    });

    it(`are understood in ${title}, ${file}: another default is reported`, async () => {
      const insecure = text.replace(/https(?=:\/\/app\\?\.example)/, 'http');
      assert.notEqual(insecure, text);
      const { findings } = await lint(file, insecure);
      assert.deepEqual(
        findings.map((each) => `${each.level} ${each.ruleId}`),
        ['warning insecure-origin-allowed'],
      );
    });
  }

  it('are all looked at', () => {
    assert.deepEqual([...used].sort(), [...snippets.keys()].sort());
  });
});
