import assert from 'node:assert/strict';
import { applyEdits } from '../../core/text.ts';
import { defaultConfiguration } from '../../core/configuration.ts';
import type { Workspace } from '../../core/workspace.ts';
import { rules } from '../../rules/index.ts';
import { createService } from '../../service.ts';

const workspace: Workspace = { read: async () => undefined, list: async () => undefined, files: async () => [] };
const configuration = { ...defaultConfiguration, profile: 'strict' as const };

/** The text after the first fix of a rule's first finding, also of one that yields to another rule's; undefined where none is offered. */
async function fixed(text: string, ruleId: string, title: RegExp): Promise<string | undefined> {
  const uri = `file:///app/app.${/^import/.test(text) ? 'ts' : 'js'}`;
  const service = createService({ workspace, rules: rules.filter(({ id }) => id === ruleId) });
  const { findings } = await service.lint({ uri, text }, { configuration });
  assert.ok(findings.length > 0, `${ruleId} is found`);
  const fix = findings.flatMap(({ fixes }) => fixes).find((each) => title.test(each.title));
  return fix && applyEdits(text, fix.edits);
}

/** A program whose middleware has these lines, with a route that browsers ask for beforehand. */
const handling = (...lines: readonly string[]): string => `const app = require('express')();
const allowed = ['https://app.acme.io'];
app.use((req, res, next) => {
${lines.map((line) => `  ${line}\n`).join('')}  next();
});
app.put('/', (req, res) => res.json({}));
`;
const write = `res.setHeader('Access-Control-Allow-Origin', 'https://app.acme.io')`;
const age = `res.setHeader('Access-Control-Max-Age', '7200')`;
const reflecting = `res.setHeader('Access-Control-Allow-Origin', req.headers.origin)`;

type Row = readonly [what: string, ruleId: string, title: RegExp, before: string, after: string | undefined];

const rows: readonly Row[] = [
  [
    'a header behind a statement',
    'preflight-not-cached',
    /./,
    handling(`${write};`, `res.vary('Origin');`),
    handling(`${write};`, `${age};`, `res.vary('Origin');`),
  ],
  [
    'a header behind the comment of a statement',
    'preflight-not-cached',
    /./,
    handling(`${write}; // our own page`, `res.vary('Origin');`),
    handling(`${write}; // our own page`, `${age};`, `res.vary('Origin');`),
  ],
  [
    'a header between statements of a line',
    'preflight-not-cached',
    /./,
    `require('express')().use((req, res, next) => { ${write};next() }).put('/', (req, res) => res.json({}))\n\n`,
    `require('express')().use((req, res, next) => { ${write};\n${age};next() }).put('/', (req, res) => res.json({}))\n\n`,
  ],
  [
    'a header in the arm of an if',
    'preflight-not-cached',
    /./,
    handling(`if (req.query.a) ${write};`, `else res.status(400);`),
    handling(`if (req.query.a) { ${write}; ${age}; }`, `else res.status(400);`),
  ],
  ['a header in a chain', 'preflight-not-cached', /./, handling(`${write}.status(200);`), handling(`${write}${age.slice(3)}.status(200);`)],
  [
    'a header in a chain over several lines',
    'preflight-not-cached',
    /./,
    handling('res', `  ${write.slice(3)}`, '  .status(200);'),
    handling('res', `  ${write.slice(3)}`, `  ${age.slice(3)}`, '  .status(200);'),
  ],
  ['no header behind a condition', 'preflight-not-cached', /./, handling(`req.query.a && ${write};`), undefined],
  ['no header between others', 'preflight-not-cached', /./, handling(`${write}, res.status(200);`), undefined],
  [
    'a guard keeps an else where it was',
    'unguarded-allow-origin',
    /./,
    handling(
      `res.vary('Origin');`,
      'const origin = allowed.find((each) => each === req.headers.origin);',
      `if (req.query.a) res.setHeader('Access-Control-Allow-Origin', origin);`,
      'else res.status(400);',
    ),
    handling(
      `res.vary('Origin');`,
      'const origin = allowed.find((each) => each === req.headers.origin);',
      `if (req.query.a) { if (origin) res.setHeader('Access-Control-Allow-Origin', origin); }`,
      'else res.status(400);',
    ),
  ],
  [
    'no guard around what is chained to a write',
    'unguarded-allow-origin',
    /./,
    handling(
      'const origin = allowed.find((each) => each === req.headers.origin);',
      `res.setHeader('Access-Control-Allow-Origin', origin).json({});`,
    ),
    undefined,
  ],
  [
    'Vary in front of what begins with a bracket',
    'missing-vary-origin',
    /./,
    `const app = require('express')()
app.use((req, res, next) => {
  (allowed.has(req.headers.origin)) && res.set('Access-Control-Allow-Origin', req.headers.origin)
  next()
})
const allowed = new Set(['https://app.acme.io'])
`,
    `const app = require('express')()
app.use((req, res, next) => {
  res.vary('Origin');
  (allowed.has(req.headers.origin)) && res.set('Access-Control-Allow-Origin', req.headers.origin)
  next()
})
const allowed = new Set(['https://app.acme.io'])
`,
  ],
  [
    'Vary behind a directive',
    'missing-vary-origin',
    /./,
    handling(`'use strict';`, `if (allowed.includes(req.headers.origin)) ${reflecting};`),
    handling(`'use strict';`, `res.vary('Origin');`, `if (allowed.includes(req.headers.origin)) ${reflecting};`),
  ],
  [
    'no Vary where a branch replaces it',
    'missing-vary-origin',
    /./,
    handling(`if (allowed.includes(req.headers.origin)) ${reflecting};`, `if (req.query.a) res.set('Vary', 'Accept');`),
    undefined,
  ],
  [
    'no second Vary where another handler erases the first',
    'missing-vary-origin',
    /./,
    handling(`res.vary('Origin');`, `if (allowed.includes(req.headers.origin)) ${reflecting};`)
      .replace('res.json', `res.set('Vary', 'Accept').json`)
      .replace('app.put', 'app.get'),
    undefined,
  ],
  [
    'no Vary above the name that it is given',
    'conditional-vary-origin',
    /./,
    handling(
      'if (allowed.includes(req.headers.origin)) {',
      `  const vary = 'Origin';`,
      `  res.set('Vary', vary);`,
      `  ${reflecting};`,
      '}',
    ),
    undefined,
  ],
  [
    'an exact list in front of an else',
    'reflected-origin-with-credentials',
    /./,
    handling(
      `res.vary('Origin');`,
      `if (req.query.a) res.set('Access-Control-Allow-Origin', req.headers.origin);`,
      'else res.status(400);',
      `res.set('Access-Control-Allow-Credentials', 'true');`,
    ),
    handling(
      `res.vary('Origin');`,
      `if (req.query.a) { if (['https://app.example.com'].includes(req.headers.origin)) res.set('Access-Control-Allow-Origin', req.headers.origin); }`,
      'else res.status(400);',
      `res.set('Access-Control-Allow-Credentials', 'true');`,
    ),
  ],
  [
    'the request of the handler, not of a callback in it',
    'wildcard-with-credentials',
    /fixed list/,
    handling(
      `lookup(req, (error, user) => {`,
      `  res.vary('Origin');`,
      `  res.set('Access-Control-Allow-Origin', '*');`,
      `  res.set('Access-Control-Allow-Credentials', 'true');`,
      `  res.json(user);`,
      `});`,
    ),
    handling(
      `lookup(req, (error, user) => {`,
      `  res.vary('Origin');`,
      `  if (['https://app.example.com'].includes(req.headers.origin)) res.set('Access-Control-Allow-Origin', req.headers.origin);`,
      `  res.set('Access-Control-Allow-Credentials', 'true');`,
      `  res.json(user);`,
      `});`,
    ),
  ],
  [
    'no layer above the options that it is given',
    'auth-before-preflight',
    /./,
    `const app = require('express')();
const cors = require('cors');
app.use(requireAuth);
const options = { origin: 'https://app.acme.io' };
app.use(cors(options));
app.put('/', (req, res) => res.json({}));
function requireAuth(req, res, next) {
  if (!req.headers.authorization) return res.sendStatus(401);
  next();
}
`,
    `const app = require('express')();
const cors = require('cors');
app.use(requireAuth);
const options = { origin: 'https://app.acme.io' };
app.use(cors(options));
app.put('/', (req, res) => res.json({}));
function requireAuth(req, res, next) {
  if (req.method === 'OPTIONS') return next();
  if (!req.headers.authorization) return res.sendStatus(401);
  next();
}
`,
  ],
  [
    'nothing above the name that it uses',
    'preflight-headers-lost',
    /./,
    handling(
      `if (req.method === 'OPTIONS') return res.sendStatus(204);`,
      'const origin = req.headers.origin;',
      `res.vary('Origin');`,
      `if (allowed.includes(origin)) res.set('Access-Control-Allow-Origin', origin);`,
    ),
    undefined,
  ],
  [
    'a registration in the place of another one',
    'conflicting-cors-instances',
    /second/,
    `import { NestFactory } from '@nestjs/core';
import * as cors from 'cors';
import { AppModule } from './app.module';
async function bootstrap() {
  const app = await NestFactory.create(AppModule);
  app.use(cors());

  app.enableCors({ origin: ['https://app.acme.io'], credentials: true });

  await app.listen(3000);
}
void bootstrap();
`,
    `import { NestFactory } from '@nestjs/core';
import * as cors from 'cors';
import { AppModule } from './app.module';
async function bootstrap() {
  const app = await NestFactory.create(AppModule);
  app.enableCors({ origin: ['https://app.acme.io'], credentials: true });

  await app.listen(3000);
}
void bootstrap();
`,
  ],
];

describe('javascript: what fixes write beside other code', () => {
  for (const [what, ruleId, title, before, after] of rows)
    it(what, async () => {
      assert.equal(await fixed(before, ruleId, title), after);
    });
});
