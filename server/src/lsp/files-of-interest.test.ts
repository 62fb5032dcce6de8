import assert from 'node:assert/strict';
import { languages } from '../languages/index.ts';
import { filesOfInterest } from './protocol.ts';

/** The pattern's alternatives as regular expressions. */
const alternatives = filesOfInterest
  .slice('**/{'.length, -1)
  .split(',')
  .map((each) => new RegExp(`/${each.replaceAll('.', '\\.').replace(/\*+/g, (stars) => (stars === '**' ? '.+' : '[^/]*'))}$`));

describe('the files of interest', () => {
  for (const path of [
    ...['/w/nginx.conf', '/w/cors.inc', '/w/site.vhost', '/w/site.nginx', '/w/default.conf.template', '/w/site.nginx.j2', '/w/a.nginxconf'],
    ...['/w/nginx/fastcgi_params', '/w/sites-enabled/default', '/w/http.d/api', '/w/vhosts.d/api', '/w/conf-enabled/api'],
    ...['/w/.htaccess', '/w/site.htaccess', '/w/.htaccess.example', '/w/httpd.conf.in', '/w/ingress.yaml', '/w/ingress.yml'],
    ...['/w/app.js', '/w/app.mts', '/w/app.tsx', '/w/package.json'],
  ])
    it(`hold ${path}`, () => {
      assert.ok(languages.some((language) => language.claims(`file://${path}`) !== 'no'));
      assert.ok(alternatives.some((each) => each.test(path)));
    });
});
