import assert from 'node:assert/strict';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { readFixture } from '../../server/src/rules/fixture.ts';
import { rules } from '../../server/src/rules/index.ts';
import { Folder, lintJson, projectFolder } from './command.ts';

/** The languages whose fixtures are single files that are recognised by their names. */
const LANGUAGES = ['express', 'javascript', 'nginx'];

interface Sample {
  readonly rule: string;
  /** The name that the fixture gets in the folder that is linted. */
  readonly name: string;
  readonly text: string;
}

/** The first bad fixture of a rule in each language. */
function samplesOf(rule: string): readonly Sample[] {
  return LANGUAGES.flatMap((language) => {
    const folder = path.join(projectFolder, 'server/src/rules', rule, 'fixtures', language);
    const first = existsSync(folder) ? readdirSync(folder).find((name) => /^bad-.*\.(?:js|ts|conf)$/.test(name)) : undefined;
    if (first === undefined) return [];
    return [{ rule, name: `${rule}-${language}-${first}`, text: readFixture(readFileSync(path.join(folder, first), 'utf8')).text }];
  });
}

// The fixtures' own test runs the sources. A lazy import may find less in a bundle than there is in its source.
describe('the built command line', function () {
  this.timeout(60_000);

  it('finds the mistake of every rule', () => {
    const samples = rules.flatMap(({ id }) => samplesOf(id));
    const folder = new Folder(Object.fromEntries(samples.map(({ name, text }) => [name, text])));
    try {
      const { results } = lintJson(['.', '--profile', 'strict', '--no-config'], { cwd: folder.path });
      const found = new Map(results.map(({ filePath, messages }) => [path.basename(filePath), messages.map(({ ruleId }) => ruleId)]));
      const missed = samples.filter(({ rule, name }) => found.get(name)?.includes(rule) !== true).map(({ name }) => name);
      assert.deepEqual(missed, []);
    } finally {
      folder.remove();
    }
  });
});
