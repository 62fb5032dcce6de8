/** What the rule catalogue says of several rules together: levels by condition, and which of two findings at one node stays. */
import assert from 'node:assert/strict';
import { defaultConfiguration } from '../core/configuration.ts';
import { createService } from '../service.ts';
import { rules } from './index.ts';

const cors = "const app = require('express')(); const cors = require('cors');\n";
const location = (lines: string): string => `server { location /api/ { ${lines} proxy_pass http://a; } }\n`;
const allowed = 'add_header Access-Control-Allow-Origin https://app.example.com always;';

/** A text and every finding of one rule in it: its level and the text that it underlines. */
const levels: readonly (readonly [rule: string, file: string, text: string, ...found: string[]])[] = [
  [
    'request-controlled-origin',
    'nginx.conf',
    location('add_header Access-Control-Allow-Origin $http_referer always;'),
    'error $http_referer',
  ],
  [
    'request-controlled-origin',
    'nginx.conf',
    location('add_header Access-Control-Allow-Origin https://$host always;'),
    'info https://$host',
  ],
  ['invalid-token-list', 'app.js', `${cors}app.use(cors({ origin: 'https://a.example.com', methods: 'GET,put' }));`, "error 'GET,put'"],
  [
    'invalid-token-list',
    'app.js',
    `${cors}app.use(cors({ origin: 'https://a.example.com', methods: 'GET,patch' }));`,
    "warning 'GET,patch'",
  ],
  [
    'invalid-token-list',
    'app.js',
    `${cors}app.use(cors({ origin: 'https://a.example.com', methods: 'GET,OPTION' }));`,
    "warning 'GET,OPTION'",
  ],
  ['invalid-token-list', 'app.js', `${cors}app.use(cors({ origin: 'https://a.example.com', methods: 'GET; PUT' }));`, "error 'GET; PUT'"],
  ['null-origin-allowed', 'app.js', `${cors}app.use(cors({ origin: ['null'], credentials: true }));`, "error 'null'"],
  ['null-origin-allowed', 'app.js', `${cors}app.use(cors({ origin: ['null'] }));`, "warning 'null'"],
  [
    'insecure-origin-allowed',
    'app.js',
    `${cors}app.use(cors({ origin: 'http://a.example.com', credentials: true }));`,
    "warning 'http://a.example.com'",
  ],
  ['insecure-origin-allowed', 'app.js', `${cors}app.use(cors({ origin: 'http://a.example.com' }));`, "info 'http://a.example.com'"],
  ['origin-option-disables-cors', 'app.js', `${cors}app.use(cors({ origin: undefined }));`, 'warning undefined'],
  ['origin-option-disables-cors', 'app.js', `${cors}app.use(cors({ origin: process.env.ORIGIN }));`, 'info process.env.ORIGIN'],
  ['origin-option-disables-cors', 'app.js', `${cors}app.use(cors({ origin: false }));`],
  [
    'invalid-credentials-value',
    'nginx.conf',
    location(`${allowed} add_header Access-Control-Allow-Credentials True always;`),
    'error True',
  ],
  [
    'invalid-credentials-value',
    'nginx.conf',
    location(`${allowed} add_header Access-Control-Allow-Credentials FALSE always;`),
    'info FALSE',
  ],
];

/** From the strongest; rules of one rank do not yield to each other. */
const precedence: readonly (readonly (readonly string[])[])[] = [
  [
    ['invalid-allow-origin'],
    ['wildcard-with-credentials', 'reflected-origin-with-credentials'],
    ['request-controlled-origin'],
    ['unanchored-origin-regex', 'loose-origin-check'],
    ['registrable-by-anyone'],
    ['unescaped-dot-in-origin-regex'],
    ['null-origin-allowed'],
    ['insecure-origin-allowed'],
    ['any-subdomain-allowed'],
  ],
  [['reflected-origin-with-credentials', 'reflected-origin'], ['unguarded-allow-origin']],
  [['preflight-headers-lost'], ['headers-not-inherited', 'overridden-by-later-if'], ['missing-allow-origin'], ['missing-vary-origin']],
  [['auth-before-preflight'], ['cors-after-routes'], ['missing-preflight-handler']],
  [['preflight-not-ok'], ['missing-preflight-handler']],
  [['headers-lost-on-error'], ['missing-always']],
  [['duplicate-cors-layers'], ['multiple-allow-origin']],
];

describe('the catalogue', function () {
  this.timeout(30_000);
  for (const [rule, file, text, ...expected] of levels)
    it(`${rule}: ${expected.join() || 'nothing'}`, async () => {
      const service = createService({ workspace: { read: async () => undefined, list: async () => [], files: async () => [] } });
      const { findings } = await service.lint(
        { uri: `file:///project/${file}`, text },
        { configuration: { ...defaultConfiguration, profile: 'strict' } },
      );
      const found = findings.filter((each) => each.ruleId === rule);
      assert.deepEqual(
        found.map(({ level, place }) => `${level} ${text.slice(place.range.start, place.range.end)}`),
        expected,
      );
    });

  it('reports a Vary: Origin that is erased where that is done, and not as missing', async () => {
    const service = createService({ workspace: { read: async () => undefined, list: async () => [], files: async () => [] } });
    const text = `${cors}app.use(cors({ origin: ['https://a.example.com'] }));
app.get('/', (req, res) => { res.setHeader('Vary', 'Accept'); res.json({}); });\n`;
    const { findings } = await service.lint({ uri: 'file:///project/app.js', text });
    assert.deepEqual(
      findings.map(({ ruleId, message }) => `${ruleId}: ${/\(.*\)$/.exec(message)?.[0] ?? ''}`),
      ['overwritten-vary: (Also: missing-vary-origin.)'],
    );
  });

  it('names the mistakes that a stronger one stands for', async () => {
    const service = createService({ workspace: { read: async () => undefined, list: async () => [], files: async () => [] } });
    const text = "require('express')().use(require('cors')({ origin: /acme\\.io$/, credentials: true }));\n";
    const { findings } = await service.lint({ uri: 'file:///project/app.js', text });
    assert.deepEqual(
      findings.map(({ ruleId, message }) => `${ruleId}: ${/\(.*\)$/.exec(message)?.[0] ?? ''}`),
      ['unanchored-origin-regex: (Also: insecure-origin-allowed.)'],
    );
  });

  for (const ranks of precedence)
    it(ranks.map((rank) => rank.join(', ')).join(' > '), () => {
      ranks.forEach((rank, index) => {
        for (const id of rank) {
          const yields = rules.find((rule) => rule.id === id)?.yieldsTo ?? [];
          assert.deepEqual(
            ranks
              .slice(0, index)
              .flat()
              .filter((stronger) => !yields.includes(stronger)),
            [],
            id,
          );
        }
      });
    });
});
