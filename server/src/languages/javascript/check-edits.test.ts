import assert from 'node:assert/strict';
import { applyEdits } from '../../core/text.ts';
import type { Workspace } from '../../core/workspace.ts';
import { createService } from '../../service.ts';

const workspace: Workspace = { read: async () => undefined, list: async () => undefined, files: async () => [] };

const application = (declaration: string, check: string): string => `const express = require('express');
${declaration}
const app = express();
app.use((req, res, next) => {
  const { origin } = req.headers;
  if (${check}) {
    res.setHeader('Access-Control-Allow-Origin', origin);
    res.setHeader('Access-Control-Allow-Credentials', 'true');
  }
  res.vary('Origin');
  next();
});
app.get('/', (req, res) => res.json({}));
`;

/** The list that a fix offers in the place of a pattern; undefined where none is offered. */
async function listed(text: string): Promise<string | undefined> {
  const { findings } = await createService({ workspace }).lint({ uri: 'file:///app/app.js', text });
  const fix = findings
    .filter(({ ruleId }) => ruleId === 'unanchored-origin-regex')
    .flatMap(({ fixes }) => fixes)
    .find(({ title }) => /^List the/.test(title));
  return fix && applyEdits(text, fix.edits);
}

const pattern = '/^https:\\/\\/(app|www)\\.acme\\.io/';
const list = "['https://app.acme.io', 'https://www.acme.io']";

describe('a finite pattern as a list', () => {
  const rows: readonly (readonly [what: string, before: readonly [string, string], after: readonly [string, string] | undefined])[] = [
    ['becomes an array where it is tested', ['', `${pattern}.test(origin)`], ['', `${list}.includes(origin)`]],
    [
      'becomes a set where a constant keeps it',
      [`const allowed = ${pattern};`, 'allowed.test(origin)'],
      [`const allowed = new Set(${list});`, 'allowed.has(origin)'],
    ],
    [
      'stays a pattern where it is tested twice',
      [`const allowed = ${pattern};`, 'allowed.test(origin) || allowed.test(req.headers.referer)'],
      undefined,
    ],
    ['stays a pattern where it is exported', [`export const allowed = ${pattern};`, 'allowed.test(origin)'], undefined],
    ['stays a pattern where it may be another one', [`let allowed = ${pattern};`, 'allowed.test(origin)'], undefined],
    ['stays a pattern where it is matched', [`const allowed = ${pattern};`, 'origin.match(allowed)'], undefined],
  ];
  for (const [what, before, after] of rows)
    it(what, async () => {
      assert.equal(await listed(application(...before)), after && application(...after));
    });
});

describe('a pattern as another one', () => {
  /** The files after each fix of a pattern. */
  async function repaired(text: string): Promise<readonly string[]> {
    const { findings } = await createService({ workspace }).lint({ uri: 'file:///app/app.js', text });
    return findings
      .filter(({ ruleId }) => ruleId === 'unescaped-dot-in-origin-regex')
      .flatMap(({ fixes }) => fixes.map(({ edits }) => applyEdits(text, edits)));
  }
  const tested = (name: string): string => `new RegExp('^https://' + ${name} + '$').test(origin)`;
  const literal = '/^https:\\/\\/acme\\.io$/';
  const rows: readonly (readonly [what: string, declaration: string, check: string, after: string | undefined])[] = [
    ['is written for a constant', "const site = 'acme.io';", tested('site'), `${literal}.test(origin)`],
    ['is written for a part of a constant', "const { site } = { site: 'acme.io' };", tested('site'), `${literal}.test(origin)`],
    ['is not for what a function is called with', '', `['acme.io', 'acme.dev'].some((site) => ${tested('site')})`, undefined],
    [
      'is not for a constant made of a parameter',
      'const test = (site, origin) => { const source = `^https://${site}$`; return new RegExp(source).test(origin); };',
      "test('acme.io', origin) || test('acme.dev', origin)",
      undefined,
    ],
    [
      'is not for the variable of a loop',
      `const passes = (origin) => { for (const site of ['acme.io', 'acme.dev']) if (${tested('site')}) return true; return false; };`,
      'passes(origin)',
      undefined,
    ],
  ];
  for (const [what, declaration, check, after] of rows)
    it(what, async () => {
      const found = await repaired(application(declaration, check));
      assert.deepEqual(found.slice(0, 1), after === undefined ? [] : [application(declaration, after)]);
    });
});
