import type { TextRange } from './text.ts';

/** What somebody who types at a place is about to write, as far as it concerns CORS. */
export type Expected =
  /** The name of a header of a response. */
  | { readonly kind: 'header name' }
  /** The value of a header, or a part of it; `header` is the name as written. */
  | { readonly kind: 'header value'; readonly header: string }
  /** An option of a package that writes CORS headers; `present` are the names that its object has already. */
  | { readonly kind: 'option'; readonly package: string; readonly present: readonly string[] }
  /** The value of such an option, as code. */
  | { readonly kind: 'option value'; readonly package: string; readonly option: string }
  /** A text that is the value of such an option or an element of its list. */
  | { readonly kind: 'option element'; readonly package: string; readonly option: string }
  /** Nothing but one of the words of `local`. */
  | { readonly kind: 'local word' };

/** A word that only this file or this place knows: a variable, a parameter. */
export interface LocalWord {
  /** As it is written here: `$cors_origin`, `%{ORIGIN}e`, `always`. */
  readonly text: string;
  /** What it stands for, one sentence of plain text. */
  readonly detail: string;
  readonly kind: 'variable' | 'keyword';
}

/** What is expected at an offset of a half-written text, and how it is written there. */
export interface Expectation {
  readonly expected: Expected;
  /**
   * All that is already written of it, without quotes; empty where nothing is. Never more than one line. For a list it is
   * the whole list.
   */
  readonly range: TextRange;
  /** Words of this file that fit, best first. */
  readonly local: readonly LocalWord[];
  /** The text as it is spelled here: in quotes where they are needed and not there yet, a key with its colon. */
  readonly spell: (text: string) => string;
}
