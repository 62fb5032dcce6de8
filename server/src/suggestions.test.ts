import assert from 'node:assert/strict';
import { applyEdits } from './core/text.ts';
import type { Workspace } from './core/workspace.ts';
import { createService } from './service.ts';
import { suggestionsFor, type Suggestion } from './suggestions.ts';

const folder = 'file:///w/';

/** A workspace that holds what it is given. */
function workspaceOf(texts: Readonly<Record<string, string>>): Workspace {
  const files = new Map(Object.entries(texts).map(([path, text]) => [folder + path, text]));
  return {
    read: async (uri) => files.get(uri),
    list: async (uri) => [...files.keys()].filter((each) => each.startsWith(uri) && !each.slice(uri.length).includes('/')),
    files: async () => [...files.keys()],
  };
}

/** The suggestions at the `|` of a text. */
async function suggest(path: string, marked: string, others: Readonly<Record<string, string>> = {}) {
  const offset = marked.indexOf('|');
  assert.ok(offset >= 0, 'the text has a cursor');
  const text = marked.slice(0, offset) + marked.slice(offset + 1);
  const service = createService({ workspace: workspaceOf({ ...others, [path]: text }) });
  const expectation = await service.consult({ uri: folder + path, text }, (engine, file, files) =>
    engine.expectedAt?.(file, files, offset),
  );
  const suggestions = expectation ? suggestionsFor(expectation, text, offset) : [];
  for (const { range } of suggestions) {
    assert.ok(range.start <= offset && offset <= range.end, 'the range is around the cursor');
    assert.ok(!text.slice(range.start, range.end).includes('\n'), 'the range is on one line');
  }
  return { text, suggestions };
}

const accept = (text: string, { range, text: inserted }: Suggestion): string => applyEdits(text, [{ range, text: inserted }]);

type Row = readonly [
  title: string,
  source: string,
  /** The label that is taken and the text afterwards; undefined where nothing may be offered. */
  taken: readonly [label: string, after: string] | undefined,
  /** The first labels, where their order matters. */
  first?: readonly string[],
];

const allowOrigin = 'Access-Control-Allow-Origin';
const map = 'map $http_origin $cors_origin { default ""; https://a.example $http_origin; }\n';

const nginx: readonly Row[] = [
  ['a name', 'add_header |', [allowOrigin, `add_header ${allowOrigin}`]],
  ['a name in part', 'server { add_header Acc|\n}', [allowOrigin, `server { add_header ${allowOrigin}\n}`]],
  ['in the middle of a name with dashes', 'add_header Access-Con|trol-Allow-Orig *;', [allowOrigin, `add_header ${allowOrigin} *;`]],
  [
    'before an unfinished line’s neighbour',
    'add_header |\nproxy_pass http://a;',
    [allowOrigin, `add_header ${allowOrigin}\nproxy_pass http://a;`],
  ],
  ['a name in quotes', 'add_header "Acc|" x;', ['Vary', 'add_header "Vary" x;']],
  ['a name whose quote is open', 'add_header "Acc|\n', ['Vary', 'add_header "Vary\n']],
  [
    'origin maps before the request’s Origin',
    `${map}server { add_header ${allowOrigin} |; }`,
    ['$cors_origin', `${map}server { add_header ${allowOrigin} $cors_origin; }`],
    ['$cors_origin', '$http_origin'],
  ],
  [
    'a variable in part',
    `${map}server { add_header ${allowOrigin} $co|; }`,
    ['$cors_origin', `${map}server { add_header ${allowOrigin} $cors_origin; }`],
  ],
  [
    'a variable in quotes',
    `${map}server { add_header ${allowOrigin} "$|" always; }`,
    ['$cors_origin', `${map}server { add_header ${allowOrigin} "$cors_origin" always; }`],
  ],
  [
    'a variable in the middle of a word',
    `set $scheme_part https;\nadd_header ${allowOrigin} $scheme|_pa://a.example;`,
    ['$scheme_part', `set $scheme_part https;\nadd_header ${allowOrigin} $scheme_part://a.example;`],
  ],
  [
    'a value that is a word',
    'add_header Access-Control-Allow-Credentials |;',
    ['true', 'add_header Access-Control-Allow-Credentials true;'],
    ['true'],
  ],
  [
    'a list, quoted',
    'add_header Access-Control-Allow-Methods |;',
    ['GET, POST, PUT, PATCH, DELETE', 'add_header Access-Control-Allow-Methods "GET, POST, PUT, PATCH, DELETE";'],
  ],
  [
    'one more of a list',
    'add_header Access-Control-Allow-Methods "GET, PO|, PUT";',
    ['POST', 'add_header Access-Control-Allow-Methods "GET, POST, PUT";'],
    ['HEAD', 'POST', 'PATCH', 'DELETE', 'OPTIONS'],
  ],
  [
    'one more at the end of a list',
    'add_header Access-Control-Allow-Headers "Content-Type, |";',
    ['Authorization', 'add_header Access-Control-Allow-Headers "Content-Type, Authorization";'],
  ],
  [
    'one more of a list without blanks and quotes',
    'add_header Access-Control-Allow-Methods GET,PA|;',
    ['PATCH', 'add_header Access-Control-Allow-Methods GET,PATCH;'],
  ],
  ['always', `add_header ${allowOrigin} * |;`, ['always', `add_header ${allowOrigin} * always;`], ['always']],
  ['headers-more, a name', "more_set_headers 'Acc|';", [allowOrigin, `more_set_headers '${allowOrigin}: ';`]],
  ['headers-more, a name with a value', "more_set_headers 'Acc|: *';", [allowOrigin, `more_set_headers '${allowOrigin}: *';`]],
  ['headers-more, a value', "more_set_headers 'Access-Control-Max-Age: |';", ['7200', "more_set_headers 'Access-Control-Max-Age: 7200';"]],
  ['headers-more, statuses', "more_set_headers -s '4|' 'X: y';", undefined],
  ['another header’s value', 'add_header X-Frame-Options |;', undefined],
  ['behind the directive', 'add_header X y;|', undefined],
  ['another directive', 'proxy_set_header |;', undefined],
  ['the directive’s own name', 'add_hea|', undefined],
  ['behind a closing quote', 'add_header "Vary"| x;', undefined],
  ['a comment', 'add_header Vary Origin; # add_header |', undefined],
  ['a comment inside the directive', 'add_header Vary # here |\nOrigin;', undefined],
  ['a template’s placeholder', 'add_header {{ na|me }} x;', undefined],
  ['a line of its own', 'server {\n|\n}', undefined],
];

const setEnv = 'SetEnvIf Origin "^https://a\\.example$" ORIGIN=$0\n';
const apache: readonly Row[] = [
  ['a name', 'Header set |', [allowOrigin, `Header set ${allowOrigin}`]],
  ['a name behind always', 'Header always set Access-|', [allowOrigin, `Header always set ${allowOrigin}`]],
  ['in the middle of a name', 'Header set Access-Con|trol-Allow "x"', [allowOrigin, `Header set ${allowOrigin} "x"`]],
  ['a name to unset', '<If "true">\nHeader unset |\n</If>', ['Vary', '<If "true">\nHeader unset Vary\n</If>']],
  ['a value gets quotes', `Header set ${allowOrigin} |`, ['*', `Header set ${allowOrigin} "*"`]],
  ['a value in quotes', 'Header set Access-Control-Max-Age "|"', ['7200', 'Header set Access-Control-Max-Age "7200"']],
  [
    'a value whose quote is open',
    'Header set Access-Control-Allow-Methods "GET, P|',
    ['PUT', 'Header set Access-Control-Allow-Methods "GET, PUT'],
  ],
  [
    'variables first',
    `${setEnv}Header set ${allowOrigin} |`,
    ['%{ORIGIN}e', `${setEnv}Header set ${allowOrigin} "%{ORIGIN}e"`],
    ['%{ORIGIN}e', 'https://app.example.com', '*'],
  ],
  [
    'a variable in part',
    `SetEnv OTHER 1\n${setEnv}Header set ${allowOrigin} "%{OR|}e"`,
    ['%{ORIGIN}e', `SetEnv OTHER 1\n${setEnv}Header set ${allowOrigin} "%{ORIGIN}e"`],
    ['%{ORIGIN}e', '%{OTHER}e'],
  ],
  [
    'a variable of a rewrite rule',
    `RewriteRule ^ - [E=CORS:%{HTTP:Origin}]\nHeader set ${allowOrigin} "%{|"`,
    ['%{CORS}e', `RewriteRule ^ - [E=CORS:%{HTTP:Origin}]\nHeader set ${allowOrigin} "%{CORS}e"`],
  ],
  [
    'a condition',
    `${setEnv}Header set ${allowOrigin} "%{ORIGIN}e" |`,
    ['env=ORIGIN', `${setEnv}Header set ${allowOrigin} "%{ORIGIN}e" env=ORIGIN`],
  ],
  [
    'a condition in part',
    `${setEnv}Header set ${allowOrigin} "%{ORIGIN}e" env=!O|`,
    ['env=!ORIGIN', `${setEnv}Header set ${allowOrigin} "%{ORIGIN}e" env=!ORIGIN`],
  ],
  ['an expression', `Header set ${allowOrigin} "expr=%{|"`, undefined],
  ['another header’s value', 'Header set X-Frame-Options "|"', undefined],
  ['the request’s headers', 'RequestHeader set |', undefined],
  ['the action', 'Header |', undefined],
  ['a comment', '# Header set |', undefined],
  ['another directive', `${setEnv}Require env |`, undefined],
  ['behind a closing quote', 'Header set Vary "Origin"|', undefined],
  ['the next line', 'Header set Vary "Origin"\n|', undefined],
];

const app = "const express = require('express');\nconst cors = require('cors');\nconst app = express();\n";
const inHandler = (code: string): string => `${app}app.get('/', (req, res) => { ${code} });\n`;
const inApp = (code: string): string => `${app}${code}\n`;

const javascript: readonly Row[] = [
  ['a name', inHandler("res.setHeader('|');"), [allowOrigin, inHandler(`res.setHeader('${allowOrigin}');`)]],
  [
    'a name with a value',
    inHandler("res.set('Access-Con|trol-Allow-Orig', x);"),
    [allowOrigin, inHandler(`res.set('${allowOrigin}', x);`)],
  ],
  ['a name whose quote is open', inHandler('\nres.header("Access-|\n'), [allowOrigin, inHandler(`\nres.header("${allowOrigin}\n`)]],
  [
    'a name whose quote is open, before the rest of the call',
    inHandler("\nres.header('Acc|, value);\n"),
    ['Vary', inHandler("\nres.header('Vary, value);\n")],
  ],
  ['behind other methods', inHandler("res.status(200).set('|')"), ['Vary', inHandler("res.status(200).set('Vary')")]],
  [
    'a value',
    inHandler(`res.append('Access-Control-Allow-Methods', 'GET, |');`),
    ['PUT', inHandler(`res.append('Access-Control-Allow-Methods', 'GET, PUT');`)],
  ],
  ['vary', inHandler(`res.vary('|')`), ['Origin', inHandler(`res.vary('Origin')`)]],
  ['the keys of an object', inHandler("res.set({ '|' })"), [allowOrigin, inHandler(`res.set({ '${allowOrigin}' })`)]],
  ['a key without quotes', inHandler('res.set({ | })'), [allowOrigin, inHandler(`res.set({ '${allowOrigin}':  })`)]],
  [
    'the values of an object',
    inHandler("res.writeHead(200, { 'Access-Control-Max-Age': '|' })"),
    ['7200', inHandler("res.writeHead(200, { 'Access-Control-Max-Age': '7200' })")],
  ],
  [
    'a response by its type',
    "import type { Response } from 'express';\nfunction allow(r: Response) { r.setHeader('|') }",
    [allowOrigin, `import type { Response } from 'express';\nfunction allow(r: Response) { r.setHeader('${allowOrigin}') }`],
  ],
  [
    'options of an empty object',
    inApp('app.use(cors({ | }));'),
    ['credentials', inApp('app.use(cors({ credentials:  }));')],
    ['origin', 'methods'],
  ],
  [
    'options in part',
    inApp('app.use(cors({ origin: list, cred| }));'),
    ['credentials', inApp('app.use(cors({ origin: list, credentials:  }));')],
    ['methods', 'allowedHeaders'],
  ],
  ['an option that is renamed', inApp('app.use(cors({ ori|: true }));'), ['origin', inApp('app.use(cors({ origin: true }));')]],
  [
    'a method for @fastify/cors',
    "import Fastify from 'fastify';\nimport cors from '@fastify/cors';\nconst app = Fastify();\napp.register(cors, { methods: ['|'] });",
    [
      'PUT',
      "import Fastify from 'fastify';\nimport cors from '@fastify/cors';\nconst app = Fastify();\napp.register(cors, { methods: ['PUT'] });",
    ],
  ],
  [
    'a header for @koa/cors, which names the option otherwise',
    "import Koa from 'koa';\nimport cors from '@koa/cors';\nnew Koa().use(cors({ allowHeaders: ['|'] }));",
    ['Authorization', "import Koa from 'koa';\nimport cors from '@koa/cors';\nnew Koa().use(cors({ allowHeaders: ['Authorization'] }));"],
  ],
  [
    'a value for hono/cors',
    "import { Hono } from 'hono';\nimport { cors } from 'hono/cors';\nnew Hono().use('*', cors({ credentials: | }));",
    ['true', "import { Hono } from 'hono';\nimport { cors } from 'hono/cors';\nnew Hono().use('*', cors({ credentials: true }));"],
  ],
  ['options with quotes', inApp("app.use(cors({ 'max|': 1 }));"), ['maxAge', inApp("app.use(cors({ 'maxAge': 1 }));")]],
  [
    'options by a name',
    inApp('const given = {\n  |\n};\napp.use(cors(given));'),
    ['maxAge', inApp('const given = {\n  maxAge: \n};\napp.use(cors(given));')],
  ],
  [
    'options that are spread',
    inApp('const base = { |};\napp.use(cors({ ...base, origin: list }));'),
    ['maxAge', inApp('const base = { maxAge: };\napp.use(cors({ ...base, origin: list }));')],
  ],
  [
    'options by their type',
    "import type { CorsOptions } from 'cors';\nexport const given: CorsOptions = { | };",
    ['maxAge', "import type { CorsOptions } from 'cors';\nexport const given: CorsOptions = { maxAge:  };"],
  ],
  ['options half typed', `${app}app.use(cors({ or|`, ['origin', `${app}app.use(cors({ origin: `]],
  [
    'the value of an option',
    inApp('app.use(cors({ credentials: | }));'),
    ['true', inApp('app.use(cors({ credentials: true }));')],
    ['true', 'false'],
  ],
  ['an element', inApp("app.use(cors({ methods: ['GET', '|'] }));"), ['PUT', inApp("app.use(cors({ methods: ['GET', 'PUT'] }));")]],
  [
    'an element without quotes',
    inApp('app.use(cors({ allowedHeaders: [|] }));'),
    ['Authorization', inApp("app.use(cors({ allowedHeaders: ['Authorization'] }));")],
  ],
  ['a list in a text', inApp("app.use(cors({ methods: 'GET,P|' }));"), ['PUT', inApp("app.use(cors({ methods: 'GET,PUT' }));")]],
  ['a Map', inApp("const seen = new Map(); seen.set('|', 1);"), undefined],
  ['a Map inside a handler', inHandler("res.locals.seen.set('|', 1);"), undefined],
  ['a form', inHandler("const form = new FormData(); form.append('|', 1);"), undefined],
  ['the request', inHandler("req.header('|')"), undefined],
  ['what fetch answers', inApp("fetch('/').then((answer) => answer.set('|'));"), undefined],
  ['another header’s value', inHandler("res.setHeader('X-Frame-Options', '|')"), undefined],
  ['a text elsewhere', inHandler("res.send('|')"), undefined],
  ['an object elsewhere', inApp('const other = { | };'), undefined],
  ['an object inside the options', inApp('app.use(cors({ origin: f({ | }) }));'), undefined],
  ['another call', inApp('app.use(helmet({ | }));'), undefined],
  ['a comment', inApp('app.use(cors({ // |\n }));'), undefined],
  ['a commented call', inHandler("// res.setHeader('|')\n"), undefined],
  ['another cors', "import { cors } from './own';\nimport express from 'express';\nexpress().use(cors({ | }));", undefined],
];

for (const [path, rows] of [
  ['nginx.conf', nginx],
  ['.htaccess', apache],
  ['app.ts', javascript],
] as const) {
  describe(`suggestions in ${path}`, () => {
    for (const [title, source, taken, first] of rows) {
      it(`${title}${taken ? '' : ': nothing'}`, async () => {
        const { text, suggestions } = await suggest(path, source);
        const labels = suggestions.map(({ label }) => label);
        if (!taken) {
          assert.deepEqual(labels, []);
          return;
        }
        const [label, after] = taken;
        const chosen = suggestions.find((each) => each.label === label);
        assert.ok(chosen, `“${label}” is not among ${labels.join(', ')}`);
        assert.equal(accept(text, chosen), after);
        assert.equal(new Set(labels).size, labels.length, 'nothing is offered twice');
        if (first) assert.deepEqual(labels.slice(0, first.length), first);
      });
    }
  });
}

describe('suggestions', () => {
  it('know the variables of the whole nginx configuration', async () => {
    const { suggestions } = await suggest('snippets/cors.conf', `add_header ${allowOrigin} |;`, {
      'nginx.conf': `http { ${map} server { include snippets/*.conf; } }`,
    });
    assert.deepEqual(
      suggestions.slice(0, 2).map(({ label }) => label),
      ['$cors_origin', '$http_origin'],
    );
  });

  it('know the variables of the folder’s outer .htaccess', async () => {
    const { suggestions } = await suggest('api/.htaccess', `Header set ${allowOrigin} "%|"`, { '.htaccess': setEnv });
    assert.deepEqual(
      suggestions.map(({ label }) => label),
      ['%{ORIGIN}e'],
    );
  });

  it('say what each name and option is', async () => {
    for (const [path, source] of [
      ['nginx.conf', 'add_header |;'],
      ['app.js', inApp('app.use(cors({ | }));')],
    ] as const)
      for (const { label, documentation } of (await suggest(path, source)).suggestions) assert.ok(documentation, label);
  });

  it('leave a tab stop for an origin', async () => {
    const { suggestions } = await suggest('nginx.conf', `add_header ${allowOrigin} |;`);
    assert.ok(suggestions.some(({ snippet }) => snippet === 'https://${1:app.example.com}'));
  });

  it('hold at every offset of a text that is cut anywhere', async () => {
    for (const [path, rows] of [
      ['nginx.conf', nginx],
      ['.htaccess', apache],
    ] as const)
      for (const [, source] of rows.slice(0, 12))
        for (let at = 0; at < source.length; at++) await suggest(path, `${source.slice(0, at).replace('|', '')}|`);
  });
});
