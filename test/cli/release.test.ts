import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import process from 'node:process';
import { Folder, projectFolder } from './command.ts';

describe('release script', function () {
  this.timeout(30_000);
  let folder: Folder;
  const manifest = (version: string): string => `{\n  "name": "x",\n  "version": "${version}",\n  "devDependencies": { "y": "0.1.0" }\n}\n`;
  const lock = (version: string): string =>
    `{\n  "name": "x",\n  "version": "${version}",\n  "packages": {\n    "": {\n      "version": "${version}"\n    },\n    "node_modules/y": { "version": "0.1.0" }\n  }\n}\n`;
  beforeEach(() => {
    folder = new Folder({
      'package.json': manifest('0.1.0'),
      'package-lock.json': lock('0.1.0'),
      'CHANGELOG.md': '# Changes\n\n## Unreleased\n\n- New things.\n\n## 0.1.0 (2026-01-01)\n\n- First.\n',
      'docs/ci.md': '    rev: v0.1.0\n',
      'action.yml': 'a version such as 0.1.0\n',
    });
  });
  afterEach(() => folder.remove());

  const release = (...args: readonly string[]): { status: number | null; out: string; err: string } => {
    const ran = spawnSync(process.execPath, [path.join(projectFolder, 'scripts/release.mjs'), ...args, '--root', folder.path], {
      encoding: 'utf8',
    });
    return { status: ran.status, out: ran.stdout, err: ran.stderr };
  };
  const text = (name: string): string => readFileSync(folder.at(name), 'utf8');

  it('writes one version everywhere, and then everything agrees', () => {
    assert.equal(release('--check').status, 0);
    assert.equal(release('0.2.0').status, 0);
    assert.equal(text('package.json'), manifest('0.2.0'));
    assert.equal(text('package-lock.json'), lock('0.2.0'));
    assert.match(text('CHANGELOG.md'), /^# Changes\n\n## Unreleased\n\n## 0\.2\.0 \(\d{4}-\d\d-\d\d\)\n\n- New things\.\n\n## 0\.1\.0 /);
    assert.deepEqual([text('docs/ci.md'), text('action.yml')], ['    rev: v0.2.0\n', 'a version such as 0.2.0\n']);
    assert.equal(release('--check').status, 0);
    assert.equal(release('--notes').out, '- New things.\n');
  });

  it('refuses what cannot be a release', () => {
    for (const version of ['0.1.0', '0.0.9', '0.2', '0.2.0-rc.1', 'next']) assert.equal(release(version).status, 1, version);
    assert.equal(release('0.2.0').status, 0);
    assert.match(release('0.3.0').err, /says nothing under "## Unreleased"/);
  });

  it('tells what does not agree', () => {
    folder.write({ 'package-lock.json': lock('0.0.1'), 'docs/ci.md': 'rev: v0.0.1' });
    const { status, err } = release('--check');
    assert.equal(status, 1);
    assert.equal(err, 'package-lock.json is not of version 0.1.0\ndocs/ci.md shows 0.0.1 and not 0.1.0\n');
  });
});
