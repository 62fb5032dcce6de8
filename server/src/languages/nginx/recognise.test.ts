import assert from 'node:assert/strict';
import { claimsName, looksLikeNginx } from './recognise.ts';

const names: readonly (readonly [path: string, claim: 'yes' | 'no' | 'maybe'])[] = [
  ['file:///srv/nginx.conf', 'yes'],
  ['file:///srv/nginx.prod.conf', 'yes'],
  ['nginx.conf.template', 'yes'],
  ['site.nginx', 'yes'],
  ['/etc/nginx/sites-available/default', 'yes'],
  ['/etc/nginx/conf.d/a.conf', 'yes'],
  ['docker/conf.d/default.conf', 'maybe'],
  ['sites-enabled/example.com', 'maybe'],
  ['app.conf', 'maybe'],
  ['templates/default.conf.j2', 'maybe'],
  ['httpd.conf', 'maybe'],
  ['.htaccess', 'no'],
  ['src/nginx.ts', 'no'],
  ['nginx/Dockerfile.md', 'no'],
  ['file:///srv/my%20nginx.conf', 'maybe'],
];

const texts: readonly (readonly [text: string, nginx: boolean])[] = [
  ['server {\n  listen 80;\n}', true],
  ['add_header A b;\n', true],
  ['location /api/ {\n', true],
  ['upstream app {\n server 127.0.0.1:3000;\n}', true],
  ['map $http_origin $cors {\n', true],
  ['map $request_method $m {\n  default "GET, POST";\n  OPTIONS "GET, POST"; # all\r\n}\n', true],
  ['proxy_pass http://a;\nOptions -Indexes\n', false],
  ['location / { return 200; }\nRewriteCond %{HTTP:X} "a;b"\n', false],
  ['<VirtualHost *:80>\n  Header set A b\n</VirtualHost>', false],
  ['Header always set A "b"\n', false],
  ['RewriteEngine On\nRewriteRule ^ - [R=204]\n', false],
  ['[section]\nkey = value\n', false],
  ['', false],
];

describe('nginx recognition', () => {
  for (const [path, claim] of names) it(`${path}: ${claim}`, () => assert.equal(claimsName(path), claim));
  for (const [text, nginx] of texts) it(`${JSON.stringify(text)}: ${nginx}`, () => assert.equal(looksLikeNginx(text), nginx));
});
