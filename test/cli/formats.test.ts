import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { Ajv } from 'ajv';
import type { Log } from 'sarif';
import { corsLint, projectFolder } from './command.ts';

/** The formats on the examples of the project, which have findings in every language. */
describe('formats on the examples', function () {
  this.timeout(60_000);
  const cwd = path.join(projectFolder, 'examples');
  const out = (format: string): string => corsLint(['--format', format, '--profile', 'strict'], { cwd }).out;
  const count = out('compact').trimEnd().split('\n').length;

  it('sarif is valid by the official schema, with every finding, its rule, its help and its file', () => {
    const schema = JSON.parse(readFileSync(path.join(projectFolder, 'test/cli/sarif-schema-2.1.0.json'), 'utf8')) as object;
    const ajv = new Ajv({ strict: false, allErrors: true });
    // Its types and its module form disagree about where the function is.
    (createRequire(import.meta.url)('ajv-formats') as (ajv: Ajv) => void)(ajv);
    const validate = ajv.compile(schema);
    const log = JSON.parse(out('sarif')) as Log;
    assert.ok(validate(log), JSON.stringify(validate.errors?.slice(0, 3)));
    const [run] = log.runs;
    assert.ok(run?.results && run.tool.driver.rules);
    const { results } = run;
    const { rules } = run.tool.driver;
    assert.equal(results.filter((result) => result.suppressions === undefined).length, count);
    for (const rule of rules) assert.match(rule.help?.markdown ?? '', /^# .+\n[\s\S]*## What it does/, rule.id);
    const root = run.originalUriBaseIds?.['ROOT']?.uri ?? '';
    assert.equal(root, pathToFileURL(`${cwd}/`).href);
    for (const result of results) {
      const location = result.locations?.[0]?.physicalLocation;
      const lines = readFileSync(new URL(location?.artifactLocation?.uri ?? '', root), 'utf8').split('\n');
      assert.equal(location?.region?.snippet?.text, lines[(location?.region?.startLine ?? 0) - 1]);
      assert.equal(rules[result.ruleIndex ?? -1]?.id, result.ruleId);
    }
    const fingerprints = results.map(
      (result) =>
        `${result.locations?.[0]?.physicalLocation?.artifactLocation?.uri ?? ''} ${result.partialFingerprints?.['corsLint/v1'] ?? ''}`,
    );
    assert.equal(new Set(fingerprints).size, fingerprints.length, 'fingerprints tell findings of a file apart');
  });

  it('github, junit, stylish and compact show the same findings', () => {
    assert.ok(count > 5, String(count));
    assert.equal(out('github').trimEnd().split('\n').length, count);
    assert.equal(out('junit').match(/<failure /g)?.length, count);
    assert.equal(out('stylish').match(/^\S+:\d+:\d+: /gm)?.length, count);
    assert.equal((JSON.parse(out('json')) as { messages: unknown[] }[]).flatMap((file) => file.messages).length, count);
  });
});
