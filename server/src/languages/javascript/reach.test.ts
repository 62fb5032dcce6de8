import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import type { SourceFiles } from '../../core/files.ts';
import { readFixture } from '../../rules/fixture.ts';
import { reachesCors } from './reach.ts';

const uri = 'file:///p/app.js';
const router =
  "const express = require('express');\nconst router = express.Router();\nrouter.get('/users/:id', (req, res) => res.json({}));\n";

/** A workspace of some files beside the one that is asked about. */
const workspace = (others: Readonly<Record<string, string>>): SourceFiles => {
  const files = new Map(Object.entries(others).map(([name, text]) => [`file:///p/${name}`, { uri: `file:///p/${name}`, text }]));
  return { read: (asked) => files.get(asked), list: () => [...files.keys()], candidates: () => [...files.keys()] };
};

describe('what a program reaches', () => {
  const rows: readonly (readonly [string, string, Readonly<Record<string, string>>, boolean])[] = [
    ['a router', router, {}, false],
    ['a router with its own header', `${router}router.use((q, s) => s.set('Access-Control-Allow-Origin', '*'));`, {}, true],
    ['an import that is not there', `${router}require('./gone');`, {}, false],
    ['an import that sets up cors', `${router}require('./setup')(router);`, { 'setup.js': "exports.x = require('cors')();" }, true],
    [
      'an import of an import',
      `import { a } from './a.js';\n${router}`,
      { 'a.js': "export * from './b';", 'b.js': 'res.set("access-control-max-age")' },
      true,
    ],
    ['imports in a circle', `import './a.js';\n${router}`, { 'a.js': "import './app.js';" }, false],
    ['a header that is nearly one', `${router}router.use((q, s) => s.set('Acess-Control-Allow-Orgin', '*'));`, {}, true],
    ['a header in short', `${router}router.use((q, s) => s.set('Allow-Origin', '*'));`, {}, true],
    ['a header with underscores', `${router}router.use((q, s) => s.set('access_control_max_age', '1'));`, {}, true],
    ['Vary', `${router}router.use((q, s) => s.vary('Accept'));`, {}, true],
    ['a path with a wildcard', `${router}router.get('*', f);`, {}, true],
    ['a path with an optional part', `${router}router.get('/a/:b?', f);`, {}, true],
  ];
  for (const [name, text, others, expected] of rows)
    it(`${name}: ${String(expected)}`, () => {
      assert.equal(reachesCors({ uri, text }, workspace(others)), expected);
    });

  it('holds whatever a rule reports', () => {
    const rules = path.resolve(import.meta.dirname, '../../rules');
    let found = 0;
    for (const name of readdirSync(rules, { recursive: true, encoding: 'utf8' })) {
      if (!/fixtures\/.*\.[cm]?[jt]sx?$/.test(name)) continue;
      const { text, expected } = readFixture(readFileSync(path.join(rules, name), 'utf8'));
      if (expected.length === 0) continue;
      found++;
      assert.ok(reachesCors({ uri, text }, workspace({})), name);
    }
    assert.ok(found > 20, `only ${found} fixtures with findings`);
  });
});
