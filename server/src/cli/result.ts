/**
 * What the command line and the Node API say about a file: ESLint's result shape, with what we add to it. Scripts rely on
 * these names; `docs/command-line.md` documents them.
 */
import type { Confidence, FileEdit, Finding, Fix, Level } from '../core/finding.ts';
import { safeFixOf } from '../core/fix-all.ts';
import type { SuppressedFinding } from '../core/suppressions.ts';
import { applyEdits, type TextEdit, type TextRange } from '../core/text.ts';
import { Lines } from './positions.ts';

/** 2: error, 1: warning, 0: info. */
export type Severity = 0 | 1 | 2;

/** A replacement. `range` is half-open, in UTF-16 code units of the file's text with its byte order mark, if any. */
export interface TextReplacement {
  readonly range: readonly [start: number, end: number];
  readonly text: string;
}

export interface FileReplacement extends TextReplacement {
  /** Absolute. */
  readonly filePath: string;
}

/** A change that somebody has to choose: it is not safe, or it is an alternative to the safe one. */
export interface Suggestion {
  readonly desc: string;
  /** Absent where several files change; then `edits` says what. */
  readonly fix?: TextReplacement;
  readonly edits?: readonly FileReplacement[];
  /** The text holds a placeholder that has to be filled in by hand; never applied by `--fix` or `--unsafe-fixes`. */
  readonly placeholder?: true;
}

/** Lines and columns count from 1, columns in UTF-16 code units; the end is the position behind the last character. */
export interface Region {
  readonly line: number;
  readonly column: number;
  readonly endLine: number;
  readonly endColumn: number;
}

export interface RelatedLocation extends Region {
  /** Absolute. */
  readonly filePath: string;
  readonly message: string;
}

export interface Message extends Region {
  readonly ruleId: string;
  readonly messageId: null;
  readonly severity: Severity;
  readonly message: string;
  /** Safe only; several edits are merged into one. */
  readonly fix?: TextReplacement;
  readonly suggestions?: readonly Suggestion[];
  /** `likely`: rests on an assumption that the message names. */
  readonly confidence: Confidence;
  /** A serialized origin that proves the finding. */
  readonly witness?: string;
  readonly relatedLocations?: readonly RelatedLocation[];
}

export interface SuppressedMessage extends Message {
  readonly suppressions: readonly { readonly kind: 'directive'; readonly justification: string }[];
}

export interface FileResult {
  /** Absolute. */
  readonly filePath: string;
  readonly messages: readonly Message[];
  readonly suppressedMessages: readonly SuppressedMessage[];
  readonly errorCount: number;
  readonly warningCount: number;
  readonly fatalErrorCount: number;
  readonly fixableErrorCount: number;
  readonly fixableWarningCount: number;
  /** The text after the fixes that were asked for; absent where they change nothing. */
  readonly output?: string;
}

/** A result together with the text that was read. Positions of messages are in `output` where there is one. */
export interface LintedFile extends FileResult {
  readonly source: string;
}

const severities: Readonly<Record<Level, Severity>> = { error: 2, warning: 1, info: 0 };

/** The level that a severity stands for. */
export function levelOf(severity: Severity): Level {
  return severity === 2 ? 'error' : severity === 1 ? 'warning' : 'info';
}

/** Where the texts and paths of other files come from: related places and edits may lie elsewhere. */
export interface Files {
  pathOf(uri: string): string;
  /** Undefined where the file cannot be read. */
  linesOf(uri: string): Lines | undefined;
}

/** Turns findings of one file into messages. `text` is the text that they were found in. */
export class Messages {
  readonly #uri: string;
  readonly #text: string;
  readonly #lines: Lines;
  readonly #files: Files;

  constructor(uri: string, text: string, files: Files) {
    this.#uri = uri;
    this.#text = text;
    this.#lines = new Lines(text);
    this.#files = files;
  }

  of(finding: Finding): Message {
    const safe = safeFixOf(finding, this.#uri);
    const fix = safe && this.#replacement(safe.edits);
    const suggestions = finding.fixes.filter((each) => each !== safe).flatMap((each) => this.#suggestion(each) ?? []);
    const related = finding.related.flatMap(({ place, message }) => {
      const region = this.#region(place.uri, place.range);
      return region ? [{ filePath: this.#files.pathOf(place.uri), ...region, message }] : [];
    });
    return {
      ruleId: finding.ruleId,
      messageId: null,
      severity: severities[finding.level],
      message: finding.message,
      ...regionOf(this.#lines, finding.place.range),
      ...(fix && { fix }),
      ...(suggestions.length > 0 && { suggestions }),
      confidence: finding.confidence,
      ...(finding.witness !== undefined && { witness: finding.witness }),
      ...(related.length > 0 && { relatedLocations: related }),
    };
  }

  suppressed({ finding, suppression }: SuppressedFinding): SuppressedMessage {
    return { ...this.of(finding), suppressions: [{ kind: 'directive', justification: suppression.reason ?? '' }] };
  }

  #region(uri: string, range: TextRange): Region | undefined {
    const lines = uri === this.#uri ? this.#lines : this.#files.linesOf(uri);
    return lines && regionOf(lines, range);
  }

  #suggestion({ title, edits }: Fix): Suggestion | undefined {
    const placeholder = edits.some((edit) => edit.snippet !== undefined) ? { placeholder: true as const } : {};
    if (edits.every((edit) => edit.uri === this.#uri)) {
      const fix = this.#replacement(edits);
      return fix && { desc: title, fix, ...placeholder };
    }
    const replacements = edits.map(({ uri, range, text }): FileReplacement => ({
      filePath: this.#files.pathOf(uri),
      range: [range.start, range.end],
      text,
    }));
    return { desc: title, edits: replacements, ...placeholder };
  }

  #replacement(edits: readonly FileEdit[]): TextReplacement | undefined {
    return mergeEdits(this.#text, edits);
  }
}

function regionOf(lines: Lines, range: TextRange): Region {
  const start = lines.at(range.start);
  const end = lines.at(range.end);
  return { line: start.line, column: start.column, endLine: end.line, endColumn: end.column };
}

/** Several edits of one text as one replacement that keeps what lies between them; undefined where two overlap. */
export function mergeEdits(text: string, edits: readonly TextEdit[]): TextReplacement | undefined {
  const [first] = edits;
  if (first === undefined) return undefined;
  if (edits.length === 1) return { range: [first.range.start, first.range.end], text: first.text };
  const start = Math.min(...edits.map((edit) => edit.range.start));
  const end = Math.max(...edits.map((edit) => edit.range.end));
  try {
    const moved = edits.map((edit) => ({ ...edit, range: { start: edit.range.start - start, end: edit.range.end - start } }));
    return { range: [start, end], text: applyEdits(text.slice(start, end), moved) };
  } catch {
    return undefined;
  }
}

/** A result with its counts. Messages are sorted by position. */
export function fileResult(
  filePath: string,
  messages: readonly Message[],
  suppressedMessages: readonly SuppressedMessage[],
  output?: string,
): FileResult {
  const byPosition = (a: Message, b: Message): number =>
    a.line - b.line || a.column - b.column || a.endLine - b.endLine || a.endColumn - b.endColumn || compareText(a.ruleId, b.ruleId);
  const sorted = messages.toSorted(byPosition);
  const count = (severity: Severity, fixable = false): number =>
    sorted.filter((message) => message.severity === severity && (!fixable || message.fix !== undefined)).length;
  return {
    filePath,
    messages: sorted,
    suppressedMessages: suppressedMessages.toSorted(byPosition),
    errorCount: count(2),
    warningCount: count(1),
    fatalErrorCount: 0,
    fixableErrorCount: count(2, true),
    fixableWarningCount: count(1, true),
    ...(output !== undefined && { output }),
  };
}

/** Order of texts by code unit, the same on every machine. */
export function compareText(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
