/** Holds docs/behaviour.md and the tests together: what a bracket claims is observed, and what is observed is claimed. */
import assert from 'node:assert/strict';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';

const servers = path.resolve(import.meta.dirname, '..');
const sheet = readFileSync(path.resolve(servers, '../../docs/behaviour.md'), 'utf8');

interface Fact {
  readonly number: string;
  /** Places below test/servers, as the bracket names them. */
  readonly observedBy: readonly string[];
}

/** The numbered facts with their brackets; a fact without a bracket is an error. */
function readFacts(): Fact[] {
  const facts: Fact[] = [];
  for (const [, section = '', body = ''] of sheet.matchAll(/^## ([0-9]+)\. .*\n([\s\S]*?)(?=^## |(?![\s\S]))/gm)) {
    for (const [, item = '', text = ''] of body.matchAll(/^([0-9]+)\. ([\s\S]*?)(?=^[0-9]+\. |(?![\s\S]))/gm)) {
      const number = `${section}.${item}`;
      const bracket = /_\[(not yet observed|observed: ([^\]]+)|read: [^\]]+|see [0-9.]+)\]_/.exec(text);
      assert.ok(bracket !== null, `fact ${number} has a bracket`);
      const places = (bracket[2] ?? '').split(';')[0] ?? '';
      facts.push({ number, observedBy: [...places.matchAll(/[a-z]+(?:\/[a-z]+)?(?=,|$| \()/g)].map(([place]) => place) });
    }
  }
  return facts;
}

/** The facts that the rows and titles of `behaviour/NAME*.ts` speak of. */
function observedFacts(name: string): Set<string> {
  const folder = path.join(servers, 'behaviour');
  const texts = readdirSync(folder)
    .filter((file) => file.startsWith(name) && file.endsWith('.ts'))
    .map((file) => readFileSync(path.join(folder, file), 'utf8'));
  return new Set(texts.flatMap((text) => [...text.matchAll(/['`]([1-5]\.[0-9]+)(?:'|: )/g)].map(([, fact = '']) => fact)));
}

describe('docs/behaviour.md', () => {
  const facts = readFacts();
  const files = ['nginx', 'apache', 'express', 'browser'] as const;

  it('has every fact in its place', () => {
    const count = (section: number): number => facts.filter(({ number }) => number.startsWith(`${String(section)}.`)).length;
    assert.deepEqual([1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13].map(count), [24, 21, 15, 13, 8, 13, 11, 12, 8, 2, 0, 6, 6]);
  });

  for (const file of files) {
    it(`names behaviour/${file} exactly where its rows observe a fact`, () => {
      const claimed = facts.filter(({ observedBy }) => observedBy.includes(`behaviour/${file}`)).map(({ number }) => number);
      assert.deepEqual([...observedFacts(file)].sort(), claimed.sort());
    });
  }

  it('names only tests that exist', () => {
    for (const { number, observedBy } of facts) {
      for (const place of observedBy) {
        const known =
          files.some((file) => place === `behaviour/${file}`) ||
          (!place.includes('/') && [servers, path.dirname(servers)].some((folder) => existsSync(path.join(folder, place))));
        assert.ok(known, `fact ${number} names ${place}`);
      }
    }
  });
});
