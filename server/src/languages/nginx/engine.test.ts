import assert from 'node:assert/strict';
import fc from 'fast-check';
import type { SourceFiles } from '../../core/files.ts';
import type { Extraction } from '../../core/language.ts';
import { finiteOrigins } from '../../cors/origins/finite.ts';
import { evaluateRouted } from '../../policy/evaluate.ts';
import { knownRequest } from '../../policy/request.ts';
import { viewPolicy } from '../../policy/view.ts';
import { linesNamed } from '../../policy/view.ts';
import { engine } from './engine.ts';

/** The extraction of one file among others, by path. */
function extract(texts: Readonly<Record<string, string>>, main = 'nginx.conf'): Extraction {
  const files = new Map(Object.entries(texts).map(([path, text]) => [`file:///w/${path}`, { uri: `file:///w/${path}`, text }]));
  const reading: SourceFiles = {
    read: (uri) => files.get(uri),
    list: (folder) => [...files.keys()].filter((uri) => uri.startsWith(folder) && !uri.slice(folder.length).includes('/')),
    candidates: () => [...files.keys()],
  };
  const file = files.get(`file:///w/${main}`);
  assert.ok(file);
  return engine.extract(file, reading);
}

/** Every Allow-Origin that the actual responses of a policy may carry, as texts, with what is not complete marked. */
function allowed(extraction: Extraction, title: string): string {
  const policy = extraction.policies.find((each) => each.title === title);
  assert.ok(policy, `no policy ${title} among ${extraction.policies.map((each) => each.title).join(', ')}`);
  const input = { policies: new Map(extraction.policies.map((each) => [each.id, each])), routing: extraction.routing };
  const { actual } = viewPolicy(policy, input, finiteOrigins);
  const texts = actual.map((response) => {
    const values = linesNamed(response, 'Access-Control-Allow-Origin').map(({ value }) =>
      value.kind === 'literal' ? value.text : value.kind,
    );
    return (response.unknown ?? values.join('+')) + (response.complete ? '' : '…');
  });
  return [...new Set(texts)].sort().join(' | ');
}

const rows: readonly (readonly [title: string, texts: Readonly<Record<string, string>>, main: string, policy: string, expected: string])[] =
  [
    ['a snippet is open to what encloses it', { 's.conf': 'add_header X-A b;\n' }, 's.conf', 'snippet', '…'],
    [
      'a snippet with the header itself',
      { 's.conf': 'add_header Access-Control-Allow-Origin *;\nreturn 200;\n' },
      's.conf',
      'snippet',
      '*',
    ],
    [
      'locations without a server',
      { 's.conf': 'location /a { return 200; }\nlocation /b { add_header Access-Control-Allow-Origin *; return 200; }\n' },
      's.conf',
      'location /b',
      '*',
    ],
    ['a location whose headers may come from outside', { 's.conf': 'location /a { return 200; }\n' }, 's.conf', 'location /a', '…'],
    [
      'a snippet seen from its includer',
      {
        'nginx.conf': 'http { server { add_header Access-Control-Allow-Origin *; include snippets/*.conf; } }',
        'snippets/a.conf': 'location /a { return 200; }\n',
      },
      'snippets/a.conf',
      'location /a',
      '*',
    ],
    [
      'an absolute include of the server',
      {
        'nginx.conf': 'server { location /a { include /etc/nginx/cors.conf; return 200; } }',
        'cors.conf': 'add_header Access-Control-Allow-Origin *;',
      },
      'nginx.conf',
      'location /a',
      '*',
    ],
    [
      'an include that is not there',
      { 'nginx.conf': 'server { location /a { include cors.conf; return 200; } }' },
      'nginx.conf',
      'location /a',
      '…',
    ],
    [
      'an include that never writes headers',
      { 'nginx.conf': 'server { location /a { include fastcgi_params; return 200; } }' },
      'nginx.conf',
      'location /a',
      '',
    ],
    [
      'a file that includes itself',
      { 'nginx.conf': 'server { location /a { include nginx.conf; add_header Access-Control-Allow-Origin *; return 200; } }' },
      'nginx.conf',
      'location /a',
      '*…',
    ],
    [
      'a line under a template condition',
      { 'nginx.conf': 'server { location /a {\n{% if cors %}\nadd_header Access-Control-Allow-Origin *;\n{% endif %}\nreturn 200; } }' },
      'nginx.conf',
      'location /a',
      '*… | …',
    ],
    [
      'a line behind a comment of a Go template',
      {
        'nginx.conf':
          'server { location /a {\n{{ if .cors }}\n{{- /* allow */ -}}\nadd_header Access-Control-Allow-Origin *;\n{{ end }}\nreturn 200; } }',
      },
      'nginx.conf',
      'location /a',
      '*… | …',
    ],
    [
      'a line behind a comment of ERB',
      { 'nginx.conf': 'server { location /a {\n<%# if this is for fonts %>\nadd_header Access-Control-Allow-Origin *;\nreturn 200; } }' },
      'nginx.conf',
      'location /a',
      '*',
    ],
    [
      'a line behind a block of Jinja',
      {
        'nginx.conf':
          'server { location /a {\n{% if cors %}\n{% block x %}\n{% endblock %}\nadd_header Access-Control-Allow-Origin *;\n{% endif %}\nreturn 200; } }',
      },
      'nginx.conf',
      'location /a',
      '*… | …',
    ],
    [
      'a line in a block of Jinja',
      { 'nginx.conf': 'server { location /a {\n{% block x %}\nadd_header Access-Control-Allow-Origin *;\n{% endblock %}\nreturn 200; } }' },
      'nginx.conf',
      'location /a',
      '*',
    ],
    [
      'a line under a condition of Terraform',
      { 'nginx.conf': 'server { location /a {\n%{ if cors ~}\nadd_header Access-Control-Allow-Origin *;\n%{ endif ~}\nreturn 200; } }' },
      'nginx.conf',
      'location /a',
      '*… | …',
    ],
    [
      'a line in a loop of ERB',
      {
        'nginx.conf':
          'server { location /a {\n<% if @on %>\n<% @all.each do |each| -%>\n<% end -%>\nadd_header Access-Control-Allow-Origin *;\n<% end %>\nreturn 200; } }',
      },
      'nginx.conf',
      'location /a',
      '*… | …',
    ],
    [
      'a line behind alternatives of ERB',
      {
        'nginx.conf':
          'server { location /a {\n<% case @x %>\n<% when 1 %>\n<% when 2 %>\n<% end %>\nadd_header Access-Control-Allow-Origin *;\nreturn 200; } }',
      },
      'nginx.conf',
      'location /a',
      '*',
    ],
    [
      'a line in a section of Mustache',
      { 'nginx.conf': 'server { location /a {\n{{#cors}}\nadd_header Access-Control-Allow-Origin *;\n{{/cors}}\nreturn 200; } }' },
      'nginx.conf',
      'location /a',
      '*… | …',
    ],
    [
      'a file that Jinja writes',
      { 'nginx.conf': 'server { location /a {\n{% include "cors.conf.j2" %}\nreturn 200; } }' },
      'nginx.conf',
      'location /a',
      '…',
    ],
    [
      'lines that a Go template writes',
      { 'nginx.conf': 'server { location /a {\n{{ template "cors" . }}\nreturn 200; } }' },
      'nginx.conf',
      'location /a',
      '…',
    ],
    [
      'a map on the name of the server',
      {
        'nginx.conf':
          'map $server_name $o { default *; a.example https://a.example; b.example https://b.example; } server { server_name .A.example b.example; location /a { add_header Access-Control-Allow-Origin $o; return 200; } }',
      },
      'nginx.conf',
      'location /a',
      'https://a.example',
    ],
    [
      'a map on the name of a server that has none',
      {
        'nginx.conf':
          'map $server_name $o { default *; a.example https://a.example; b.example https://b.example; } server {  location /a { add_header Access-Control-Allow-Origin $o; return 200; } }',
      },
      'nginx.conf',
      'location /a',
      '*',
    ],
    [
      'a map on a name that is filled in',
      {
        'nginx.conf':
          'map $server_name $o { default *; a.example https://a.example; b.example https://b.example; } server { server_name {{ name }}; location /a { add_header Access-Control-Allow-Origin $o; return 200; } }',
      },
      'nginx.conf',
      'location /a',
      '* | https://a.example | https://b.example',
    ],
    [
      'a map on the name of a server that is not in sight',
      { 's.conf': 'if ($server_name = a.example) { add_header Access-Control-Allow-Origin *; return 200; }\nreturn 204;\n' },
      's.conf',
      'snippet',
      '* | …',
    ],
    [
      'a placeholder as the value',
      { 'nginx.conf': 'server { location /a { add_header Access-Control-Allow-Origin ${ORIGIN}; return 200; } }' },
      'nginx.conf',
      'location /a',
      'unknown',
    ],
  ];

describe('nginx extraction', () => {
  for (const [title, texts, main, policy, expected] of rows) it(title, () => assert.equal(allowed(extract(texts, main), policy), expected));

  it('names a variable that nothing sets only where the whole configuration is in sight', () => {
    const undefinedIn = (text: string): readonly string[] =>
      extract({ 'nginx.conf': text }).observations.flatMap((each) => (each.kind === 'neverSet' ? [each.variable] : []));
    assert.deepEqual(undefinedIn('http { server { add_header A $nothing; } }'), ['$nothing']);
    assert.deepEqual(undefinedIn('server { add_header A $nothing; }'), []);
    assert.deepEqual(undefinedIn('http { include conf.d/*.conf; server { add_header A $nothing; } }'), []);
  });

  it('knows no more names than nginx does', () => {
    const { observations } = extract({
      'nginx.conf':
        'http { server { add_header A b; constructor { add_header B $constructor; } location / { add_header C $__proto__; } } }',
    });
    const found = observations.map((each) => (each.kind === 'neverSet' ? each.variable : each.kind));
    assert.deepEqual(found.filter((each) => each !== 'headerWritten').sort(), ['$__proto__', '$constructor', 'inheritanceLost']);
  });

  it('chooses a server by a pattern as it is written', () => {
    const text = 'server { server_name a.example; } server { server_name ~^\\D+\\.Example$; return 200; }';
    const { policies, routing } = extract({ 'nginx.conf': text });
    const request = knownRequest({ method: 'GET', path: '/', origin: null, headers: [], host: 'b.example' });
    const [answer, other] = evaluateRouted({ policies: new Map(policies.map((each) => [each.id, each])), routing, request });
    assert.deepEqual([answer?.status, other], [{ kind: 'in', members: [200] }, undefined]);
  });

  it('takes the statuses of all -s of a line together', () => {
    const text = "server { more_set_headers -s 404 -s '500 503' 'X-A: b'; }";
    const written = extract({ 'nginx.conf': text }).observations.flatMap((each) => (each.kind === 'headerWritten' ? [each.write] : []));
    assert.deepEqual(
      written.map(({ statuses }) => statuses),
      [{ kind: 'in', members: [404, 500, 503] }],
    );
  });

  it('never throws, whatever the text (fast-check)', () => {
    fc.assert(
      fc.property(fc.array(fc.tuple(fc.nat(sample.length), fc.nat(60), fc.constantFrom(...pieces)), { maxLength: 5 }), (edits) => {
        let text = sample;
        for (const [at, length, inserted] of edits) text = text.slice(0, at) + inserted + text.slice(at + length);
        const extraction = extract({ 'nginx.conf': text });
        const input = { policies: new Map(extraction.policies.map((each) => [each.id, each])), routing: extraction.routing };
        for (const policy of extraction.policies) viewPolicy(policy, input, finiteOrigins);
      }),
      { numRuns: 150 },
    );
  });

  it('has one id for each policy', () => {
    const { policies } = extract({ 'nginx.conf': sample });
    assert.equal(new Set(policies.map((policy) => policy.id)).size, policies.length);
  });
});

const pieces: readonly string[] = [
  '',
  '{',
  '}',
  ';',
  '"',
  '$',
  '$1',
  'if ($http_origin) {',
  'location ~ ( {',
  'location /a/ { proxy_pass http://x; }',
  'map $a $a { default $a; }',
  'map $a $b { default $b; }',
  'return;',
  'return 204;',
  'rewrite ^ / last;',
  'rewrite ^(.*)$ $1 last;',
  'try_files $uri @none;',
  'error_page 404 /x;',
  'error_page;',
  'include *;',
  'limit_except GET {',
  'break;',
  'set $x $x$x;',
  'add_header;',
  'auth_request /a;',
  'satisfy any;',
  'server {',
  'more_set_headers a;',
  'internal;',
  'index a b;',
  '{{ x }}',
  '{% if %}',
  'geo $g { default 1; }',
  'split_clients $a $s { 50% 1; * 2; }',
];

const sample = `http {
  map $http_origin $cors { default ""; "~^https://.*\\.example\\.com$" $http_origin; "https://a.example" 1; }
  server {
    listen 80;
    server_name a.example;
    add_header Vary Origin always;
    error_page 404 /404.html;
    set $x 1;
    location / { try_files $uri $uri/ /index.html; }
    location = /404.html { internal; }
    location ^~ /api/ {
      limit_except GET { deny all; }
      if ($request_method = OPTIONS) { add_header Access-Control-Allow-Origin $cors; return 204; }
      if ($cors) { set $x "\${x}a"; add_header Access-Control-Allow-Origin $cors always; }
      auth_basic "a";
      auth_basic_user_file u;
      proxy_pass http://127.0.0.1:1;
      location ~ \\.php$ { fastcgi_pass 127.0.0.1:2; }
    }
    location @named { return 200 a; }
  }
  server { listen 443 ssl; server_name *.b.example; rewrite ^/old /new last; }
}
`;
