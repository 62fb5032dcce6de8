import assert from 'node:assert/strict';
import { claimsName, recognisesText } from './recognise.ts';

const names: readonly (readonly [uri: string, claim: 'yes' | 'no' | 'maybe'])[] = [
  ['file:///srv/www/.htaccess', 'yes'],
  ['file:///srv/www/dist.htaccess', 'yes'],
  ['file:///etc/httpd/conf/httpd.conf', 'yes'],
  ['file:///etc/apache2/apache2.conf', 'yes'],
  ['file:///etc/apache2/sites-available/000-default.conf', 'yes'],
  ['file:///etc/httpd/conf.d/cors.conf', 'yes'],
  ['file:///repo/docker/vhost.conf', 'yes'],
  ['file:///repo/docker/apache.conf', 'yes'],
  ['file:///repo/docker/site.conf', 'maybe'],
  ['file:///repo/sites-enabled/default', 'maybe'],
  ['file:///repo/conf.d/cors', 'maybe'],
  ['file:///etc/nginx/nginx.conf', 'no'],
  ['file:///etc/nginx/conf.d/default.conf', 'no'],
  ['file:///repo/index.js', 'no'],
  ['file:///repo/a%zz.conf', 'maybe'],
  ['file:///repo/C%23/.htaccess', 'yes'],
  ['file:///repo/.htaccess#L1', 'yes'],
];

const texts: readonly (readonly [text: string, apache: boolean])[] = [
  ['<VirtualHost *:80>\n  ServerName a.test\n</VirtualHost>\n', true],
  ['Header always set X 1\n', true],
  ['  RequestHeader unset Origin\n', true],
  ['RewriteEngine On\n', true],
  ['server {\n  listen 80;\n  add_header X 1;\n}\n', false],
  ['location / {\n}\n', false],
  ['map $http_origin $o {\n}\n', false],
  ['[section]\nkey = value\n', false],
  ['', false],
  ['# <VirtualHost>\nserver {\n}\n', false],
  ['input { http { } }\n', false],
];

describe('recognising Apache files', () => {
  for (const [uri, claim] of names) it(uri, () => assert.equal(claimsName(uri), claim));
  for (const [text, apache] of texts) it(JSON.stringify(text), () => assert.equal(recognisesText(text), apache));
});
