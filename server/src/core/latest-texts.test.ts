import assert from 'node:assert/strict';
import { LatestTexts } from './latest-texts.ts';

describe('what was made of the parts of a file', () => {
  let made: string[];
  let texts: LatestTexts<string>;
  const of = (uri: string, ...parts: readonly string[]): readonly string[] =>
    texts.of(
      uri,
      parts,
      (index) => {
        made.push(parts[index] ?? '');
        return `made of ${parts[index] ?? ''}`;
      },
      (text) => text !== 'include',
    );

  beforeEach(() => {
    made = [];
    texts = new LatestTexts();
  });

  it('is known for as long as a part has the text', () => {
    assert.deepEqual(of('a', 'x', 'y', 'x'), ['made of x', 'made of y', 'made of x']);
    of('a', 'y', 'z');
    of('a', 'x', 'y');
    assert.deepEqual(made, ['x', 'y', 'z', 'x']);
  });

  it('is made again where it depends on more than the text', () => {
    of('a', 'include', 'x');
    of('a', 'include', 'x');
    assert.deepEqual(made, ['include', 'x', 'include']);
  });

  it('is forgotten with files that were not looked at for long', () => {
    of('a', 'x');
    for (let count = 0; count < 40; count++) of(`other ${count}`, 'y');
    of('a', 'x');
    assert.equal(made.filter((text) => text === 'x').length, 2);
  });
});
