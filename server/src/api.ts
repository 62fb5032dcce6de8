/**
 * CORS Lint as a library for Node:
 *
 * ```js
 * import { lint, simulate } from 'cors-lint';
 *
 * const { results } = await lint({ paths: ['nginx/', 'src/'] });
 * const { verdict, reason } = await simulate({ file: 'nginx.conf', origin: 'https://evil.example', path: '/api/' });
 * ```
 *
 * The command line is built on these functions. Nothing is executed, nothing is fetched, and only `writeFixes` writes.
 */
import { statSync } from 'node:fs';
import { resolve } from 'node:path';
import { writeFix } from './cli/disk-fixes.ts';
import type { FileResult, LintedFile } from './cli/result.ts';
import { Scan, workspaceFolders, type Scanned } from './cli/scan.ts';
import { walk, type PathProblem } from './cli/walk.ts';
import { mayBeOurs } from './cli/workspace.ts';
import type { Profile, RuleLevel } from './core/configuration.ts';

export { ConfigurationError } from './cli/configuration-error.ts';
export { simulate, SimulationError } from './cli/simulation.ts';
export type { ExchangeReport, SimulateOptions, SimulationReport } from './cli/simulation.ts';
export type {
  FileReplacement,
  FileResult,
  LintedFile,
  Message,
  Region,
  RelatedLocation,
  Severity,
  Suggestion,
  SuppressedMessage,
  TextReplacement,
} from './cli/result.ts';
export type { PathProblem } from './cli/walk.ts';
export type { ConfigurationProblem } from './config/problem.ts';
export type { Profile, RuleLevel } from './core/configuration.ts';
export type { Confidence, Level } from './core/finding.ts';

export interface LintOptions {
  /** Files and folders; default: `cwd`. In folders .gitignore files count; a file that is named is always read. */
  readonly paths?: readonly string[];
  /** Lints this text instead, as if it were the content of `filePath`. */
  readonly content?: { readonly text: string; readonly filePath: string };
  /** What relative paths are relative to; default: the process's own. */
  readonly cwd?: string;
  /** `strict` shows info-level findings too. Wins over configuration files, as do the next two. */
  readonly profile?: Profile;
  readonly rules?: Readonly<Record<string, RuleLevel>>;
  readonly trustedDomains?: readonly string[];
  /** A configuration file for every file, or false for none; default: the nearest `cors-lint.config.json` of each file. */
  readonly configuration?: string | false;
  /** Patterns in .gitignore syntax, relative to `cwd`, of files to leave out. */
  readonly ignore?: readonly string[];
  /** Says of each file found (absolute path) whether it is linted. */
  readonly filter?: (filePath: string) => boolean;
  /** Puts the text after the fixes into `output`. `safe` never changes what a fix might break; `all` takes the others too. */
  readonly fix?: 'safe' | 'all';
  /** Report comments that suppress nothing as warnings. */
  readonly reportUnusedSuppressions?: boolean;
  readonly signal?: AbortSignal;
  /** Called before each file, and with `total` undefined while files are still being looked for. */
  readonly onProgress?: (done: number, total: number | undefined) => void;
}

export interface LintReport {
  /** One for each file analysed, also for those without messages, sorted by path. */
  readonly results: readonly LintedFile[];
  /** Paths that could not be read. */
  readonly problems: readonly PathProblem[];
  /** Files that were named or found and not analysed, each with the reason. */
  readonly skipped: readonly { readonly filePath: string; readonly reason: string }[];
}

const skipReasons: Readonly<Record<Exclude<Scanned['kind'], 'linted' | 'unreadable'>, string>> = {
  'not-ours': 'is neither nginx or Apache configuration nor JavaScript, TypeScript or a Kubernetes manifest',
  ignored: 'is ignored by the configuration',
  generated: 'is generated, minified or of a package, so it is not looked at',
  'no-text': 'is not UTF-8 text, so it is not looked at',
  'too-large': 'is larger than 4 MB, so it is not looked at',
};

/**
 * Lints files. Rejects with a ConfigurationError where a `cors-lint.config.json` is broken, with the signal's reason where
 * it was aborted, and with nothing else: what cannot be read is in `problems`.
 */
export async function lint(options: LintOptions = {}): Promise<LintReport> {
  const { content, signal, onProgress } = options;
  const cwd = resolve(options.cwd ?? process.cwd());
  const paths = content ? [content.filePath] : (options.paths ?? ['.']);
  const scan = new Scan(
    workspaceFolders(cwd, paths, (path) => statSync(path, { throwIfNoEntry: false })?.isFile() ?? false),
    {
      cwd,
      settings: {
        ...(options.profile && { profile: options.profile }),
        ...(options.rules && { rules: options.rules }),
        ...(options.trustedDomains && { trustedDomains: options.trustedDomains }),
      },
      ...(options.configuration !== undefined && { configuration: options.configuration }),
      ...(options.fix && { fix: options.fix }),
      ...(options.reportUnusedSuppressions !== undefined && { reportUnusedSuppressions: options.reportUnusedSuppressions }),
      ...(signal && { signal }),
    },
  );
  const report = { results: [] as LintedFile[], problems: [] as PathProblem[], skipped: [] as { filePath: string; reason: string }[] };
  const take = (filePath: string, named: boolean, scanned: Scanned): void => {
    if (scanned.kind === 'linted') report.results.push(scanned.file);
    else if (scanned.kind === 'unreadable') report.problems.push({ path: filePath, message: scanned.reason, folder: false });
    else if (named || scanned.kind === 'too-large') report.skipped.push({ filePath, reason: skipReasons[scanned.kind] });
  };
  if (content) {
    const path = resolve(cwd, content.filePath);
    take(path, true, await scan.text({ path, text: content.text, named: true }));
    signal?.throwIfAborted();
    return report;
  }
  const found = walk(paths, {
    cwd,
    wanted: mayBeOurs,
    ...(options.ignore && { ignored: options.ignore }),
    ...(onProgress && { onEntry: () => onProgress(0, undefined) }),
  });
  report.problems.push(...found.problems);
  const { filter } = options;
  const files = filter ? found.files.filter((path) => filter(path)) : found.files;
  for (const [index, path] of files.entries()) {
    onProgress?.(index, files.length);
    take(path, found.named.has(path), await scan.file(path, found.named.has(path)));
    signal?.throwIfAborted();
  }
  return report;
}

/**
 * Writes `output` over each file that has one, in place. A file that changed meanwhile is left alone. Answers with what
 * could not be written.
 */
export function writeFixes(results: readonly LintedFile[]): readonly PathProblem[] {
  return results.flatMap((file) => writeFix(file) ?? []);
}

/** A result in ESLint's shape as `--format json` prints it: without the text that was read. */
export function toJson({ source: _, ...result }: LintedFile): FileResult {
  return result;
}
