import { installVSCode } from '../../tools/vscode/install.ts';
import { findProgram, whyMissing } from '../setup/programs.ts';
import type { HostResult } from './result.ts';
import { listSuite, runSuite, type SuiteOptions } from './run-suite.ts';

/** The suite of the extension host as tests of this process, or all of it skipped with the reason. */
async function results(window: Pick<SuiteOptions, 'opened' | 'restricted'>): Promise<HostResult> {
  const chromium = findProgram('chromium');
  const vscode = await installVSCode();
  const reason = vscode.ok ? whyMissing('chromium') : vscode.reason;
  if (chromium === undefined || !vscode.ok) {
    console.log(`skipped: ${reason ?? ''}`);
    return { tests: await listSuite(window.opened ?? 'folder'), error: undefined };
  }
  return runSuite({ vscodeFolder: vscode.folder, chromium, ...window });
}

function report(name: string, { tests, error }: HostResult): void {
  describe(name, () => {
    if (error !== undefined || tests.length === 0) {
      it('runs the suite', () => {
        throw new Error(error ?? 'the suite holds no test');
      });
    }
    for (const { suite, title, state, message, duration } of tests) {
      if (state === 'skipped') it.skip(`${suite}: ${title}`);
      else {
        it(`${suite}: ${title} (${duration} ms)`, () => {
          if (state === 'failed') throw new Error(message);
        });
      }
    }
  });
}

// Mocha wants to know its tests before it runs them, so the editor has run by then.
report('VS Code', await results({}));
report('VS Code in Restricted Mode', await results({ restricted: true }));
report('VS Code with several folders', await results({ opened: 'workspace' }));
