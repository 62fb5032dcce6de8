import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { basename, dirname, relative, resolve, sep } from 'node:path';
import { fingerprintsOf } from './fingerprint.ts';
import { compareText, fileResult, type LintedFile } from './result.ts';
import { UsageError } from './spelling.ts';
import { counted } from './terminal.ts';
import { reasonOf } from './walk.ts';

/**
 * What was known when a baseline was written: for each file, relative to the baseline's folder and with `/`, the fingerprint
 * of each finding with its rule. Errors and warnings only, as information never fails a run.
 */
interface Baseline {
  readonly version: 1;
  readonly files: Readonly<Record<string, Readonly<Record<string, string>>>>;
}

/** Leaves out what a baseline knows. The notes tell what is known and what of it is fixed by now. */
export function applyBaseline(
  path: string,
  results: readonly LintedFile[],
): { readonly results: readonly LintedFile[]; readonly notes: readonly string[] } {
  const baseline = readBaseline(path);
  let known = 0;
  let fixed = 0;
  const fixedFiles: string[] = [];
  const left = results.map((file) => {
    const name = nameIn(path, file.filePath);
    const entries = baseline.files[name] ?? {};
    const fingerprints = fingerprintsOf(file);
    const isKnown = (index: number): boolean => Object.hasOwn(entries, fingerprints[index] ?? '');
    const kept = file.messages.filter((_, index) => !isKnown(index));
    const gone = Object.keys(entries).filter((fingerprint) => !fingerprints.includes(fingerprint)).length;
    known += file.messages.length - kept.length;
    fixed += gone;
    if (gone > 0) fixedFiles.push(name);
    return kept.length === file.messages.length
      ? file
      : { ...fileResult(file.filePath, kept, file.suppressedMessages, file.output), source: file.source };
  });
  const notes = [
    ...(known > 0 ? [`${counted(known, 'finding')} of the baseline ${known === 1 ? 'is' : 'are'} not shown.`] : []),
    ...(fixed > 0
      ? [
          `${counted(fixed, 'finding')} of the baseline ${fixed === 1 ? 'is' : 'are'} fixed (${fixedFiles.join(', ')}): --update-baseline takes ${fixed === 1 ? 'it' : 'them'} out.`,
        ]
      : []),
  ];
  return { results: left, notes };
}

/**
 * Writes what is found now. Files that were not linted this time keep their entries as long as they exist. Answers with a
 * note of what was done.
 */
export function updateBaseline(path: string, results: readonly LintedFile[]): string {
  const before = readBaseline(path, true);
  const linted = new Set(results.map((file) => nameIn(path, file.filePath)));
  const files = new Map(Object.entries(before.files).filter(([name]) => !linted.has(name) && existsSync(resolve(dirname(path), name))));
  let count = 0;
  for (const file of results) {
    const fingerprints = fingerprintsOf(file);
    const counting = file.messages.flatMap(({ ruleId, severity }, index) =>
      severity > 0 ? [[fingerprints[index] ?? '', ruleId] as const] : [],
    );
    if (counting.length > 0) files.set(nameIn(path, file.filePath), Object.fromEntries(counting));
    count += counting.length;
  }
  const sorted: Baseline = { version: 1, files: Object.fromEntries([...files].sort(([a], [b]) => compareText(a, b))) };
  try {
    writeFileSync(path, `${JSON.stringify(sorted, null, 2)}\n`);
  } catch (error) {
    throw new UsageError(`The baseline ${basename(path)} cannot be written: ${reasonOf(error)}.`);
  }
  return `Wrote ${counted(count, 'finding')} into ${basename(path)}.`;
}

function readBaseline(path: string, mayBeMissing = false): Baseline {
  let text: string;
  try {
    text = readFileSync(path, 'utf8');
  } catch (error) {
    if (mayBeMissing && error instanceof Error && 'code' in error && error.code === 'ENOENT') return { version: 1, files: {} };
    throw new UsageError(`The baseline ${basename(path)} cannot be read: ${reasonOf(error)}. --update-baseline writes it.`);
  }
  const baseline = parse(text);
  if (!baseline)
    throw new UsageError(`${basename(path)} is not a baseline of cors-lint. Write it anew with --update-baseline after deleting it.`);
  return baseline;
}

function parse(text: string): Baseline | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return isBaseline(value) ? value : undefined;
  } catch {
    return undefined;
  }
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function isBaseline(value: unknown): value is Baseline {
  return isRecord(value) && value['version'] === 1 && isRecord(value['files']) && Object.values(value['files']).every(isRecord);
}

function nameIn(baselinePath: string, path: string): string {
  return relative(dirname(baselinePath), path).split(sep).join('/');
}
