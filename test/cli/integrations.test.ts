import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { chmodSync, readFileSync } from 'node:fs';
import path from 'node:path';
import process from 'node:process';
import type { Log } from 'sarif';
import { Folder, nginxClean, nginxError, program, projectFolder } from './command.ts';

describe('GitHub action', function () {
  this.timeout(30_000);
  let folder: Folder;
  afterEach(() => folder.remove());

  const manifest = readFileSync(path.join(projectFolder, 'action.yml'), 'utf8');
  /** The script of the step that lints, without its indentation. */
  const script = (/ {6}run: \|\n((?: {8}.*\n)+)/.exec(manifest)?.[1] ?? '').replace(/^ {8}/gm, '');

  const run = (inputs: Readonly<Record<string, string>>): { status: number | null; out: string; err: string; outputs: string } => {
    folder.write({
      // Stands for npx: shows what it was asked for and runs what is built here.
      'bin/npx': `#!/bin/sh\necho "$1 $2 $3 $4" >&2\nshift 4\nexec ${process.execPath} ${program} "$@"\n`,
      outputs: '',
    });
    chmodSync(folder.at('bin/npx'), 0o755);
    const ran = spawnSync('bash', ['--noprofile', '--norc', '-eo', 'pipefail', '-c', script], {
      cwd: folder.path,
      encoding: 'utf8',
      env: {
        ...process.env,
        PATH: `${folder.at('bin')}:${process.env['PATH'] ?? ''}`,
        INPUT_PATHS: '.',
        INPUT_ARGS: '',
        INPUT_VERSION: '',
        INPUT_UPLOAD: 'true',
        ACTION_PATH: projectFolder,
        RUNNER_TEMP: folder.path,
        GITHUB_OUTPUT: folder.at('outputs'),
        ...inputs,
      },
    });
    return { status: ran.status, out: ran.stdout, err: ran.stderr, outputs: readFileSync(folder.at('outputs'), 'utf8') };
  };

  it('writes SARIF and hands the status on, so that it is uploaded before the step fails', () => {
    folder = new Folder({ 'a b/nginx.conf': nginxError });
    const { status, out, err, outputs } = run({});
    const { version } = JSON.parse(readFileSync(path.join(projectFolder, 'package.json'), 'utf8')) as { version: string };
    assert.deepEqual([status, out, err], [0, '', `--yes --package cors-lint@${version} cors-lint\n`]);
    assert.equal(outputs, `sarif=${folder.at('cors-lint.sarif')}\nstatus=1\n`);
    const log = JSON.parse(readFileSync(folder.at('cors-lint.sarif'), 'utf8')) as Log;
    assert.equal(log.runs[0]?.results?.length, 1);
  });

  it('makes annotations where nothing is uploaded, of the version and with the options that are asked for', () => {
    folder = new Folder({ 'nginx.conf': nginxError, 'c.conf': nginxClean });
    const { status, out, err, outputs } = run({
      INPUT_UPLOAD: 'false',
      INPUT_VERSION: '9.9.9',
      INPUT_PATHS: 'nginx.conf c.conf',
      INPUT_ARGS: '--profile recommended',
    });
    assert.deepEqual([status, outputs, err], [0, 'status=1\n', '--yes --package cors-lint@9.9.9 cors-lint\n']);
    assert.match(out, /^::error file=nginx\.conf,line=3,/);
  });

  it('uploads nothing where nothing could be written', () => {
    folder = new Folder({ 'nginx.conf': nginxError });
    const { status, outputs } = run({ INPUT_ARGS: '--no-such-option' });
    assert.deepEqual([status, outputs], [0, 'status=2\n']);
  });

  it('runs nothing that an input says', () => {
    folder = new Folder({ 'c.conf': nginxClean });
    const { outputs } = run({ INPUT_PATHS: 'c.conf $(touch ran) `touch ran`;touch ran', INPUT_ARGS: '' });
    assert.match(outputs, /^status=2$/m);
    assert.notEqual(spawnSync('test', ['-e', folder.at('ran')]).status, 0);
  });
});

describe('pre-commit hook', () => {
  const hooks = readFileSync(path.join(projectFolder, '.pre-commit-hooks.yaml'), 'utf8');
  const files = new RegExp(/^ {2}files: (.+)$/m.exec(hooks)?.[1] ?? '^$');
  const rows: readonly (readonly [name: string, wanted: boolean])[] = [
    ['nginx.conf', true],
    ['deploy/nginx.conf.j2', true],
    ['.htaccess', true],
    ['etc/nginx/sites-enabled/default', true],
    ['src/app.ts', true],
    ['src/app.mjs', true],
    ['chart/templates/ingress.yaml', true],
    ['package.json', true],
    ['vhosts.d/api.conf.dist', true],
    ['README.md', false],
    ['styles.css', false],
    ['app.json', false],
  ];
  for (const [name, wanted] of rows) it(`${wanted ? 'takes' : 'leaves'} ${name}`, () => assert.equal(files.test(name), wanted));
});
