import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import * as vscode from 'vscode';
import { open, until } from './editor.ts';

/** Command lines of every process that the user may see. */
function commandLines(): readonly string[] {
  if (!existsSync('/proc/self/cmdline')) return execFileSync('ps', ['-A', '-o', 'args='], { encoding: 'utf8' }).split('\n');
  return readdirSync('/proc')
    .filter((entry) => /^\d+$/.test(entry))
    .map((id) => {
      try {
        return readFileSync(`/proc/${id}/cmdline`, 'utf8').replaceAll('\0', ' ');
      } catch {
        return ''; // The process has ended meanwhile.
      }
    });
}

/** Language servers of this extension that were started by this extension host. */
function serverProcesses(): readonly string[] {
  return commandLines().filter((line) => line.includes('server.cjs') && line.includes(`--clientProcessId=${String(process.pid)}`));
}

describe('the window', () => {
  it('is trusted or restricted as this run wants it', function () {
    const expected = process.env['CORS_LINT_TEST_TRUST'];
    // A run by hand on the desktop wants neither.
    if (expected === undefined) this.skip();
    assert.equal(String(vscode.workspace.isTrusted), expected);
  });
});

describe('the server process', () => {
  it('does not exist while only a plain program is open', async function () {
    // Processes are listed as Linux and macOS do it.
    if (process.platform === 'win32') this.skip();
    await open('plain.js');
    await until('activation', () => vscode.extensions.getExtension('cors-lint.cors-lint')?.isActive === true || undefined);
    // Longer than the client waits after the last keystroke before it looks at a text again.
    await new Promise((resolve) => setTimeout(resolve, 1500));
    assert.deepEqual(serverProcesses(), []);
  });

  it('starts with the first file that mentions CORS, and is replaced by a restart', async function () {
    // Processes are listed as Linux and macOS do it.
    if (process.platform === 'win32') this.skip();
    await open('api/server.ts');
    const [first] = await until('a server process', () => {
      const processes = serverProcesses();
      return processes.length > 0 ? processes : undefined;
    });
    assert.ok(first);
    await vscode.commands.executeCommand('corsLint.restartServer');
    // The one before is told to end, and is there for a moment longer.
    await until('the process before to be gone', () => (serverProcesses().length === 1 ? true : undefined));
  });
});
