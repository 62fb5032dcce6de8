import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';

const projectFolder = path.resolve(import.meta.dirname, '../..');

/** Both are files of ours, and flat. */
function readStrings(file: string): ReadonlyMap<string, string> {
  return new Map(Object.entries(JSON.parse(readFileSync(path.join(projectFolder, file), 'utf8')) as Record<string, string>));
}

const placeholders = (text: string): string[] => (text.match(/\{\d+\}|\(command:[^)]*\)|`[^`]*`/g) ?? []).sort();

/** Translations with what they translate: the manifest's strings and the client's. */
const pairs = ['.', 'l10n'].flatMap((folder) =>
  readdirSync(path.join(projectFolder, folder)).flatMap((name) => {
    const [, base, language] = /^(package\.nls|bundle\.l10n)\.([a-z-]+)\.json$/.exec(name) ?? [];
    return base === undefined || language === undefined
      ? []
      : [{ language, file: path.join(folder, name), original: path.join(folder, `${base}.json`) }];
  }),
);

describe('translations', () => {
  it('there is one of the manifest and one of the client', () => {
    assert.deepEqual(
      pairs.map(({ file }) => file).sort(),
      ['l10n/bundle.l10n.de.json', 'package.nls.de.json'].map((file) => path.normalize(file)),
    );
  });

  for (const { file, original } of pairs) {
    it(`${file} says everything, with the same placeholders`, () => {
      const [originals, translated] = [readStrings(original), readStrings(file)];
      assert.deepEqual([...translated.keys()].sort(), [...originals.keys()].sort());
      for (const [key, text] of translated) {
        const source = originals.get(key) ?? '';
        assert.notEqual(text.trim(), '', key);
        assert.deepEqual(placeholders(text), placeholders(source), text);
        assert.notEqual(text, source, `${key} is translated`);
      }
    });
  }

  it('are asked for by the name that their collector looks for', () => {
    const sources = readdirSync(path.join(projectFolder, 'client/src'), { recursive: true, encoding: 'utf8' }).filter((name) =>
      /(?<!\.test)\.ts$/.test(name),
    );
    for (const name of sources)
      assert.doesNotMatch(readFileSync(path.join(projectFolder, 'client/src', name), 'utf8'), /(?<![\w.])t\(|= vscode\.l10n;/, name);
  });

  it('the manifest has no title and no description of its own', () => {
    const { contributes } = JSON.parse(readFileSync(path.join(projectFolder, 'package.json'), 'utf8')) as {
      readonly contributes: {
        readonly commands: readonly { readonly command: string; readonly title: string }[];
        readonly configuration: { readonly properties: Readonly<Record<string, { description?: string; markdownDescription?: string }>> };
      };
    };
    for (const { command, title } of contributes.commands) assert.match(title, /^%.*%$/, command);
    for (const [name, { description, markdownDescription }] of Object.entries(contributes.configuration.properties))
      assert.match(description ?? markdownDescription ?? '', /^%.*%$/, name);
  });

  it('the manifest asks for every string that there is, and for no other', () => {
    const manifest = readFileSync(path.join(projectFolder, 'package.json'), 'utf8');
    const asked = [...manifest.matchAll(/"%([\w.]+)%"/g)].map(([, key]) => key);
    assert.deepEqual([...new Set(asked)].sort(), [...readStrings('package.nls.json').keys()].sort());
  });
});
