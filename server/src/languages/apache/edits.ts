import type { FileEdit } from '../../core/finding.ts';
import type { SourceFile } from '../../core/files.ts';
import { indentationAt, lineBreakOf, lineStartAt, type TextRange } from '../../core/text.ts';
import { logicalLineAt } from './lines.ts';
import type { Node } from './syntax.ts';
import { parseFile } from './tree.ts';

/** Edits of one file, in whole lines with the file's own indentation and line break. */
export class EditableFile {
  readonly file: SourceFile;

  constructor(file: SourceFile) {
    this.file = file;
  }

  get text(): string {
    return this.file.text;
  }

  /** The tree of the file: a file with hundreds of findings has as many fixes that look into it. */
  get nodes(): readonly Node[] {
    return parseFile(this.file).nodes;
  }

  textAt(range: TextRange): string {
    return this.text.slice(range.start, range.end);
  }

  replace(range: TextRange, text: string): FileEdit {
    return { uri: this.file.uri, range: { start: range.start, end: range.end }, text };
  }

  insert(offset: number, text: string): FileEdit {
    return this.replace({ start: offset, end: offset }, text);
  }

  /** Lines behind a directive, indented as it is. */
  after(range: TextRange, lines: readonly string[]): FileEdit {
    const indent = indentationAt(this.text, range.start);
    return this.insert(range.end, lines.map((line) => `${lineBreakOf(this.text)}${indent}${line}`).join(''));
  }

  /** Lines before a directive, indented as it is. */
  before(range: TextRange, lines: readonly string[]): FileEdit {
    const indent = indentationAt(this.text, range.start);
    return this.insert(range.start, lines.map((line) => `${line}${lineBreakOf(this.text)}${indent}`).join(''));
  }

  /** Takes a directive away with its line, continuations included. */
  removal(range: TextRange): FileEdit {
    let start = lineStartAt(this.text, range.start);
    while (this.continues(start)) start = lineStartAt(this.text, start - 1);
    const end = logicalLineAt(this.text, start).next;
    // A byte order mark stays where it is.
    return this.replace({ start: start === 0 && this.text.charCodeAt(0) === 0xfeff ? 1 : start, end }, '');
  }

  /** Whether a backslash joins the line that starts at an offset to the one before (behaviour 2.8). */
  continues(lineStart: number): boolean {
    return /\\\r?\n$/.test(this.text.slice(Math.max(0, lineStart - 3), lineStart));
  }

  /** One step of indentation, as the file's first indented line shows it. */
  indentUnit(): string {
    return /^([ \t]+)\S/m.exec(this.text)?.[1] ?? '    ';
  }
}

/** A text as a word of the configuration, in the quotes that were there; bare words get quotes where they need them. */
export function wordFor(text: string, quote: '"' | "'" | ''): string {
  if (quote === '' && text !== '' && !/[\s"'#\\<>]/.test(text)) return text;
  const used = quote === '' ? '"' : quote;
  return `${used}${escaped(text, used)}${used}`;
}

/** A text inside quotes: a quote, and a backslash before a quote or a backslash, is escaped (`ap_getword_conf`). */
export function escaped(text: string, quote: string): string {
  let result = '';
  for (let at = 0; at < text.length; at++) {
    const character = text[at] ?? '';
    const following = text[at + 1];
    if (character === quote) result += `\\${character}`;
    else if (character === '\\' && (following === '\\' || following === quote || following === undefined)) result += '\\\\';
    else result += character;
  }
  return result;
}

export function quoteOf(text: string): '"' | "'" | '' {
  return text.startsWith('"') ? '"' : text.startsWith("'") ? "'" : '';
}
