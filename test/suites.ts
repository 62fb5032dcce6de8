import { existsSync, readdirSync } from 'node:fs';
import path from 'node:path';
import process from 'node:process';
import { newerNginx } from '../tools/nginx/install.ts';

export const projectFolder = path.resolve(import.meta.dirname, '..');

/** One process of the whole test run. */
export interface Suite {
  readonly name: string;
  /** Program and arguments. */
  readonly command: readonly string[];
  /** Whether the process writes its totals; otherwise it is one check that its exit status decides. */
  readonly counts: boolean;
  /** Whether it measures time, or loads both cores by itself: then nothing else runs beside it. */
  readonly alone: boolean;
  /** After how many seconds it is ended and has failed. */
  readonly limit: number;
  /** Beside the environment of the whole run. */
  readonly environment?: Readonly<Record<string, string>>;
}

const local = (module: string): string => path.join('node_modules', module);
const node = (...args: readonly string[]): readonly string[] => [process.execPath, ...args];

const check = (name: string, ...command: readonly string[]): Suite => ({
  name,
  command: node(...command),
  counts: false,
  alone: false,
  limit: 300,
});

const mocha = (name: string, ...patterns: readonly string[]): Suite => ({
  name,
  command: node(local('mocha/bin/mocha.js'), '--reporter', 'test/totals-reporter.ts', '--ignore', 'test/*/node_modules/**', ...patterns),
  counts: true,
  alone: measuring.has(name),
  limit: 480,
});

/** Suites that compare durations, drive an editor whose waiting times assume a machine that is not busy, or build. */
const measuring: ReadonlySet<string> = new Set(['editor', 'web', 'bench', 'cold-start', 'workbench', 'vsix']);

/** Folders below `test/` that hold suites one level deeper. */
const groups: ReadonlySet<string> = new Set(['servers']);

/** A suite for each folder with tests in it: below `test/` by its name, below a group by `group/name`. */
function folderSuites(): readonly Suite[] {
  const below = (folder: string): readonly string[] =>
    readdirSync(path.join(projectFolder, folder), { withFileTypes: true })
      .filter((entry) => entry.isDirectory())
      .map((entry) => entry.name)
      .sort();
  const names = below('test').flatMap((name) => (groups.has(name) ? below(`test/${name}`).map((each) => `${name}/${each}`) : [name]));
  return names.filter((name) => hasTests(path.join(projectFolder, 'test', name))).map((name) => mocha(name, `test/${name}/**/*.test.ts`));
}

function hasTests(folder: string): boolean {
  return readdirSync(folder, { recursive: true, encoding: 'utf8' }).some((file) => file.endsWith('.test.ts'));
}

/** Everything that `npm test` runs, in the order in which it is started. */
export function allSuites(): readonly Suite[] {
  return [
    check('types', local('typescript/lib/tsc.js')),
    check('types/webview', local('typescript/lib/tsc.js'), '-p', 'client/webview'),
    check('lint', local('eslint/bin/eslint.js'), '--max-warnings', '0', '.'),
    check('format', local('prettier/bin/prettier.cjs'), '--check', '--log-level', 'warn', '.'),
    check('generated', '--import', 'tsx', 'scripts/docs.ts', '--check'),
    check('notices', 'scripts/notices.mjs', '--check'),
    mocha('unit', 'server/src/**/*.test.ts', ...(existsSync(path.join(projectFolder, 'client/src')) ? ['client/src/**/*.test.ts'] : [])),
    ...folderSuites(),
    {
      // The suites of Debian's nginx once more with another one.
      ...mocha('servers/nginx-newer', 'test/servers/nginx/conformance.test.ts', 'test/servers/behaviour/nginx.test.ts'),
      environment: { CORS_LINT_NGINX: process.env['CORS_LINT_NGINX'] ?? newerNginx },
    },
  ];
}
