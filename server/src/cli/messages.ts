/** Findings of the engine as messages in the shape of `result.ts`. */
import type { FileEdit, Finding, Fix, Level } from '../core/finding.ts';
import { safeFixOf } from '../core/fix-all.ts';
import type { SuppressedFinding } from '../core/suppressions.ts';
import { applyEdits, type TextEdit, type TextRange } from '../core/text.ts';
import { Lines } from './positions.ts';
import type { FileReplacement, Message, Region, Severity, Suggestion, SuppressedMessage, TextReplacement } from './result.ts';

const severities: Readonly<Record<Level, Severity>> = { error: 2, warning: 1, info: 0 };

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
function mergeEdits(text: string, edits: readonly TextEdit[]): TextReplacement | undefined {
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
