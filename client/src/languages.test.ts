import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { languages } from '../../server/src/languages/index.ts';
import { isServerConfiguration, languageIds, mayBeAboutCors } from './languages.ts';

const rulesFolder = path.resolve(import.meta.dirname, '../../server/src/rules');

/** The files of every rule's fixtures in which something may be reported: those that a language claims, by name or by content. */
function badFixtures(): readonly string[] {
  return readdirSync(rulesFolder, { recursive: true, encoding: 'utf8' })
    .filter((file) => /[\\/]fixtures[\\/].*bad/.test(file))
    .map((file) => path.join(rulesFolder, file))
    .filter((file) =>
      languages.some((language) => {
        const claim = language.claims(`file:///${file}`);
        return claim === 'yes' || (claim === 'maybe' && language.recognises(readFileSync(file, 'utf8')));
      }),
    );
}

describe('the ids of languages', () => {
  const manifest = JSON.parse(readFileSync(path.resolve(import.meta.dirname, '../../package.json'), 'utf8')) as {
    readonly activationEvents: readonly string[];
    readonly contributes: { readonly menus: Readonly<Record<string, readonly { readonly command: string; readonly when: string }[]>> };
  };
  // Ingress manifests and scripts are known by what is in them.
  const ids = [...languages.flatMap(({ editorIds }) => editorIds), 'yaml', 'helm'];

  it('are those of every language that is read', () => {
    assert.deepEqual([...languageIds].sort(), languages.flatMap(({ editorIds }) => [...editorIds]).sort());
  });

  it('start the extension', () => {
    const events = new Set(manifest.activationEvents);
    assert.deepEqual(
      ids.filter((id) => !events.has(`onLanguage:${id}`)),
      [],
    );
  });

  it('have the simulator in the menu of their files', () => {
    const [item, ...others] = (manifest.contributes.menus['editor/context'] ?? []).filter(({ command }) => command === 'corsLint.simulate');
    const pattern = /^editorLangId =~ \/(.*)\/i$/.exec(item?.when ?? '')?.[1];
    assert.ok(pattern !== undefined && others.length === 0);
    const shown = new RegExp(pattern, 'i');
    assert.deepEqual(
      ids.filter((id) => !shown.test(id)),
      [],
    );
    assert.ok(!shown.test('python') && !shown.test('json'));
  });
});

describe('what starts the server', () => {
  it("is in every file in which a rule's fixture reports something", () => {
    const files = badFixtures();
    assert.ok(files.length > 0);
    const missed = files.filter((file) => !isServerConfiguration(file) && !mayBeAboutCors(readFileSync(file, 'utf8'), file));
    assert.deepEqual(missed, []);
  });

  const texts: readonly (readonly [text: string, expected: boolean])[] = [
    ["import cors from 'cors'", true],
    ["res.setHeader('ACCESS-CONTROL-ALLOW-ORIGIN', '*')", true],
    ['add_header X-Frame-Options DENY;', true],
    ["fetch(url, { credentials: 'include' })", true],
    ['export const total = (prices) => prices.reduce((a, b) => a + b, 0);', false],
    ['', false],
  ];
  for (const [text, expected] of texts) {
    it(`${expected ? 'takes' : 'leaves'} ${JSON.stringify(text)}`, () => {
      assert.equal(mayBeAboutCors(text), expected);
    });
  }

  it('takes of package.json only what starts a browser without the same-origin policy', () => {
    assert.equal(mayBeAboutCors('{ "dependencies": { "cors": "2" } }', '/w/package.json'), false);
    assert.equal(mayBeAboutCors('{ "scripts": { "b": "chrome --disable-web-security" } }', '/w/package.json'), true);
  });

  it('takes of YAML only what speaks to ingress-nginx', () => {
    assert.equal(mayBeAboutCors('cors: { origin: "*" }', '/w/values.yaml'), false);
    assert.equal(mayBeAboutCors('nginx.ingress.kubernetes.io/enable-cors: "true"', '/w/ingress.yml'), true);
  });

  const paths: readonly (readonly [path: string, expected: boolean])[] = [
    ['/etc/nginx/nginx.conf', true],
    ['/srv/www/.htaccess', true],
    ['/etc/apache2/apache2.conf', true],
    ['/usr/local/apache2/conf/httpd.conf', true],
    ['/etc/redis/redis.conf', false],
    ['/src/htaccess.js', false],
  ];
  for (const [file, expected] of paths) {
    it(`${expected ? 'takes' : 'leaves'} the path ${file}`, () => {
      assert.equal(isServerConfiguration(file), expected);
    });
  }
});
