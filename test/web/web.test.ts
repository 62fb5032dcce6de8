import { installVSCodeWeb } from '../../tools/vscode-web/install.ts';
import { projectFolder } from '../editor/run-suite.ts';
import { findProgram, whyMissing } from '../setup/programs.ts';
import { runWebSuite } from './run-suite.ts';
import type { WebTest } from './result.ts';

/** The tests of `suite.ts`, for where they cannot run. */
const count = 6;

const web = await installVSCodeWeb();
const chromium = findProgram('chromium');
const reason = web.ok ? whyMissing('chromium') : web.reason;

let results: readonly WebTest[] = [];
let failure: Error | undefined;
if (web.ok && chromium !== undefined) {
  try {
    results = await runWebSuite({
      vscodeWebFolder: web.folder,
      chromium,
      extensionFolder: process.env['CORS_LINT_EXTENSION'] ?? projectFolder,
    });
  } catch (error) {
    failure = error instanceof Error ? error : new Error(String(error));
  }
} else console.log(`skipped: ${reason ?? ''}`);

describe('VS Code for the web', () => {
  const broken = failure;
  if (broken !== undefined) {
    it('runs the suite', () => {
      throw broken;
    });
  }
  for (const test of results) {
    it(test.title, () => {
      if (test.failure !== undefined) throw new Error(test.failure);
    });
  }
  if (reason !== undefined) for (let test = 0; test < count; test++) it.skip(`test ${test + 1}`);
});
