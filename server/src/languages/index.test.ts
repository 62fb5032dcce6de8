import assert from 'node:assert/strict';
import { existsSync, readdirSync } from 'node:fs';
import path from 'node:path';
import { rules } from '../rules/index.ts';
import { dialects } from './index.ts';

const folder = import.meta.dirname;

describe('the list of languages', () => {
  it('has one entry for every folder', () => {
    const folders = readdirSync(folder, { withFileTypes: true }).flatMap((entry) => (entry.isDirectory() ? [entry.name] : []));
    assert.deepEqual(dialects.map(({ id }) => id as string).sort(), folders.sort());
  });

  it('is what rules speak of', () => {
    const known = new Set<string>(dialects.map(({ id }) => id));
    for (const rule of rules) {
      const unknown = rule.languages.filter((id) => !known.has(id));
      assert.deepEqual(unknown, [], `${rule.id} speaks of languages that are not in the list`);
    }
  });

  it('has a rule for every folder of fixtures', () => {
    for (const rule of rules) {
      const fixtures = path.join(folder, '../rules', rule.id, 'fixtures');
      const folders = existsSync(fixtures) ? readdirSync(fixtures) : [];
      const unread = folders.filter((name) => !(rule.languages as readonly string[]).includes(name));
      assert.deepEqual(unread, [], `${rule.id} does not read these fixtures`);
    }
  });
});
