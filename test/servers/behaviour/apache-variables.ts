/** Facts 2.7, 2.8, 2.12–2.14, 2.17–2.19, 2.21: environment variables, rewriting, authentication, .htaccess. */
import { cgi, runCgi } from './apache-row.ts';
import type { ApacheRow } from './apache-row.ts';

const a = 'Origin: https://a.com';
const b = 'Origin: https://b.com';

/** A .htaccess that makes every request below it a 500, or that does not. */
const htaccess = (what: string, text: string, response: string): ApacheRow => ({
  fact: '2.8',
  what,
  htaccess: text,
  expect: [['GET /', response]],
});

export const variableRows: readonly ApacheRow[] = [
  {
    fact: '2.7',
    what: '%{Origin}i is the share of idle workers, not the request header',
    htaccess: 'Header set X %{Origin}i\n',
    expect: [[`GET / | ${a}`, '200 | X: i=…']],
  },
  htaccess('unquoted GET, POST', 'Header set M GET, POST\n', '500'),
  htaccess('a comment after a directive', 'Header set M GET # comment\n', '500'),
  htaccess('a byte order mark', '\ufeffHeader set M GET\n', '500'),
  htaccess('two env=', 'Header set M GET env=a env=b\n', '500'),
  htaccess('%{NAME} in a value without a letter behind it', 'Header set M "%{NAME}"\n', '500'),
  htaccess('%{NAME} in a value with a blank behind it', 'Header set M "%{NAME} x"\n', '500'),
  htaccess('a percent sign at the end of a value is accepted', 'Header set M "100%"\n', '200 | M: 100%'),
  htaccess('an unclosed quote is accepted', 'Header set M "GET\n', '200 | M: GET'),
  htaccess('a continuation line is accepted', 'Header set M \\\n  GET\n', '200 | M: GET'),
  htaccess('CRLF is accepted', 'Header set M GET\r\nHeader set N 1\r\n', '200 | M: GET | N: 1'),
  htaccess('a comment that ends in a backslash swallows the next line', '# comment \\\nHeader set M GET\nHeader set N 1\n', '200 | N: 1'),
  {
    fact: '2.12',
    what: 'SetEnvIf is an unanchored search that minds the letter case; a missing header matches as an empty text',
    server: `SetEnvIf Origin "a\\.com" FOUND=1\nSetEnvIfNoCase Origin "b\\.com" NOCASE=1\nSetEnvIf Origin "^$" EMPTY=1
      Header set Found 1 env=FOUND\nHeader set No-Case 1 env=NOCASE\nHeader set Empty 1 env=EMPTY\nHeader set Not-Found 1 env=!FOUND`,
    expect: [
      ['GET / | Origin: https://xa.com.evil', '200 | Found: 1'],
      ['GET / | Origin: https://A.com', '200 | Not-Found: 1'],
      ['GET / | Origin: https://B.COM', '200 | No-Case: 1 | Not-Found: 1'],
      ['GET /', '200 | Empty: 1 | Not-Found: 1'],
    ],
  },
  {
    fact: '2.12',
    what: '$0 is not expanded where the pattern has no unescaped metacharacter; otherwise it holds only what matched',
    server: `SetEnvIf Origin "https://myapp\\.com" PLAIN=$0\nSetEnvIf Origin "https://myapp\\.com$" ANCHORED=$0\nSetEnvIf Origin "https://(my|your)app\\.com" GROUP=$0\nSetEnvIf Origin ".*myapp.*" ALL=$0
      Header set Plain %{PLAIN}e env=PLAIN\nHeader set Anchored %{ANCHORED}e env=ANCHORED\nHeader set Group %{GROUP}e env=GROUP\nHeader set All %{ALL}e env=ALL`,
    expect: [
      [
        'GET / | Origin: https://myapp.com',
        '200 | Plain: $0 | Anchored: https://myapp.com | Group: https://myapp.com | All: https://myapp.com',
      ],
      ['GET / | Origin: https://myapp.com.evil.com', '200 | Plain: $0 | Group: https://myapp.com | All: https://myapp.com.evil.com'],
    ],
  },
  {
    fact: '2.12',
    what: 'groups put together again are the Origin; one that takes no part is empty',
    server: `SetEnvIf Origin "^(https?)://(.+)$" PARTS=$1://$2\nSetEnvIf Origin "^(http(s)?://[^:]+)(:[0-9]+)?$" ENDS=$1$3\nSetEnvIf Origin "^http(s)?://" TWICE=$0$1
      Header set Parts %{PARTS}e env=PARTS\nHeader set Ends %{ENDS}e env=ENDS\nHeader set Twice %{TWICE}e env=TWICE`,
    expect: [
      [`GET / | ${a}`, '200 | Parts: https://a.com | Ends: https://a.com | Twice: https://s'],
      ['GET / | Origin: http://b.com:81', '200 | Parts: http://b.com:81 | Ends: http://b.com:81 | Twice: http://'],
    ],
  },
  {
    fact: '2.12',
    what: 'the groups of SetEnvIfExpr are those of the pattern in it, whatever is asked beside it',
    htaccess: `SetEnvIfExpr "req('Origin') =~ m#^(https)://.*$# && -n req('Origin')" WHOLE=$0\nSetEnvIfExpr "-n req('Origin') && req('Origin') =~ m#^(https)://.*$#" GROUP=$1
      Header set Whole %{WHOLE}e env=WHOLE\nHeader set Group %{GROUP}e env=GROUP`,
    expect: [[`GET / | ${a}`, '200 | Vary: Origin | Whole: https://a.com | Group: https']],
  },
  {
    fact: '2.13',
    what: 'SetEnvIf of a folder is not seen by If, but by env= and reqenv() in Header, and on a 403; the index of a folder is a second pass, in which If sees it',
    htaccess: `SetEnvIf Origin "a\\.com" OK=1\n<If "reqenv('OK') == '1'">\nHeader always set If 1\n</If>\nHeader always set Env 1 env=OK\nHeader always set Expr 1 "expr=reqenv('OK') == '1'"\n<Files denied.html>\nRequire all denied\n</Files>\n`,
    htdocs: { 'denied.html': 'x' },
    expect: [
      [`GET /index.html | ${a}`, '200 | Env: 1 | Expr: 1'],
      [`GET / | ${a}`, '200 | Env: 1 | Expr: 1 | If: 1'],
      [`GET /denied.html | ${a}`, '403 | Env: 1 | Expr: 1'],
      [`GET / | ${b}`, '200'],
    ],
  },
  {
    fact: '2.13',
    what: 'E= of a RewriteRule in a folder and SetEnv: not on a 403 of authorization, both on the 404 of a missing file, E= alone on R=; REDIRECT_ after a rewrite',
    htaccess: `RewriteEngine On\nRewriteRule ^ - [E=REWRITTEN:1]\nRewriteRule ^inner$ index.html [E=INNER:1]\nRewriteRule ^gone$ - [R=404,L]\nRewriteRule ^forbidden$ - [F]\nSetEnv SET 1
Header always set Rewritten 1 env=REWRITTEN\nHeader always set Set 1 env=SET\nHeader always set Inner 1 env=INNER\nHeader always set Redirect-Inner 1 env=REDIRECT_INNER
<Files denied.html>\nRequire all denied\n</Files>\n`,
    htdocs: { 'denied.html': 'x' },
    expect: [
      ['GET /index.html', '200 | Rewritten: 1 | Set: 1'],
      ['GET /denied.html', '403'],
      ['GET /missing.html', '404 | Rewritten: 1 | Set: 1'],
      ['GET /gone', '404 | Rewritten: 1'],
      ['GET /forbidden', '403 | Rewritten: 1'],
      ['GET /inner', '200 | Rewritten: 1 | Set: 1 | Redirect-Inner: 1'],
    ],
  },
  {
    fact: '2.14',
    what: 'HTTP_ORIGIN in an expression is a 500',
    htaccess: `<If "%{HTTP_ORIGIN} == 'x'">\nHeader set A 1\n</If>\n`,
    expect: [[`GET / | ${a}`, '500']],
  },
  {
    fact: '2.14',
    what: '%{HTTP_ORIGIN}e is (null) for static files and proxied HTTP, but holds the Origin where CGI runs and after E=HTTP_ORIGIN',
    server: `${runCgi}\nHeader always set O %{HTTP_ORIGIN}e\nHeader always set Env 1 env=HTTP_ORIGIN\nProxyPass /proxied http://127.0.0.1:$upstream`,
    htaccess:
      'RewriteEngine On\nRewriteCond %{HTTP_ORIGIN} a\\.com\nRewriteRule ^cond\\.html$ - [E=COND:1]\nHeader set Cond 1 env=COND\nRewriteRule ^set\\.html$ - [E=HTTP_ORIGIN:%{HTTP:Origin}]\n',
    htdocs: { 'a.cgi': cgi(), 'set.html': 'x', 'cond.html': 'x' },
    upstream: () => ({ status: 200, headers: [] }),
    expect: [
      [`GET / | ${a}`, '200 | O: (null)'],
      [`GET /proxied | ${a}`, '200 | O: (null)'],
      [`GET /a.cgi | ${a}`, '200 | O: https://a.com | Env: 1'],
      [`GET /set.html | ${a}`, '200 | O: https://a.com | Env: 1'],
      [`GET /cond.html | ${a}`, '200 | O: (null)'],
    ],
  },
  {
    fact: '2.14',
    what: 'the right forms are %{HTTP:Origin}, %{req:Origin} and a variable of another name',
    server: `RewriteEngine On\nRewriteRule ^ - [E=ORIGIN:%{HTTP:Origin}]\nHeader always set E %{ORIGIN}e env=ORIGIN\nHeader always set H "expr=%{HTTP:Origin}"\nHeader always set R "expr=%{req:Origin}"`,
    expect: [[`GET / | ${a}`, '200 | E: https://a.com | H: https://a.com | R: https://a.com']],
  },
  {
    fact: '2.17',
    what: '[R=204] gives an empty 204 and [R=200] an HTML page, with always headers only',
    server: `Header set P 1\nHeader always set A 1\nRewriteEngine On\nRewriteCond %{REQUEST_METHOD} OPTIONS\nRewriteRule ^/ok - [R=200,L]\nRewriteCond %{REQUEST_METHOD} OPTIONS\nRewriteRule ^ - [R=204,L]`,
    also: ['content-type'],
    expect: [
      ['OPTIONS /', '204 | A: 1'],
      ['OPTIONS /ok', '200 | A: 1 | Content-Type: text/html; charset=iso-8859-1'],
    ],
  },
  {
    fact: '2.18',
    what: 'rewriting in .htaccess runs after authentication; what works is LimitExcept, RequireAny with method, or If (not for the address of a folder)',
    server: ['rewrite', 'except', 'any', 'if']
      .map(
        (name) => `<Directory $folder/htdocs/${name}>\nAuthType Basic\nAuthName realm\nAuthUserFile $folder/htdocs/passwords\n</Directory>`,
      )
      .join('\n'),
    htdocs: {
      passwords: '',
      'rewrite/.htaccess': 'Require valid-user\nRewriteEngine On\nRewriteCond %{REQUEST_METHOD} OPTIONS\nRewriteRule ^ - [R=204,L]\n',
      'except/.htaccess': '<LimitExcept OPTIONS>\nRequire valid-user\n</LimitExcept>\n',
      'any/.htaccess': '<RequireAny>\nRequire method OPTIONS\nRequire valid-user\n</RequireAny>\n',
      'if/.htaccess': `Require valid-user\n<If "%{REQUEST_METHOD} == 'OPTIONS'">\nRequire all granted\n</If>\n`,
      ...Object.fromEntries(['rewrite', 'except', 'any', 'if'].map((name) => [`${name}/index.html`, 'x'])),
    },
    expect: [
      ['OPTIONS /rewrite/', '401'],
      ['OPTIONS /except/', '200'],
      ['GET /except/', '401'],
      ['OPTIONS /any/', '200'],
      ['GET /any/', '401'],
      ['OPTIONS /if/index.html', '200'],
      ['OPTIONS /if/', '401'],
      ['GET /if/index.html', '401'],
    ],
  },
  {
    fact: '2.18',
    what: 'a Redirect without a path answers before authentication in a section that is known before the file is, and after it elsewhere',
    server: `<If "%{REQUEST_METHOD} == 'OPTIONS' && %{REQUEST_URI} =~ m#^/whole/#">
        Redirect 204
      </If>
      <If "%{REQUEST_METHOD} == 'OPTIONS' && %{REQUEST_URI} =~ m#^/path/#">
        Redirect 204 /path
      </If>
      <Location /place/>
        Redirect 204
      </Location>
      <Directory $folder/htdocs/folder>
        Redirect 204
      </Directory>
      <Location />
        AuthType Basic
        AuthName realm
        AuthUserFile $folder/htdocs/passwords
        Require valid-user
      </Location>`,
    htdocs: { passwords: '', ...Object.fromEntries(['whole', 'path', 'place', 'folder'].map((name) => [`${name}/index.html`, 'x'])) },
    expect: [
      ['OPTIONS /whole/index.html', '204'],
      ['GET /whole/index.html', '401'],
      ['OPTIONS /path/index.html', '401'],
      ['GET /place/index.html', '204'],
      ['GET /folder/index.html', '401'],
    ],
  },
  {
    fact: '2.19',
    what: 'RequestHeader changes what the application sees, not what SetEnvIf sees',
    server: `SetEnvIf Origin "a\\.com" OK=1\nHeader set Env 1 env=OK
      <Location /set>\nRequestHeader set Origin https://proxy.com\nProxyPass http://127.0.0.1:$upstream\n</Location>
      <Location /unset>\nRequestHeader unset Origin\nProxyPass http://127.0.0.1:$upstream\n</Location>`,
    upstream: (request) => ({ status: 200, headers: [['Seen', request.headers.origin ?? 'none']] }),
    expect: [
      [`GET /set | ${a}`, '200 | Seen: https://proxy.com | Env: 1'],
      [`GET /unset | ${a}`, '200 | Seen: none | Env: 1'],
    ],
  },
  {
    fact: '2.21',
    what: "ProxyPass does not read the document root's .htaccess; RewriteEngine On in a folder drops the rules of its parent",
    server: 'ProxyPass /proxied http://127.0.0.1:$upstream',
    htaccess: 'Header set Ht 1\nRewriteEngine On\nRewriteRule ^ - [E=OUTER:1]\nHeader set Outer 1 env=OUTER\n',
    htdocs: { 'sub/.htaccess': 'RewriteEngine On\n', 'sub/index.html': 'x', 'plain/index.html': 'x' },
    upstream: () => ({ status: 200, headers: [] }),
    expect: [
      ['GET /proxied', '200'],
      ['GET /plain/index.html', '200 | Ht: 1 | Outer: 1'],
      ['GET /sub/index.html', '200 | Ht: 1'],
    ],
  },
  {
    fact: '5.3',
    what: 'an exemption of OPTIONS from Require and headers in the always table make a preflight pass',
    server: '<Directory $folder/htdocs>\nAuthType Basic\nAuthName realm\nAuthUserFile $folder/htdocs/passwords\n</Directory>',
    htdocs: { passwords: '' },
    htaccess: `<LimitExcept OPTIONS>\nRequire valid-user\n</LimitExcept>\nSetEnvIf Origin "^https://a\\.com$" OK=$0\nHeader always set Access-Control-Allow-Origin %{OK}e env=OK\nHeader always merge Vary Origin\n`,
    expect: [
      [`OPTIONS /index.html | ${a}`, '200 | Access-Control-Allow-Origin: https://a.com | Vary: Origin'],
      [`GET /index.html | ${a}`, '401 | Access-Control-Allow-Origin: https://a.com | Vary: Origin'],
      [`OPTIONS /index.html | ${b}`, '200 | Vary: Origin'],
    ],
  },
];
