import { spawnSync } from 'node:child_process';
import { existsSync, renameSync, rmSync, writeFileSync } from 'node:fs';

const policyFile = '/usr/sbin/policy-rc.d';
const setAside = `${policyFile}.before-cors-lint`;
/** The exit status by which policy-rc.d forbids an action (Debian's invoke-rc.d specification). */
const forbidden = 101;

/** Whether the policy that is on the machine already keeps a freshly installed nginx from starting (as in containers). */
function alreadyForbids(): boolean {
  return existsSync(policyFile) && spawnSync(policyFile, ['nginx', 'start']).status === forbidden;
}

/**
 * Runs `action` while Debian's packages may not start a service at their installation; what was on the machine before
 * is put back whatever happens, an interruption included. Needs root.
 */
export function withoutStartingServices<T>(action: () => T): T {
  if (alreadyForbids()) return action();
  const hadPolicy = existsSync(policyFile);
  if (hadPolicy) renameSync(policyFile, setAside);
  const restore = (): void => {
    rmSync(policyFile, { force: true });
    if (hadPolicy) renameSync(setAside, policyFile);
  };
  const interrupted = (): never => {
    restore();
    process.exit(130);
  };
  process.once('SIGINT', interrupted);
  process.once('SIGTERM', interrupted);
  try {
    writeFileSync(policyFile, `#!/bin/sh\n# No service starts while the programs for tests are installed.\nexit ${String(forbidden)}\n`, {
      mode: 0o755,
    });
    return action();
  } finally {
    process.off('SIGINT', interrupted);
    process.off('SIGTERM', interrupted);
    restore();
  }
}
