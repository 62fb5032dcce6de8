/**
 * `npm test`: installs the real programs that are missing, builds, and runs every suite in a process of its own, two at a
 * time where they do not measure time. The last line holds the totals of all suites. `npm test -- NAME…` runs single
 * suites, `--list` names them.
 */
import { spawn } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import process from 'node:process';
import { parseArgs } from 'node:util';
import { allSuites, projectFolder, type Suite } from './suites.ts';

interface Totals {
  readonly passed: number;
  readonly failed: number;
  readonly skipped: number;
}

const noTotals: Totals = { passed: 0, failed: 0, skipped: 0 };
const add = (a: Totals, b: Totals): Totals => ({
  passed: a.passed + b.passed,
  failed: a.failed + b.failed,
  skipped: a.skipped + b.skipped,
});
const seconds = (since: number): string => `${((performance.now() - since) / 1000).toFixed(1)} s`;
const inWords = ({ passed, failed, skipped }: Totals): string => `${passed} passed, ${failed} failed, ${skipped} skipped`;

/** Process groups that are running; ended with this process. */
const groups = new Set<number>();

function endGroup(group: number): void {
  groups.delete(group);
  try {
    process.kill(-group, 'SIGKILL');
  } catch {
    // The group has ended by itself.
  }
}

for (const signal of ['SIGINT', 'SIGTERM'] as const) {
  process.on(signal, () => {
    for (const group of groups) endGroup(group);
    process.exit(130);
  });
}

const reports = mkdtempSync(path.join(tmpdir(), 'cors-lint-totals-'));

/** Runs a program in its own process group, so that whatever it leaves behind can be ended with it. */
function run(
  command: readonly string[],
  limit: number,
  environment: NodeJS.ProcessEnv,
): Promise<{ status: number | string; output: string }> {
  const [program = '', ...args] = command;
  return new Promise((resolve) => {
    const child = spawn(program, args, {
      cwd: projectFolder,
      env: { ...process.env, ...environment },
      stdio: ['ignore', 'pipe', 'pipe'],
      detached: true,
    });
    let output = '';
    const collect = (chunk: string): void => void (output += chunk);
    child.stdout.setEncoding('utf8').on('data', collect);
    child.stderr.setEncoding('utf8').on('data', collect);
    const { pid } = child;
    if (pid !== undefined) groups.add(pid);
    let overdue = false;
    const timer = setTimeout(() => {
      overdue = true;
      if (pid !== undefined) endGroup(pid);
    }, limit * 1000);
    child.on('error', (error) => collect(String(error)));
    child.on('close', (code, signal) => {
      clearTimeout(timer);
      if (pid !== undefined) endGroup(pid);
      resolve({ status: overdue ? `ended after ${limit} s` : (code ?? signal ?? 'not started'), output });
    });
  });
}

/** The totals that a suite wrote, or undefined where it did not come to its end. */
function readTotals(file: string): Totals | undefined {
  return existsSync(file) ? (JSON.parse(readFileSync(file, 'utf8')) as Totals) : undefined;
}

async function runSuite(suite: Suite): Promise<Totals> {
  const started = performance.now();
  const report = path.join(reports, `${suite.name.replaceAll('/', '-')}.json`);
  const { status, output } = await run(suite.command, suite.limit, { ...suite.environment, CORS_LINT_TOTALS: report });
  let totals = suite.counts ? readTotals(report) : status === 0 ? { ...noTotals, passed: 1 } : { ...noTotals, failed: 1 };
  // A suite that ended early, or badly without a failed test, has failed as a whole.
  const broken = totals === undefined || (status !== 0 && totals.failed === 0) || totals.passed + totals.failed + totals.skipped === 0;
  if (broken) totals = add(totals ?? noTotals, { ...noTotals, failed: 1 });
  totals ??= noTotals;
  if (totals.failed > 0 || totals.skipped > 0) console.log(`\n--- ${suite.name} ---\n${output.trimEnd()}`);
  if (broken) console.log(`${suite.name} did not come to its end (${status})`);
  console.log(`${totals.failed > 0 ? 'FAILED' : 'ok'} ${suite.name}: ${inWords(totals)} (${seconds(started)})`);
  return totals;
}

/** Runs suites, at most `slots` at a time. */
async function runAll(suites: readonly Suite[], slots: number): Promise<Totals> {
  const waiting = [...suites];
  let totals = noTotals;
  const worker = async (): Promise<void> => {
    for (let suite = waiting.shift(); suite; suite = waiting.shift()) {
      const found = await runSuite(suite);
      totals = add(totals, found);
    }
  };
  await Promise.all(Array.from({ length: slots }, worker));
  return totals;
}

/** A step that everything after it needs. Its output is shown as it is. */
async function step(name: string, ...args: readonly string[]): Promise<boolean> {
  const started = performance.now();
  const { status, output } = await run([process.execPath, ...args], 900, {});
  if (output.trim() !== '') console.log(output.trimEnd());
  console.log(`${status === 0 ? 'ok' : 'FAILED'} ${name} (${seconds(started)})`);
  return status === 0;
}

const { positionals, values } = parseArgs({ allowPositionals: true, options: { list: { type: 'boolean' } } });
const known = allSuites();
const wanted =
  positionals.length === 0 ? known : known.filter(({ name }) => positionals.some((each) => name === each || name.startsWith(`${each}/`)));
if (values.list === true) {
  for (const { name } of known) console.log(name);
} else {
  const started = performance.now();
  // Without a program its tests are skipped and counted, so a set-up that fails ends nothing.
  await step('setup', '--import', 'tsx', 'test/setup/main.ts');
  const built = await step('build', 'scripts/build.mjs');
  let totals: Totals = built ? noTotals : { ...noTotals, failed: 1 };
  totals = add(
    totals,
    await runAll(
      wanted.filter((suite) => !suite.alone),
      2,
    ),
  );
  totals = add(
    totals,
    await runAll(
      wanted.filter((suite) => suite.alone),
      1,
    ),
  );
  rmSync(reports, { recursive: true, force: true });
  console.log(`\nall suites took ${seconds(started)}`);
  console.log(inWords(totals));
  if (totals.failed > 0 || totals.passed === 0) process.exitCode = 1;
}
