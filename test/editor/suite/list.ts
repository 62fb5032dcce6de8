/** The titles of the suite without running it, for where no editor is: bundled with a `vscode` that does nothing. */
import Mocha from 'mocha';
import type { HostTest } from '../result.ts';
import { loadTests, type Opened } from './load.ts';

function testsOf(suite: Mocha.Suite): HostTest[] {
  const own = suite.tests.map((test): HostTest => ({
    suite: suite.fullTitle(),
    title: test.title,
    state: 'skipped',
    duration: 0,
    message: undefined,
  }));
  return [...own, ...suite.suites.flatMap(testsOf)];
}

export async function list(opened: Opened): Promise<HostTest[]> {
  const mocha = new Mocha({ ui: 'bdd' });
  const globals = { describe: globalThis.describe, it: globalThis.it };
  mocha.suite.emit('pre-require', globalThis, '', mocha);
  try {
    await loadTests(opened);
  } finally {
    Object.assign(globalThis, globals);
  }
  return testsOf(mocha.suite);
}
