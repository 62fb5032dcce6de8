import { writeFileSync } from 'node:fs';
import process from 'node:process';
import Mocha from 'mocha';

/**
 * Mocha's own report, and the totals of the run as JSON in the file that `CORS_LINT_TOTALS` names, for `test/run.ts`.
 * The file exists only when the run came to its end.
 */
export default class TotalsReporter extends Mocha.reporters.Spec {
  constructor(runner: Mocha.Runner, options: Mocha.MochaOptions) {
    super(runner, options);
    runner.once('end', () => {
      const file = process.env['CORS_LINT_TOTALS'];
      const { passes, failures, pending } = this.stats;
      if (file !== undefined) writeFileSync(file, JSON.stringify({ passed: passes, failed: failures, skipped: pending }));
    });
  }
}
