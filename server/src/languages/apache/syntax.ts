import type { TextRange } from '../../core/text.ts';

/**
 * What a stretch of the text is. The tokens of a file cover it without gaps or overlaps, so their texts join to the
 * input again. A word that is split by a continuation is one token that holds the backslash and the line break.
 */
export type TokenKind = 'bom' | 'space' | 'comment' | 'name' | 'argument' | 'tag' | 'template';

export interface Token {
  readonly kind: TokenKind;
  readonly range: TextRange;
}

/** One argument of a directive or section, as the server's own word scanner cuts it. */
export interface Argument {
  /** The word as written, with its quotes. */
  readonly range: TextRange;
  /** The word without its quotes. */
  readonly inner: TextRange;
  /** What the directive's handler receives, before `${NAME}` is replaced. */
  readonly value: string;
  /** The quote it was written in; empty for a bare word. */
  readonly quote: '"' | "'" | '';
  /** False for a quoted word that runs to the end of the line. The server accepts it (behaviour 2.8). */
  readonly closed: boolean;
  /** The offset in the file of each code unit of `value`; undefined where they lie side by side from `inner.start` on. */
  readonly offsets?: readonly number[];
}

interface NodeBase {
  /** From the first to the last character of the directive; for a section, to the end of its closing tag. */
  readonly range: TextRange;
}

export interface Directive extends NodeBase {
  readonly kind: 'directive';
  readonly name: string;
  /** The name in lower case: the server compares names without regard to case. */
  readonly key: string;
  readonly nameRange: TextRange;
  readonly args: readonly Argument[];
  /** The logical line behind the name, continuations removed, as a RAW_ARGS handler receives it. */
  readonly rest: string;
}

export interface Section extends NodeBase {
  readonly kind: 'section';
  readonly name: string;
  readonly key: string;
  /** The name without its `<`. */
  readonly nameRange: TextRange;
  /** The words between the name and the last `>` of the line. */
  readonly args: readonly Argument[];
  /** The text between the name and the last `>`, continuations removed. */
  readonly rest: string;
  readonly opening: TextRange;
  /** Undefined where the closing tag is missing. */
  readonly closing: TextRange | undefined;
  readonly children: readonly Node[];
}

export interface Comment extends NodeBase {
  readonly kind: 'comment';
}

/** A line that belongs to a template engine (`{% if %}`, `<% if %>`, `{{ block }}`), not to the server. */
export interface Template extends NodeBase {
  readonly kind: 'template';
}

export type Node = Directive | Section | Comment | Template;

export type SyntaxErrorKind =
  'byte-order-mark' | 'incomplete-directive' | 'missing-bracket' | 'missing-closing-tag' | 'unexpected-closing-tag' | 'unclosed-quote';

export interface SyntaxProblem {
  readonly kind: SyntaxErrorKind;
  readonly range: TextRange;
  readonly message: string;
  /** Whether the server refuses the file for it (a 500 from a .htaccess). */
  readonly refused: boolean;
}

export interface ApacheFile {
  readonly text: string;
  readonly nodes: readonly Node[];
  readonly tokens: readonly Token[];
  readonly problems: readonly SyntaxProblem[];
}

/** The offset in the file of the code unit at `index` of the argument's value; of its end for the value's length. */
export function offsetInFile(argument: Argument, index: number): number {
  const { offsets } = argument;
  if (offsets === undefined) return argument.inner.start + index;
  const at = offsets[index];
  if (at !== undefined) return at;
  const last = offsets[offsets.length - 1];
  return last === undefined ? argument.inner.start : Math.min(last + 1, argument.inner.end);
}

/** The range in the file of `value.slice(start, end)`. */
export function rangeInFile(argument: Argument, start: number, end: number): TextRange {
  const from = offsetInFile(argument, start);
  return { start: from, end: end > start ? offsetInFile(argument, end - 1) + 1 : from };
}
