import assert from 'node:assert/strict';
import type { SourceFile } from '../../core/files.ts';
import { treeOf } from './trees.ts';

const file = (name: string, text: string): SourceFile => ({ uri: `file:///trees/${name}.js`, text });
const filler = (name: string): SourceFile => file(name, `/*${'x'.repeat(500_000)}*/`);

/** Whether the second version of a file is made of the statements of the first. */
function reuses(name: string, between: (first: SourceFile) => void): boolean {
  const text = 'first();\nsecond();\nthird();\n';
  const first = file(name, text);
  const [statement] = treeOf(first).statements;
  between(first);
  return treeOf(file(name, `${text}fourth();\n`)).statements[0] === statement;
}

describe('trees of JavaScript files', () => {
  it('are the same for the same version', () => {
    const version = file('same', 'a();\n');
    assert.ok(treeOf(version) === treeOf(version));
  });

  it('are made of the last version', () => {
    assert.ok(reuses('edited', () => treeOf(file('other', 'a();\n'))));
  });

  it('let the oldest go where the texts are long together, so that no workspace of trees is kept', () => {
    const others = ['a', 'b', 'c', 'd'].map(filler);
    assert.ok(!reuses('left', () => others.forEach(treeOf)));
    const more = ['e', 'f', 'g', 'h'].map(filler);
    const asked = (first: SourceFile): void => {
      for (const other of more) for (const each of [other, first]) treeOf(each);
    };
    assert.ok(reuses('asked for again', asked));
  });
});
