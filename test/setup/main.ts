/**
 * Installs what the suites with real programs need: nginx, httpd, Chromium, Neovim and pcre2test from Debian, VS Code and
 * the frameworks from npm, and a newer nginx with pip. Prints what it did; where it may not or cannot install something it
 * says why and succeeds, because the suites that need it skip their tests with that reason. Does nothing, quickly, when all
 * is there.
 */
import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import path from 'node:path';
import process from 'node:process';
import { installTool, type Installation } from '../../tools/install.ts';
import { installNewerNginx } from '../../tools/nginx/install.ts';
import { installVSCode } from '../../tools/vscode/install.ts';
import { installVSCodeWeb } from '../../tools/vscode-web/install.ts';
import { findProgram, realPrograms } from './programs.ts';
import { withoutStartingServices } from './service-policy.ts';

type MissingProgram = (typeof realPrograms)[number];

function missingPrograms(): MissingProgram[] {
  return realPrograms.filter((program) => findProgram(program.name) === undefined);
}

function aptGet(...args: readonly string[]): { ok: boolean; lastLines: string } {
  const run = spawnSync('apt-get', ['-y', '-q', '-o', 'DPkg::Lock::Timeout=300', ...args], {
    encoding: 'utf8',
    env: { ...process.env, DEBIAN_FRONTEND: 'noninteractive' },
    maxBuffer: 64 << 20,
  });
  const lastLines = `${run.stdout}${run.stderr}`.trim().split('\n').slice(-3).join('\n');
  return { ok: run.status === 0, lastLines };
}

function whyNotPermitted(): string | undefined {
  if (process.platform !== 'linux' || !existsSync('/usr/bin/apt-get')) return 'this machine has no apt-get';
  if (process.getuid?.() !== 0) return 'not root';
  return undefined;
}

function installPrograms(missing: readonly MissingProgram[]): void {
  const packages = missing.map((program) => program.debianPackage);
  console.log(`setup: installing ${packages.join(', ')} (no service is started)`);
  withoutStartingServices(() => {
    const install = (...names: readonly string[]): ReturnType<typeof aptGet> => aptGet('install', '--no-install-recommends', ...names);
    aptGet('update');
    if (install(...packages).ok) return;
    // One package that this Debian does not have must not keep the others away.
    for (const name of packages) {
      const result = install(name);
      if (!result.ok) console.log(`setup: ${name} could not be installed:\n${result.lastLines}`);
    }
  });
}

const missing = missingPrograms();
if (missing.length > 0) {
  const reason = whyNotPermitted();
  if (reason === undefined) installPrograms(missing);
  const stillMissing = missingPrograms();
  for (const program of missing) {
    if (!stillMissing.includes(program)) console.log(`setup: ${program.name} is now at ${findProgram(program.name) ?? ''}`);
  }
  if (stillMissing.length > 0) {
    const names = stillMissing.map((program) => program.name).join(', ');
    console.log(`setup: without ${names} (${reason ?? 'see above'}); the tests that need them will be skipped`);
  }
}
/** Packages that a suite compares with, in its own folder with its own lock file. */
function installPackages(what: string, suite: string): Promise<Installation> {
  const folder = path.resolve(import.meta.dirname, '..', suite);
  return installTool(what, folder, [{ folder }]);
}

const tools = [
  ['VS Code', await installVSCode()],
  ['VS Code for the web', await installVSCodeWeb()],
  ['a newer nginx', installNewerNginx()],
  ['Express and what goes with it', await installPackages('Express and what goes with it', 'express')],
  ['the other frameworks', await installPackages('the other frameworks', 'frameworks')],
] as const;
for (const [name, installation] of tools) {
  if (!installation.ok) console.log(`setup: without ${name} (${installation.reason}); the tests that need it will be skipped`);
}
const programsReady = realPrograms.length - missingPrograms().length;
const toolsReady = tools.filter(([, { ok }]) => ok).length;
console.log(`setup: ${programsReady} of ${realPrograms.length} programs and ${toolsReady} of ${tools.length} tools ready`);
