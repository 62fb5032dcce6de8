/** Facts 1.1–1.3, 1.8–1.10, 1.17, 1.18, 1.21: which lines `add_header` sends. */
import type { NginxRow } from './nginx-row.ts';
import type { Expectation } from './exchange.ts';

const withoutAlways = [200, 201, 204, 206, 301, 302, 303, 304, 307, 308];
const statuses = [
  ...withoutAlways,
  202,
  203,
  205,
  207,
  226,
  300,
  305,
  400,
  401,
  403,
  404,
  405,
  410,
  418,
  429,
  500,
  501,
  502,
  503,
  504,
].sort((a, b) => a - b);
/** `return` answers 301–303, 307 and 308 with an address only. */
const returnOf = (status: number): string =>
  `location = /${String(status)} { return ${String(status)}${[301, 302, 303, 307, 308].includes(status) ? ' /elsewhere' : ''}; }`;
const byStatus: readonly Expectation[] = statuses.map((status) => [
  `GET /${String(status)}`,
  `${String(status)} | ${withoutAlways.includes(status) ? 'X-Plain: 1 | ' : ''}X-Always: 1`,
]);

export const headerRows: readonly NginxRow[] = [
  {
    fact: '1.1',
    what: 'generated responses: always or not, by status',
    server: `add_header X-Plain 1; add_header X-Always 1 always; ${statuses.map(returnOf).join('\n')}`,
    expect: byStatus,
  },
  {
    fact: '1.1',
    what: 'proxied responses: the same',
    server: 'add_header X-Plain 1; add_header X-Always 1 always; location / { proxy_pass http://127.0.0.1:$upstream; }',
    upstream: (request) => ({ status: Number((request.url ?? '').slice(1)), headers: [['Location', '/elsewhere']] }),
    expect: byStatus,
  },
  {
    fact: '1.1',
    what: 'a 416 of a static file carries headers without always',
    files: { 'www/a.txt': 'text' },
    server: 'root $folder/www; add_header X-Plain 1; location / { }',
    expect: [
      ['GET /a.txt | Range: bytes=99-', '416 | X-Plain: 1'],
      ['GET /missing.txt', '404'],
    ],
  },
  {
    fact: '1.2',
    what: 'one add_header drops all inherited ones; expires and add_trailer do not; siblings are no parents; include is textual',
    files: { 'more.conf': 'add_header X-Included 1;' },
    server: `add_header X-Outer 1;
      location / { return 200; }
      location /a { add_header X-Inner 1; return 200; }
      location /a/b { return 200; }
      location /empty { add_header X-Inner ""; return 200; }
      location /expires { expires 1h; return 204; }
      location /trailer { add_trailer X-T 1; return 204; }
      location /nested { add_header X-Middle 1; location /nested/in { return 200; } location /nested/own { add_header X-Own 1; return 200; } }
      location /include { include $folder/more.conf; return 200; }`,
    expect: [
      ['GET /', '200 | X-Outer: 1'],
      ['GET /a', '200 | X-Inner: 1'],
      ['GET /a/b', '200 | X-Outer: 1'],
      ['GET /empty', '200'],
      ['GET /trailer', '204 | X-Outer: 1'],
      ['GET /nested/in', '200 | X-Middle: 1'],
      ['GET /nested/own', '200 | X-Own: 1'],
      ['GET /include', '200 | X-Included: 1'],
    ],
  },
  {
    fact: '1.2',
    what: 'expires adds its own headers and keeps the inherited ones',
    server: 'add_header X-Outer 1; location / { expires -1; return 204; }',
    hide: ['expires'],
    expect: [['GET /', '204 | Cache-Control: no-cache | X-Outer: 1']],
  },
  {
    fact: '1.3',
    what: 'add_header_inherit: merge sends the own lines first and keeps duplicates, off drops the outer ones even without own ones, both are inherited and work in an if',
    versions: { from: [1, 29, 3] },
    server: `add_header X-Outer 1; add_header X-Both outer;
      location /on { add_header X-Own 1; return 200; }
      location /merge { add_header_inherit merge; add_header X-Own 1; add_header X-Both own; return 200;
        location /merge/inner { add_header X-Inner 1; return 200; } }
      location /off { add_header_inherit off; return 200; location /off/inner { return 200; } }
      location /off-own { add_header_inherit off; add_header X-Own 1; return 200; }
      location /if { if ($arg_x) { add_header_inherit merge; add_header X-If 1; } if ($arg_y) { add_header_inherit off; } return 200; }`,
    expect: [
      ['GET /on', '200 | X-Own: 1'],
      ['GET /merge', '200 | X-Own: 1 | X-Both: own | X-Outer: 1 | X-Both: outer'],
      ['GET /merge/inner', '200 | X-Inner: 1 | X-Own: 1 | X-Both: own | X-Outer: 1 | X-Both: outer'],
      ['GET /off', '200'],
      ['GET /off/inner', '200'],
      ['GET /off-own', '200 | X-Own: 1'],
      ['GET /if', '200 | X-Outer: 1 | X-Both: outer'],
      ['GET /if?x=1', '200 | X-If: 1 | X-Outer: 1 | X-Both: outer'],
      ['GET /if?y=1', '200'],
    ],
  },
  {
    fact: '1.8',
    what: 'an empty value sends no header, a concatenation stays',
    http: 'map $http_origin $cors { "https://a.com" $http_origin; } map $http_x $deflt { default ""; yes 1; }',
    server: `location / { set $none ""; add_header X-Literal ""; add_header X-Set $none; add_header X-Map $cors; add_header X-Default $deflt;
      add_header X-Concatenated "a-$none-b"; return 200; }`,
    expect: [
      ['GET / | Origin: https://a.com', '200 | X-Map: https://a.com | X-Concatenated: a--b'],
      ['GET / | Origin: https://b.com', '200 | X-Concatenated: a--b'],
      ['GET /', '200 | X-Concatenated: a--b'],
    ],
  },
  {
    fact: '1.9',
    what: 'the same name twice gives two lines, in any letter case',
    server: 'location / { add_header Vary Origin; add_header vary Accept; add_header X-A 1; add_header x-a 1; return 200; }',
    expect: [['GET /', '200 | Vary: Origin | vary: Accept | X-A: 1 | x-a: 1']],
  },
  {
    fact: '1.9',
    what: 'add_header does not replace what the application sent',
    server:
      'location / { add_header Access-Control-Allow-Origin https://a.com; add_header Vary Origin; proxy_pass http://127.0.0.1:$upstream; }',
    upstream: () => ({
      status: 200,
      headers: [
        ['Access-Control-Allow-Origin', '*'],
        ['Vary', 'Accept'],
      ],
    }),
    expect: [['GET /', '200 | Access-Control-Allow-Origin: * | Vary: Accept | Access-Control-Allow-Origin: https://a.com | Vary: Origin']],
  },
  {
    fact: '1.10',
    what: 'proxy_hide_header minds no letter case, and a list in the location replaces the outer one',
    server: `proxy_hide_header access-control-ALLOW-origin;
      location / { proxy_pass http://127.0.0.1:$upstream; }
      location /own { proxy_hide_header X-Other; proxy_pass http://127.0.0.1:$upstream; }`,
    upstream: () => ({
      status: 200,
      headers: [
        ['Access-Control-Allow-Origin', '*'],
        ['X-Other', '1'],
      ],
    }),
    expect: [
      ['GET /', '200 | X-Other: 1'],
      ['GET /own', '200 | Access-Control-Allow-Origin: *'],
    ],
  },
  {
    fact: '1.17',
    what: "early 400 and 414 use the server's headers with always, 413 the location's",
    server: `large_client_header_buffers 2 1k; add_header X-Server 1 always; add_header X-Plain 1;
      location / { add_header X-Location 1 always; client_max_body_size 1; proxy_pass http://127.0.0.1:$upstream; }`,
    upstream: () => ({ status: 200, headers: [] }),
    expect: [
      [`GET /${'a'.repeat(2000)}`, '414 | X-Server: 1'],
      [`GET / | X-Long: ${'a'.repeat(2000)}`, '400 | X-Server: 1'],
      ['POST / | body=text', '413 | X-Location: 1'],
    ],
  },
  {
    fact: '1.18',
    what: 'add_header Content-Type on a 200 gives two Content-Type lines',
    server: 'default_type text/html; location / { add_header Content-Type text/plain; return 200 text; }',
    also: ['content-type'],
    expect: [['GET /', '200 | Content-Type: text/html | Content-Type: text/plain']],
  },
  {
    fact: '1.21',
    what: 'more_set_headers: an empty value takes the lines before it away',
    needs: 'headers-more',
    server: `location / { more_set_headers "X-A: first"; more_set_headers "X-A: $http_origin"; return 200; }`,
    expect: [
      ['GET /', '200'],
      ['GET / | Origin: https://a.com', '200 | X-A: https://a.com'],
    ],
  },
  {
    fact: '1.21',
    what: 'more_set_headers replaces, covers every status, is inherited, and does not see add_header',
    needs: 'headers-more',
    server: `more_set_headers "X-More: server";
      location / { proxy_pass http://127.0.0.1:$upstream; more_set_headers "Access-Control-Allow-Origin: https://a.com"; }
      location /both { more_set_headers "X-A: more"; add_header X-A add; return 200; }
      location /error { return 404; }
      location /if { more_set_headers "X-Outer: 1"; if ($arg_x) { more_set_headers "X-If: 1"; } return 200; }`,
    upstream: () => ({ status: 500, headers: [['Access-Control-Allow-Origin', '*']] }),
    expect: [
      ['GET /', '500 | Access-Control-Allow-Origin: https://a.com | X-More: server'],
      ['GET /both', '200 | X-More: server | X-A: more | X-A: add'],
      ['GET /error', '404 | X-More: server'],
      ['GET /if', '200 | X-More: server | X-Outer: 1'],
      ['GET /if?x=1', '200 | X-More: server | X-Outer: 1 | X-If: 1'],
    ],
  },
];
