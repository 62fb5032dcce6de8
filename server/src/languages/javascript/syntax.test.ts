import assert from 'node:assert/strict';
import * as ts from './syntax.ts';

describe('javascript syntax', () => {
  const kinds: [name: string, jsxIsOne: boolean][] = [
    ['a.js', true],
    ['a.jsx', true],
    ['a.mjs', true],
    ['a.cjs', true],
    ['a.tsx', true],
    ['a.ts', false],
    ['a.mts', false],
    ['a.CTS', false],
    ['untitled', true],
  ];
  for (const [name, jsx] of kinds)
    it(`${jsx ? 'admits' : 'does not admit'} JSX in ${name}`, () => {
      const statement = ts.parse('<A>b</A>', name).statements[0];
      assert.ok(statement && ts.isExpressionStatement(statement));
      assert.equal(statement.expression.kind === ts.SyntaxKind.JsxElement, jsx);
    });

  const comments: [text: string, expected: string[]][] = [
    ['a // b\n/* c */ d', ['// b', '/* c */']],
    ['"// no" + `/* no */ ${ /* yes */ a } // no` // yes', ['/* yes */', '// yes']],
    ['/[/*]/.test(a) // b', ['// b']],
    ['<A>// no {/* yes */}</A>', ['/* yes */']],
    ['a / b / c', []],
    ['/* open', ['/* open']],
    ['#!/usr/bin/env node\n// a\r\nb', ['// a']],
    ['// a', ['// a']],
  ];
  for (const [text, expected] of comments)
    it(`finds the comments of ${JSON.stringify(text)}`, () => {
      const file = ts.parse(text, 'a.jsx');
      assert.deepEqual(
        ts.commentsOf(file).map((comment) => text.slice(comment.start, comment.end)),
        expected,
      );
    });

  it('gives positions without comments, and the file of a node', () => {
    const file = ts.parse('/* a */ b /* c */;', 'a.ts');
    const statement = file.statements[0];
    assert.ok(statement);
    assert.equal(ts.textOf(statement, file), 'b /* c */;');
    assert.deepEqual(ts.rangeOf(statement, file), { start: 8, end: 18 });
    assert.equal(ts.fileOf(statement), file);
  });
});
