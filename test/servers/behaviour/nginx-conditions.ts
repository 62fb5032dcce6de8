/** Facts 1.4–1.7, 1.11, 1.12, 1.19, 1.20: `if`, `limit_except`, `map`, variables and the grammar. */
import type { NginxRow } from './nginx-row.ts';

export const conditionRows: readonly NginxRow[] = [
  {
    fact: '1.4',
    what: 'of several true ifs the last one wins, and one without headers reverts to those of the location',
    server: `location / {
      add_header X-Location 1;
      if ($arg_a) { add_header X-A 1; }
      if ($arg_b) { add_header X-B 1; }
      if ($arg_c) { set $x 1; }
      return 200; }`,
    expect: [
      ['GET /', '200 | X-Location: 1'],
      ['GET /?a=1', '200 | X-A: 1'],
      ['GET /?a=1&b=1', '200 | X-B: 1'],
      ['GET /?a=1&c=1', '200 | X-Location: 1'],
      ['GET /?c=1', '200 | X-Location: 1'],
    ],
  },
  {
    fact: '1.4',
    what: 'return stops the evaluation; an if without add_header inherits, so a preflight answered there keeps the headers',
    server: `location / { add_header X-Location 1 always; if ($request_method = OPTIONS) { return 204; } if ($request_method = OPTIONS) { add_header X-Never 1; } return 404; }
      location /early { return 200; if ($arg_a) { add_header X-A 1; } }`,
    expect: [
      ['OPTIONS /', '204 | X-Location: 1'],
      ['GET /', '404 | X-Location: 1'],
      ['GET /early?a=1', '200'],
    ],
  },
  {
    fact: '1.4',
    what: 'break stops the evaluation and keeps the if in which it stands',
    files: { 'www/break': 'text' },
    server: 'root $folder/www; location /break { if ($arg_a) { add_header X-A 1; break; } if ($arg_b) { add_header X-B 1; } }',
    expect: [
      ['GET /break?a=1&b=1', '200 | X-A: 1'],
      ['GET /break?b=1', '200 | X-B: 1'],
    ],
  },
  {
    fact: '1.6',
    what: "return in a server-level if sends the server's headers only; set works there, and a location's set feeds a server-level header",
    server: `set $late server; if ($request_method = OPTIONS) { return 204; } if ($arg_x) { set $seen yes; } add_header X-Late $late; add_header X-Seen $seen;
      location / { set $late location; return 200; } location /own { add_header X-Own 1; return 200; }`,
    expect: [
      ['OPTIONS /own', '204 | X-Late: server'],
      ['GET /', '200 | X-Late: location'],
      ['GET /?x=1', '200 | X-Late: location | X-Seen: yes'],
      ['GET /own', '200 | X-Own: 1'],
    ],
  },
  {
    fact: '1.7',
    what: 'limit_except swaps the location for the excluded methods: if and return do not run, inherited headers with always stay',
    files: { 'www/index.html': 'x' },
    server: `root $folder/www; add_header X-Server 1 always;
      location / { limit_except GET { deny all; } if ($request_method = OPTIONS) { return 204; } if ($request_method = PUT) { return 204; } }
      location /own { add_header X-Own 1 always; limit_except GET { deny all; } if ($request_method = OPTIONS) { return 204; } }
      location /listed { limit_except GET OPTIONS { deny all; } if ($request_method = OPTIONS) { return 204; } }`,
    expect: [
      ['GET /', '200 | X-Server: 1'],
      ['OPTIONS /', '403 | X-Server: 1'],
      ['PUT /', '403 | X-Server: 1'],
      ['OPTIONS /own', '403 | X-Own: 1'],
      ['OPTIONS /listed', '204 | X-Server: 1'],
    ],
  },
  {
    fact: '1.11',
    what: 'string keys of a map mind no letter case, patterns are searches, strings go before patterns, patterns in file order',
    http: `map $http_origin $m {
      "https://myapp.com" $http_origin;
      ~evil first;
      ~^https://EVIL case;
      ~*^https://lower insensitive;
      "~quoted" quoted;
      \\~literal literal;
      ~myapp pattern;
      "https://evil.string" string; }`,
    server: 'add_header X-M $m; location / { return 200; }',
    expect: [
      ['GET / | Origin: https://myapp.com', '200 | X-M: https://myapp.com'],
      ['GET / | Origin: HTTPS://MYAPP.COM', '200 | X-M: HTTPS://MYAPP.COM'],
      ['GET / | Origin: https://myapp.com.evil.com', '200 | X-M: first'],
      ['GET / | Origin: https://EVIL.com', '200 | X-M: case'],
      ['GET / | Origin: https://LOWER.com', '200 | X-M: insensitive'],
      ['GET / | Origin: is-quoted-here', '200 | X-M: quoted'],
      ['GET / | Origin: ~literal', '200 | X-M: literal'],
      ['GET / | Origin: https://evil.string', '200 | X-M: string'],
      ['GET / | Origin: https://other', '200'],
      ['GET /', '200'],
    ],
  },
  {
    fact: '1.11',
    what: 'patterns are not tried on an empty source, the later of two maps wins, hostnames take *.host',
    http: `map $http_origin $p { ~.* pattern; default default; } map $http_origin $twice { default one; } map $http_origin $twice { default two; }
      map $http_x $h { hostnames; *.e.com wild; https://exact.e.com exact; }`,
    server: 'add_header X-P $p; add_header X-Twice $twice; add_header X-H $h; location / { return 200; }',
    expect: [
      ['GET /', '200 | X-P: default | X-Twice: two'],
      ['GET / | Origin: x | X: https://x.e.com', '200 | X-P: pattern | X-Twice: two | X-H: wild'],
      ['GET / | Origin: x | X: https://x.e.com.', '200 | X-P: pattern | X-Twice: two | X-H: wild'],
      ['GET / | Origin: x | X: https://exact.e.com.', '200 | X-P: pattern | X-Twice: two | X-H: exact'],
      ['GET / | Origin: x | X: https://exact.e.com..', '200 | X-P: pattern | X-Twice: two'],
    ],
  },
  {
    fact: '1.12',
    what: '= and != are exact, the right side may hold variables, a pattern does not interpolate',
    server: `location / { set $r "";
      if ($http_origin = "https://a.com") { set $r "$r=lit"; }
      if ($http_origin = https://$host) { set $r "$r=var"; }
      if ($http_origin != "https://a.com") { set $r "$r!="; }
      if ($http_origin ~ "^https://$host") { set $r "$r~host"; }
      if ($http_origin ~ "^$") { set $r "$r~empty"; }
      if ($http_x) { set $r "\${r}true"; }
      add_header X-R "r$r"; return 200; }`,
    expect: [
      ['GET / | Origin: https://a.com', '200 | X-R: r=lit'],
      ['GET / | Origin: https://A.com', '200 | X-R: r!='],
      ['GET / | Host: b.com | Origin: https://b.com', '200 | X-R: r=var!='],
      ['GET /', '200 | X-R: r!=~empty'],
      ['GET / | X: 0', '200 | X-R: r!=~empty'],
      ['GET / | X: 00', '200 | X-R: r!=~emptytrue'],
      ['GET / | X: 1', '200 | X-R: r!=~emptytrue'],
    ],
  },
  {
    fact: '1.19',
    what: 'both quotes interpolate in values and not in names',
    server: `location / { add_header X-Single '$request_method'; add_header X-Double "$request_method"; add_header X-Bare $request_method; return 200; }
      location /name { add_header "X-$request_method" 1; return 200; }`,
    expect: [
      ['GET /', '200 | X-Single: GET | X-Double: GET | X-Bare: GET'],
      ['GET /name', '200 | X-$request_method: 1'],
    ],
  },
  {
    fact: '1.19',
    what: 'always in the place of the value is the value; } inside a word is literal; a missing ; swallows the next line',
    server: `location / { add_header X-Always always; add_header X-Brace a}b; add_header X-Hash a#b; add_header X-Single '$request_method'; return 200; }
      location /swallow { add_header X-A 1
        always; return 404; }`,
    expect: [
      ['GET /', '200 | X-Always: always | X-Brace: a}b | X-Hash: a#b | X-Single: GET'],
      ['GET /swallow', '404 | X-A: 1'],
    ],
  },
  {
    fact: '1.20',
    what: 'try_files is ignored in a location whose if is true',
    files: { 'www/index.html': 'x' },
    server: 'root $folder/www; location / { if ($arg_x) { add_header X-If 1 always; } try_files $uri /index.html; }',
    expect: [
      ['GET /missing', '200'],
      ['GET /missing?x=1', '404 | X-If: 1'],
    ],
  },
  {
    fact: '5.1',
    what: 'every header once in the location, with always, and an if for OPTIONS without headers of its own',
    http: 'map $http_origin $cors { "https://a.com" $http_origin; }',
    server: `location / {
      add_header Access-Control-Allow-Origin $cors always;
      add_header Access-Control-Allow-Methods "GET, PUT" always;
      add_header Vary Origin always;
      proxy_hide_header Access-Control-Allow-Origin;
      if ($request_method = OPTIONS) { return 204; }
      proxy_pass http://127.0.0.1:$upstream; }`,
    upstream: () => ({ status: 500, headers: [['Access-Control-Allow-Origin', '*']] }),
    expect: [
      [
        'OPTIONS / | Origin: https://a.com',
        '204 | Access-Control-Allow-Origin: https://a.com | Access-Control-Allow-Methods: GET, PUT | Vary: Origin',
      ],
      [
        'GET / | Origin: https://a.com',
        '500 | Access-Control-Allow-Origin: https://a.com | Access-Control-Allow-Methods: GET, PUT | Vary: Origin',
      ],
      ['GET / | Origin: https://b.com', '500 | Access-Control-Allow-Methods: GET, PUT | Vary: Origin'],
    ],
  },
  {
    fact: '5.2',
    what: 'two ifs, one for the origin and one for OPTIONS: the preflight loses the origin',
    server: `location / {
      if ($http_origin = https://a.com) { add_header Access-Control-Allow-Origin $http_origin always; }
      if ($request_method = OPTIONS) { add_header Access-Control-Allow-Methods "GET, PUT" always; return 204; }
      return 200; }`,
    expect: [
      ['GET / | Origin: https://a.com', '200 | Access-Control-Allow-Origin: https://a.com'],
      ['OPTIONS / | Origin: https://a.com', '204 | Access-Control-Allow-Methods: GET, PUT'],
    ],
  },
];
