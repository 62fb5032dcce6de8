/** Every way to write an origin check in Apache, decided by the engine and held against the real server. `SEED` repeats the generated origins. */
import { engine } from '../../server/src/languages/apache/engine.ts';
import { startApache } from '../servers/programs.ts';
import { holdRows, type ServedRow } from './served.ts';

const acme = 'https://acme.io';
const app = 'https://app.acme.io';
const deep = 'https://a.b.acme.io';
const insecure = 'http://acme.io';
const lookalike = 'https://evil-acme.io';
const suffix = 'https://acme.io.evil.com';
const ported = 'https://acme.io:8443';

interface Row extends ServedRow {
  /** The lines inside a virtual host. */
  readonly lines: readonly string[];
}

type Verdicts = readonly [admits: readonly string[], refuses: readonly string[]];

function row(lines: readonly string[], [admits, refuses]: Verdicts, unknown = false): Row {
  return { title: lines.join(' ⏎ '), text: hostOf(80, 'site.test', lines), lines, admits, refuses, ...(unknown ? { unknown } : {}) };
}

function hostOf(port: number, name: string, lines: readonly string[]): string {
  return [`<VirtualHost *:${port}>`, `ServerName ${name}`, ...lines, '</VirtualHost>'].join('\n');
}

/** Lines that put the Origin, or any other value, into the variable that is sent. */
function variable(verdicts: Verdicts, ...lines: readonly string[]): Row {
  return row([...lines, 'Header set Access-Control-Allow-Origin "%{ALLOW}e" env=ALLOW'], verdicts);
}

/** Conditions before a rule that keeps the Origin. */
function rewrite(verdicts: Verdicts, ...conditions: readonly string[]): Row {
  return variable(
    verdicts,
    'RewriteEngine On',
    ...conditions.map((each) => `RewriteCond ${each}`),
    'RewriteRule ^ - [E=ALLOW:%{HTTP:Origin}]',
  );
}

/** An expression under which the Origin is sent. */
function expression(text: string, verdicts: Verdicts): Row {
  return row([`<If "${text}">`, 'Header set Access-Control-Allow-Origin "expr=%{HTTP:Origin}"', '</If>'], verdicts);
}

const rows: readonly Row[] = [
  // SetEnvIf.
  variable([[acme], [app, suffix, insecure, ported]], 'SetEnvIf Origin "^https://acme\\.io$" ALLOW=$0'),
  variable(
    [
      [acme, app, deep],
      [lookalike, suffix, insecure],
    ],
    'SetEnvIf Origin "^https://(.+\\.)?acme\\.io$" ALLOW=$0',
  ),
  variable(
    [
      [acme, app],
      [deep, lookalike],
    ],
    'SetEnvIf Origin "^(https://(?:app\\.)?acme\\.io)$" ALLOW=$1',
  ),
  variable([[acme], [app]], 'SetEnvIf Origin "^https://acme\\.io$" ALLOW=https://acme.io'),
  variable([[insecure], [acme]], "SetEnvIf Origin '^http://acme\\.io$' ALLOW=$0"),
  variable([[acme], [app]], 'SetEnvIf Origin ^https://acme\\.io$ ALLOW=$0'),
  variable([[], [acme, app]], 'SetEnvIf Origin "ACME" ALLOW=$0'),
  variable([[acme], [lookalike, suffix]], 'SetEnvIf Origin "https?://acme.io" ALLOW=$0'),
  variable([[acme, app], [lookalike]], 'SetEnvIfNoCase Origin "^HTTPS://(.+\\.)?ACME\\.IO$" ALLOW=$0'),
  variable([[acme], [app]], 'SetEnvIfNoCase origin "^https://acme\\.io$" ALLOW=$0'),
  variable([[acme, app], [deep]], 'SetEnvIf Origin "^https://acme\\.io$" ALLOW=$0', 'SetEnvIf Origin "^https://app\\.acme\\.io$" ALLOW=$0'),
  variable([[acme, app], [lookalike]], 'SetEnvIf Origin "^https://.*acme\\.io$" ALLOW=$0', 'SetEnvIf Origin "evil" !ALLOW'),
  // What a match has left behind is a part of the Origin, which is only compared with exact texts.
  row(
    [
      'SetEnvIf Origin "^https://.*acme\\.io$" ALLOW=$0',
      'SetEnvIf ALLOW "evil" !ALLOW',
      'Header set Access-Control-Allow-Origin "%{ALLOW}e" env=ALLOW',
    ],
    [[acme, app], [lookalike]],
    true,
  ),
  variable([[acme, app, lookalike], [suffix]], 'SetEnvIf ^Origin$ "^https://.*acme\\.io$" ALLOW=$0'),
  row(
    ['SetEnvIf Origin "^https://acme\\.io$" KNOWN', 'Header set Access-Control-Allow-Origin "expr=%{HTTP:Origin}" env=KNOWN'],
    [[acme], [app]],
  ),
  row(
    ['SetEnvIf Origin "evil" BAD', 'Header set Access-Control-Allow-Origin "expr=%{HTTP:Origin}" env=!BAD'],
    [
      [acme, app],
      [lookalike, suffix],
    ],
  ),
  row(
    ['SetEnvIf Origin "^https://acme\\.io$" KNOWN', 'Header set Access-Control-Allow-Origin "https://acme.io" env=KNOWN'],
    [[acme], [app]],
  ),
  variable([[acme], [app]], `SetEnvIfExpr "req('Origin') == 'https://acme.io'" ALLOW=https://acme.io`),
  variable([[acme, app], [suffix]], `SetEnvIfExpr "req('Origin') =~ m#^https://(.+\\.)?acme\\.io$#" ALLOW=$0`),
  // RewriteCond.
  rewrite(
    [
      [acme, app, deep],
      [lookalike, suffix],
    ],
    '%{HTTP:Origin} ^https://(.+\\.)?acme\\.io$',
  ),
  rewrite([[acme, app], [lookalike]], '%{HTTP:Origin} ^HTTPS://(.+\\.)?ACME\\.IO$ [NC]'),
  rewrite([[], [acme, app]], '%{HTTP:Origin} ACME'),
  rewrite(
    [
      [acme, app],
      [lookalike, suffix],
    ],
    '%{HTTP:Origin} !evil',
  ),
  rewrite(
    [
      [acme, app],
      [lookalike, suffix],
    ],
    '%{HTTP:Origin} !EVIL [NC]',
  ),
  rewrite([[acme, app], [deep]], '%{HTTP:Origin} ^https://acme\\.io$ [OR]', '%{HTTP:Origin} ^https://app\\.acme\\.io$'),
  rewrite(
    [
      [acme, app],
      [lookalike, insecure],
    ],
    '%{HTTP:Origin} ^https:',
    '%{HTTP:Origin} acme\\.io$',
    '%{HTTP:Origin} !evil',
  ),
  rewrite(
    [
      [acme, app],
      [insecure, lookalike],
    ],
    '%{HTTP:Origin} ^https://acme\\.io$ [NC,OR]',
    '%{HTTP:Origin} ^HTTPS://APP\\.acme\\.io$ [NC]',
    '%{HTTP:Origin} !^http: [NC]',
  ),
  rewrite([[acme], [app, ported]], '%{HTTP:Origin} =https://acme.io'),
  rewrite([[app, lookalike], [acme]], '%{HTTP:Origin} !=https://acme.io'),
  rewrite([[acme], [app]], '%{HTTP:Origin} =HTTPS://acme.io [NC]'),
  rewrite([[acme, app], [lookalike]], `expr "%{HTTP:Origin} =~ m#^https://(.+\\.)?acme\\.io$#"`),
  variable(
    [[acme, app], [lookalike]],
    'RewriteEngine On',
    'RewriteCond %{HTTP:Origin} ^(https://(?:.+\\.)?acme\\.io)$',
    'RewriteRule ^ - [E=ALLOW:%1]',
  ),
  variable(
    [[acme], [app]],
    'RewriteEngine On',
    'RewriteCond %{HTTP:Origin} !^https://acme\\.io$',
    'RewriteRule ^ - [F]',
    'SetEnvIf Origin "^(.*)$" ALLOW=$1',
  ),
  // <If>.
  expression('%{HTTP:Origin} =~ m#^https://(.+\\.)?acme\\.io$#', [
    [acme, app],
    [lookalike, suffix],
  ]),
  expression('%{HTTP:Origin} =~ /^HTTPS:..ACME\\.IO$/i', [[acme], [app]]),
  expression('%{HTTP:Origin} =~ /acme/', [[acme, lookalike, suffix], ['https://evil.com']]),
  expression('%{HTTP:Origin} !~ /evil/', [
    [acme, app],
    [lookalike, suffix],
  ]),
  expression('%{HTTP:Origin} !~ /EVIL/i', [
    [acme, app],
    [lookalike, suffix],
  ]),
  expression(`%{HTTP:Origin} == 'https://acme.io'`, [[acme], [app, ported]]),
  expression(`%{HTTP:Origin} = 'https://acme.io'`, [[acme], [app, ported]]),
  expression(`'https://acme.io' == %{HTTP:Origin}`, [[acme], [app, ported]]),
  expression(`%{HTTP:Origin} != 'null'`, [[acme, lookalike], ['null']]),
  expression(`%{HTTP:Origin} -in {'https://acme.io', 'https://app.acme.io'}`, [[acme, app], [deep]]),
  expression(`%{HTTP:Origin} in {'https://acme.io'}`, [[acme], [app]]),
  expression(`! %{HTTP:Origin} -in {'null', 'https://evil.com'}`, [
    [acme, app],
    ['null', 'https://evil.com'],
  ]),
  expression(`%{HTTP:Origin} -strmatch 'https://*.acme.io'`, [
    [app, deep],
    [acme, lookalike],
  ]),
  expression(`%{HTTP:Origin} -strmatch 'https://?pp.acme.io'`, [[app], [acme, deep]]),
  expression(`%{HTTP:Origin} -strmatch 'HTTPS://*'`, [[], [acme]]),
  expression(`%{HTTP:Origin} -strcmatch 'HTTPS://*.ACME.IO'`, [
    [app, deep],
    [acme, lookalike],
  ]),
  expression(`%{HTTP:Origin} -fnmatch 'https://*.acme.io'`, [
    [app, deep],
    [acme, lookalike],
  ]),
  expression(`! %{HTTP:Origin} -strmatch '*evil*'`, [
    [acme, app],
    [lookalike, suffix],
  ]),
  expression(`toupper(%{HTTP:Origin}) -in {'HTTPS://ACME.IO', 'https://app.acme.io'}`, [[acme], [app]]),
  expression(`%{HTTP:Origin} -fnmatch 'https:*acme.io'`, [[], [acme, app]]),
  expression(`req('Origin') == 'https://acme.io'`, [[acme], [app]]),
  expression(`%{req:Origin} == 'https://acme.io'`, [[acme], [app]]),
  expression(`tolower(req('Origin')) == 'https://acme.io'`, [[acme], [app]]),
  expression(`%{HTTP:Origin} =~ /acme\\.io$/ && %{HTTP:Origin} !~ /evil/`, [[acme, app], [lookalike]]),
  expression(`%{HTTP:Origin} == 'https://acme.io' || %{HTTP:Origin} == 'https://app.acme.io'`, [[acme, app], [deep]]),
  expression(`!(%{HTTP:Origin} =~ /evil/)`, [[acme, app], [lookalike]]),
  expression(`-n %{HTTP:Origin}`, [[acme, lookalike, 'null'], []]),
  row(
    [
      `<If "%{HTTP:Origin} == 'https://acme.io'">`,
      'Header set Access-Control-Allow-Origin "https://acme.io"',
      '</If>',
      `<ElseIf "%{HTTP:Origin} =~ /acme\\.io$/">`,
      'Header set Access-Control-Allow-Origin "expr=%{HTTP:Origin}"',
      '</ElseIf>',
      '<Else>',
      'Header set X-Other 1',
      '</Else>',
    ],
    [[acme, app, lookalike], [suffix]],
  ),
  row(
    [`Header set Access-Control-Allow-Origin "expr=%{HTTP:Origin}" "expr=%{HTTP:Origin} =~ /acme\\.io$/"`],
    [[acme, lookalike], [suffix]],
  ),
];

// One server holds every row as a host of its own.
holdRows(rows, {
  server: 'Apache',
  program: 'apache2',
  engine,
  uri: 'file:///etc/apache2/sites-enabled/site.conf',
  start: (nameOf) =>
    startApache(({ port, folder }) =>
      rows.map(({ lines }, index) => hostOf(port, nameOf(index), [`DocumentRoot ${folder}/htdocs`, ...lines])).join('\n'),
    ),
});
