import { readFileSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { Configurations, layered, type FileConfiguration } from '../config/resolve.ts';
import type { Settings } from '../config/shape.ts';
import type { Finding, Fix } from '../core/finding.ts';
import { applyFixes, safeFixOf } from '../core/fix-all.ts';
import type { Language } from '../core/language.ts';
import { unusedMessage, type Suppression } from '../core/suppressions.ts';
import type { Workspace } from '../core/workspace.ts';
import { languageOf, languages, LONGEST_TEXT } from '../languages/index.ts';
import { rules } from '../rules/index.ts';
import { createService, type Service } from '../service.ts';
import { wayBelow } from './below.ts';
import { Lines } from './positions.ts';
import { ConfigurationError } from './configuration-error.ts';
import { Messages, type Files } from './messages.ts';
import { fileResult, type LintedFile } from './result.ts';
import { reasonOf } from './walk.ts';
import { diskWorkspace } from './workspace.ts';

const ids = rules.map((rule) => rule.id);

/** The id under which comments that suppress nothing are reported. */
const UNUSED_SUPPRESSION = 'unused-suppression';

export interface ScanOptions {
  readonly cwd: string;
  /** Settings above every configuration file. */
  readonly settings: Settings;
  /** A configuration file for every file, or false for none; else the nearest of each file. */
  readonly configuration?: string | false;
  readonly fix?: 'safe' | 'all';
  /** Report comments that suppress nothing as warnings; under the profile `strict` they are information anyway. */
  readonly reportUnusedSuppressions?: boolean;
  readonly signal?: AbortSignal;
}

/** A file whose content is looked at. */
export interface ScannedText {
  /** Absolute. */
  readonly path: string;
  readonly text: string;
  /** The user named this file: where its name says nothing, its content decides on the language. */
  readonly named: boolean;
}

/** What came of one file: its result, or why it has none. */
export type Scanned =
  | { readonly kind: 'linted'; readonly file: LintedFile }
  | { readonly kind: 'not-ours' | 'ignored' | 'generated' | 'no-text' | 'too-large' }
  | { readonly kind: 'unreadable'; readonly reason: string };

/** Lints files of the disk one by one, over one service, so that what files share is read and parsed once. */
export class Scan implements Files {
  readonly #options: ScanOptions;
  readonly #workspace: Workspace;
  readonly #service: Service;
  readonly #configurations: Configurations;
  readonly #lines = new Map<string, Lines | undefined>();

  /** `folders` are absolute; the files below them may include or import each other. */
  constructor(folders: readonly string[], options: ScanOptions) {
    this.#options = options;
    this.#workspace = diskWorkspace(folders);
    this.#service = createService({ workspace: this.#workspace });
    this.#configurations = new Configurations(this.#workspace, ids);
  }

  /** Reads and lints a file. Throws a ConfigurationError where its configuration is broken, and nothing else. */
  async file(path: string, named: boolean): Promise<Scanned> {
    let bytes: Buffer;
    try {
      bytes = readFileSync(path);
    } catch (error) {
      return { kind: 'unreadable', reason: reasonOf(error) };
    }
    if (bytes.length > LONGEST_TEXT) return { kind: 'too-large' };
    // UTF-16 is none either: no server and no Node reads it.
    if (bytes.includes(0)) return { kind: 'no-text' };
    return this.text({ path, text: bytes.toString('utf8'), named });
  }

  /**
   * Lints a text as if it were the content of a file. Throws a ConfigurationError where its configuration is broken. A defect
   * of ours costs the one file and is told, not the rest of the run.
   */
  async text(scanned: ScannedText): Promise<Scanned> {
    try {
      return await this.#lint(scanned);
    } catch (error) {
      if (error instanceof ConfigurationError) throw error;
      return {
        kind: 'unreadable',
        reason: `could not be analysed, which is a defect of cors-lint: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}`,
      };
    }
  }

  async #lint({ path, text, named }: ScannedText): Promise<Scanned> {
    const uri = pathToFileURL(path).href;
    if (text.length > LONGEST_TEXT) return { kind: 'too-large' };
    if (named && languages.some((each) => each.generated?.(uri, text) === true)) return { kind: 'generated' };
    const language = languageFor(uri, text, named);
    if (!language) return { kind: 'not-ours' };
    const { ignored, settings, problems } = await this.#configurationOf(uri);
    if (problems.length > 0) throw new ConfigurationError(problems, this.#options.cwd);
    if (ignored && !named) return { kind: 'ignored' };
    const configuration = layered(this.#options.settings, settings);
    const languageId = languageOf(uri, text) === language ? {} : languageIdOf(language);
    const lint = (content: string) =>
      this.#service.lint(
        { uri, text: content, ...languageId },
        { configuration, ...(this.#options.signal && { signal: this.#options.signal }) },
      );
    const { fix } = this.#options;
    const fixed = fix
      ? await applyFixes(uri, text, async (content) => (await lint(content)).findings, fix === 'all' ? anyFixOf : safeFixOf)
      : text;
    const { findings, suppressed, unusedSuppressions } = await lint(fixed);
    const messages = new Messages(uri, fixed, this);
    const unused = this.#unused(uri, unusedSuppressions, configuration.profile === 'strict');
    const result = fileResult(
      path,
      [...findings, ...unused].map((finding) => messages.of(finding)),
      suppressed.map((each) => messages.suppressed(each)),
      fixed === text ? undefined : fixed,
    );
    return { kind: 'linted', file: { ...result, source: text } };
  }

  pathOf(uri: string): string {
    return uri.startsWith('file:') ? fileURLToPath(uri) : uri;
  }

  linesOf(uri: string): Lines | undefined {
    if (!this.#lines.has(uri)) this.#lines.set(uri, readLines(uri));
    return this.#lines.get(uri);
  }

  async #configurationOf(uri: string): Promise<FileConfiguration> {
    const { configuration, cwd } = this.#options;
    if (configuration === false) return { uri: undefined, settings: {}, ignored: false, problems: [] };
    if (configuration === undefined) return this.#configurations.for(uri);
    const from = pathToFileURL(resolve(cwd, configuration)).href;
    const found = await this.#configurations.from(from, uri);
    if (found) return found;
    throw new ConfigurationError([{ uri: from, line: 1, column: 1, key: '', message: 'This configuration file cannot be read.' }], cwd);
  }

  #unused(uri: string, suppressions: readonly Suppression[], strict: boolean): readonly Finding[] {
    if (this.#options.reportUnusedSuppressions !== true && !strict) return [];
    return suppressions.map((suppression) => ({
      ruleId: UNUSED_SUPPRESSION,
      level: this.#options.reportUnusedSuppressions === true ? 'warning' : 'info',
      confidence: 'proven',
      message: unusedMessage(suppression, ids),
      place: { uri, range: suppression.range },
      related: [],
      fixes: [],
    }));
  }
}

/** The language of a file; a file that the user named may be told by its content whatever its name is. */
export function languageFor(uri: string, text: string, named: boolean): Language | undefined {
  return languageOf(uri, text) ?? (named ? languages.find((language) => language.recognises(text)) : undefined);
}

export function languageIdOf(language: Language): { readonly languageId?: string } {
  const [languageId] = language.editorIds;
  return languageId === undefined ? {} : { languageId };
}

/** The safe fix, or else the first that changes only this file and leaves nothing to be filled in. */
function anyFixOf(finding: Finding, uri: string): Fix | undefined {
  return (
    safeFixOf(finding, uri) ??
    finding.fixes.find((fix) => fix.edits.length > 0 && fix.edits.every((edit) => edit.uri === uri && edit.snippet === undefined))
  );
}

function readLines(uri: string): Lines | undefined {
  try {
    return new Lines(readFileSync(fileURLToPath(uri), 'utf8'));
  } catch {
    return undefined;
  }
}

/**
 * The folders below which files may belong together: `cwd` for what lies in it, and for anything else the folder that was
 * named, or the named file's own.
 */
export function workspaceFolders(cwd: string, paths: readonly string[], isFile: (path: string) => boolean): readonly string[] {
  const folders = new Set<string>();
  for (const path of paths) {
    const absolute = resolve(cwd, path);
    folders.add(wayBelow(cwd, absolute) !== undefined ? cwd : isFile(absolute) ? dirname(absolute) : absolute);
  }
  return [...folders];
}
