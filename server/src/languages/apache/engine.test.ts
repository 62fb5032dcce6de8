import assert from 'node:assert/strict';
import fc from 'fast-check';
import type { SourceFiles } from '../../core/files.ts';
import { evaluate, evaluateRouted, type ResponseCase } from '../../policy/evaluate.ts';
import { knownRequest } from '../../policy/request.ts';
import { engine } from './engine.ts';

const alone: SourceFiles = { read: () => undefined, list: () => [], candidates: () => [] };

function workspace(files: Readonly<Record<string, string>>): SourceFiles {
  return {
    read: (uri) => (files[uri] === undefined ? undefined : { uri, text: files[uri] }),
    list: (folder) => [
      ...new Set(
        Object.keys(files).flatMap((uri) =>
          uri.startsWith(folder) ? [folder + (/^[^/]+\/?/.exec(uri.slice(folder.length))?.[0] ?? '')] : [],
        ),
      ),
    ],
    candidates: () => Object.keys(files),
  };
}

function answers(
  uri: string,
  text: string,
  origin: string | null,
  path = '/a.txt',
  method = 'GET',
  files = alone,
): readonly ResponseCase[] {
  const { policies, routing } = engine.extract({ uri, text }, files);
  const request = {
    ...knownRequest({ method, path, origin, headers: [], host: 'a.test' }),
    unknown: (id: string) => (id === 'file-system:file' ? true : undefined),
  };
  return evaluateRouted({ policies: new Map(policies.map((policy) => [policy.id, policy])), routing, request, openStatus: 200 });
}

const lines = (cases: readonly ResponseCase[]): readonly string[] =>
  cases.map((each) =>
    each.lines.map((line) => `${line.name}: ${line.value.kind === 'literal' ? line.value.text : `(${line.value.kind})`}`).join(' | '),
  );

describe('Apache extraction', () => {
  it('joins the .htaccess files of the folders around', () => {
    const files = workspace({
      'file:///site/.htaccess': 'Header set X-A outer\nHeader set X-B outer\n',
      'file:///site/sub/.htaccess': 'Header set X-A inner\n',
    });
    assert.deepEqual(lines(answers('file:///site/sub/.htaccess', 'Header set X-A inner\n', null, '/sub/b.txt', 'GET', files)), [
      'X-A: inner | X-B: outer',
    ]);
  });

  it('reads included files and defined variables', () => {
    const files = workspace({ 'file:///etc/apache2/conf-enabled/cors.conf': 'Header set X-A "${ORIGIN}"\n' });
    const text = 'Listen 80\nDefine ORIGIN https://a.test\nIncludeOptional conf-enabled/*.conf\n';
    assert.deepEqual(lines(answers('file:///etc/apache2/apache2.conf', text, null, '/a.txt', 'GET', files)), ['X-A: https://a.test']);
  });

  it('leaves open what a file that is not in sight may send', () => {
    const rows: readonly (readonly [line: string, complete: boolean])[] = [
      ['Include conf/cors.conf', false],
      ['IncludeOptional ${FOLDER}/*.conf', false],
      ['Include /etc/letsencrypt/options-ssl-apache.conf', true],
      ['', true],
    ];
    for (const [line, complete] of rows) {
      const cases = answers(
        'file:///etc/apache2/sites-enabled/a.conf',
        `<VirtualHost *>\n${line}\nHeader set X-A a\n</VirtualHost>\n`,
        null,
      );
      assert.deepEqual(
        cases.map((each) => each.complete),
        [complete],
        line,
      );
    }
    const text = 'Listen 80\nInclude conf/origins.conf\nHeader set Access-Control-Allow-Origin "%{O}e"\n';
    const { observations } = engine.extract({ uri: 'file:///etc/apache2/apache2.conf', text }, alone);
    assert.ok(observations.every((each) => each.kind !== 'neverSet'));
  });

  it('includes what a wildcard stands for', () => {
    const files = workspace({
      'file:///etc/apache2/conf/a].conf': 'Header set X-A a\n',
      'file:///etc/apache2/conf/b.conf': 'Header set X-B b\n',
    });
    for (const [glob, expected] of [
      ['[]a]?.conf', 'X-A: a'],
      ['[!]a].conf', 'X-B: b'],
      ['[z-a].conf', ''],
    ] as const)
      assert.deepEqual(
        lines(answers('file:///etc/apache2/apache2.conf', `Listen 80\nIncludeOptional conf/${glob}\n`, null, '/a.txt', 'GET', files)),
        [expected],
        glob,
      );
  });

  it('chooses the virtual host by its name', () => {
    const text =
      '<VirtualHost *:80>\nServerName x.test\nHeader set X-A x\n</VirtualHost>\n<VirtualHost *:80>\nServerName a.test\nHeader set X-A a\n</VirtualHost>\n';
    const cases = answers('file:///etc/apache2/sites-enabled/a.conf', text.replaceAll(':80', ''), null);
    assert.deepEqual(lines(cases), ['X-A: a']);
  });

  it('keeps what a template fills in unknown', () => {
    assert.deepEqual(lines(answers('file:///site/.htaccess', 'Header set X-A "{{ origin }}"\n', null)), ['X-A: (unknown)']);
  });

  it('leaves the lines of one folder out of another', () => {
    const text = 'Listen 80\n<Directory /a>\nHeader set X-A a\n</Directory>\n<Directory /a/b>\nHeader set X-B b\n</Directory>\n';
    const other = `${text}<Directory /c>\nHeader set X-C c\n<Files d>\nHeader set X-D d\n</Files>\n</Directory>\n`;
    const { policies, routing } = engine.extract({ uri: 'file:///etc/apache2/httpd.conf', text: other }, alone);
    const sent = (title: string): readonly string[] => {
      const policy = policies.find((each) => each.title === title);
      assert.ok(policy);
      const cases = evaluate(policy, { policies: new Map(policies.map((each) => [each.id, each])), routing });
      return [...new Set(cases.flatMap((each) => each.lines.map(({ name }) => name)))].sort();
    };
    assert.deepEqual(sent('<Directory /a/b>'), ['X-A', 'X-B']);
    assert.deepEqual(sent('<Directory /c>'), ['X-C']);
    assert.deepEqual(sent('<Files d>'), ['X-C', 'X-D']);
  });

  const many = (count: number, line: (index: number) => string, between = ''): string =>
    Array.from({ length: count }, (_, index) => line(index)).join(between);
  const asks = (index: number): string => `%{HTTP:Origin} == 'https://a${index}.test'`;
  const long: readonly (readonly [what: string, text: string])[] = [
    ['an <If> of many origins', `<If "${many(30, asks, ' || ')}">\nHeader set X-A a\n</If>\n`],
    ['many <If> sections', many(24, (index) => `<If "${asks(index)}">\nHeader set X-A ${index}\n</If>\n`)],
    [
      'a long chain of <ElseIf>',
      many(24, (index) => (index === 0 ? `<If "${asks(0)}">\n</If>\n` : `<ElseIf "${asks(index)}">\n</ElseIf>\n`)),
    ],
    [
      'rules for many origins',
      `RewriteEngine On\n${many(24, (index) => `RewriteCond %{HTTP:Origin} ^https://a${index}$\nRewriteRule ^ - [E=O:%{HTTP:Origin}]\n`)}`,
    ],
    [
      'many folders that rewrite and have pages for errors',
      many(
        40,
        (index) => `<Directory /srv/${index}>\nRewriteEngine On\nRewriteRule ^a /b [L]\nErrorDocument 404 /${index}\n</Directory>\n`,
      ),
    ],
    [
      'many names of files that rewrite and have pages for errors',
      many(
        30,
        (index) => `<FilesMatch "^${index}">\nRewriteEngine On\nRewriteRule ^a - [E=A:1]\nErrorDocument 404 /${index}\n</FilesMatch>\n`,
      ),
    ],
  ];
  for (const [what, text] of long)
    it(`reads ${what} to the end`, () => {
      const { policies, routing } = engine.extract({ uri: 'file:///etc/apache2/httpd.conf', text: `Listen 80\n${text}` }, alone);
      const known = new Map(policies.map((policy) => [policy.id, policy]));
      const last = policies.findLast((policy) => policy.kind !== 'server') ?? policies[0];
      assert.ok(last && evaluate(last, { policies: known, routing }).length > 0);
    });

  it('knows no more words than httpd does', () => {
    const text = 'SetEnvIf constructor "^(.*)$" A=$1\nRedirect constructor /b\nHeader set X-A "a%{A}e"\n';
    assert.deepEqual(lines(answers('file:///site/.htaccess', text, null, '/b')), ['X-A: a']);
    const header = 'Header set Vary Origin "expr=%{HTTP:Origin} constructor 1"\n';
    const { observations } = engine.extract({ uri: 'file:///site/.htaccess', text: header }, alone);
    assert.deepEqual(
      observations.map((each) => each.kind),
      ['refused'],
    );
  });

  it('never throws and never fails to end', () => {
    const piece = fc.constantFrom(
      '<If "%{HTTP:Origin} == \'https://a.test\'">\n',
      '</If>\n',
      '<Else>\n',
      '</Else>\n',
      '<Files x>\n',
      '</Files>\n',
      '<Directory "/srv/www">\n',
      '</Directory>\n',
      '<Location /a>\n',
      '</Location>\n',
      '<VirtualHost *:80>\n',
      '</VirtualHost>\n',
      'SetEnvIf Origin (.*) O=$0\n',
      'SetEnvIf O x O=$1\n',
      'Header always set Access-Control-Allow-Origin %{O}e env=O\n',
      'Header edit* Vary "" x\n',
      'Header set',
      'Header\n',
      'RewriteEngine On\n',
      'RewriteCond %{HTTP:Origin} (.*) [OR]\n',
      'RewriteRule ^(.*)$ x/$1 [L]\n',
      'RewriteRule . - [S=9]\n',
      'RewriteRule a b [C]\n',
      'RewriteRule ^ - [E=O:%1,N]\n',
      'Require valid-user\n',
      '<RequireAll>\n',
      '</RequireAll>\n',
      'Require not',
      'Order allow,deny\n',
      'ErrorDocument 404 /e\n',
      'ProxyPass / http://b/\n',
      'Redirect 301 /a /b\n',
      'FallbackResource /x.php\n',
      'Define A ${A}\n',
      'Include *.conf\n',
      'SetEnv\n',
      '${X}',
      '"',
      '\\\n',
      '{{ x }}',
      ' ',
      'DocumentRoot /srv/www\n',
      'RequestHeader unset Origin\n',
      'Header echo ^O\n',
    );
    fc.assert(
      fc.property(
        fc.array(fc.oneof({ weight: 9, arbitrary: piece }, { weight: 1, arbitrary: fc.string() }), { maxLength: 25 }),
        fc.boolean(),
        (pieces, folder) => {
          const uri = folder ? 'file:///site/.htaccess' : 'file:///etc/apache2/sites-enabled/a.conf';
          const { policies, routing } = engine.extract({ uri, text: pieces.join('') }, alone);
          const known = new Map(policies.map((policy) => [policy.id, policy]));
          for (const policy of policies) evaluate(policy, { policies: known, routing });
        },
      ),
      { numRuns: 400 },
    );
  }).timeout(60_000);
});
