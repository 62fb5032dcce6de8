import { existsSync } from 'node:fs';
import { isAbsolute, relative, resolve } from 'node:path';
import { lint, writeFixes, type LintOptions, type LintReport } from '../api.ts';
import type { Profile, RuleLevel } from '../core/configuration.ts';
import { profiles, ruleLevels } from '../config/shape.ts';
import { nearest } from '../cors/near-miss.ts';
import { rules } from '../rules/index.ts';
import { choiceOf, type Arguments } from './arguments.ts';
import { commandNames, formats, type Format } from './commands.ts';
import { formatters } from './output/index.ts';
import { relativePath } from './output/paths.ts';
import { Progress } from './progress.ts';
import type { LintedFile } from './result.ts';
import { didYouMean, UsageError } from './spelling.ts';
import { counted, harmless, paintFor, usesColour, type ExitStatus, type Terminal } from './terminal.ts';

/** `cors-lint [paths…]`: lints, fixes, prints in the format asked for. Throws errors of wrong use. */
export async function runLint(given: Arguments, terminal: Terminal): Promise<ExitStatus> {
  const format = choiceOf<Format>('format', given.text('format') ?? 'stylish', formats);
  const maxWarnings = wholeNumber(given, 'max-warnings');
  const fix = fixMode(given);
  const options = await lintOptionsOf(given, terminal, fix);
  if (given.has('update-baseline') && !given.has('baseline'))
    throw new UsageError('The option "--update-baseline" needs to know which: --baseline FILE.');
  const progress = new Progress(terminal);
  let report: LintReport;
  try {
    report = await lint({ ...options, onProgress: (done, total) => progress.show(done, total) });
  } finally {
    progress.end();
  }
  const notes: string[] = [];
  const problems = [...report.problems];
  let results = report.results;
  if (fix?.write === true) {
    const unwritten = writeFixes(results);
    problems.push(...unwritten);
    const fixed = results.filter((file) => file.output !== undefined).length - unwritten.length;
    if (fixed > 0) notes.push(`Fixed ${counted(fixed, 'file')}.`);
    if (unwritten.length > 0) results = await withUnwritten(results, unwritten, options);
  }
  const baselinePath = given.text('baseline');
  if (baselinePath !== undefined) {
    const { applyBaseline, updateBaseline } = await import('./baseline.ts');
    const path = resolve(terminal.cwd, baselinePath);
    if (given.has('update-baseline')) notes.push(updateBaseline(path, results));
    const compared = applyBaseline(path, results);
    results = compared.results;
    notes.push(...compared.notes);
  }
  notes.push(...report.skipped.map(({ filePath, reason }) => `${relative(terminal.cwd, filePath)} ${reason}.`));
  if (results.length === 0 && problems.length === 0 && report.skipped.length === 0)
    notes.push('Nothing to analyse: no nginx or Apache configuration, JavaScript, TypeScript or Kubernetes manifest was found.');
  const formatter = await formatters[format]();
  const output =
    fix?.diff === true && format === 'stylish'
      ? await diffsOf(results, terminal.cwd)
      : formatter(results, {
          cwd: terminal.cwd,
          env: terminal.env,
          rules,
          paint: paintFor(usesColour(terminal, given.has('no-color'))),
          columns: terminal.columns,
        });
  terminal.out(output);
  for (const note of notes) terminal.err(`cors-lint: ${harmless(note)}\n`);
  tellProblems(problems, terminal);
  return statusOf(results, maxWarnings, problems.length > 0);
}

/** The results with those files as they still are whose fixed text could not be written. */
async function withUnwritten(
  results: readonly LintedFile[],
  unwritten: LintReport['problems'],
  options: LintOptions,
): Promise<readonly LintedFile[]> {
  const { fix: _, filter: __, ...unfixed } = options;
  const still = await lint({ ...unfixed, paths: unwritten.map(({ path }) => path) });
  return results.map((file) => still.results.find(({ filePath }) => filePath === file.filePath) ?? file);
}

interface FixMode {
  readonly which: 'safe' | 'all';
  readonly write: boolean;
  readonly diff: boolean;
}

function fixMode(given: Arguments): FixMode | undefined {
  const diff = given.has('fix-dry-run');
  const unsafe = given.has('unsafe-fixes');
  if (!diff && !unsafe && !given.has('fix')) return undefined;
  if (given.has('stdin') && !diff) throw new UsageError('Standard input cannot be fixed in place. Did you mean "--fix-dry-run"?');
  return { which: unsafe ? 'all' : 'safe', write: !diff, diff };
}

async function lintOptionsOf(given: Arguments, terminal: Terminal, fix: FixMode | undefined): Promise<LintOptions> {
  const profile = given.text('profile');
  const configuration = given.has('no-config') ? false : given.text('config');
  return {
    cwd: terminal.cwd,
    ...(await inputOf(given, terminal)),
    ...(profile !== undefined && { profile: choiceOf<Profile>('profile', profile, profiles) }),
    rules: ruleLevelsOf(given.texts('rule')),
    ...(configuration !== undefined && { configuration }),
    ignore: given.texts('ignore'),
    ...(fix && { fix: fix.which }),
    reportUnusedSuppressions: given.has('report-unused-suppressions'),
  };
}

async function inputOf(given: Arguments, terminal: Terminal): Promise<LintOptions> {
  const paths = given.positionals;
  const filename = given.text('stdin-filename');
  if (given.has('stdin')) {
    if (filename === undefined) throw new UsageError('The option "--stdin" needs to know what it reads: --stdin-filename FILE.');
    if (paths.length > 0) throw new UsageError(`Either standard input is linted or files: "${paths[0] ?? ''}" is too much.`);
    return { content: { text: await terminal.input(), filePath: filename } };
  }
  if (filename !== undefined) throw new UsageError('The option "--stdin-filename" goes with "--stdin".');
  const given_ = paths.length > 0 ? { paths } : {};
  const since = given.text('since');
  if (!given.has('changed') && since === undefined) return given_;
  const { changedFiles } = await import('./changed.ts');
  const changed = changedFiles(terminal.cwd, since);
  return { ...given_, filter: (path) => changed.has(path) };
}

/** `--rule id=level`, each checked against the rules that there are. */
function ruleLevelsOf(settings: readonly string[]): Readonly<Record<string, RuleLevel>> {
  const levels: Record<string, RuleLevel> = {};
  for (const setting of settings) {
    const equals = setting.indexOf('=');
    if (equals < 0) throw new UsageError(`"--rule ${setting}" names no level. Did you mean "--rule ${setting}=off"?`);
    const id = setting.slice(0, equals);
    const ids = rules.map((rule) => rule.id);
    if (!ids.includes(id)) throw new UsageError(`There is no rule "${id}".${didYouMean(id, ids) || ' They are listed by --list-rules.'}`);
    const written = setting.slice(equals + 1);
    levels[id] = choiceOf<RuleLevel>('level', written === 'warn' ? 'warning' : written, ruleLevels);
  }
  return levels;
}

function wholeNumber(given: Arguments, name: string): number | undefined {
  const text = given.text(name);
  if (text === undefined) return undefined;
  if (!/^\d{1,9}$/.test(text)) throw new UsageError(`"--${name} ${text}" is not a whole number.`);
  return Number(text);
}

async function diffsOf(results: readonly LintedFile[], cwd: string): Promise<string> {
  const { unifiedDiff } = await import('./unified-diff.ts');
  return results
    .map((file) => (file.output === undefined ? '' : unifiedDiff(relative(cwd, file.filePath), file.source, file.output)))
    .join('');
}

/** Paths that could not be read, each with its reason; folders are counted besides. */
function tellProblems(problems: LintReport['problems'], terminal: Terminal): void {
  for (const { path, message } of problems)
    terminal.err(
      `cors-lint: ${harmless(isAbsolute(path) ? relativePath(terminal.cwd, path) : path)}: ${message}${hintAt(path, terminal.cwd)}\n`,
    );
  const folders = problems.filter((problem) => problem.folder).length;
  if (folders > 0)
    terminal.err(
      `cors-lint: ${counted(folders, 'folder')} could not be read and ${folders === 1 ? 'is' : 'are'} missing from the result.\n`,
    );
}

/** What else can be meant by a path that is not there: a command, or a pattern that the shell was kept from expanding. */
function hintAt(path: string, cwd: string): string {
  if (existsSync(resolve(cwd, path))) return '';
  if (/[*?{[]/.test(path)) return '. Only the shell expands patterns, and not in quotes; name the folder, all of it is looked at.';
  const command = nearest(path, [...commandNames, 'help', 'version'], path.length > 4 ? 2 : 1);
  if (command === undefined) return '';
  return command === 'help' || command === 'version' ? `. Did you mean "--${command}"?` : `. Did you mean "cors-lint ${command}"?`;
}

function statusOf(results: readonly LintedFile[], maxWarnings: number | undefined, unread: boolean): ExitStatus {
  if (unread) return 2;
  const errors = results.reduce((sum, file) => sum + file.errorCount, 0);
  const warnings = results.reduce((sum, file) => sum + file.warningCount, 0);
  return errors > 0 || (maxWarnings !== undefined && warnings > maxWarnings) ? 1 : 0;
}
