import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { RegExpParser } from '@eslint-community/regexpp';
import type * as Refa from 'refa';
import { compact } from '../../scripts/compact-refa.mjs';

const require = createRequire(import.meta.url);
const file = require.resolve('refa');

/** Evaluates a CommonJS text as a module of its own. */
function evaluate(source: string): typeof Refa {
  const module = { exports: {} };
  // eslint-disable-next-line no-new-func, @typescript-eslint/no-implied-eval -- the text is a dependency of ours, changed by the build
  const run = new Function('module', 'exports', 'require', source) as (module: object, exports: object, require: NodeJS.Require) => void;
  run(module, module.exports, require);
  return module.exports as typeof Refa;
}

/** A pattern as refa understands it: its characters come from the tables. */
function described(refa: typeof Refa, source: string, flags: string): string {
  const literal = new RegExpParser({ ecmaVersion: 2024 }).parseLiteral(`/${source}/${flags}`);
  const { expression } = refa.JS.Parser.fromAst(literal).parse({ maxNodes: 100_000 });
  // Where a node comes from leads back to the whole literal, and its parent to itself.
  return JSON.stringify(expression, (key, value: unknown) => (key === 'source' || key === 'parent' ? undefined : value));
}

const rows: readonly (readonly [source: string, flags: string])[] = [
  ['\\p{Letter}+', 'u'],
  ['\\P{Script=Greek}', 'u'],
  ['\\p{Script_Extensions=Cyrillic}', 'u'],
  ['\\p{Emoji_Presentation}', 'u'],
  ['\\p{RGI_Emoji}', 'v'],
  ['\\p{Emoji_Keycap_Sequence}', 'v'],
  ['[k\\u017f]', 'iu'],
  ['[A-Z\\u0390-\\u03c9]', 'i'],
  ['\\w+\\d\\s', 'iu'],
];

describe('refa with short tables', () => {
  const source = readFileSync(file, 'utf8');
  const short = evaluate(compact(source));
  const whole = evaluate(source);

  for (const [pattern, flags] of rows) {
    it(`understands /${pattern}/${flags} as the whole package does`, function () {
      this.timeout(30_000);
      const expected = described(whole, pattern, flags);
      assert.ok(expected.includes('"min":'), 'the pattern has characters');
      assert.equal(described(short, pattern, flags), expected);
    });
  }

  it('is refused where the tables are not as expected', () => {
    assert.throws(() => compact('module.exports = {};'), /not laid out as expected/);
  });
});
