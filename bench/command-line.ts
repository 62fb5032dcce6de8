import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { projectFiles } from './generate.ts';
import { median, type Measure } from './statistics.ts';

const projectFolder = path.resolve(import.meta.dirname, '..');
const peers = path.join(import.meta.dirname, 'peers');

/** One message of ESLint's JSON format, which is ours too. */
interface Result {
  readonly filePath: string;
  readonly messages: readonly { readonly ruleId: string | null; readonly line: number }[];
}

/** Installs ESLint and eslint-plugin-sonarjs beside the benchmark on first use; answers why it could not. */
function installPeers(): string | undefined {
  if (existsSync(path.join(peers, 'node_modules/eslint-plugin-sonarjs'))) return undefined;
  console.log('bench: installing eslint-plugin-sonarjs');
  const run = spawnSync('npm', ['ci', '--ignore-scripts', '--no-audit', '--no-fund', '--silent'], { cwd: peers, encoding: 'utf8' });
  return run.status === 0 ? undefined : `npm ci failed: ${run.stderr.trim().split('\n').at(-1) ?? ''}`;
}

function time(command: readonly string[], folder: string, env: NodeJS.ProcessEnv): { took: number; results: readonly Result[] } {
  const [program = '', ...args] = command;
  const started = performance.now();
  const run = spawnSync(program, args, { cwd: folder, env, encoding: 'utf8', maxBuffer: 1 << 28 });
  const took = performance.now() - started;
  if (run.status !== 0 && run.status !== 1) throw new Error(`${args.join(' ')} ended with ${String(run.status)}\n${run.stderr}`);
  return { took, results: JSON.parse(run.stdout) as Result[] };
}

const countFindings = (results: readonly Result[]): Record<string, number> => {
  const counts: Record<string, number> = {};
  for (const { ruleId } of results.flatMap(({ messages }) => messages))
    counts[ruleId ?? 'parse error'] = (counts[ruleId ?? 'parse error'] ?? 0) + 1;
  return counts;
};

/** The wall time of the command line beside ESLint with only the cors rule of eslint-plugin-sonarjs, on the same files. */
export function measureCommandLine(files: number, rounds: number, seed: number): readonly Measure[] {
  const folder = mkdtempSync(path.join(tmpdir(), 'cors-lint-bench-'));
  const cache = mkdtempSync(path.join(tmpdir(), 'cors-lint-bench-cache-'));
  try {
    for (const [name, text] of projectFiles(files, seed)) {
      mkdirSync(path.dirname(path.join(folder, name)), { recursive: true });
      writeFileSync(path.join(folder, name), text);
    }
    // A folder of its own for what V8 compiled, so that it does not count what this machine started before.
    const environment = { ...process.env, XDG_CACHE_HOME: cache };
    const ours = [process.execPath, path.join(projectFolder, 'dist/cli.cjs'), '--profile', 'strict', '--format', 'json', folder];
    const eslint = [
      process.execPath,
      path.join(peers, 'node_modules/eslint/bin/eslint.js'),
      '--format',
      'json',
      '--config',
      path.join(peers, 'sonarjs.config.mjs'),
      folder,
    ];
    const problem = installPeers();
    if (problem !== undefined) console.log(`bench: without ESLint, ${problem}`);
    const times = { ours: [] as number[], eslint: [] as number[] };
    for (let round = -1; round < rounds; round++) {
      const mine = time(ours, folder, environment);
      const theirs = problem === undefined ? time(eslint, folder, environment) : undefined;
      if (round < 0) {
        console.log(`findings of cors-lint in ${mine.results.length} files:`, countFindings(mine.results));
        if (theirs) console.log(`findings of eslint-plugin-sonarjs in ${theirs.results.length} files:`, countFindings(theirs.results));
        continue;
      }
      times.ours.push(mine.took);
      if (theirs) times.eslint.push(theirs.took);
    }
    const value = median(times.ours);
    const measures: Measure[] = [{ name: `command line, ${files} files`, value, unit: 'ms' }];
    if (times.eslint.length > 0) {
      const reference = median(times.eslint);
      measures.push({ name: 'ESLint with sonarjs/cors, the same files', value: reference, unit: 'ms' });
      measures.push({ name: 'command line as a share of ESLint', value: value / reference, unit: '×', aim: 0.083 });
    }
    return measures;
  } finally {
    for (const made of [folder, cache]) rmSync(made, { recursive: true, force: true });
  }
}
