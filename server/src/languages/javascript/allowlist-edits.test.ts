import assert from 'node:assert/strict';
import { applyEdits } from '../../core/text.ts';
import type { Workspace } from '../../core/workspace.ts';
import { createService } from '../../service.ts';

const workspace: Workspace = { read: async () => undefined, list: async () => undefined, files: async () => [] };

/** The first list of origins that a fix offers; undefined where none does. */
async function listed(text: string): Promise<string | undefined> {
  const { findings } = await createService({ workspace }).lint({ uri: 'file:///app/app.js', text });
  const fix = findings.flatMap(({ fixes }) => fixes).find(({ title }) => title === 'Allow a fixed list of origins');
  assert.ok(
    findings.some(({ message }) => message.includes('llow')),
    'something is found',
  );
  return fix && applyEdits(text, fix.edits);
}

const list = "['https://app.example.com']";
const one = "'https://app.example.com'";

interface Row {
  readonly what: string;
  readonly text: string;
  /** What stands in the place of `«…»`; undefined where no list is offered. */
  readonly fixed: string | undefined;
}

/** A file around the text; `‹…›` is what the fix replaces. */
function rows(
  around: (code: string) => string,
  all: readonly (readonly [what: string, code: string, fixed: string | undefined])[],
): readonly Row[] {
  return all.map(([what, code, fixed]) => ({
    what,
    text: around(code.replace(/[‹›]/g, '')),
    fixed: fixed === undefined ? undefined : around(code.replace(/‹[^›]*›/, () => fixed)),
  }));
}

const application = (code: string): string => `const express = require('express');
const cors = require('cors');
const app = express();
${code}
app.get('/', (req, res) => res.json({}));
`;
const option = (origin: string): string => application(`app.use(cors({ origin: ${origin}, credentials: true }));`);
const koa = (origin: string): string => `const Koa = require('koa');
const cors = require('@koa/cors');
const app = new Koa();
app.use(cors({ origin: ${origin}, credentials: true }));
app.use((ctx) => { ctx.body = []; });
`;
const koaList = `(ctx) => ${list}.find((origin) => origin === ctx.get('Origin')) ?? ''`;
const handler = (code: string): string =>
  application(`app.use((req, res, next) => {
  res.vary('Origin');
  ${code}
  res.set('Access-Control-Allow-Credentials', 'true');
  next();
});`);

const tables = {
  'the origin option': rows(option, [
    ['is one value', "‹'*'›", list],
    ['is a value in parentheses', "‹('*')›", list],
    ['has a variable before it', "process.env.CORS_ORIGIN || ‹'*'›", list],
    ['has a variable before it that may be empty', "process.env.CORS_ORIGIN ?? ‹'*'›", list],
    ['has another branch', "process.env.OPEN ? ‹true› : 'http://localhost:3000'", list],
    ['has a branch within a branch', "process.env.A ? 'https://a.example' : process.env.B ? (‹true›) : 'https://b.example'", list],
    ['is one of a list', "['https://a.example', ‹/.*/›]", one],
    ['is a callback that lets everybody in', '‹(origin, callback) => callback(null, true)›', list],
    ['is a callback that lets the origin in', '‹function (origin, callback) { callback(null, origin); }›', list],
    ['is a callback that writes something down', '(origin, callback) => { console.log(origin); callback(null, ‹true›); }', list],
    [
      'is a callback with a list of its own',
      "(origin, callback) => { if (['https://a.example'].includes(origin)) callback(null, true); else callback(null, ‹true›); }",
      list,
    ],
    [
      'is a callback that keeps its answer in a variable',
      "(origin, callback) => { let allowed = origin === 'https://a.example'; allowed = true; callback(null, allowed); }",
      undefined,
    ],
  ]),
  'a variable behind the option': rows(application, [
    ['is a constant', "const origin = '*';\napp.use(cors({ origin: ‹origin›, credentials: true }));", list],
    ['has its name', "const origin = '*';\napp.use(cors({ ‹origin›, credentials: true }));", `origin: ${list}`],
    ['chooses', "const origin = process.env.ORIGIN || ‹'*'›;\napp.use(cors({ origin, credentials: true }));", list],
    [
      'is assigned',
      "let origin = 'http://localhost:3000';\nif (process.env.PRODUCTION) origin = ‹true›;\napp.use(cors({ origin, credentials: true }));",
      list,
    ],
    [
      'chooses and is used twice',
      "const origin = process.env.ORIGIN || '*';\nconsole.log(origin);\napp.use(cors({ ‹origin›, credentials: true }));",
      `origin: origin === '*' ? ${list} : origin`,
    ],
    [
      'lets everybody in and is used twice',
      'const origin = process.env.ORIGIN || true;\nconsole.log(origin);\napp.use(cors({ origin, credentials: true }));',
      undefined,
    ],
    ['is a member of an object', "const config = { origin: '*' };\napp.use(cors({ origin: ‹config.origin›, credentials: true }));", list],
    [
      'is a member of an object that chooses',
      "const config = { origin: process.env.ORIGIN || '*' };\napp.use(cors({ origin: ‹config.origin›, credentials: true }));",
      `config.origin === '*' ? ${list} : config.origin`,
    ],
    [
      'is a function with a list',
      "function check(origin, callback) { if (origin === 'https://a.example') return callback(null, true); callback(null, ‹true›); }\napp.use(cors({ origin: check, credentials: true }));",
      list,
    ],
    [
      'is a function that is called',
      "const originOf = () => process.env.ORIGIN || '*';\napp.use(cors({ origin: originOf(), credentials: true }));",
      undefined,
    ],
    ['is a method', 'app.use(cors({ ‹origin(origin, callback) { callback(null, true); }›, credentials: true }));', `origin: ${list}`],
  ]),
  "the option of Koa's package": rows(koa, [
    ['has a variable before it', "process.env.CORS_ORIGIN || ‹'*'›", `(${koaList})`],
    ['is a function that gives the origin back', "‹(ctx) => ctx.get('Origin')›", koaList],
    ['is a function with a list', "(ctx) => (['https://a.example'].includes(ctx.get('Origin')) ? ctx.get('Origin') : ‹'*'›)", one],
  ]),
  'a header': rows(handler, [
    [
      'is one value',
      "‹res.set('Access-Control-Allow-Origin', '*');›",
      `if (${list}.includes(req.headers.origin)) res.set('Access-Control-Allow-Origin', req.headers.origin);`,
    ],
    ['has a variable before it', "res.set('Access-Control-Allow-Origin', process.env.ORIGIN || ‹'*'›);", one],
    [
      'has a default',
      "‹›res.set('Access-Control-Allow-Origin', req.headers.origin || '*');",
      `if (${list}.includes(req.headers.origin || '*')) `,
    ],
    [
      'has another branch',
      "res.set('Access-Control-Allow-Origin', process.env.LOCAL ? 'http://localhost:3000' : ‹req.headers.origin›);",
      one,
    ],
    [
      'is chosen by a function',
      "const originOf = () => process.env.ORIGIN || '*';\n  res.set('Access-Control-Allow-Origin', originOf());",
      undefined,
    ],
    [
      'is one of an object',
      "‹res.set({ 'Access-Control-Allow-Origin': req.headers.origin, Vary: 'Origin' });›",
      `if (${list}.includes(req.headers.origin)) res.set('Access-Control-Allow-Origin', req.headers.origin);\n  res.set({ Vary: 'Origin' });`,
    ],
    [
      'is one of an object behind a status',
      "‹res.status(200).header({ 'Access-Control-Allow-Origin': '*', Vary: 'Origin' });›",
      `if (${list}.includes(req.headers.origin)) res.header('Access-Control-Allow-Origin', req.headers.origin);\n  res.status(200).header({ Vary: 'Origin' });`,
    ],
    [
      'is alone in an object',
      "‹›res.set({ 'Access-Control-Allow-Origin': req.headers.origin });",
      `if (${list}.includes(req.headers.origin)) `,
    ],
    ['chooses in an object', "res.set({ 'Access-Control-Allow-Origin': process.env.ORIGIN || ‹'*'›, Vary: 'Origin' });", one],
    [
      'is one of an object in the arm of an if',
      "if (req.method === 'GET') res.set({ 'Access-Control-Allow-Origin': '*', Vary: 'Origin' });",
      undefined,
    ],
  ]),
};

for (const [subject, cases] of Object.entries(tables))
  describe(`a fixed list of origins where ${subject}`, () => {
    for (const { what, text, fixed } of cases)
      it(what, async () => {
        assert.equal(await listed(text), fixed);
      });
  });
