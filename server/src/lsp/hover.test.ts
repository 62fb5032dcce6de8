import assert from 'node:assert/strict';
import { createService } from '../service.ts';
import { hoverAt } from './hover.ts';

const service = createService({ workspace: { read: async () => undefined, list: async () => undefined, files: async () => [] } });

/** A file with `|` where the mouse rests, and what every paragraph of the hover has to match; empty: no hover. */
const rows: readonly (readonly [what: string, name: string, text: string, expected: readonly RegExp[]])[] = [
  [
    'a header in nginx',
    'nginx.conf',
    'server { location /a/ { add_header Access-Control-|Allow-Origin https://a.example; return 200; } }',
    [
      /^\*\*Access\\-Control\\-Allow\\-Origin\*\* — \[Fetch standard\]/,
      /which pages may read/,
      /pages of https\\:\/\/a\\\.example may read/,
      /^location \/a\/ allows 1 origin, without cookies/,
    ],
  ],
  [
    'Max-Age in Apache',
    '.htaccess',
    'Header set Access-Control-Allow-Origin "*"\nHeader set Access-Control-Max-Age "864|00"\n',
    [/Max\\-Age/, /how many seconds/, /cached 2 h in Chromium, 24 h in Firefox, 10 min in Safari/, /allows any site/],
  ],
  [
    'an origin in a map',
    'nginx.conf',
    'map $http_origin $cors { "https://a|pp.example" $http_origin; }\nserver { location / { add_header Access-Control-Allow-Origin $cors; return 200; } }',
    [/^\*\*Origin\*\*/, /pages of https\\:\/\/app\\\.example may read/],
  ],
  [
    'a pattern in a map',
    'nginx.conf',
    'map $http_origin $cors { "~^https://a|pp\\.example$" $http_origin; }\nserver { location / { add_header Access-Control-Allow-Origin $cors; return 200; } }',
    [/Pattern of origins/, /lets in origins such as https\\:\/\/app\\\.example/],
  ],
  ...(
    [
      [
        'an option of cors',
        "cors({ max|Age: 3600, origin: 'https://a.example' })",
        [/maxAge: Access\\-Control\\-Max\\-Age/, /how many seconds/, /cached 1 h in Chromium/],
      ],
      [
        'credentials of the wrong type',
        "cors({ credentials: 'tr|ue', origin: 'https://a.example' })",
        [/Allow\\-Credentials/, /exactly `true`/, /without cookies/],
      ],
      [
        'an origin in a list',
        "cors({ origin: ['https://a.example', 'https://b.exa|mple/'] })",
        [/\*\*Origin\*\*/, /no browser ever sends this origin; it would be https\\:\/\/b\\\.example/],
      ],
      [
        'a list of methods',
        "cors({ meth|ods: ['GET', 'PUT'], origin: 'https://a.example' })",
        [/methods: /, /Answers a preflight/, /2 methods/],
      ],
      [
        'an option without a header',
        "cors({ preflight|Continue: true, origin: 'https://a.example' })",
        [/preflightContinue/, /next handler/],
      ],
    ] as const
  ).map(
    ([what, call, expected]) =>
      [
        what,
        'app.js',
        `import express from 'express';\nimport cors from 'cors';\nconst app = express();\napp.use(${call});\napp.get('/', (q, r) => r.json({}));\napp.listen(1);\n`,
        expected,
      ] as const,
  ),
  ['what has nothing to do with CORS', 'nginx.conf', 'server { location /a/ { ro|ot /srv; add_header X-A 1; } }', []],
  [
    'markup in the file',
    'nginx.conf',
    'server { location /a/ { add_header Access-Control-Allow-Origin "[x](comm|and:y)`<img>"; return 200; } }',
    [/Allow\\-Origin/, /which pages/, /no browser ever sends this origin/],
  ],
];

describe('hovers', function () {
  // The first file of a language loads its parser.
  this.timeout(20_000);

  for (const [what, name, marked, expected] of rows) {
    it(`on ${what}`, async () => {
      const offset = marked.indexOf('|');
      const analysis = await service.analyse({ uri: `file:///w/${name}`, text: marked.replace('|', '') }, { evenUnrelated: true });
      assert.ok(analysis);
      const lines = hoverAt(analysis, offset)?.lines ?? [];
      const found = JSON.stringify(lines);
      for (const [index, each] of expected.entries()) assert.match(lines[index] ?? '', each, found);
      if (expected.length === 0) assert.deepEqual(lines, []);
      assert.doesNotMatch(lines.slice(1).join(''), /\]\(command:|<img/);
    });
  }
});
