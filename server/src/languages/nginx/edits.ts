/** Text edits in nginx configuration, in the file's own style: quotes, indentation, line breaks. */
import type { FileEdit } from '../../core/finding.ts';
import { indentationAt, lineBreakOf, lineStartAt } from '../../core/text.ts';
import type { Place, TextRange } from '../../core/text.ts';
import type { SourceFile } from '../../core/files.ts';
import { sourceOf } from './lines.ts';
import type { Source } from './lines.ts';
import { type NginxDirective, type NginxItem, tokenIndexAt } from './syntax.ts';

/** A directive with the directives around it, outermost first. */
export interface Found {
  readonly directive: NginxDirective;
  readonly around: readonly NginxDirective[];
}

export class EditableFile {
  readonly source: Source;

  constructor(file: SourceFile) {
    this.source = sourceOf(file);
  }

  get text(): string {
    return this.source.file.text;
  }

  get lineBreak(): string {
    return lineBreakOf(this.text);
  }

  edit(start: number, end: number, text: string): FileEdit {
    return { uri: this.source.file.uri, range: { start, end }, text };
  }

  /** The innermost directive that holds a range. */
  find(range: TextRange): Found | undefined {
    const search = (items: readonly NginxItem[], around: readonly NginxDirective[]): Found | undefined => {
      for (const item of items) {
        if (item.kind !== 'directive' || item.range.start > range.start || item.range.end < range.end) continue;
        return (item.block && search(item.block.items, [...around, item])) ?? { directive: item, around };
      }
      return undefined;
    };
    return search(this.source.syntax.items, []);
  }

  /** Inserts whole lines after a directive and the comment behind it, indented as it is. */
  insertAfter(directive: NginxDirective, lines: readonly string[]): FileEdit {
    const indent = indentationAt(this.text, directive.range.start);
    const at = this.#behindComment(directive.range.end);
    if (at === directive.range.end && this.#fitInLine(directive, lines)) return this.edit(at, at, ` ${lines.join(' ')}`);
    return this.edit(at, at, lines.map((line) => `${this.lineBreak}${indent}${line}`).join(''));
  }

  /** Inserts whole lines before a directive, indented as it is. */
  insertBefore(directive: NginxDirective, lines: readonly string[]): FileEdit {
    const indent = indentationAt(this.text, directive.range.start);
    const start = directive.range.start;
    if (this.#fitInLine(directive, lines)) return this.edit(start, start, `${lines.join(' ')} `);
    return this.edit(start, start, lines.map((line) => `${line}${this.lineBreak}${indent}`).join(''));
  }

  /** Whether lines may stand beside a directive: what stands in front of it on its line is the brace of a block on one line. */
  #fitInLine({ range: { start } }: NginxDirective, lines: readonly string[]): boolean {
    const isFirst = this.text.slice(lineStartAt(this.text, start), start).trim() === '';
    return !isFirst && lines.every(isSimple);
  }

  /** Inserts lines at the start of a block. */
  insertInto(block: NginxDirective, lines: readonly string[]): FileEdit | undefined {
    if (!block.block) return undefined;
    const [first] = block.block.items;
    const whole = this.text.slice(block.block.open.end, block.block.close?.start);
    // A block on one line stays there, as far as what comes in fits on it.
    if (first && block.block.close && !whole.includes('\n') && lines.every(isSimple)) {
      const at = block.block.open.end;
      return this.edit(at, at, ` ${lines.join(' ')}${/^\s/.test(whole) ? '' : ' '}`);
    }
    const ownLine = first && this.text.slice(block.block.open.end, first.range.start).includes('\n');
    const outer = indentationAt(this.text, block.range.start);
    const indent = first && ownLine ? indentationAt(this.text, first.range.start) : `${outer}${this.indentUnit()}`;
    const at = first || !block.block.close ? this.#behindComment(block.block.open.end) : this.#behindComments(block.block.content);
    const close = first && ownLine ? '' : `${this.lineBreak}${first ? indent : outer}`;
    const text = lines.map((line) => `${this.lineBreak}${indent}${line}`).join('');
    const end = first && !ownLine ? first.range.start : !first && block.block.close ? block.block.close.start : at;
    return this.edit(at, end, text + close);
  }

  /** The end of the comment that stands behind an offset on its line; the offset itself where none does. */
  #behindComment(offset: number): number {
    const blank = /^[ \t]*/.exec(this.text.slice(offset))?.[0].length ?? 0;
    const { tokens } = this.source.syntax;
    const token = tokens[tokenIndexAt(tokens, offset + blank)];
    return token?.kind === 'comment' && token.start === offset + blank ? token.end : offset;
  }

  /** The end of the last comment in a block without directives; its beginning where there is none. */
  #behindComments({ start, end }: TextRange): number {
    const { tokens } = this.source.syntax;
    const inside = tokens.slice(tokenIndexAt(tokens, start), tokenIndexAt(tokens, end) + 1);
    return inside.findLast((token) => token.kind === 'comment' && token.start >= start && token.end <= end)?.end ?? start;
  }

  /** One step of indentation, as the file's first indented line shows it. */
  indentUnit(): string {
    return /^([ \t]+)\S/m.exec(this.text)?.[1] ?? '    ';
  }

  /** Deletes a directive, with its line and the comment behind it where nothing else stands on it. */
  removal({ start, end }: TextRange): FileEdit {
    const lineStart = lineStartAt(this.text, start);
    const newline = this.text.indexOf('\n', end);
    const lineEnd = newline < 0 ? this.text.length : newline + 1;
    const alone = /^[ \t]*$/.test(this.text.slice(lineStart, start)) && /^[ \t\r]*(?:#[^\n]*)?\n?$/.test(this.text.slice(end, lineEnd));
    if (alone) return this.edit(lineStart, lineEnd, '');
    const blank = /[ \t]*$/.exec(this.text.slice(lineStart, start))?.[0].length ?? 0;
    return this.edit(start - blank, end, '');
  }

  /** The text at a place. */
  textAt(place: Place): string {
    return this.text.slice(place.range.start, place.range.end);
  }
}

/** Whether a line is one directive without a block or a comment. */
function isSimple(line: string): boolean {
  return /^[^{}#]*;$/.test(line);
}

/** A text as a word: with the given quotes, else bare where that is possible. */
export function wordFor(text: string, quote: string): string {
  const escaped = (with_: string): string => with_ + text.replace(/\\(?=["'\\trn]|$)/g, '\\\\').replaceAll(with_, `\\${with_}`) + with_;
  if (quote === '"' || quote === "'") return escaped(quote);
  return text !== '' && /^[^\s;{}"'\\#][^\s;{}"'\\]*$/.test(text) ? text : escaped('"');
}

/** The quote that a word at a place begins with; empty for a bare one. */
export function quoteOf(text: string): string {
  const first = text[0];
  return first === '"' || first === "'" ? first : '';
}
