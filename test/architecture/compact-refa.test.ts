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

function parsed(refa: typeof Refa, source: string, flags: string): Refa.JS.ParseResult['expression'] {
  const literal = new RegExpParser({ ecmaVersion: 2024 }).parseLiteral(`/${source}/${flags}`);
  return refa.JS.Parser.fromAst(literal).parse({ maxNodes: 100_000 }).expression;
}

/** A pattern as refa understands it: its characters come from the tables. */
function described(refa: typeof Refa, source: string, flags: string): string {
  const expression = parsed(refa, source, flags);
  // Where a node comes from leads back to the whole literal, and its parent to itself.
  return JSON.stringify(expression, (key, value: unknown) => (key === 'source' || key === 'parent' ? undefined : value));
}

const rows: readonly (readonly [source: string, flags: string])[] = [
  ['[k\\u017f]', 'iu'],
  ['[A-Z\\u0390-\\u03c9]', 'i'],
  ['\\w+\\d\\s', 'iu'],
];

/** Classes of one character, whose members the engine knows: it may be of another Unicode version than the package's tables. */
const classes: readonly string[] = [
  '\\p{Letter}',
  '\\p{Lu}',
  '\\p{gc=Cs}',
  '\\P{Script=Greek}',
  '\\p{sc=Cyrl}',
  '\\p{Script_Extensions=Cyrillic}',
  '\\p{Emoji_Presentation}',
  '\\p{ASCII}',
  '\\p{Any}',
  '[\\p{Lowercase}\\d]',
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

  for (const source of classes) {
    it(`understands /${source}/u as the engine does`, function () {
      this.timeout(30_000);
      const [element] = parsed(short, source, 'u').alternatives[0]?.elements ?? [];
      assert.equal(element?.type, 'CharacterClass');
      const single = new RegExp(`^${source}$`, 'u');
      for (let code = 0; code <= 0x10ffff; code++)
        if (element.characters.has(code) !== single.test(String.fromCodePoint(code))) assert.fail(`U+${code.toString(16)}`);
    });
  }

  it('refuses a property of strings instead of taking it for empty', () => {
    assert.ok(described(whole, '\\p{RGI_Emoji}', 'v'));
    assert.throws(() => described(short, '\\p{RGI_Emoji}', 'v'));
  });

  it('is refused where the tables are not as expected', () => {
    assert.throws(() => compact('module.exports = {};'), /not laid out as expected/);
  });
});
