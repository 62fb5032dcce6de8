/** Facts 1.13–1.16, 1.22–1.24: which location answers, in which phase, and what the application and caches see. */
import type { UpstreamAnswer } from '../programs.ts';
import type { NginxRow } from './nginx-row.ts';

const allowed: UpstreamAnswer = { status: 200, headers: [] };

export const routingRows: readonly NginxRow[] = [
  {
    fact: '1.13',
    what: 'exact, then the longest prefix (final with ^~), then patterns in order, then the prefix',
    server: `location = /exact { add_header L exact; return 200; }
      location /exact { add_header L prefix; return 200; }
      location ^~ /final { add_header L final; return 200; }
      location /final/longer { add_header L longer; return 200; }
      location ~ php$ { add_header L first; return 200; }
      location ~* PHP { add_header L second; return 200; }
      location /plain { add_header L plain; location ~ inner { add_header L inner; return 200; } return 200; }
      location ~ inner { add_header L outer; return 200; }`,
    expect: [
      ['GET /exact', '200 | L: exact'],
      ['GET /exact/more', '200 | L: prefix'],
      ['GET /exact?q', '200 | L: exact'],
      ['GET /final/a.php', '200 | L: final'],
      ['GET /final/longer.php', '200 | L: first'],
      ['GET /exact.php', '200 | L: first'],
      ['GET /a.PHPx', '200 | L: second'],
      ['GET /plain/inner', '200 | L: inner'],
      ['GET /other/inner', '200 | L: outer'],
      ['GET /%65xact', '200 | L: exact'],
      ['GET //plain', '200 | L: plain'],
    ],
  },
  {
    fact: '1.13',
    what: 'a path without its last slash is redirected to a proxied location, which fails a preflight',
    server: 'location /api/ { add_header A 1 always; proxy_pass http://127.0.0.1:$upstream/; }',
    upstream: () => allowed,
    expect: [
      ['OPTIONS /api', '301 | A: 1'],
      ['OPTIONS /api/', '200 | A: 1'],
    ],
  },
  {
    fact: '1.13',
    what: 'index, the fallback of try_files and rewrite … last choose again, break stays; no location has the headers of the server',
    files: { 'www/index.html': 'x', 'www/a.txt': 'x' },
    server: `root $folder/www; add_header L server always;
      location = / { add_header L slash; index index.html; }
      location = /index.html { add_header L index; }
      location /try { add_header L try; try_files /missing /named; }
      location /named { add_header L named; return 200; }
      location /last { add_header L last; rewrite ^ /named last; }
      location /break { add_header L break; rewrite ^ /a.txt break; }`,
    expect: [
      ['GET /', '200 | L: index'],
      ['GET /try', '200 | L: named'],
      ['GET /last', '200 | L: named'],
      ['GET /break', '200 | L: break'],
      ['GET /nowhere', '404 | L: server'],
    ],
  },
  {
    fact: '1.13',
    what: 'an unknown Host is answered by the first server',
    server: 'add_header S first; location / { return 200; }',
    more: 'server { listen 127.0.0.1:$port; server_name b.com; add_header S second; location / { return 200; } }',
    expect: [
      ['GET / | Host: b.com', '200 | S: second'],
      ['GET / | Host: c.com', '200 | S: first'],
    ],
  },
  {
    fact: '1.13',
    what: '$server_name is the first name of the server, whichever was asked for',
    server: 'location / { add_header N "[$server_name]"; return 200; }',
    more: `server { listen 127.0.0.1:$port; server_name B.com c.com; location / { add_header N "[$server_name]"; return 200; } }
      server { listen 127.0.0.1:$port; server_name .D.com; location / { add_header N "[$server_name]"; return 200; } }
      server { listen 127.0.0.1:$port; server_name *.e.com; location / { add_header N "[$server_name]"; return 200; } }
      server { listen 127.0.0.1:$port; server_name ~^f; location / { add_header N "[$server_name]"; return 200; } }`,
    expect: [
      ['GET / | Host: a.com', '200 | N: []'],
      ['GET / | Host: c.com', '200 | N: [b.com]'],
      ['GET / | Host: x.d.com', '200 | N: [d.com]'],
      ['GET / | Host: x.e.com', '200 | N: [*.e.com]'],
      ['GET / | Host: f.com', '200 | N: [~^f]'],
    ],
  },
  {
    fact: '1.14',
    what: 'error_page: the headers are those of the target, the method becomes GET for an address',
    server: `error_page 404 /error; error_page 403 @named; error_page 410 https://a.com/gone;
      location / { add_header L origin always; return 404; }
      location /forbidden { add_header L origin always; return 403; }
      location /gone { add_header L origin always; return 410; }
      location = /error { add_header L error always; add_header M $request_method always; return 404; }
      location @named { add_header L named always; add_header M $request_method always; return 403; }`,
    expect: [
      ['POST /', '404 | L: error | M: GET'],
      ['HEAD /', '404 | L: error | M: HEAD'],
      ['POST /forbidden', '403 | L: named | M: POST'],
      ['GET /gone', '302 | L: origin'],
    ],
  },
  {
    fact: '1.14',
    what: 'error_page: a variable may hold a path, the name of a location or an address',
    http: 'map $request_method $answer { default @named; PUT /page; PATCH https://a.com/gone; }',
    server: `error_page 418 = $answer; location / { return 418; }
      location @named { add_header L named; return 200; }
      location = /page { add_header L page; return 200; }`,
    expect: [
      ['GET /', '200 | L: named'],
      ['PUT /', '200 | L: page'],
      ['PATCH /', '302'],
    ],
  },
  {
    fact: '1.14',
    what: 'error_page: an error of an error page has none of its own, but for recursive_error_pages',
    server: `error_page 404 =200 @second;
      location = /once { error_page 418 /missing; return 418; }
      location = /again { recursive_error_pages on; error_page 418 /missing; return 418; }
      location @second { add_header L second; return 200; }`,
    expect: [
      ['GET /once', '404'],
      ['GET /again', '200 | L: second'],
    ],
  },
  {
    fact: '1.14',
    what: 'error_page 405 =200 $uri asks for the same path with GET',
    files: { 'www/index.html': 'x' },
    server: `root $folder/www; error_page 405 =200 $uri; location / { add_header L file; add_header M $request_method; }`,
    expect: [
      ['POST /index.html', '200 | L: file | M: GET'],
      ['OPTIONS /missing', '404'],
    ],
  },
  {
    fact: '1.14',
    what: "proxied errors go to error_page only with proxy_intercept_errors, which also drops the upstream's headers",
    server: `error_page 500 /error; location = /error { add_header L error always; return 500; }
      location / { add_header L plain always; proxy_pass http://127.0.0.1:$upstream; }
      location /intercepted { proxy_intercept_errors on; add_header L intercepted always; proxy_pass http://127.0.0.1:$upstream; }`,
    upstream: () => ({ status: 500, headers: [['Access-Control-Allow-Origin', '*']] }),
    expect: [
      ['GET /', '500 | Access-Control-Allow-Origin: * | L: plain'],
      ['GET /intercepted', '500 | L: error'],
    ],
  },
  {
    fact: '1.15',
    what: 'return in an if runs before authentication; without it the preflight gets 401, with headers of always only',
    files: { passwords: 'u:{PLAIN}p\n', 'www/index.html': 'x' },
    server: `root $folder/www; auth_basic realm; auth_basic_user_file $folder/passwords; add_header P 1; add_header A 1 always;
      location / { if ($request_method = OPTIONS) { return 204; } }
      location /unanswered { }`,
    expect: [
      ['OPTIONS /', '204 | P: 1 | A: 1'],
      ['GET /', '401 | A: 1'],
      ['GET / | Authorization: Basic dTpw', '200 | P: 1 | A: 1'],
      ['OPTIONS /unanswered', '401 | A: 1'],
    ],
  },
  {
    fact: '1.15',
    what: 'the same with auth_request, whose headers are not copied',
    server: `location / { add_header A 1 always; auth_request /auth; if ($request_method = OPTIONS) { return 204; } proxy_pass http://127.0.0.1:$upstream; }
      location /plain { add_header A 1 always; auth_request /auth; proxy_pass http://127.0.0.1:$upstream; }
      location = /auth { internal; add_header From-Auth 1 always; proxy_pass http://127.0.0.1:$upstream/auth; }`,
    upstream: (request) => ({
      status: request.url === '/auth' && request.headers['x-ok'] === undefined ? 401 : 200,
      headers: [['From-Upstream', request.url ?? '']],
    }),
    expect: [
      ['OPTIONS /', '204 | A: 1'],
      ['OPTIONS /plain', '401 | A: 1'],
      ['GET /plain | X-Ok: 1', '200 | From-Upstream: /plain | A: 1'],
    ],
  },
  {
    fact: '1.15',
    what: 'a variable of auth_request_set is empty in what is answered before authentication, and set in what refuses',
    server: `location / { auth_request /auth; auth_request_set $told $sent_http_told; add_header Told $told always;
        if ($request_method = OPTIONS) { return 204; } proxy_pass http://127.0.0.1:$upstream; }
      location = /auth { internal; proxy_pass http://127.0.0.1:$upstream/auth; }`,
    upstream: (request) => ({
      status: request.url === '/auth' && request.headers['x-ok'] === undefined ? 401 : 200,
      headers: request.url === '/auth' ? [['Told', 'yes']] : [],
    }),
    expect: [
      ['OPTIONS /', '204'],
      ['GET /', '401 | Told: yes'],
      ['GET / | X-Ok: 1', '200 | Told: yes'],
    ],
  },
  {
    fact: '1.16',
    what: 'static files: OPTIONS, PUT and POST answer 405, with headers of always only',
    files: { 'www/a.txt': 'x' },
    server: 'root $folder/www; add_header P 1; add_header A 1 always; location / { }',
    expect: [
      ['GET /a.txt', '200 | P: 1 | A: 1'],
      ['HEAD /a.txt', '200 | P: 1 | A: 1'],
      ['OPTIONS /a.txt', '405 | A: 1'],
      ['PUT /a.txt', '405 | A: 1'],
      ['POST /a.txt', '405 | A: 1'],
    ],
  },
  {
    fact: '1.22',
    what: 'proxy_set_header Origin changes what the application sees and not $http_origin; a list in the location replaces the outer one',
    server: `proxy_set_header Origin https://proxy.com; add_header Seen-By-Nginx $http_origin;
      location / { proxy_pass http://127.0.0.1:$upstream; }
      location /own { proxy_set_header X-Other 1; proxy_pass http://127.0.0.1:$upstream; }
      location /empty { proxy_set_header Origin ""; proxy_pass http://127.0.0.1:$upstream; }`,
    upstream: (request) => ({ status: 200, headers: [['Seen-By-Application', request.headers.origin ?? 'none']] }),
    expect: [
      ['GET / | Origin: https://a.com', '200 | Seen-By-Application: https://proxy.com | Seen-By-Nginx: https://a.com'],
      ['GET /own | Origin: https://a.com', '200 | Seen-By-Application: https://a.com | Seen-By-Nginx: https://a.com'],
      ['GET /empty | Origin: https://a.com', '200 | Seen-By-Application: none | Seen-By-Nginx: https://a.com'],
    ],
  },
  {
    fact: '1.23',
    what: 'of two Origin lines $http_origin is the first (nginx 1.22)',
    versions: { before: [1, 23, 0] },
    server: 'location / { add_header O $http_origin; return 200; }',
    expect: [['GET / | Origin: https://a.com | Origin: https://b.com', '200 | O: https://a.com']],
  },
  {
    fact: '1.23',
    what: 'two Origin lines are joined in $http_origin (nginx 1.31)',
    versions: { from: [1, 31, 0] },
    server: 'location / { add_header O $http_origin; return 200; }',
    expect: [['GET / | Origin: https://a.com | Origin: https://b.com', '200 | O: https://a.com, https://b.com']],
  },
  {
    fact: '1.23',
    what: '$request_method in an auth_request is that of the main request; error_page 469 = @x answers with the status and headers of @x',
    server: `location / { return 469; error_page 469 = @x; add_header L main always; }
      location /method { auth_request /auth; proxy_pass http://127.0.0.1:$upstream; }
      location = /auth { internal; proxy_pass http://127.0.0.1:$upstream; proxy_pass_request_body off; proxy_set_header Content-Length ""; proxy_set_header Seen $request_method; }
      location @x { add_header L x always; return 204; }`,
    upstream: (request) => ({ status: request.url === '/auth' && request.headers['seen'] !== 'PUT' ? 403 : 200, headers: [] }),
    expect: [
      ['GET /', '204 | L: x'],
      ['PUT /method', '200'],
      ['GET /method', '403'],
    ],
  },
  {
    fact: '1.24',
    what: "proxy_cache serves an upstream's reflected origin to others unless Vary says so; add_header is per request",
    http: 'proxy_cache_path $folder/cache keys_zone=c:1m;',
    server: `add_header Own $http_origin;
      location / { proxy_cache c; proxy_cache_valid 1m; proxy_pass http://127.0.0.1:$upstream; }`,
    upstream: (request) => ({
      status: 200,
      headers: [
        ['Access-Control-Allow-Origin', request.headers.origin ?? 'none'],
        ...(request.url === '/vary' ? [['Vary', 'Origin'] as const] : []),
      ],
    }),
    expect: [
      ['GET /plain | Origin: https://a.com', '200 | Access-Control-Allow-Origin: https://a.com | Own: https://a.com'],
      ['GET /plain | Origin: https://b.com', '200 | Access-Control-Allow-Origin: https://a.com | Own: https://b.com'],
      ['GET /vary | Origin: https://a.com', '200 | Access-Control-Allow-Origin: https://a.com | Vary: Origin | Own: https://a.com'],
      ['GET /vary | Origin: https://b.com', '200 | Access-Control-Allow-Origin: https://b.com | Vary: Origin | Own: https://b.com'],
    ],
  },
];
