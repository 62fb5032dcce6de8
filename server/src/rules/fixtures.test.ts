import assert from 'node:assert/strict';
import { existsSync, mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { defaultConfiguration } from '../core/configuration.ts';
import { applySafeFixes, safeFixOf } from '../core/fix-all.ts';
import type { Finding, Fix } from '../core/finding.ts';
import { applyEdits } from '../core/text.ts';
import type { Workspace } from '../core/workspace.ts';
import { createService } from '../service.ts';
import type { LanguageId } from '../core/language.ts';
import { withDefaults } from './expanded-snippet.ts';
import { drawFindings, readFixture } from './fixture.ts';
import { rules } from './index.ts';

const here = dirname(fileURLToPath(import.meta.url));
/** The languages of the rule catalogue, where every fix is written down. How many fixtures there are at least is `coverage.test.ts`'s. */
const CATALOGUED: readonly LanguageId[] = ['express', 'nginx', 'apache', 'ingress'];
/** Set, `fixed-*` are written anew instead of compared: look at what changes before it is kept. */
const UPDATE = process.env['UPDATE_FIXTURES'] !== undefined;

const configuration = { ...defaultConfiguration, profile: 'strict' as const };

/** The files of one fixture: itself, or the entries of its folder. */
function workspaceOf(folder: string, changed: ReadonlyMap<string, string> = new Map()): Workspace {
  const entries = readdirSync(folder, { recursive: true, encoding: 'utf8' }).map((entry) => join(folder, entry));
  const read = (uri: string): string | undefined => {
    if (changed.has(uri)) return changed.get(uri);
    const path = fileURLToPath(uri);
    return existsSync(path) && statSync(path).isFile() ? readFixture(readFileSync(path, 'utf8')).text : undefined;
  };
  return {
    read: async (uri) => read(uri),
    list: async (uri) => {
      const path = fileURLToPath(uri);
      return existsSync(path)
        ? readdirSync(path, { withFileTypes: true }).map(
            (entry) => `${uri.replace(/\/?$/, '/')}${entry.name}${entry.isDirectory() ? '/' : ''}`,
          )
        : undefined;
    },
    files: async () => entries.map((entry) => pathToFileURL(entry).href),
  };
}

async function lint(path: string, text: string, folder: string): Promise<readonly Finding[]> {
  const uri = pathToFileURL(path).href;
  const service = createService({ workspace: workspaceOf(folder, new Map([[uri, text]])) });
  return (await service.lint({ uri, text }, { configuration })).findings;
}

/** A fixture's main file: itself, or `main.*`, `nginx.conf`, `.htaccess`, `app.*` in its folder, or `route.*` somewhere below it. */
function mainFile(path: string): string {
  if (statSync(path).isFile()) return path;
  const main =
    readdirSync(path).find((name) => /^(?:main\.|app\.|nginx\.conf$|\.htaccess$|httpd\.conf$|package\.json$)/.test(name)) ??
    readdirSync(path, { recursive: true, encoding: 'utf8' }).find((name) => /[/\\]route\.ts$/.test(name));
  assert.ok(main, `${path} has no main file`);
  return join(path, main);
}

const drawn = (text: string, findings: readonly Finding[]): string =>
  drawFindings(
    text,
    findings.map((each) => ({ range: each.place.range, level: each.level, message: each.message })),
  );

const applied = (text: string, fix: Fix, uri: string): string =>
  applyEdits(
    text,
    fix.edits.filter((edit) => edit.uri === uri),
  );

for (const rule of rules) {
  const folder = join(here, rule.id, 'fixtures');
  describe(`rule ${rule.id}`, () => {
    for (const language of rule.languages) {
      const cases = existsSync(join(folder, language)) ? readdirSync(join(folder, language)).sort() : [];
      for (const name of cases.filter((each) => /^(?:bad|good)-/.test(each))) {
        const path = mainFile(join(folder, language, name));
        const root = statSync(join(folder, language, name)).isDirectory() ? join(folder, language, name) : dirname(path);
        it(`${language}/${name}`, async () => {
          const fixture = readFixture(readFileSync(path, 'utf8'));
          const findings = await lint(path, fixture.text, root);
          const own = findings.filter((each) => each.ruleId === rule.id);
          if (name.startsWith('good-')) {
            assert.equal(drawn(fixture.text, own), '', 'a good fixture has no finding');
            return;
          }
          assert.ok(fixture.expected.length > 0, 'a bad fixture names its findings');
          const describeExpected = drawFindings(fixture.text, fixture.expected);
          assert.equal(own.length, fixture.expected.length, `expected\n${describeExpected}\nfound\n${drawn(fixture.text, own)}`);
          for (const [index, expected] of [...fixture.expected].sort((a, b) => a.range.start - b.range.start).entries()) {
            const finding = own[index];
            assert.ok(finding);
            const found = drawn(fixture.text, [finding]);
            const range = expected.open ? { start: finding.place.range.start, end: expected.range.end } : finding.place.range;
            assert.deepEqual(
              { range, level: finding.level },
              { range: expected.range, level: expected.level },
              `expected\n${describeExpected}\nfound\n${found}`,
            );
            assert.ok(finding.message.includes(expected.message), `"${finding.message}" lacks "${expected.message}"`);
          }
          await checkFixes(path, fixture.text, root, own, findings);
          compareWithFixed(language, join(folder, language), name, path, fixture.text, own);
        });
      }
    }
  });
}

describe('fixes with placeholders', () => {
  for (const [name, text] of [
    [
      'nginx.conf',
      'server { location / {\n  add_header Access-Control-Allow-Origin $http_origin;\n  add_header Access-Control-Allow-Credentials true;\n} }\n',
    ],
    ['.htaccess', 'Header set Access-Control-Allow-Origin "expr=%{req:Origin}"\nHeader set Access-Control-Allow-Credentials "true"\n'],
    ['app.js', "require('express')().use(require('cors')({ origin: true, credentials: true }));\n"],
  ] as const)
    it(`are offered for ${name}, and never applied`, async () => {
      const path = join(here, name);
      const uri = pathToFileURL(path).href;
      const findings = await lint(path, text, join(here, 'reflected-origin-with-credentials'));
      const fixes = findings.flatMap((each) => each.fixes).filter((fix) => fix.edits.some((edit) => edit.snippet !== undefined));
      assert.ok(fixes.length > 0);
      for (const fix of fixes) checkPlaceholders(fix, uri);
      const fixed = await applySafeFixes(uri, text, (current) => lint(path, current, join(here, 'reflected-origin-with-credentials')));
      assert.doesNotMatch(fixed, /example\.com/);
    });
});

/** After any fix its finding is gone; after a safe one nothing new appears and applying it again changes nothing. */
async function checkFixes(path: string, text: string, root: string, own: readonly Finding[], before: readonly Finding[]): Promise<void> {
  const uri = pathToFileURL(path).href;
  for (const finding of own) {
    for (const fix of finding.fixes) {
      if (fix.edits.some((edit) => edit.snippet !== undefined)) checkPlaceholders(fix, uri);
      const fixed = applied(text, fix, uri);
      const after = await lint(path, fixed, root);
      const left = after.filter((each) => each.ruleId === finding.ruleId);
      assert.ok(left.length < own.length, `"${fix.title}" leaves its finding:\n${drawn(fixed, left)}\nin\n${fixed}`);
      if (fix.applicability === 'unsafe') continue;
      // What had yielded to the finding at the same place was there before, only not shown.
      const masked = (each: Finding): boolean => rules.find((rule) => rule.id === each.ruleId)?.yieldsTo?.includes(finding.ruleId) === true;
      const fresh = after.filter(
        (each) => !masked(each) && !before.some((old) => old.ruleId === each.ruleId && old.message === each.message),
      );
      assert.equal(drawn(fixed, fresh), '', `"${fix.title}" brings new findings in\n${fixed}`);
    }
  }
}

/** What somebody has to fill in is offered, never applied unasked, and reads the same in editors without tab stops. */
function checkPlaceholders(fix: Fix, uri: string): void {
  assert.equal(fix.applicability, 'unsafe', fix.title);
  assert.equal(safeFixOf({ fixes: [fix] }, uri), undefined, fix.title);
  assert.equal(safeFixOf({ fixes: [{ ...fix, applicability: 'safe' }] }, uri), undefined, `${fix.title}, whatever it calls itself`);
  const filled = fix.edits.filter((edit) => edit.snippet !== undefined);
  for (const { text, snippet = '' } of filled) {
    assert.equal(withDefaults(snippet), text, fix.title);
    assert.match(snippet, /(?<!\\)\$\{[1-9]/, `${fix.title} has a tab stop`);
  }
}

/** `fixed-x` beside `bad-x` is the text after the first fix of every finding, one after the other. */
function compareWithFixed(language: LanguageId, folder: string, name: string, path: string, text: string, own: readonly Finding[]): void {
  const fixes = own.flatMap((finding) => finding.fixes.slice(0, 1));
  const fixedPath = join(folder, name.replace(/^bad-/, 'fixed-'));
  if (fixes.length === 0) {
    assert.ok(!existsSync(fixedPath), 'a fixture with a fixed form has a fix');
    return;
  }
  const edits = fixes.flatMap((fix) => fix.edits.filter((edit) => edit.uri === pathToFileURL(path).href));
  const unique = edits.filter(
    (edit, index) =>
      !edits
        .slice(0, index)
        .some((other) => other.range.start === edit.range.start && other.range.end === edit.range.end && other.text === edit.text),
  );
  const fixed = applyEdits(text, unique);
  const file = path.endsWith(name) ? fixedPath : join(fixedPath, basename(path));
  if (UPDATE) {
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, fixed);
    return;
  }
  if (!existsSync(file) && !CATALOGUED.includes(language)) return;
  assert.ok(existsSync(file), `the fix of ${name} is not written down; UPDATE_FIXTURES=1 writes\n${fixed}`);
  assert.equal(fixed, readFileSync(file, 'utf8'));
}
