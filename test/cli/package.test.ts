import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdirSync, readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import process from 'node:process';
import { Folder, nginxError, projectFolder } from './command.ts';

/** Runs a program and answers with what it printed; fails where it fails. */
function run(program: string, args: readonly string[], cwd: string, statuses: readonly number[] = [0]): string {
  const ran = spawnSync(program, args, { cwd, encoding: 'utf8', timeout: 120_000 });
  if (ran.error) throw ran.error;
  assert.ok(
    statuses.includes(ran.status ?? -1),
    `${program} ${args.join(' ')} ended with ${String(ran.status)}\n${ran.stdout}\n${ran.stderr}`,
  );
  return ran.stdout;
}

const common = [
  'package.json',
  'README.md',
  'CHANGELOG.md',
  'LICENSE',
  'THIRD-PARTY-NOTICES',
  'dist/server.cjs',
  'dist/server-main.cjs',
  'dist/chunks/*.cjs',
  'schemas/*.json',
];
/** The only files that the packages may hold; `*` is a name, `**` a path. */
const inNpm = [...common, 'dist/rules/*.md', 'dist/cli.cjs', 'dist/cli-main.cjs', 'dist/api.mjs', 'dist/api.cjs', 'dist/types/**.d.ts'];
const inVsix = [
  ...common,
  'dist/rule-pages.json',
  'dist/client.cjs',
  'dist/client.browser.cjs.js',
  'dist/server.browser.js',
  'dist/simulator.js',
  'dist/simulator-style.css',
  'package.nls.json',
  'package.nls.*.json',
  'l10n/*.json',
  'snippets/*.json',
  'syntaxes/*.json',
  'images/icon.png',
  'images/walkthrough/**',
];

function strangers(files: readonly string[], allowed: readonly string[]): readonly string[] {
  const patterns = allowed.map(
    (glob) => new RegExp(`^${glob.replace(/[.+]/g, '\\$&').replace('**', '\u0000').replace('*', '[^/]+').replace('\u0000', '.+')}$`),
  );
  return files.filter((file) => !patterns.some((pattern) => pattern.test(file)));
}

/** Allowed files that are there as soon as there is anything; without them the package would not run. */
function missing(files: readonly string[], wanted: readonly string[]): readonly string[] {
  return wanted.filter((file) => !files.includes(file));
}

describe('packages', function () {
  this.timeout(240_000);
  let folder: Folder;
  beforeEach(() => (folder = new Folder()));
  afterEach(() => folder.remove());

  it('the npm package holds what runs and nothing else, and runs in an empty folder', () => {
    // The scripts of the package would build anew, under the feet of other suites; what is built already is packed.
    run(process.execPath, ['scripts/build.mjs', '--types-only'], projectFolder);
    const [packed] = JSON.parse(run('npm', ['pack', '--json', '--ignore-scripts', '--pack-destination', folder.path], projectFolder)) as {
      filename: string;
      files: { path: string; size: number }[];
    }[];
    assert.ok(packed);
    const files = packed.files.map((file) => file.path);
    assert.deepEqual(strangers(files, inNpm), []);
    assert.deepEqual(
      missing(files, [
        'package.json',
        'README.md',
        'LICENSE',
        'CHANGELOG.md',
        'THIRD-PARTY-NOTICES',
        'dist/cli.cjs',
        'dist/cli-main.cjs',
        'dist/api.mjs',
        'dist/api.cjs',
        'dist/server.cjs',
        'dist/server-main.cjs',
        'dist/types/api.d.ts',
        'schemas/cors-lint.config.schema.json',
      ]),
      [],
    );
    assert.deepEqual(
      files.filter((file) => /\.(?:test|map)\b/.test(file)),
      [],
    );

    const project = folder.at('project');
    mkdirSync(project);
    folder.write({
      'project/package.json': '{ "name": "project", "private": true, "type": "module" }',
      'project/nginx.conf': nginxError,
      'project/use.mjs': `import { lint, simulate } from 'cors-lint';
const { results } = await lint({ paths: ['nginx.conf'] });
const { verdict } = await simulate({ file: 'nginx.conf', origin: 'https://evil.example', credentials: 'include' });
console.log(JSON.stringify([results.length, results[0].errorCount, verdict]));
`,
      'project/use.ts': `import { lint, simulate, writeFixes, type LintReport, type Message, type SimulationReport } from 'cors-lint';
const report: LintReport = await lint({ paths: ['nginx.conf'], profile: 'strict', fix: 'safe' });
const message: Message | undefined = report.results[0]?.messages[0];
const severity: 0 | 1 | 2 | undefined = message?.severity;
const simulation: SimulationReport = await simulate({ file: 'nginx.conf', origin: 'null' });
const written: readonly { readonly path: string }[] = writeFixes(report.results);
// @ts-expect-error -- there is no such option
await lint({ pathz: [] });
export { severity, simulation, written };
`,
    });
    run('npm', ['install', '--offline', '--no-audit', '--no-fund', folder.at(packed.filename)], project);
    assert.deepEqual(
      readdirSync(path.join(project, 'node_modules')).filter((name) => !name.startsWith('.')),
      ['cors-lint'],
      'it needs no other package',
    );
    const [result] = JSON.parse(run('npx', ['--no-install', 'cors-lint', '--format', 'json'], project, [1])) as { errorCount: number }[];
    assert.equal(result?.errorCount, 1);
    assert.match(run('npx', ['--no-install', 'cors-lint', '--explain', 'missing-always'], project), /^# missing-always\n/);
    assert.deepEqual(JSON.parse(run(process.execPath, ['use.mjs'], project)), [1, 1, 'unknown']);
    const compiler = path.join(projectFolder, 'node_modules/typescript/lib/tsc.js');
    for (const resolution of [
      ['nodenext', 'nodenext'],
      ['esnext', 'bundler'],
    ] as const) {
      run(
        process.execPath,
        [compiler, '--noEmit', '--strict', '--target', 'es2023', '--module', resolution[0], '--moduleResolution', resolution[1], 'use.ts'],
        project,
      );
    }
  });

  it('the extension holds what runs and nothing else', () => {
    const files = run(process.execPath, ['node_modules/@vscode/vsce/vsce', 'ls', '--no-dependencies'], projectFolder)
      .trim()
      .split('\n')
      .filter((line) => line !== '');
    assert.deepEqual(strangers(files, inVsix), []);
    assert.deepEqual(
      missing(files, [
        'package.json',
        'README.md',
        'LICENSE',
        'CHANGELOG.md',
        'THIRD-PARTY-NOTICES',
        'dist/client.cjs',
        'dist/client.browser.cjs.js',
        'dist/server.cjs',
        'dist/server-main.cjs',
        'dist/server.browser.js',
        'images/icon.png',
        'syntaxes/nginx.tmLanguage.json',
      ]),
      [],
    );
  });

  it('versions and the change log agree', () => {
    const { version } = JSON.parse(readFileSync(path.join(projectFolder, 'package.json'), 'utf8')) as { version: string };
    run(process.execPath, ['scripts/release.mjs', '--check'], projectFolder);
    assert.match(
      readFileSync(path.join(projectFolder, 'CHANGELOG.md'), 'utf8'),
      new RegExp(`^## (?:\\[?${version.replaceAll('.', '\\.')}\\]?|Unreleased)`, 'm'),
    );
  });
});
