import { RegExpParser, visitRegExpAST } from '@eslint-community/regexpp';
import assert from 'node:assert/strict';
import { describe, it } from 'mocha';
import { PatternGenerator } from '../../bench/origins/generate.ts';
import { Random } from '../../tools/random.ts';
import { realPatterns } from '../../bench/origins/real-patterns.ts';
import type { Pattern } from '../../server/src/cors/origins/origin-set.ts';
import { isMishandled, parseJavaScript } from '../../server/src/cors/origins/regex/javascript.ts';
import { walk } from '../../server/src/cors/origins/regex/syntax.ts';
import { seed } from '../property-seed.ts';

/** The parts of a pattern that take a character or refer to a group, as `start-end`, and how many groups it has. */
interface Outline {
  readonly parts: readonly string[];
  readonly groups: number;
}

function outlineByRegexpp({ source, flags }: Pattern): Outline {
  const unicode = { unicode: flags.includes('u'), unicodeSets: flags.includes('v') };
  const parts: string[] = [];
  let groups = 0;
  let inClass = 0;
  const leaf = (node: { readonly start: number; readonly end: number }): void => {
    if (inClass === 0) parts.push(`${node.start}-${node.end}`);
  };
  const enter = (node: { readonly start: number; readonly end: number }): void => {
    leaf(node);
    inClass++;
  };
  const leave = (): void => {
    inClass--;
  };
  visitRegExpAST(new RegExpParser({ ecmaVersion: 2025 }).parsePattern(source, 0, source.length, unicode), {
    onCharacterEnter: leaf,
    onCharacterSetEnter: leaf,
    onCharacterClassEnter: enter,
    onCharacterClassLeave: leave,
    onExpressionCharacterClassEnter: enter,
    onExpressionCharacterClassLeave: leave,
    onBackreferenceEnter: leaf,
    onCapturingGroupEnter() {
      groups++;
    },
  });
  return { parts: parts.sort(), groups };
}

function outlineByOurs({ source, flags }: Pattern): Outline {
  const regex = parseJavaScript(source, flags);
  const parts = [...walk(regex.node)].flatMap((node) =>
    node.type === 'set' || node.type === 'reference' ? [`${node.span.start}-${node.span.end}`] : [],
  );
  return { parts: parts.sort(), groups: regex.groups };
}

describe('the JavaScript pattern parser', () => {
  it(`splits random patterns as regexpp does (seed ${seed})`, () => {
    const generator = new PatternGenerator(new Random(seed), 'javascript');
    let compared = 0;
    for (let count = 0; count < 1500; count++) {
      const { pattern } = generator.next();
      if (isMishandled(pattern.source, pattern.flags)) continue;
      try {
        new RegExp(pattern.source, pattern.flags);
      } catch {
        continue;
      }
      // An atomic group written as a look-ahead and a reference becomes one part here.
      if (pattern.source.includes('(?=(')) continue;
      assert.deepEqual(outlineByOurs(pattern), outlineByRegexpp(pattern), `/${pattern.source}/${pattern.flags}`);
      compared++;
    }
    assert.ok(compared > 1000);
  }).timeout(30_000);

  it('splits patterns of public packages as regexpp does', () => {
    for (const pattern of realPatterns()) {
      if (pattern.dialect !== 'javascript') continue;
      assert.deepEqual(outlineByOurs(pattern), outlineByRegexpp(pattern), `/${pattern.source}/${pattern.flags}`);
    }
  }).timeout(30_000);
});
