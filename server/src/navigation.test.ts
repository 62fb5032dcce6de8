import assert from 'node:assert/strict';
import type { Place } from './core/text.ts';
import { definitionAt, referencesAt } from './navigation.ts';
import { createService } from './service.ts';

const folder = 'file:///w/';

/** Files as they are written in the tables: `¦` is the cursor, in one of the files. */
type Texts = Readonly<Record<string, string>>;

function open(texts: Texts) {
  const [path, marked] = Object.entries(texts).find(([, text]) => text.includes('¦')) ?? assert.fail('a file has a cursor');
  const offset = marked.indexOf('¦');
  const files = new Map(Object.entries(texts).map(([each, text]) => [folder + each, text.replace('¦', '')]));
  const read: string[] = [];
  const workspace = {
    read: async (uri: string) => {
      read.push(uri);
      return files.get(uri);
    },
    list: async (uri: string) => [
      ...new Set(
        [...files.keys()].filter((each) => each.startsWith(uri)).map((each) => uri + (/^[^/]*\/?/.exec(each.slice(uri.length))?.[0] ?? '')),
      ),
    ],
    files: async () => [...files.keys()],
  };
  const document = { uri: folder + path, text: files.get(folder + path) ?? '' };
  const context = { service: createService({ workspace }), workspace };
  /** A place as `file: text`. */
  const shown = ({ uri, range }: Place): string => {
    const text = files.get(uri) ?? '';
    return `${uri.slice(folder.length)}: ${text.slice(range.start, range.end)}`;
  };
  return { document, offset, context, shown, read };
}

async function definition(texts: Texts): Promise<{ readonly name: string; readonly places: readonly string[] } | undefined> {
  const { document, offset, context, shown } = open(texts);
  const found = await definitionAt(document, offset, context);
  return found && { name: document.text.slice(found.range.start, found.range.end), places: found.places.map(shown) };
}

const map = 'map $http_origin $cors_origin { default ""; ~^https://(?<tenant>\\w+)\\.example$ $http_origin; }';
const proxy = 'server { location / { proxy_pass http://127.0.0.1:30¦00; } }';

const rows: readonly (readonly [title: string, texts: Texts, name: string | undefined, places: readonly string[]])[] = [
  [
    'nginx: a map',
    { 'nginx.conf': `http { ${map} server { add_header Vary $cors_or¦igin; } }` },
    '$cors_origin',
    ['nginx.conf: $cors_origin'],
  ],
  [
    'nginx: in braces and capitals',
    { 'nginx.conf': `http { ${map} server { add_header Vary "a\${CORS_¦ORIGIN}"; } }` },
    '${CORS_ORIGIN}',
    ['nginx.conf: $cors_origin'],
  ],
  [
    'nginx: set, more than once',
    { 'nginx.conf': 'server { set $x 1; if ($a) { set $x 2; } return 200 $x¦; }' },
    '$x',
    ['nginx.conf: $x', 'nginx.conf: $x'],
  ],
  [
    'nginx: geo with a source',
    { 'nginx.conf': 'geo $remote_addr $near { default 0; }\nserver { return 200 $n¦ear; }' },
    '$near',
    ['nginx.conf: $near'],
  ],
  [
    'nginx: auth_request_set',
    { 'nginx.conf': 'location / { auth_request_set $user $upstream_http_x_user; add_header X-User ¦$user; }' },
    '$user',
    ['nginx.conf: $user'],
  ],
  ['nginx: a named group', { 'nginx.conf': `http { ${map} server { add_header X $te¦nant; } }` }, '$tenant', ['nginx.conf: tenant']],
  [
    'nginx: in another file',
    { 'nginx.conf': 'http { include conf.d/*.conf; server { add_header Vary $cors_or¦igin; } }', 'conf.d/map.conf': map },
    '$cors_origin',
    ['conf.d/map.conf: $cors_origin'],
  ],
  [
    'nginx: from an included file',
    { 'nginx.conf': `http { ${map} server { include cors.conf; } }`, 'cors.conf': 'add_header Vary $cors_or¦igin;' },
    '$cors_origin',
    ['nginx.conf: $cors_origin'],
  ],
  [
    'nginx: from a file that a file of another folder includes',
    {
      'nginx.conf': `http { ${map} include sites-enabled/*; }`,
      'sites-enabled/api': 'server { include snippets/cors.conf; }',
      'snippets/cors.conf': 'add_header Vary $cors_or¦igin;',
    },
    '$cors_origin',
    ['nginx.conf: $cors_origin'],
  ],
  ['nginx: a variable of its own', { 'nginx.conf': 'server { add_header Vary $http_or¦igin; }' }, undefined, []],
  [
    'nginx: an upstream',
    { 'nginx.conf': 'upstream Api { server 10.0.0.1; }\nserver { location / { proxy_pass http://a¦pi/v1/; } }' },
    'api',
    ['nginx.conf: Api'],
  ],
  [
    'nginx: an upstream of FastCGI',
    { 'nginx.conf': 'upstream php { server unix:/run/php; }\nserver { location / { fastcgi_pass p¦hp; } }' },
    'php',
    ['nginx.conf: php'],
  ],
  ['nginx: a host that is no upstream', { 'nginx.conf': 'server { location / { proxy_pass http://a¦pi/; } }' }, undefined, []],
  [
    'nginx: a named location',
    {
      'nginx.conf':
        'server { location @app { return 204; } location / { try_files $uri @a¦pp; } }\nserver { location @app { return 404; } }',
    },
    '@app',
    ['nginx.conf: @app'],
  ],
  [
    'nginx: another server’s named location',
    { 'nginx.conf': 'server { location @app { return 204; } }\nserver { error_page 404 = @a¦pp; }' },
    undefined,
    [],
  ],
  [
    'nginx: an include',
    { 'nginx.conf': 'http { include "sites/*¦.conf"; }', 'sites/b.conf': '', 'sites/a.conf': '' },
    'sites/*.conf',
    ['sites/a.conf: ', 'sites/b.conf: '],
  ],
  ['nginx: an include outside of the workspace', { 'nginx.conf': 'http { include /etc/other/mime.¦types; }' }, undefined, []],
  [
    'Apache: SetEnvIf, in a value',
    { '.htaccess': 'SetEnvIf Origin "^https://a$" ALLOWED=$0\nHeader set Vary "%{all¦owed}e"' },
    'allowed',
    ['.htaccess: ALLOWED'],
  ],
  ['Apache: SetEnv, in a condition', { '.htaccess': 'SetEnv CORS 1\nHeader set Vary Origin env=!CO¦RS' }, 'CORS', ['.htaccess: CORS']],
  [
    'Apache: a rewrite rule, in a condition',
    { '.htaccess': 'RewriteRule ^ - [NC,E=CORS:%{HTTP:Origin},L]\nRewriteCond %{ENV:CO¦RS} a' },
    'CORS',
    ['.htaccess: CORS'],
  ],
  ['Apache: in an expression', { '.htaccess': `SetEnvIfExpr "true" OK\n<If "reqenv('O¦K') == '1'">\n</If>` }, 'OK', ['.htaccess: OK']],
  ['Apache: Require env', { 'httpd.conf': 'SetEnvIf Origin a OK\n<Directory />\nRequire env O¦K\n</Directory>' }, 'OK', ['httpd.conf: OK']],
  [
    'Apache: Define, as it is written',
    { 'httpd.conf': 'Define origin x\nDefine ORIGIN y\nHeader set Vary "${OR¦IGIN}"' },
    'ORIGIN',
    ['httpd.conf: ORIGIN'],
  ],
  ['Apache: IfDefine', { 'httpd.conf': 'Define CORS\n<IfDefine !CO¦RS>\n</IfDefine>' }, 'CORS', ['httpd.conf: CORS']],
  [
    'Apache: the outer .htaccess',
    { '.htaccess': 'SetEnv CORS 1', 'a/.htaccess': 'Header set Vary Origin env=C¦ORS' },
    'CORS',
    ['.htaccess: CORS'],
  ],
  [
    'Apache: an included file',
    { 'httpd.conf': 'IncludeOptional conf.d/*.conf\nHeader set Vary Origin env=C¦ORS', 'conf.d/a.conf': 'SetEnv CORS 1' },
    'CORS',
    ['conf.d/a.conf: CORS'],
  ],
  [
    'Apache: an include',
    { 'httpd.conf': 'Include conf.d/¦*.conf', 'conf.d/b.conf': '', 'conf.d/a.conf': '' },
    'conf.d/*.conf',
    ['conf.d/a.conf: ', 'conf.d/b.conf: '],
  ],
  ['Apache: nothing sets it', { '.htaccess': 'Header set Vary Origin env=C¦ORS' }, undefined, []],
  [
    'a proxy’s application',
    { 'nginx.conf': proxy, 'api/app.js': 'app.listen(3000);', 'web/app.js': 'app.listen(30001);' },
    'http://127.0.0.1:3000',
    ['api/app.js: app.listen(3000)'],
  ],
  [
    'by a constant',
    { 'nginx.conf': proxy, 'app.ts': 'const PORT: number = 3000;\nserver.listen(PORT, () => {});' },
    'http://127.0.0.1:3000',
    ['app.ts: server.listen(PORT, () => {})'],
  ],
  [
    'by a default',
    { 'nginx.conf': proxy, 'app.ts': 'const port = Number(process.env.PORT ?? 3000);\nserver.listen({ port });' },
    'http://127.0.0.1:3000',
    ['app.ts: server.listen({ port })'],
  ],
  [
    'two of them',
    { 'nginx.conf': proxy, 'a.js': 'app.listen(3000)', 'b.js': "app.listen('3000')" },
    'http://127.0.0.1:3000',
    ['a.js: app.listen(3000)', "b.js: app.listen('3000')"],
  ],
  [
    'from an upstream’s server',
    { 'nginx.conf': 'upstream a { server localhost:30¦00 weight=2; }', 'a.js': 'app.listen(3000)' },
    'localhost:3000',
    ['a.js: app.listen(3000)'],
  ],
  [
    'from Apache',
    { 'httpd.conf': '<Location /api>\nProxyPass http://localhost:30¦00/\n</Location>', 'a.js': 'app.listen(3000)' },
    'http://localhost:3000',
    ['a.js: app.listen(3000)'],
  ],
  [
    'from Apache, with a path',
    { 'httpd.conf': 'ProxyPass /api http://[::1]:30¦00/', 'a.js': 'app.listen(3000)' },
    'http://[::1]:3000',
    ['a.js: app.listen(3000)'],
  ],
  ['another machine', { 'nginx.conf': proxy.replace('127.0.0.1', '10.0.0.7'), 'a.js': 'app.listen(3000)' }, undefined, []],
  ['a port that may change', { 'nginx.conf': proxy, 'a.js': 'let port = 3000; port = other; app.listen(port)' }, undefined, []],
  ['a port that is not known', { 'nginx.conf': proxy, 'a.js': 'app.listen(config.port || 3000)' }, undefined, []],
  ['somebody else’s program', { 'nginx.conf': proxy, 'node_modules/x/a.js': 'app.listen(3000)' }, undefined, []],
];

describe('going to a definition', () => {
  for (const [title, texts, name, places] of rows) {
    it(`${title}${name === undefined ? ': nowhere' : ''}`, async () => {
      const found = await definition(texts);
      assert.equal(found?.name, name);
      assert.deepEqual([...(found?.places ?? [])].sort(), [...places].sort());
    });
  }

  it('reads no program for a name that is no port', async () => {
    const { document, offset, context, read } = open({
      'nginx.conf': `${map} server { add_header Vary $cors_or¦igin; }`,
      'a.js': 'app.listen(3000)',
    });
    assert.ok(await definitionAt(document, offset, context));
    assert.deepEqual(
      read.filter((uri) => uri.endsWith('.js')),
      [],
    );
  });

  it('stops when it is cancelled', async () => {
    const { document, offset, context, read } = open({ 'nginx.conf': proxy, 'a.js': 'app.listen(3000)' });
    assert.equal(await definitionAt(document, offset, context, AbortSignal.abort()), undefined);
    assert.deepEqual(
      read.filter((uri) => uri.endsWith('.js')),
      [],
    );
  });
});

describe('references', () => {
  const references = async (texts: Texts, withDefinitions: boolean): Promise<readonly string[]> => {
    const { document, offset, context, shown } = open(texts);
    return (await referencesAt(document, offset, withDefinitions, context)).map(shown).sort();
  };

  it('are all uses of a variable in the whole configuration, once each', async () => {
    const texts = {
      'nginx.conf': `http { ${map.replace('$cors_origin', '$cors_¦origin')} server { include s.conf; if ($cors_origin) { return 204; } } server { include s.conf; } }`,
      's.conf': 'add_header Vary "x$cors_origin";',
    };
    assert.deepEqual(await references(texts, false), ['nginx.conf: $cors_origin', 's.conf: $cors_origin']);
    assert.equal((await references(texts, true)).length, 3);
  });

  it('are all uses of a variable of Apache', async () => {
    const text = 'SetEnvIf Origin a OK\nHeader set Vary "%{O¦K}e" env=OK\nUnsetEnv OK';
    assert.deepEqual(await references({ '.htaccess': text }, true), ['.htaccess: OK', '.htaccess: OK', '.htaccess: OK', '.htaccess: OK']);
  });

  it('of what has no name are none', async () => {
    assert.deepEqual(await references({ 'nginx.conf': 'server { ret¦urn 204; }' }, true), []);
  });
});

describe('links', () => {
  const linksOf = async (texts: Texts): Promise<readonly string[]> => {
    const { document, context, shown } = open(texts);
    const links = await context.service.consult(document, (engine, file, files) => engine.links?.(file, files));
    return (links ?? []).map(({ place, targets }) => `${shown(place)} -> ${targets.map((uri) => uri.slice(folder.length)).join(' ')}`);
  };

  it('of nginx: one for each include that means files of the workspace', async () => {
    const text =
      "¦http { include mime.types; include /etc/nginx/conf.d/*.conf; server { include 'snippets/cors.conf'; include none/*.conf; } }";
    assert.deepEqual(
      await linksOf({ 'nginx.conf': text, 'mime.types': '', 'conf.d/a.conf': '', 'conf.d/b.conf': '', 'snippets/cors.conf': '' }),
      [
        'nginx.conf: mime.types -> mime.types',
        'nginx.conf: /etc/nginx/conf.d/*.conf -> conf.d/a.conf conf.d/b.conf',
        'nginx.conf: snippets/cors.conf -> snippets/cors.conf',
      ],
    );
  });

  it('of a file that nginx includes: seen from the main file’s folder', async () => {
    assert.deepEqual(
      await linksOf({
        'nginx.conf': 'http { include sites-enabled/*; }',
        'sites-enabled/a': '¦server { include snippets/x.conf; }',
        'snippets/x.conf': '',
      }),
      ['sites-enabled/a: snippets/x.conf -> snippets/x.conf'],
    );
  });

  it('of Apache: Include and IncludeOptional, in sections too', async () => {
    const text =
      '¦Include "conf.d/*.conf"\n<IfModule x>\nIncludeOptional extra/a.conf\n</IfModule>\nInclude ${DIR}/b.conf\nInclude /srv/c.conf\n';
    assert.deepEqual(await linksOf({ 'httpd.conf': text, 'conf.d/a.conf': '', 'extra/a.conf': '' }), [
      'httpd.conf: conf.d/*.conf -> conf.d/a.conf',
      'httpd.conf: extra/a.conf -> extra/a.conf',
    ]);
  });
});
