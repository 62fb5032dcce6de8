import assert from 'node:assert/strict';
import type { SourceFiles } from '../core/files.ts';
import type { OutlineItem } from '../core/language.ts';
import { contains } from '../core/text.ts';
import { languages } from './index.ts';

const alone: SourceFiles = { read: () => undefined, list: () => [], candidates: () => [] };

async function outline(language: string, text: string): Promise<readonly OutlineItem[]> {
  const found = languages.find(({ id }) => id === language);
  assert.ok(found);
  const engine = await found.load();
  const file = { uri: `file:///w/${language === 'nginx' ? 'nginx.conf' : 'httpd.conf'}`, text };
  return engine.extract(file, alone).outline;
}

/** An outline as indented lines. */
function drawn(items: readonly OutlineItem[], depth = 0): readonly string[] {
  return items.flatMap(({ name, detail, children }) => [
    `${'  '.repeat(depth)}${name}${detail === undefined ? '' : ` — ${detail}`}`,
    ...drawn(children, depth + 1),
  ]);
}

const rows: readonly (readonly [language: string, text: string, lines: readonly string[]])[] = [
  [
    'nginx',
    `events {}
http {
  map $http_origin $cors_origin { default ""; }
  server {
    listen 443 ssl;
    server_name api.example.com;
    location /v1/ {
      add_header Access-Control-Allow-Origin $cors_origin always;
      if ($request_method = OPTIONS) { return 204; }
      proxy_pass http://127.0.0.1:3000;
      proxy_read_timeout 5s;
    }
  }
  server { listen 80; return 301 https://$host$request_uri; }
}
`,
    [
      'events',
      'http',
      '  map $http_origin $cors_origin',
      '  server — api.example.com',
      '    location /v1/',
      '      add_header Access-Control-Allow-Origin — $cors_origin always',
      '      if ($request_method = OPTIONS)',
      '        return 204',
      '      proxy_pass http://127.0.0.1:3000',
      '  server — 80',
      '    return 301 — https://$host$request_uri',
    ],
  ],
  [
    'nginx',
    'server { location / { add_header\n} "" { return 204; }',
    ['server', '  location /', '    add_header', '  (empty)', '    return 204'],
  ],
  [
    'apache',
    `<VirtualHost *:443>
  ServerName api.example.com
  SetEnvIf Origin "^https://a$" ORIGIN=$0
  <Location "/v1">
    Header always set Access-Control-Allow-Origin "%{ORIGIN}e" env=ORIGIN
    Header merge Vary "Origin"
    Options None
  </Location>
</VirtualHost>
`,
    [
      'VirtualHost *:443 — api.example.com',
      '  ServerName api.example.com',
      '  SetEnvIf Origin — ^https://a$ ORIGIN=$0',
      '  Location "/v1"',
      '    Header always set Access-Control-Allow-Origin — %{ORIGIN}e env=ORIGIN',
      '    Header merge Vary — Origin',
    ],
  ],
];

describe('outlines', () => {
  for (const [language, text, lines] of rows)
    it(`of ${language}: ${lines[0] ?? ''}`, async () => {
      assert.deepEqual(drawn(await outline(language, text)), lines);
    });

  it('keep their names and children inside, wherever a text is cut', async () => {
    const check = (items: readonly OutlineItem[], outer: OutlineItem | undefined): void => {
      for (const item of items) {
        assert.notEqual(item.name, '');
        assert.ok(contains(item.place.range, item.namePlace.range), item.name);
        if (outer) assert.ok(contains(outer.place.range, item.place.range), `${item.name} in ${outer.name}`);
        check(item.children, item);
      }
    };
    for (const [language, text] of rows)
      for (let end = 0; end <= text.length; end++) check(await outline(language, text.slice(0, end)), undefined);
  });
});
