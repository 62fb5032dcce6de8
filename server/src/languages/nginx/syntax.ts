/** The syntax tree of an nginx configuration file: data only, made by `parse.ts`. */
import type { TextRange } from '../../core/text.ts';

export type { TextRange };

/**
 * A piece of the text. The tokens of a file cover it without gaps or overlaps, so joining their texts gives the input.
 * `opaque` is a region that is not nginx syntax (a Lua block's body), `unexpected` a character nginx would refuse.
 */
export type NginxTokenKind =
  'byte-order-mark' | 'whitespace' | 'comment' | 'word' | 'semicolon' | 'open' | 'close' | 'template' | 'opaque' | 'unexpected';

export interface NginxToken extends TextRange {
  readonly kind: NginxTokenKind;
}

/** How a word is written: bare, or between quotes of one kind. Both kinds interpolate variables. */
export type Quoting = 'none' | 'single' | 'double';

/** A directive's name or one of its arguments. */
export interface NginxWord {
  /** The word as written, with its quotes. */
  readonly range: TextRange;
  /** The text between the quotes, or the whole word. */
  readonly content: TextRange;
  /** What nginx reads: quotes removed and backslash escapes resolved. Variables are still in it. */
  readonly value: string;
  readonly quoting: Quoting;
  /** False when the closing quote is missing. */
  readonly closed: boolean;
  /** True when a template engine (Jinja, ERB, Helm, …) writes part of this word, so that its value is unknown. */
  readonly template: boolean;
}

/** What ends a directive: `;`, a block, or nothing because the `;` is missing. */
export type Terminator = 'semicolon' | 'block' | 'missing';

export interface NginxBlock {
  /** From the opening brace through the closing one. */
  readonly range: TextRange;
  readonly open: TextRange;
  /** Absent when the block is not closed. */
  readonly close: TextRange | undefined;
  /** Between the braces. */
  readonly content: TextRange;
  readonly items: readonly NginxItem[];
  /** True for a body that is not nginx syntax (Lua) or that is nested too deeply to be read. */
  readonly opaque: boolean;
}

export interface NginxDirective {
  readonly kind: 'directive';
  /** From the name through the `;` or the closing brace. */
  readonly range: TextRange;
  readonly name: NginxWord;
  readonly args: readonly NginxWord[];
  readonly terminator: Terminator;
  /** The `;` or the opening brace; empty, just after the last word, when it is missing. */
  readonly terminatorRange: TextRange;
  readonly block: NginxBlock | undefined;
}

/**
 * A placeholder of a template engine that stands where a directive could stand.
 * `control` is true for tags that only steer (`{% if %}`, `{{ end }}`), false where any directives may appear.
 */
export interface NginxTemplate {
  readonly kind: 'template';
  readonly range: TextRange;
  readonly control: boolean;
}

export type NginxItem = NginxDirective | NginxTemplate;

/** Why nginx would refuse the text. The list is closed. */
export type NginxErrorCode =
  | 'byte-order-mark'
  | 'unexpected-semicolon'
  | 'unexpected-open-brace'
  | 'unexpected-close-brace'
  | 'missing-semicolon'
  | 'unclosed-quote'
  | 'text-after-quote'
  | 'unclosed-block'
  | 'nested-too-deeply';

export interface NginxSyntaxError {
  readonly code: NginxErrorCode;
  readonly message: string;
  readonly range: TextRange;
}

export interface NginxFile {
  readonly text: string;
  readonly items: readonly NginxItem[];
  readonly tokens: readonly NginxToken[];
  readonly errors: readonly NginxSyntaxError[];
  /** True when a template engine writes part of the file. */
  readonly template: boolean;
}

/** The directives among `items`, in order, without template placeholders. */
export function directivesIn(items: readonly NginxItem[]): NginxDirective[] {
  return items.filter((item): item is NginxDirective => item.kind === 'directive');
}

/** The index of the token that holds the character at an offset; the number of tokens behind the last. */
export function tokenIndexAt(tokens: readonly NginxToken[], offset: number): number {
  let [low, high] = [0, tokens.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((tokens[middle]?.end ?? Infinity) <= offset) low = middle + 1;
    else high = middle;
  }
  return low;
}
