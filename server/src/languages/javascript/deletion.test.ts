import assert from 'node:assert/strict';
import { applyEdits } from '../../core/text.ts';
import { deletion } from './deletion.ts';
import { EditableFile } from './edits.ts';
import * as ts from './syntax.ts';

/** The text, in which `«…»` is what goes, and what is left of it. */
const rows: readonly (readonly [what: string, text: string, left: string])[] = [
  ['the first of a line', 'f({ «a: 1», b: 2 });', 'f({ b: 2 });'],
  ['the last of a line', 'f({ a: 1, «b: 2» });', 'f({ a: 1 });'],
  ['the last of a line with a comma behind it', 'f({ a: 1, «b: 2», });', 'f({ a: 1, });'],
  ['the only one', 'f({ «a: 1» });', 'f({});'],
  ['the only one on its line', 'f({\n  «a: 1», // why\n});', 'f({});'],
  ['the only one below a comment', 'f({\n  // why\n  «a: 1»,\n});', 'f({\n  // why\n});'],
  ['a line with the comment behind it', 'f({\n  «a: 1», // why\n  b: 2,\n});', 'f({\n  b: 2,\n});'],
  ['a comment before the comma', 'f({\n  «a: 1» /* why */,\n  b: 2,\n});', 'f({\n  b: 2,\n});'],
  ['the comment of the next one stays', 'f({\n  «a: 1»,\n  // two\n  b: 2,\n});', 'f({\n  // two\n  b: 2,\n});'],
  ['the comment of the one before stays', 'f({\n  a: 1, // one\n  «b: 2», // two\n});', 'f({\n  a: 1, // one\n});'],
  ['the last without a comma', 'f({\n  a: 1, // one\n  «b: 2» // two\n});', 'f({\n  a: 1 // one\n});'],
  ['a comment above stays', 'f({\n  a: 1,\n  // two\n  «b: 2»\n});', 'f({\n  a: 1\n  // two\n});'],
  ['a bracket on the last line', 'f({\n  a: 1, // one\n  «b: 2» });', 'f({\n  a: 1 // one\n   });'],
  ['more on the line before it', 'f({ a: 1, «b: 2»,\n  c: 3 });', 'f({ a: 1,\n  c: 3 });'],
  ['commas that come first', 'f({\n  a: 1\n, «b: 2»\n, c: 3\n});', 'f({\n  a: 1\n, c: 3\n});'],
  ['the last of commas that come first', 'f({\n  a: 1\n, «b: 2» // two\n});', 'f({\n  a: 1 // two\n});'],
  ['lines that end as on Windows', 'f({\r\n  «a: 1», // one\r\n  b: 2\r\n});', 'f({\r\n  b: 2\r\n});'],
  ['an entry of a list', "f([\n  'a',\n  «'b'», // two\n  'c',\n]);", "f([\n  'a',\n  'c',\n]);"],
  ['a comment with a comma in it', "f([\n  'a', // one, as ever\n  «'b'» // two, or more\n]);", "f([\n  'a' // one, as ever\n]);"],
  ['a comment with a comma in it before a bracket', "f(['a', «'b'» /* two, or more */]);", "f(['a' /* two, or more */]);"],
  ['a statement between blank lines', 'f(1);\n\n«f(2);»\n\nf(3);\n', 'f(1);\n\nf(3);\n'],
  ['a statement with the comment behind it', 'f(1);\n«f(2);» // two\nf(3);\n', 'f(1);\nf(3);\n'],
  ['a statement beside another', 'f(1); «f(2);» // both\n', 'f(1);  // both\n'],
];

describe('javascript: what is taken out', () => {
  for (const [what, marked, left] of rows)
    it(what, () => {
      const start = marked.indexOf('«');
      const text = marked.replace(/[«»]/g, '');
      const source = { uri: 'file:///app.js', text };
      const file = new EditableFile(source, ts.parse(text, source.uri));
      const node = file.nodeAt({ uri: source.uri, range: { start, end: marked.indexOf('»') - 1 } });
      assert.ok(node);
      assert.equal(applyEdits(text, deletion(file, node) ?? []), left);
    });
});
