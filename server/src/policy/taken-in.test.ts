import assert from 'node:assert/strict';
import type { Workspace } from '../core/workspace.ts';
import { createService } from '../service.ts';

const start = `const express = require('express');
const cors = require('cors');
const config = require('./config');
const app = express();
`;
const config = `exports.star = '*';
exports.list = ['https://a.example/'];
exports.options = { origin: true, credentials: true };
exports.misspelled = { origin: 'https://a.example', optionSuccessStatus: 200 };
exports.headers = { 'Access-Control-Allow-Origin': '*', 'Access-Control-Allow-Credentials': 'true' };
exports.authenticate = (req, res, next) => (req.headers.authorization ? next() : res.status(401).end());
`;
const allowed = `const cors = require('cors');
const config = require('./config');
`;

interface Row {
  readonly name: string;
  /** The file behind its first lines, and further files. */
  readonly text: string;
  readonly files?: Readonly<Record<string, string>>;
  /** The rules with the code that is underlined. */
  readonly found: readonly string[];
}

const rows: readonly Row[] = [
  {
    name: 'a list, at the option',
    text: 'app.use(cors({ origin: config.list }));',
    found: ['invalid-allow-origin: config.list'],
  },
  {
    name: 'a list in a check of one’s own, at the option',
    text: 'app.use(cors({ origin: (origin, cb) => cb(null, config.list.includes(origin)) }));',
    found: ['invalid-allow-origin: (origin, cb) => cb(null, config.list.includes(origin))'],
  },
  {
    name: 'options, at the call, once',
    text: "app.use(cors(config.options));\napp.options('/x', cors(config.options));",
    found: ['reflected-origin-with-credentials: cors(config.options)'],
  },
  {
    name: 'an option that the package ignores, at the call',
    text: 'app.use(cors(config.misspelled));',
    found: ['unknown-cors-option: cors(config.misspelled)'],
  },
  {
    name: 'a value by hand, at the argument',
    text: "app.use((req, res, next) => {\n  res.set('Access-Control-Allow-Origin', config.star);\n  res.set('Access-Control-Allow-Credentials', 'true');\n  next();\n});",
    found: ['wildcard-with-credentials: config.star'],
  },
  {
    name: 'an object of headers, at the argument',
    text: 'app.use((req, res, next) => {\n  res.set(config.headers);\n  next();\n});',
    found: ['wildcard-with-credentials: config.headers'],
  },
  {
    name: 'an object of headers, at what a response is made with',
    text: "module.exports = { fetch: () => Response.json({}, { headers: { ...config.headers, 'X-A': '1' } }) };",
    found: ["wildcard-with-credentials: { headers: { ...config.headers, 'X-A': '1' } }"],
  },
  {
    name: 'a value that is right at one place and wrong at another, at the wrong one',
    text: "app.get('/a', cors({ origin: config.star }));\napp.get('/b', cors({ origin: (config.star), credentials: true }));",
    found: ['wildcard-with-credentials: (config.star)'],
  },
  {
    name: 'nothing where another file is to blame',
    text: "app.get('/a', cors({ origin: config.star }));\napp.get('/b', require('./allow'));",
    files: { 'allow.js': `${allowed}module.exports = cors({ origin: config.star, credentials: true });\n` },
    found: [],
  },
  {
    name: 'nothing where only another file uses it',
    text: "app.get('/b', require('./allow'));",
    files: { 'allow.js': `${allowed}module.exports = cors({ origin: config.list });\n` },
    found: [],
  },
  {
    name: 'nothing where nobody uses it',
    text: 'app.listen(config.port);',
    found: [],
  },
];

describe('mistakes in imported values are shown where they are taken in', () => {
  for (const { name, text, files = {}, found } of rows)
    it(name, async () => {
      const folder = 'file:///app/';
      const disk = new Map(Object.entries({ 'config.js': config, ...files }).map(([file, each]) => [folder + file, each]));
      const workspace: Workspace = {
        read: async (uri) => disk.get(uri),
        list: async () => [],
        files: async () => [...disk.keys()],
      };
      const document = { uri: `${folder}app.js`, text: start + text };
      const { findings } = await createService({ workspace }).lint(document);
      const shown = findings.filter((each) => each.level !== 'info');
      assert.deepEqual(
        shown.map(({ ruleId, place: { range } }) => `${ruleId}: ${document.text.slice(range.start, range.end)}`),
        found,
      );
      for (const { related } of shown) assert.equal(related[0]?.place.uri, `${folder}config.js`);
    });

  it('a middleware is called what the file calls it that registers it', async () => {
    const workspace: Workspace = { read: async () => config, list: async () => [], files: async () => ['file:///app/config.js'] };
    const text = `${start}const { authenticate } = config;\napp.use(authenticate);\napp.use(cors());\napp.put('/x', (req, res) => res.json({}));`;
    const { findings } = await createService({ workspace }).lint({ uri: 'file:///app/app.js', text });
    const found = findings.find(({ ruleId }) => ruleId === 'auth-before-preflight');
    assert.match(found?.message ?? '', /^`authenticate` answers/);
  });
});
