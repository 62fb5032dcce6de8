/** Every way to write an origin check in nginx, decided by the engine and held against the real server. `SEED` repeats the generated origins. */
import { engine } from '../../server/src/languages/nginx/engine.ts';
import { startNginx } from '../servers/programs.ts';
import { holdRows, type ServedRow } from './served.ts';

const acme = 'https://acme.io';
const app = 'https://app.acme.io';
const deep = 'https://a.b.acme.io';
const insecure = 'http://acme.io';
const lookalike = 'https://evil-acme.io';
const suffix = 'https://acme.io.evil.com';
const ported = 'https://acme.io:8443';

/** A check with what stands beside the servers, and in the location. */
interface Row extends ServedRow {
  readonly http: string;
  readonly server: string;
}

type Verdicts = readonly [admits: readonly string[], refuses: readonly string[]];

const sends = 'add_header Access-Control-Allow-Origin $allow;';

/** A map of the Origin whose value is sent. */
function map(entries: string, [admits, refuses]: Verdicts, unknown = false): Row {
  return row(`map $http_origin $allow { ${entries} }`, sends, [admits, refuses], unknown);
}

/** What stands in a location. */
function location(directives: string, verdicts: Verdicts): Row {
  return row('', directives, verdicts, false);
}

function row(http: string, body: string, [admits, refuses]: Verdicts, unknown: boolean): Row {
  const server = /\blocation\b/.test(body) ? body : `location / { ${body} return 200; }`;
  const text = `http { ${http} server { listen 80; ${server} } }`;
  return {
    title: http === '' ? body : body === sends ? http : `${http} ${body}`,
    text,
    http,
    server,
    admits,
    refuses,
    ...(unknown ? { unknown } : {}),
  };
}

const rows: readonly Row[] = [
  // map: strings.
  map('"https://acme.io" $http_origin;', [[acme], [app, insecure, ported, suffix, 'null']]),
  map('default ""; https://acme.io $http_origin; https://app.acme.io $http_origin;', [
    [acme, app],
    [deep, lookalike],
  ]),
  map('https://acme.io https://acme.io;', [[acme], [app]]),
  map('HTTPS://ACME.IO $http_origin;', [[acme], [app]]),
  map('null $http_origin;', [['null'], [acme]]),
  map('https://acme.io https://app.acme.io;', [[], [acme, app]]),
  // map: patterns.
  map('~^https://acme\\.io$ $http_origin;', [[acme], [app, suffix, ported]]),
  map('~^https://(.+\\.)?acme\\.io$ $http_origin;', [
    [acme, app, deep],
    [lookalike, suffix, insecure],
  ]),
  map('~acme.io $http_origin;', [[acme, lookalike, suffix, insecure], ['https://acme.com']]),
  map('~ACME $http_origin;', [[], [acme, app]]),
  map('~*ACME\\.io$ $http_origin;', [[acme, lookalike], [suffix]]),
  map('~*^HTTPS://(APP|WWW)\\.ACME\\.IO$ $http_origin;', [
    [app, 'https://www.acme.io'],
    [acme, deep],
  ]),
  map('"~^https://[a-z]{3}\\.acme\\.io$" $http_origin;', [[app], [acme, 'https://x.acme.io']]),
  map("'~^https?://localhost(:\\d+)?$' $http_origin;", [['http://localhost:3000', 'http://localhost'], ['http://127.0.0.1']]),
  map('~(?i)^HTTPS://acme\\.io$ $http_origin;', [[acme], [app]]),
  map('~^(?<whole>https://.+\\.acme\\.io)$ $whole;', [
    [app, deep],
    [acme, lookalike],
  ]),
  map('~^(https://(app|www)\\.acme\\.io)$ $1;', [[app, 'https://www.acme.io'], [acme]]),
  map('~^https://(?!evil)[a-z]+\\.acme\\.io$ $http_origin;', [[app], ['https://evil.acme.io', acme]]),
  // map: which entry counts.
  map('default $http_origin; ~evil ""; null "";', [
    [acme, app],
    [lookalike, suffix, 'null'],
  ]),
  map('~acme ""; https://acme.io $http_origin;', [[acme], [app, lookalike]]),
  map('~evil ""; ~acme\\.io $http_origin;', [
    [acme, app],
    [lookalike, suffix],
  ]),
  map('~acme\\.io $http_origin; ~evil "";', [[acme, lookalike, suffix], ['https://evil.com']]),
  map('default *; null "";', [[acme, 'https://evil.com'], ['null']]),
  map('volatile; ~^https://(.+\\.)?acme\\.io$ $http_origin;', [[acme, app], [lookalike]]),
  // map: hostnames, which compares with the text that stands there and knows no scheme.
  map('hostnames; *.acme.io $http_origin;', [
    [app, deep, 'http://app.acme.io'],
    [acme, lookalike],
  ]),
  map('hostnames; .acme.io $http_origin;', [
    [app, deep],
    [acme, lookalike],
  ]),
  map('hostnames; https://www.acme.* $http_origin;', [
    ['https://www.acme.io', 'https://www.acme.com', 'https://www.acme.io.evil.com'],
    [acme],
  ]),
  map('hostnames; *.acme.io $http_origin; *.evil.acme.io "";', [[app], ['https://x.evil.acme.io']]),
  map('*.acme.io $http_origin;', [[], [app, deep, acme]]),
  // A map of a map.
  row(
    'map $http_origin $known { ~^https://(.+\\.)?acme\\.io$ 1; } map $known $allow { 1 $http_origin; }',
    sends,
    [
      [acme, app],
      [lookalike, suffix],
    ],
    false,
  ),
  row(
    'map $http_origin $known { default 0; ~acme\\.io$ 1; }',
    'if ($known) { add_header Access-Control-Allow-Origin $http_origin; }',
    [[acme, lookalike], [suffix]],
    false,
  ),
  row(
    'map $http_origin $known { default no; https://acme.io yes; }',
    'if ($known = yes) { add_header Access-Control-Allow-Origin $http_origin; }',
    [[acme], [app]],
    false,
  ),
  row(
    'map $http_origin $known { default no; https://acme.io yes; }',
    'set $allow $http_origin; if ($known != yes) { set $allow ""; } add_header Access-Control-Allow-Origin $allow;',
    [[acme], [app]],
    false,
  ),
  row('map "$http_origin" $allow { https://acme.io $http_origin; }', sends, [[acme], [app]], false),
  row('map "$scheme $http_origin" $allow { "http https://acme.io" $http_origin; }', sends, [[acme], [app]], true),
  // if.
  location('if ($http_origin = "https://acme.io") { add_header Access-Control-Allow-Origin $http_origin; }', [[acme], [app, ported]]),
  location("if ($http_origin = 'https://acme.io') { add_header Access-Control-Allow-Origin 'https://acme.io'; }", [[acme], [app]]),
  location('if ($http_origin = HTTPS://acme.io) { add_header Access-Control-Allow-Origin $http_origin; }', [[], [acme]]),
  location('if ($http_origin != null) { add_header Access-Control-Allow-Origin $http_origin; }', [[acme, 'https://evil.com'], ['null']]),
  location('if ($http_origin) { add_header Access-Control-Allow-Origin $http_origin; }', [[acme, 'null'], []]),
  location('if ($http_origin ~ ^https://(.+\\.)?acme\\.io$) { add_header Access-Control-Allow-Origin $http_origin; }', [
    [acme, app],
    [lookalike, insecure],
  ]),
  location('if ($http_origin ~ "ACME") { add_header Access-Control-Allow-Origin $http_origin; }', [[], [acme]]),
  location("if ($http_origin ~* 'ACME\\.IO$') { add_header Access-Control-Allow-Origin $http_origin; }", [[acme, lookalike], [suffix]]),
  location('if ($http_origin !~ evil) { add_header Access-Control-Allow-Origin $http_origin; }', [[acme], [lookalike, suffix]]),
  location('if ($http_origin !~* EVIL) { add_header Access-Control-Allow-Origin $http_origin; }', [[acme], [lookalike, suffix]]),
  location('if ($http_origin ~ "^(https://[a-z]{3}\\.acme\\.io)$") { add_header Access-Control-Allow-Origin $1; }', [[app], [acme]]),
  // if: several, of which the last that holds counts.
  location(
    'if ($http_origin ~ acme) { add_header Access-Control-Allow-Origin $http_origin; } if ($http_origin ~ evil) { add_header X-Evil 1; }',
    [[acme], [lookalike]],
  ),
  location(
    'if ($http_origin = https://acme.io) { add_header Access-Control-Allow-Origin $http_origin; } if ($http_origin = https://app.acme.io) { add_header Access-Control-Allow-Origin $http_origin; }',
    [[acme, app], [deep]],
  ),
  location('if ($http_origin !~ ^https://(.+\\.)?acme\\.io$) { return 403; } add_header Access-Control-Allow-Origin $http_origin;', [
    [acme, app],
    [lookalike, suffix],
  ]),
  // set, one after the other.
  location('set $allow ""; if ($http_origin ~ \\.acme\\.io$) { set $allow $http_origin; } add_header Access-Control-Allow-Origin $allow;', [
    [app, deep],
    [acme, lookalike],
  ]),
  location('set $allow $http_origin; if ($http_origin !~ acme\\.io$) { set $allow ""; } add_header Access-Control-Allow-Origin $allow;', [
    [acme, lookalike],
    [suffix],
  ]),
  location(
    'set $sum ""; if ($http_origin ~ ^https:) { set $sum "${sum}a"; } if ($http_origin ~ acme\\.io$) { set $sum "${sum}b"; } if ($sum = ab) { add_header Access-Control-Allow-Origin $http_origin; }',
    [
      [acme, lookalike],
      [insecure, suffix],
    ],
  ),
  location(
    'set $ok 0; if ($http_origin = https://acme.io) { set $ok 1; } if ($http_origin = https://app.acme.io) { set $ok 1; } if ($ok = 1) { add_header Access-Control-Allow-Origin $http_origin; }',
    [[acme, app], [deep]],
  ),
  location(
    'set $ok 0; if ($http_origin ~ acme\\.io$) { set $ok 1; } if ($http_origin ~ evil) { set $ok 0; } if ($ok) { add_header Access-Control-Allow-Origin $http_origin; }',
    [
      [acme, app],
      [lookalike, suffix],
    ],
  ),
  location(
    'set $first $http_origin; set $second $first; if ($second = https://acme.io) { add_header Access-Control-Allow-Origin $second; }',
    [[acme], [app]],
  ),
  row(
    '',
    'set $allow ""; if ($http_origin = https://acme.io) { set $allow $http_origin; } location / { add_header Access-Control-Allow-Origin $allow; return 200; }',
    [[acme], [app]],
    false,
  ),
];

// One server holds every row under a name of its own; variables are the whole server's.
holdRows(rows, {
  server: 'nginx',
  program: 'nginx',
  engine,
  uri: 'file:///etc/nginx/nginx.conf',
  start: (nameOf) =>
    startNginx(({ port }) =>
      rows
        .map(({ http, server }, index) =>
          `${http}\nserver { listen 127.0.0.1:${port}; server_name ${nameOf(index)}; ${server} }`.replace(
            /\$(\{)?(allow|known|sum|ok|first|second)\b/g,
            `$$$1$2_${index}`,
          ),
        )
        .join('\n'),
    ),
});
