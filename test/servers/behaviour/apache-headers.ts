/** Facts 2.1–2.7, 2.9–2.11, 2.15, 2.16, 2.20: the two tables of mod_headers and what is sent from them. */
import { cgi, runCgi } from './apache-row.ts';
import type { ApacheRow } from './apache-row.ts';

const both = 'Header set P onsuccess\nHeader always set A always\n';
/** mod_deflate leaves very short bodies alone. */
const long = 'x'.repeat(5000);
const acao = 'Access-Control-Allow-Origin';

export const headerRows: readonly ApacheRow[] = [
  {
    fact: '2.1',
    what: 'both tables on a normal response, always first; always only on statuses that the server makes',
    server: `${both}
      Redirect 301 /moved /index.html
      RewriteEngine On
      RewriteRule ^/forbidden - [F]
      RewriteRule ^/gone - [G]
      RewriteRule ^/rewritten /index.html [R=302]
      <Location /login>
        AuthType Basic
        AuthName realm
        AuthUserFile $folder/htdocs/passwords
        Require valid-user
      </Location>
      <Location /denied>
        Require all denied
      </Location>
      ProxyPass /down http://127.0.0.1:1/`,
    htdocs: { passwords: '', 'folder/index.html': 'x', 'login/index.html': 'x', 'denied/index.html': 'x' },
    expect: [
      ['GET /', '200 | A: always | P: onsuccess'],
      ['GET /moved', '301 | A: always'],
      ['GET /rewritten', '302 | A: always'],
      ['GET /forbidden', '403 | A: always'],
      ['GET /gone', '410 | A: always'],
      ['GET /login/', '401 | A: always'],
      ['GET /denied/', '403 | A: always'],
      ['GET /missing', '404 | A: always'],
      ['PUT /', '405 | A: always'],
      ['GET /index.html | Range: bytes=99-', '416 | A: always'],
      ['GET /folder', '301 | A: always'],
      ['GET /down', '503 | A: always'],
    ],
  },
  {
    fact: '2.2',
    what: 'the onsuccess table goes with proxied and CGI errors too',
    server: `${both}${runCgi}\nProxyPass /proxied http://127.0.0.1:$upstream`,
    htdocs: { 'error.cgi': cgi('Status: 404 Not Found'), 'moved.cgi': cgi('Status: 302 Found', 'Location: http://a.com/') },
    upstream: (request) => ({ status: Number((request.url ?? '').slice(1)), headers: [['Location', 'http://a.com/']] }),
    expect: [
      ['GET /proxied/302', '302 | A: always | P: onsuccess'],
      ['GET /proxied/404', '404 | A: always | P: onsuccess'],
      ['GET /proxied/500', '500 | A: always | P: onsuccess'],
      ['GET /error.cgi', '404 | A: always | P: onsuccess'],
      ['GET /moved.cgi', '302 | A: always | P: onsuccess'],
    ],
  },
  {
    fact: '2.2',
    what: 'an ErrorDocument that is a local path has both tables, a text has always only',
    server: `${both}ErrorDocument 404 /error.html\nErrorDocument 403 "text"\n<Location /denied>\nRequire all denied\n</Location>`,
    htdocs: { 'error.html': 'error' },
    expect: [
      ['GET /missing', '404 | A: always | P: onsuccess'],
      ['GET /denied', '403 | A: always'],
    ],
  },
  {
    fact: '2.2',
    what: 'a local ErrorDocument answers with the headers of its own folder',
    server: '<Directory $folder/htdocs/errors>\nHeader always set E errors\n</Directory>',
    htdocs: { 'app/.htaccess': `ErrorDocument 404 /errors/404.html\n${both}`, 'app/index.html': 'x', 'errors/404.html': 'error' },
    expect: [
      ['GET /app/', '200 | A: always | P: onsuccess'],
      ['GET /app/missing', '404 | E: errors'],
    ],
  },
  {
    fact: '2.2',
    what: 'a page outside of the Files section of what is missing loses the headers, one in a Files section of its own has those',
    htaccess: `<FilesMatch "\\.json$">\n${both}ErrorDocument 404 /errors/404.html\nErrorDocument 410 /errors/410.html\n</FilesMatch>\n<Files "410.html">\nHeader always set F page\n</Files>\nRedirect gone /gone.json\n`,
    htdocs: { 'a.json': '{}', 'errors/404.html': 'error', 'errors/410.html': 'error' },
    expect: [
      ['GET /a.json', '200 | A: always | P: onsuccess'],
      ['GET /missing.json', '404'],
      ['GET /gone.json', '410 | F: page'],
    ],
  },
  {
    fact: '2.3',
    what: 'Header set and Header always set together give two lines',
    server: 'Header set X one\nHeader always set X two',
    expect: [['GET /', '200 | X: two | X: one']],
  },
  {
    fact: '2.4',
    what: 'behind mod_proxy_http set replaces the header of the application, always set duplicates it, unset removes it',
    server: `<Location /set>\nProxyPass http://127.0.0.1:$upstream\nHeader set ${acao} own\n</Location>
      <Location /always>\nProxyPass http://127.0.0.1:$upstream\nHeader always set ${acao} own\n</Location>
      <Location /unset>\nProxyPass http://127.0.0.1:$upstream\nHeader unset ${acao}\nHeader always set ${acao} own\n</Location>
      <Location /always-unset>\nProxyPass http://127.0.0.1:$upstream\nHeader always unset ${acao}\n</Location>`,
    upstream: () => ({ status: 200, headers: [[acao, 'app']] }),
    expect: [
      ['GET /set', `200 | ${acao}: own`],
      ['GET /always', `200 | ${acao}: own | ${acao}: app`],
      ['GET /unset', `200 | ${acao}: own`],
      ['GET /always-unset', `200 | ${acao}: app`],
    ],
  },
  {
    fact: '2.4',
    what: 'from CGI it is the other way round',
    server: `${runCgi}
      <Files set.cgi>\nHeader set ${acao} own\n</Files>
      <Files always.cgi>\nHeader always set ${acao} own\n</Files>
      <Files unset.cgi>\nHeader unset ${acao}\n</Files>
      <Files always-unset.cgi>\nHeader always unset ${acao}\n</Files>`,
    htdocs: Object.fromEntries(['set', 'always', 'unset', 'always-unset'].map((name) => [`${name}.cgi`, cgi(`${acao}: app`)])),
    expect: [
      ['GET /set.cgi', `200 | ${acao}: app | ${acao}: own`],
      ['GET /always.cgi', `200 | ${acao}: own`],
      ['GET /unset.cgi', `200 | ${acao}: app`],
      ['GET /always-unset.cgi', '200'],
    ],
  },
  {
    fact: '2.5',
    what: 'Vary is folded into one line; set destroys a proxied one, append, merge and always set keep it',
    server: ['set', 'append', 'merge', 'always set', 'always merge']
      .map(
        (action) =>
          `<Location /${action.replace(' ', '-')}>\nProxyPass http://127.0.0.1:$upstream\nHeader ${action} Vary Origin\n</Location>`,
      )
      .join('\n'),
    upstream: () => ({ status: 200, headers: [['Vary', 'Accept, Origin']] }),
    expect: [
      ['GET /set', '200 | Vary: Origin'],
      ['GET /append', '200 | Vary: Accept,Origin'],
      ['GET /merge', '200 | Vary: Accept,Origin'],
      ['GET /always-set', '200 | Vary: Origin,Accept'],
      ['GET /always-merge', '200 | Vary: Origin,Accept'],
    ],
  },
  {
    fact: '2.5',
    what: 'set destroys the Vary of mod_deflate, merge and always set keep it',
    server: `SetOutputFilter DEFLATE
      <Files set.html>\nHeader set Vary Origin\n</Files>
      <Files merge.html>\nHeader merge Vary Origin\n</Files>
      <Files always.html>\nHeader always set Vary Origin\n</Files>`,
    htdocs: { 'set.html': long, 'merge.html': long, 'always.html': long },
    expect: [
      ['GET /set.html', '200 | Vary: Origin'],
      ['GET /merge.html', '200 | Vary: Accept-Encoding,Origin'],
      ['GET /always.html', '200 | Vary: Origin,Accept-Encoding'],
    ],
  },
  {
    fact: '2.5',
    what: 'with CGI always set destroys the Vary, set and always merge keep it',
    server: `${runCgi}
      <Files always.cgi>\nHeader always set Vary Origin\n</Files>
      <Files set.cgi>\nHeader set Vary Origin\n</Files>
      <Files merge.cgi>\nHeader always merge Vary Origin\n</Files>`,
    htdocs: { 'always.cgi': cgi('Vary: Accept'), 'set.cgi': cgi('Vary: Accept'), 'merge.cgi': cgi('Vary: Accept') },
    expect: [
      ['GET /always.cgi', '200 | Vary: Origin'],
      ['GET /set.cgi', '200 | Vary: Accept,Origin'],
      ['GET /merge.cgi', '200 | Vary: Accept,Origin'],
    ],
  },
  {
    fact: '2.6',
    what: 'what the actions do, in any letter case, with or without a colon after the name',
    server: `Header set Set 1\nHeader SET Set: 2
      Header add Add 1\nheader add Add 2
      Header append Append a\nHeader append Append a
      Header merge Merge a\nHeader merge Merge a\nHeader merge Merge b
      Header setifempty Empty 1\nHeader setifempty Empty 2
      Header always set Table 1\nHeader setifempty Table 2
      Header echo ^Asked$
      Header set Edit "a-a"\nHeader edit Edit a b
      Header set Edits "a-a"\nHeader edit* Edits a b
      Header Always set Late 1`,
    expect: [
      [
        'GET / | Asked: x',
        '200 | Table: 1 | Late: 1 | Set: 2 | Add: 1 | Add: 2 | Append: a, a | Merge: a, b | Empty: 1 | Table: 2 | Asked: x | Edit: b-a | Edits: b-b',
      ],
    ],
  },
  {
    fact: '2.7',
    what: 'an undefined %{V}e is (null); %{Origin}i is not the header',
    server: 'Header set V %{UNDEFINED}e',
    expect: [['GET / | Origin: https://a.com', '200 | V: (null)']],
  },
  {
    fact: '2.9',
    what: 'sections are merged in their own order, whatever the order in the file',
    server: `<If "true">\nHeader append M if\n</If>\n<Location />\nHeader append M location\n</Location>\n<Files "*.txt">\nHeader append M files\n</Files>
      <Directory $folder/htdocs>\nHeader append M directory\n</Directory>\nHeader append M server`,
    htaccess: 'Header append M htaccess\n',
    htdocs: { 'sub/.htaccess': 'Header append M sub\n', 'sub/a.txt': 'x' },
    expect: [['GET /sub/a.txt', '200 | M: server, directory, htaccess, sub, files, location, if']],
  },
  {
    fact: '2.10',
    what: 'Limit and LimitExcept do not scope Header, but they do scope Require',
    htaccess: '<Limit OPTIONS>\nHeader set L 1\n</Limit>\n<LimitExcept OPTIONS GET>\nHeader set E 1\nRequire all denied\n</LimitExcept>\n',
    expect: [
      ['GET /', '200 | L: 1 | E: 1'],
      ['OPTIONS /', '200 | L: 1 | E: 1'],
      ['POST /', '403'],
    ],
  },
  {
    fact: '2.11',
    what: 'the name in IfModule minds the letter case and is silently skipped; early in .htaccess is ignored',
    htaccess:
      '<IfModule MOD_HEADERS.C>\nHeader set Upper 1\n</IfModule>\n<IfModule mod_headers.c>\nHeader set Lower 1\n</IfModule>\nHeader set Early 1 early\n',
    expect: [['GET /', '200 | Lower: 1']],
  },
  {
    fact: '2.11',
    what: 'a bare Header without mod_headers is a 500',
    without: ['headers'],
    htaccess: 'Header set A 1\n',
    expect: [['GET /', '500']],
  },
  {
    fact: '2.15',
    what: 'If and a Header condition that read the Origin add Vary: Origin, true or not; a value does not; errors of the server go without',
    server: `<If "%{HTTP:Origin} == 'https://a.com'">\nHeader always set If 1\n</If>`,
    expect: [
      ['GET / | Origin: https://a.com', '200 | If: 1 | Vary: Origin'],
      ['GET / | Origin: https://b.com', '200 | Vary: Origin'],
      ['GET /missing | Origin: https://a.com', '404 | If: 1'],
    ],
  },
  {
    fact: '2.15',
    what: 'the same for expr= as a condition, and not for expr= as a value',
    server: `<Files condition.html>\nHeader set C 1 "expr=%{HTTP:Origin} == 'https://a.com'"\n</Files>\n<Files value.html>\nHeader set V "expr=%{HTTP:Origin}"\n</Files>`,
    htdocs: { 'condition.html': 'x', 'value.html': 'x' },
    expect: [
      ['GET /condition.html | Origin: https://b.com', '200 | Vary: Origin'],
      ['GET /value.html | Origin: https://b.com', '200 | V: https://b.com'],
    ],
  },
  {
    fact: '2.15',
    what: 'RewriteCond adds it only where the rule matches',
    server: 'RewriteEngine On\nRewriteCond %{HTTP:Origin} ^https://a\\.com$\nRewriteRule ^ - [E=OK:1]',
    expect: [
      ['GET / | Origin: https://a.com', '200 | Vary: Origin'],
      ['GET / | Origin: https://b.com', '200'],
    ],
  },
  {
    fact: '2.16',
    what: 'OPTIONS is answered 200 with Allow and the onsuccess headers, even for a missing file',
    server: both,
    expect: [
      ['OPTIONS /', '200 | A: always | P: onsuccess'],
      ['OPTIONS /missing', '200 | A: always | P: onsuccess'],
    ],
  },
  {
    fact: '2.20',
    what: 'Header echo ^Origin$ sends back a header named Origin',
    server: 'Header echo ^Origin$',
    expect: [['GET / | Origin: https://a.com', '200 | Origin: https://a.com']],
  },
];
