/**
 * `npm run test:desktop`: the same suite in a desktop VS Code, which `@vscode/test-electron` downloads. Not part of
 * `npm test`, because that download and a display are not to be had everywhere.
 */
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { runTests } from '@vscode/test-electron';
import type { HostResult } from './result.ts';
import { bundleSuite, copyFixtures, projectFolder } from './run-suite.ts';

const workspaceFolder = copyFixtures();
const resultFolder = mkdtempSync(path.join(tmpdir(), 'cors-lint-desktop-'));
const resultFile = path.join(resultFolder, 'result.json');
try {
  await runTests({
    extensionDevelopmentPath: projectFolder,
    extensionTestsPath: await bundleSuite(),
    launchArgs: [workspaceFolder, '--disable-extensions', '--disable-workspace-trust'],
    extensionTestsEnv: { CORS_LINT_TEST_RESULT: resultFile },
  });
} catch (error) {
  console.error(error);
  process.exitCode = 1;
}
try {
  const { tests } = JSON.parse(readFileSync(resultFile, 'utf8')) as HostResult;
  for (const { suite, title, state, message } of tests)
    console.log(`${state} ${suite}: ${title}${message === undefined ? '' : `\n${message}`}`);
  const count = (state: string): number => tests.filter((test) => test.state === state).length;
  console.log(`${count('passed')} passed, ${count('failed')} failed, ${count('skipped')} skipped`);
} finally {
  rmSync(resultFolder, { recursive: true, force: true });
  rmSync(workspaceFolder, { recursive: true, force: true });
}
