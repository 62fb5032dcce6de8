import { execFileSync, spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';

/**
 * Lints the published packages of packages.json and prints every finding, to be judged by hand in real-world.md.
 * `node --import tsx bench/real-world/run.ts [WORD]` takes only those whose name contains WORD. Needs a built `dist`, npm, and
 * for the Debian packages apt-get and dpkg; nothing of a package is installed or run.
 */
const { npm, debian } = JSON.parse(readFileSync(path.join(import.meta.dirname, 'packages.json'), 'utf8')) as {
  readonly npm: readonly string[];
  readonly debian: readonly string[];
};
const command = path.resolve(import.meta.dirname, '../../dist/cli.cjs');
const word = process.argv[2] ?? '';
const workFolder = mkdtempSync(path.join(tmpdir(), 'cors-lint-real-world-'));
/** Milliseconds after which a package counts as a failure. */
const patience = 120_000;
let failures = 0;

try {
  for (const name of npm.filter((each) => each.includes(word))) lint(name, unpackNpm);
  for (const name of debian.filter((each) => each.includes(word))) lint(name, unpackDebian);
} finally {
  rmSync(workFolder, { recursive: true, force: true });
}
process.exitCode = failures > 0 ? 1 : 0;

function unpackNpm(name: string, folder: string): void {
  execFileSync('npm', ['pack', name, '--silent', '--ignore-scripts'], { cwd: folder });
  execFileSync('tar', ['xzf', archiveIn(folder, '.tgz')], { cwd: folder });
}

function unpackDebian(name: string, folder: string): void {
  execFileSync('apt-get', ['download', '-qq', name], { cwd: folder, stdio: 'ignore' });
  execFileSync('dpkg', ['-x', archiveIn(folder, '.deb'), 'package'], { cwd: folder });
}

function archiveIn(folder: string, extension: string): string {
  const found = readdirSync(folder).find((each) => each.endsWith(extension));
  if (found === undefined) throw new Error(`no ${extension} file was downloaded`);
  return found;
}

function lint(name: string, unpack: (name: string, folder: string) => void): void {
  const folder = path.join(workFolder, name.replaceAll(/[^\w.-]/g, '_'));
  mkdirSync(folder);
  try {
    unpack(name, folder);
  } catch (error) {
    failures++;
    console.log(`${name}: not available: ${error instanceof Error ? error.message : String(error)}`);
    return;
  }
  const start = performance.now();
  const run = spawnSync(process.execPath, [command, 'package', '--format', 'compact', '--no-config'], {
    cwd: folder,
    encoding: 'utf8',
    timeout: patience,
    maxBuffer: 1 << 28,
  });
  const failed = run.status !== 0 && run.status !== 1;
  if (failed) failures++;
  console.log(
    `${name}: ${failed ? `FAILED ${run.signal ?? run.stderr}` : `status ${run.status}`}, ${Math.round(performance.now() - start)} ms`,
  );
  console.log(run.stdout);
}
