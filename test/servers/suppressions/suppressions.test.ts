import assert from 'node:assert/strict';
import { defaultConfiguration } from '../../../server/src/core/configuration.ts';
import { applyEdits } from '../../../server/src/core/text.ts';
import type { Workspace } from '../../../server/src/core/workspace.ts';
import { createService } from '../../../server/src/service.ts';
import { send } from '../programs.ts';
import { badFiles, servedFixtures, type FixtureFiles, type ServedFixture } from '../rules/fixtures.ts';
import { missing, serve } from '../rules/serving.ts';

const nothingElse: Workspace = { read: async () => undefined, list: async () => undefined, files: async () => [] };
const configuration = { ...defaultConfiguration, profile: 'strict' as const };
const uriOf = ({ main }: FixtureFiles): string => `file:///project/${main}`;

/** The text with every finding of a rule switched off by comments as the editor writes them. */
async function suppressed(files: FixtureFiles, rule: string, scope: 'next-line' | 'line' | 'file'): Promise<string | undefined> {
  const uri = uriOf(files);
  const text = files.files[files.main] ?? '';
  const service = createService({ workspace: nothingElse });
  const analysis = await service.analyse({ uri, text });
  const { findings } = await service.lint({ uri, text }, { configuration });
  const own = findings.filter((finding) => finding.ruleId === rule);
  const edits = own.map((finding) => analysis?.extraction.authoring.disableComment(finding.place.range.start, scope, rule));
  const comments = edits.flatMap((edit) => edit ?? []);
  if (own.length === 0 || comments.length < own.length) return undefined;
  const once = comments.filter((edit, index) => comments.findIndex((other) => other.range.start === edit.range.start) === index);
  return applyEdits(text, once);
}

/** How the server takes a text: that it does not start, or the status of its first page. */
async function takes({ language }: ServedFixture, files: FixtureFiles): Promise<string> {
  if (language === 'express') return '';
  try {
    const serving = await serve(language, files, ['/200'], 1);
    try {
      return String((await send(serving.port, { path: '/200' })).status);
    } finally {
      await serving.stop();
    }
  } catch {
    return 'refused';
  }
}

describe('comments that switch findings off, on the real servers', function () {
  this.timeout(60_000);
  const fixtures = servedFixtures().filter(({ language }) => language !== 'express');
  for (const language of ['nginx', 'apache'] as const) {
    const scopes = language === 'apache' ? (['next-line', 'file'] as const) : (['next-line', 'line', 'file'] as const);
    for (const fixture of fixtures.filter((each) => each.language === language)) {
      it(`${fixture.rule}: ${fixture.name} on ${language}`, async function () {
        const why = missing[language];
        if (why !== undefined) {
          this.test!.title += ` (skipped: ${why})`;
          this.skip();
        }
        const bad = badFiles(fixture);
        const before = await takes(fixture, bad);
        let offered = 0;
        for (const scope of scopes) {
          const text = await suppressed(bad, fixture.rule, scope);
          if (text === undefined) continue;
          offered++;
          const { findings, unusedSuppressions } = await createService({ workspace: nothingElse }).lint(
            { uri: uriOf(bad), text },
            { configuration },
          );
          assert.deepEqual(
            findings.filter((finding) => finding.ruleId === fixture.rule).map((finding) => finding.message),
            [],
            text,
          );
          assert.equal(unusedSuppressions.length, 0, text);
          // A comment on top is the same in every file; those between the lines are served.
          if (scope !== 'file') assert.equal(await takes(fixture, { ...bad, files: { ...bad.files, [bad.main]: text } }), before, text);
        }
        assert.ok(offered > 0, 'no comment is offered');
      });
    }
  }

  it('is refused by httpd behind a directive, which is why none is offered there', async function () {
    if (missing.apache !== undefined) {
      console.log(`      skipped: ${missing.apache}`);
      this.skip();
    }
    const files = (text: string): FixtureFiles => ({ main: '.htaccess', files: { '.htaccess': text } });
    const fixture = fixtures.find(({ language }) => language === 'apache');
    assert.ok(fixture);
    const line = 'Header set Access-Control-Allow-Origin "*"';
    assert.equal(await takes(fixture, files(`${line}\n`)), '200');
    assert.equal(await takes(fixture, files(`${line} # cors-lint-disable-line wildcard-origin\n`)), '500');
    assert.equal(await suppressed(files(`${line}\n`), 'wildcard-origin', 'line'), undefined);
    // Within a continued directive a comment would be one of its arguments.
    const continued = 'Header set Access-Control-Allow-Origin \\\n  "*"\n';
    assert.equal(await takes(fixture, files(continued)), '200');
    assert.equal(await takes(fixture, files(continued.replace('  "*"', '# cors-lint-disable-next-line\n  "*"'))), '500');
    assert.equal(await suppressed(files(continued), 'wildcard-origin', 'next-line'), undefined);
  });
});
