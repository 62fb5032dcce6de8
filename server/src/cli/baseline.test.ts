import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { applyBaseline, updateBaseline } from './baseline.ts';
import { fileResult, type LintedFile, type Message } from './result.ts';

describe('baseline', () => {
  let folder: string;
  beforeEach(() => (folder = mkdtempSync(path.join(tmpdir(), 'cors-lint-baseline-'))));
  afterEach(() => rmSync(folder, { recursive: true }));

  /** A file in which every line that starts with `bad` is a warning. */
  const linted = (name: string, source: string): LintedFile => {
    const messages = source.split('\n').flatMap((text, index): Message[] =>
      /^\s*bad/.test(text)
        ? [
            {
              ruleId: 'missing-always',
              messageId: null,
              severity: 1,
              message: 'M.',
              line: index + 1,
              column: 1,
              endLine: index + 1,
              endColumn: 2,
              confidence: 'proven',
            },
          ]
        : [],
    );
    writeFileSync(path.join(folder, name), source);
    return { ...fileResult(path.join(folder, name), messages, []), source };
  };
  const baseline = (): string => path.join(folder, 'base.json');
  const left = (...files: readonly LintedFile[]): readonly number[] =>
    applyBaseline(baseline(), files).results.map((file) => file.messages.length);

  it('knows findings whose lines moved or were indented, and no new ones', () => {
    assert.equal(updateBaseline(baseline(), [linted('a', 'bad 1\nbad 2\n')]), 'Wrote 2 findings into base.json.');
    assert.deepEqual(left(linted('a', 'new\n\n  bad  2\nx\nbad 1\n')), [0]);
    const { results, notes } = applyBaseline(baseline(), [linted('a', 'bad 1\nbad 2\nbad 3\n')]);
    assert.deepEqual([results[0]?.warningCount, results[0]?.messages[0]?.line], [1, 3]);
    assert.deepEqual(notes, ['2 findings of the baseline are not shown.']);
  });

  it('knows the findings of a file whose name every object has', () => {
    for (const name of ['__proto__', 'constructor']) {
      updateBaseline(baseline(), [linted(name, 'bad\n')]);
      assert.deepEqual(left(linted(name, 'bad\nbad 2\n')), [1], name);
    }
  });

  it('counts equal findings: one more of them is new', () => {
    updateBaseline(baseline(), [linted('a', 'bad\n')]);
    assert.deepEqual(left(linted('a', 'bad\nbad\n')), [1]);
  });

  it('tells what is fixed, and forgets it when it is updated', () => {
    updateBaseline(baseline(), [linted('a', 'bad 1\nbad 2\n'), linted('b', 'bad\n')]);
    const { notes } = applyBaseline(baseline(), [linted('a', 'bad 1\n'), linted('b', 'bad\n')]);
    assert.deepEqual(notes[1], '1 finding of the baseline is fixed (a): --update-baseline takes it out.');
    updateBaseline(baseline(), [linted('a', 'bad 1\n')]);
    assert.deepEqual(left(linted('a', 'bad 2\n'), linted('b', 'bad\n')), [1, 0], 'files that were not linted keep their entries');
    rmSync(path.join(folder, 'b'));
    updateBaseline(baseline(), []);
    assert.deepEqual(
      Object.keys((JSON.parse(readFileSync(baseline(), 'utf8')) as { files: object }).files),
      ['a'],
      'those of deleted files go',
    );
  });

  it('tells of a baseline that is not there, or is something else', () => {
    assert.throws(
      () => applyBaseline(baseline(), []),
      /^UsageError: The baseline base\.json cannot be read: no such file or folder\. --update-baseline writes it\.$/,
    );
    for (const text of ['', '[]', '{"version":2,"files":{}}', '{"version":1,"files":{"a":1}}']) {
      writeFileSync(baseline(), text);
      assert.throws(() => applyBaseline(baseline(), []), /is not a baseline/);
    }
  });
});
