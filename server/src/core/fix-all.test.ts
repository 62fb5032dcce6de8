import assert from 'node:assert/strict';
import type { Finding } from './finding.ts';
import { applySafeFixes } from './fix-all.ts';

const uri = 'file:///app.txt';

/** Every capital letter is a finding; its fix writes what the table says in front of it, or in its place where that is one letter. */
function lintWith(written: Readonly<Record<string, string>>): (text: string) => Promise<readonly Finding[]> {
  return async (text) =>
    [...text.matchAll(/[A-Z]/g)].map(({ 0: letter, index }): Finding => {
      const text = written[letter] ?? '';
      const range = { start: index, end: index + (text.length === 1 ? 1 : 0) };
      return {
        ruleId: 'letter',
        level: 'warning',
        confidence: 'proven',
        message: letter,
        place: { uri, range: { start: index, end: index + 1 } },
        related: [],
        fixes: [{ title: 'Write it', applicability: 'safe', edits: [{ uri, range, text }] }],
      };
    });
}

describe('all safe fixes of a text', () => {
  const rows: readonly (readonly [what: string, written: Readonly<Record<string, string>>, before: string, after: string])[] = [
    ['what is mended stays so', { A: 'a' }, 'A\nb\nA\n', 'a\nb\na\n'],
    ['what leads to another fix', { A: 'B', B: 'b' }, 'A\n', 'b\n'],
    ['of two on a line one after the other', { A: 'a', B: 'b' }, 'A B\n', 'a b\n'],
    ['what stays is taken back', { A: 'a', B: 'xx' }, 'B\nA\n', 'B\na\n'],
    ['what stays is taken back, also where others come in front of it', { A: 'B', B: 'b', C: 'xx' }, 'A\nC\nA\n', 'b\nC\nb\n'],
    ['what only stays', { A: 'xx' }, 'A\n', 'A\n'],
  ];
  for (const [what, written, before, after] of rows)
    it(what, async () => {
      assert.equal(await applySafeFixes(uri, before, lintWith(written)), after);
    });

  it('what stays beside another is tried again once that is in the text', async () => {
    // The first line is to be a capital, and the second one like the first.
    const lint = async (text: string): Promise<readonly Finding[]> => {
      const [first = '', second = ''] = text.split('\n');
      const finding = (message: string, start: number, written: string): Finding => {
        const range = { start, end: start + 1 };
        const fixes = [{ title: 'Write it', applicability: 'safe' as const, edits: [{ uri, range, text: written }] }];
        return { ruleId: message, level: 'warning', confidence: 'proven', message, place: { uri, range }, related: [], fixes };
      };
      return [
        ...(first === first.toUpperCase() ? [] : [finding('small', 0, first.toUpperCase())]),
        ...(first === second ? [] : [finding('other', 2, first)]),
      ];
    };
    assert.equal(await applySafeFixes(uri, 'm\nx\n', lint), 'M\nM\n');
  });
});
