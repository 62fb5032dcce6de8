import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import path from 'node:path';

/** The outcome of an installation: where it is, or why it is not there. */
export type Installation = { readonly ok: true; readonly folder: string } | { readonly ok: false; readonly reason: string };

/** One `npm ci`: where it runs, and what it needs to be told beside the constant options. */
export interface InstallStep {
  readonly folder: string;
  readonly options?: readonly string[];
}

/** npm writes this file last, so an interrupted installation is seen as absent and done again. */
function isInstalled({ folder }: InstallStep): boolean {
  return existsSync(path.join(folder, 'node_modules', '.package-lock.json'));
}

/** Runs `npm ci` in the step's folder. No package's own script runs: nothing here needs a native module. */
function npmCi({ folder, options = [] }: InstallStep): Promise<string | undefined> {
  return new Promise((resolve) => {
    const child = spawn('npm', ['ci', '--ignore-scripts', '--no-audit', '--no-fund', ...options], {
      cwd: folder,
      stdio: ['ignore', 'ignore', 'pipe'],
      shell: process.platform === 'win32',
    });
    let errors = '';
    child.stderr.setEncoding('utf8').on('data', (text: string) => (errors += text));
    child.once('error', (error) => {
      resolve(error.message);
    });
    child.once('close', (status) => {
      resolve(status === 0 ? undefined : `npm ci failed: ${errors.trim().split('\n').slice(-3).join(' ')}`);
    });
  });
}

/**
 * Installs a tool that lives in a folder of its own with its own lock file, so that users of the extension and of the
 * command line never download it. Does nothing when it is there.
 */
export async function installTool(what: string, folder: string, steps: readonly InstallStep[]): Promise<Installation> {
  if (!steps.every(isInstalled)) {
    console.log(`setup: installing ${what} from npm`);
    for (const step of steps) {
      const reason = await npmCi(step);
      if (reason !== undefined) return { ok: false, reason };
    }
  }
  return { ok: true, folder };
}
