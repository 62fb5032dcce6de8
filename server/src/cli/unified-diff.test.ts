import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import fc from 'fast-check';
import { unifiedDiff } from './unified-diff.ts';

describe('unified diff', () => {
  it('is empty for equal texts', () => assert.equal(unifiedDiff('f', 'a\n', 'a\n'), ''));

  it('shows three lines around a change and joins near changes', () => {
    const before = Array.from({ length: 20 }, (_, index) => `${index + 1}\n`).join('');
    const after = before.replace('5\n', 'five\n').replace('9\n', '').replace('18\n', '18\nnew\n');
    assert.equal(
      unifiedDiff('dir/f', before, after),
      '--- a/dir/f\n+++ b/dir/f\n@@ -2,11 +2,10 @@\n 2\n 3\n 4\n-5\n+five\n 6\n 7\n 8\n-9\n 10\n 11\n 12\n@@ -16,5 +15,6 @@\n 16\n 17\n 18\n+new\n 19\n 20\n',
    );
  });

  it('tells of a missing line feed and keeps carriage returns', () => {
    assert.equal(
      unifiedDiff('f', 'a\r\nb', 'a\r\nc\r\n'),
      '--- a/f\n+++ b/f\n@@ -1,2 +1,2 @@\n a\r\n-b\n\\ No newline at end of file\n+c\r\n',
    );
  });

  it('quotes names as git does', () => {
    assert.match(unifiedDiff('ä "x".js', 'a\n', 'b\n'), /^--- "a\/\\303\\244 \\"x\\"\.js"\n/);
    assert.match(unifiedDiff('a b.js', 'a\n', 'b\n'), /^--- a\/a b\.js\t\n/);
  });

  it('is a patch that git applies', function () {
    this.timeout(60_000);
    const folder = mkdtempSync(path.join(tmpdir(), 'cors-lint-diff-'));
    const line = fc.constantFrom('a\n', 'b\n', 'c\r\n', '\n', 'd é\n');
    const text = fc.tuple(fc.array(line, { maxLength: 25 }), fc.constantFrom('', 'end')).map(([lines, end]) => lines.join('') + end);
    try {
      fc.assert(
        fc.property(text, text, (before, after) => {
          // git takes a patch from or to an empty file for a new or a deleted one.
          fc.pre(before !== after && before !== '' && after !== '');
          writeFileSync(path.join(folder, 'f'), before);
          const run = spawnSync('git', ['apply', '--whitespace=nowarn', '--unidiff-zero', '-'], {
            cwd: folder,
            input: unifiedDiff('f', before, after),
          });
          assert.equal(run.status, 0, String(run.stderr));
          assert.equal(readFileSync(path.join(folder, 'f'), 'utf8'), after);
        }),
        { numRuns: 60 },
      );
    } finally {
      rmSync(folder, { recursive: true });
    }
  });
});
