import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdirSync, readFileSync, symlinkSync } from 'node:fs';
import path from 'node:path';
import process from 'node:process';
import { apacheWarning, expressError, Folder, nginxWarning, program, projectFolder } from '../cli/command.ts';

interface Report {
  /** Rule, line, column, severity. */
  readonly before: readonly (readonly [string, number, number, number])[];
  readonly offered: readonly string[];
  readonly after: readonly unknown[];
  readonly text?: string;
  readonly failed?: string;
}

/** The first recipe of the documentation, word for word. */
const recipe = /```lua\n([\s\S]*?)```/.exec(readFileSync(path.join(projectFolder, 'docs/editors/neovim.md'), 'utf8'))?.[1] ?? '';

describe('Neovim', function () {
  this.timeout(60_000);
  let folder: Folder;
  afterEach(() => folder.remove());

  const hasNeovim = spawnSync('nvim', ['--version']).status === 0;

  const edit = (name: string, text: string, action: string, count = 1): Report => {
    folder = new Folder({ [`project/${name}`]: text, 'recipe.lua': recipe });
    mkdirSync(folder.at('bin'));
    symlinkSync(program, folder.at('bin/cors-lint'));
    const run = spawnSync(
      'nvim',
      [
        '--headless',
        '-n',
        '-i',
        'NONE',
        '-u',
        folder.at('recipe.lua'),
        name,
        '-c',
        `luafile ${path.join(projectFolder, 'test/neovim/drive.lua')}`,
      ],
      {
        cwd: folder.at('project'),
        encoding: 'utf8',
        timeout: 50_000,
        env: {
          ...process.env,
          PATH: `${folder.at('bin')}:${process.env['PATH'] ?? ''}`,
          HOME: folder.path,
          XDG_CONFIG_HOME: folder.at('config'),
          XDG_DATA_HOME: folder.at('data'),
          XDG_CACHE_HOME: folder.at('cache'),
          XDG_STATE_HOME: folder.at('state'),
          CORS_LINT_REPORT: folder.at('report.json'),
          CORS_LINT_ACTION: action,
          CORS_LINT_COUNT: String(count),
        },
      },
    );
    assert.equal(run.status, 0, run.stderr);
    const report = JSON.parse(readFileSync(folder.at('report.json'), 'utf8')) as Report;
    assert.equal(report.failed, undefined, JSON.stringify(report) + run.stderr);
    return report;
  };

  /** `action` is searched in the titles that are offered. */
  const rows: readonly {
    readonly name: string;
    readonly text: string;
    readonly rule: string;
    readonly line: number;
    readonly severity: number;
    readonly action: string;
    readonly fixed: RegExp;
  }[] = [
    {
      name: 'nginx.conf',
      text: nginxWarning,
      rule: 'missing-always',
      line: 3,
      severity: 2,
      action: '^Send ',
      fixed: /app\.example\.com always;/,
    },
    {
      name: 'app.js',
      text: expressError,
      rule: 'wildcard-with-credentials',
      line: 4,
      severity: 1,
      action: '^Stop ',
      fixed: /cors\(\{ *\}\)/,
    },
    {
      name: '.htaccess',
      text: apacheWarning,
      rule: 'missing-always',
      line: 1,
      severity: 2,
      action: 'for this line$',
      fixed: /^# cors-lint-disable-next-line missing-always\nHeader set/,
    },
  ];
  for (const { name, text, rule, line, severity, action, fixed } of rows) {
    it(`shows the diagnostics of ${name} and applies a code action`, function () {
      if (!hasNeovim) this.skip();
      const report = edit(name, text, action);
      assert.deepEqual(
        report.before.map(([id, at, , level]) => [id, at, level]),
        [[rule, line, severity]],
      );
      assert.deepEqual(report.after, []);
      assert.match(report.text ?? '', fixed, JSON.stringify(report.offered));
    });
  }
});
