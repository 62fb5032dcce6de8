/** Every rule has fixtures in every language that it names: a language where a rule cannot fire is not to be in its list. */
import assert from 'node:assert/strict';
import { existsSync, readdirSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { LanguageId } from '../core/language.ts';
import { rules } from './index.ts';

const here = dirname(fileURLToPath(import.meta.url));
/** The languages of the rule catalogue, where each of the fixtures is of another cause or form. */
const CATALOGUED: readonly LanguageId[] = ['express', 'nginx', 'apache', 'ingress', 'javascript'];
const ENOUGH_OF_THE_CATALOGUE = 3;
/** Frameworks have fixtures that show that they reach the rule, and where they differ from Express. */
const ENOUGH_OF_A_FRAMEWORK = 1;

interface Row {
  readonly rule: string;
  readonly language: LanguageId;
  readonly bad: number;
  readonly good: number;
}

function rowOf(rule: string, language: LanguageId): Row {
  const folder = join(here, rule, 'fixtures', language);
  const names = existsSync(folder) ? readdirSync(folder) : [];
  const count = (kind: string): number => names.filter((name) => name.startsWith(`${kind}-`)).length;
  return { rule, language, bad: count('bad'), good: count('good') };
}

describe('fixtures', () => {
  for (const { id, languages } of rules)
    it(`of ${id}`, () => {
      const lacking = languages
        .map((language) => rowOf(id, language))
        .filter(({ language, bad, good }) => {
          const enough = CATALOGUED.includes(language) ? ENOUGH_OF_THE_CATALOGUE : ENOUGH_OF_A_FRAMEWORK;
          return bad < enough || good < enough;
        });
      assert.deepEqual(lacking, [], 'has too few bad or good ones');
    });

  it('are of languages that their rule names', () => {
    const stray = rules.flatMap(({ id, languages }) => {
      const folder = join(here, id, 'fixtures');
      const named: readonly string[] = languages;
      return readdirSync(folder).flatMap((language) => (named.includes(language) ? [] : [`${id}/${language}`]));
    });
    assert.deepEqual(stray, [], 'no test would look at them');
  });
});
