/**
 * Loaded by VS Code's extension host (`extensionTestsPath`): runs mocha there. The host's standard output is nobody's, so
 * the results go to the file that `CORS_LINT_TEST_RESULT` names, all at once by a rename.
 */
import { renameSync, writeFileSync } from 'node:fs';
import Mocha from 'mocha';
import { loadTests } from './load.ts';
import { QuietReporter } from './quiet-reporter.ts';
import type { HostResult, HostTest } from '../result.ts';

/** How long one test may take in milliseconds: a cold editor on a busy machine is slow. */
const timeout = 60_000;

export async function run(): Promise<void> {
  const file = process.env['CORS_LINT_TEST_RESULT'];
  const tests: HostTest[] = [];
  let error: string | undefined;
  try {
    const mocha = new Mocha({ ui: 'bdd', timeout, reporter: QuietReporter });
    mocha.suite.emit('pre-require', globalThis, '', mocha);
    // The suites register themselves with the globals that are there now.
    await loadTests(process.env['CORS_LINT_TEST_OPENED'] === 'workspace' ? 'workspace' : 'folder');
    await new Promise<void>((resolve) => {
      const runner = mocha.run(() => {
        resolve();
      });
      const record = (test: Mocha.Test | Mocha.Hook, state: HostTest['state'], message?: string): void => {
        tests.push({ suite: test.titlePath().slice(0, -1).join(' '), title: test.title, state, duration: test.duration ?? 0, message });
        // What is known when the editor hangs or dies.
        if (file !== undefined) writeFileSync(`${file}.partial`, JSON.stringify({ tests, error: 'the suite did not end' }));
      };
      runner.on('pass', (test) => {
        record(test, 'passed');
      });
      runner.on('pending', (test) => {
        record(test, 'skipped');
      });
      runner.on('fail', (test, failure: Error) => {
        record(test, 'failed', failure.stack ?? failure.message);
      });
    });
  } catch (failure) {
    error = failure instanceof Error ? (failure.stack ?? failure.message) : String(failure);
  }
  const result: HostResult = { tests, error };
  if (file !== undefined) {
    writeFileSync(`${file}.partial`, JSON.stringify(result));
    renameSync(`${file}.partial`, file);
  }
  const failed = tests.filter((test) => test.state === 'failed');
  // The desktop runner sees only whether this rejects.
  if (error !== undefined || failed.length > 0) {
    throw new Error(error ?? failed.map((test) => `${test.suite} ${test.title}\n${test.message ?? ''}`).join('\n'));
  }
}
