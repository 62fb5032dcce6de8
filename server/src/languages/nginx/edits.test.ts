import assert from 'node:assert/strict';
import type { FileEdit } from '../../core/finding.ts';
import { applyEdits } from '../../core/text.ts';
import { EditableFile } from './edits.ts';
import { directivesIn } from './syntax.ts';

type Way = 'after' | 'into';
type Row = readonly [name: string, way: Way, before: string, after: string];

/** The line `new;` is inserted behind the first directive, or into its block. */
const rows: readonly Row[] = [
  ['behind a directive', 'after', '\ta;\n\tb;\n', '\ta;\n\tnew;\n\tb;\n'],
  ['behind the comment of its line', 'after', '  a; # why\n  b;\n', '  a; # why\n  new;\n  b;\n'],
  ['behind the comment of its line, with CRLF', 'after', 'a;\t# why\r\nb;\r\n', 'a;\t# why\r\nnew;\r\nb;\r\n'],
  ['behind a comment that ends the file', 'after', 'a; # why', 'a; # why\nnew;'],
  ['before a comment of the next line', 'after', 'a;\n# of b\nb;\n', 'a;\nnew;\n# of b\nb;\n'],
  ['before what else stands on the line', 'after', 'a; b; # of b\n', 'a;\nnew; b; # of b\n'],
  ['into a block', 'into', 'server {\n  a;\n}\n', 'server {\n  new;\n  a;\n}\n'],
  ['into a block behind the comment of its brace', 'into', 'server { # why\n  a;\n}\n', 'server { # why\n  new;\n  a;\n}\n'],
  ['into a block of comments', 'into', 'server {\n  # why\n  # so\n}\n', 'server {\n  # why\n  # so\n  new;\n}\n'],
  ['into an empty block', 'into', 'server {\n}\n', 'server {\n    new;\n}\n'],
  ['into a block on one line', 'into', 'server { a; }\n', 'server { new; a; }\n'],
];

describe('lines inserted into nginx configuration', () => {
  for (const [name, way, before, after] of rows) {
    it(name, () => {
      const file = new EditableFile({ uri: 'file:///etc/nginx/nginx.conf', text: before });
      const [directive] = directivesIn(file.source.syntax.items);
      assert.ok(directive);
      const edit: FileEdit | undefined = way === 'after' ? file.insertAfter(directive, ['new;']) : file.insertInto(directive, ['new;']);
      assert.ok(edit);
      assert.equal(applyEdits(before, [{ range: edit.range, text: edit.text }]), after);
    });
  }
});
