/**
 * What the command line and the Node API say about a file: ESLint's result shape, with what we add to it. Scripts rely on
 * these names; `docs/command-line.md` documents them.
 */
import type { Confidence, Level } from '../core/finding.ts';

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

/** The level that a severity stands for. */
export function levelOf(severity: Severity): Level {
  return severity === 2 ? 'error' : severity === 1 ? 'warning' : 'info';
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
