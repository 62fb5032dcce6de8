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
