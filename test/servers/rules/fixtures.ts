/** The fixtures of the rules about what a server sends, as they are served: the bad text, the text after the first fix, the findings. */
import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { defaultConfiguration } from '../../../server/src/core/configuration.ts';
import type { Finding } from '../../../server/src/core/finding.ts';
import type { Workspace } from '../../../server/src/core/workspace.ts';
import { readFixture } from '../../../server/src/rules/fixture.ts';
import { rules } from '../../../server/src/rules/index.ts';
import { createService } from '../../../server/src/service.ts';

const servedLanguages = ['nginx', 'apache', 'express'] as const;
export type ServedLanguage = (typeof servedLanguages)[number];

/** Files of one fixture by their path within it; the main file's name is `main`. */
export interface FixtureFiles {
  readonly main: string;
  readonly files: Readonly<Record<string, string>>;
}

export interface ServedFixture {
  readonly rule: string;
  readonly language: ServedLanguage;
  /** `bad-…` as its file or folder is called. */
  readonly name: string;
  readonly folder: string;
}

const rulesFolder = fileURLToPath(new URL('../../../server/src/rules/', import.meta.url));
const mainNames = /^(?:main\.|app\.|nginx\.conf$|\.htaccess$|httpd\.conf$)/;

/** Every bad fixture of the rules about responses, in the order of the list of rules. */
export function servedFixtures(): readonly ServedFixture[] {
  return rules
    .filter((rule) => rule.category !== 'request')
    .flatMap((rule) =>
      servedLanguages.flatMap((language) => {
        const folder = path.join(rulesFolder, rule.id, 'fixtures', language);
        if (!rule.languages.includes(language) || !existsSync(folder)) return [];
        const names = readdirSync(folder).filter((name) => name.startsWith('bad-'));
        return names.sort().map((name): ServedFixture => ({ rule: rule.id, language, name, folder }));
      }),
    );
}

export function badFiles(fixture: ServedFixture): FixtureFiles {
  return filesOf(path.join(fixture.folder, fixture.name));
}

/** The files after the first fix; undefined where the rule offers none. */
export function fixedFiles(fixture: ServedFixture): FixtureFiles | undefined {
  const fixed = path.join(fixture.folder, fixture.name.replace(/^bad-/, 'fixed-'));
  if (!existsSync(fixed)) return undefined;
  const bad = badFiles(fixture);
  const { files } = filesOf(fixed);
  return { main: bad.main, files: { ...bad.files, [bad.main]: Object.values(files)[0] ?? '' } };
}

function filesOf(at: string): FixtureFiles {
  if (statSync(at).isFile()) return { main: path.basename(at), files: { [path.basename(at)]: readFixture(readFileSync(at, 'utf8')).text } };
  const names = readdirSync(at, { recursive: true, encoding: 'utf8' }).filter((name) => statSync(path.join(at, name)).isFile());
  const main = names.find((name) => mainNames.test(name)) ?? names[0] ?? '';
  return { main, files: Object.fromEntries(names.map((name) => [name, readFixture(readFileSync(path.join(at, name), 'utf8')).text])) };
}

/** What the rule finds in its bad fixture. */
export async function findingsOf(fixture: ServedFixture): Promise<readonly Finding[]> {
  const { main, files } = badFiles(fixture);
  const root = `${pathToFileURL(path.join(fixture.folder, fixture.name)).href}/`;
  const single = Object.keys(files).length === 1 && statSync(path.join(fixture.folder, fixture.name)).isFile();
  const uri = single ? root.slice(0, -1) : root + main;
  const workspace: Workspace = {
    read: async (asked) => (asked === uri ? files[main] : files[decodeURIComponent(asked.slice(root.length))]),
    list: async (folder) => (folder === root ? Object.keys(files).map((name) => root + name) : undefined),
    files: async () => Object.keys(files).map((name) => root + name),
  };
  const { findings } = await createService({ workspace }).lint(
    { uri, text: files[main] ?? '' },
    { configuration: { ...defaultConfiguration, profile: 'strict' } },
  );
  return findings.filter((finding) => finding.ruleId === fixture.rule);
}
