import type { Rule } from '../../core/rule.ts';
import type { LintedFile } from '../result.ts';
import type { Paint } from '../terminal.ts';

/** What a format may look at beside the results. */
export interface FormatContext {
  /** Paths are shown relative to this folder where a format shows relative ones. */
  readonly cwd: string;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly rules: readonly Rule[];
  readonly paint: Paint;
  /** Columns of the terminal; undefined where the output goes elsewhere. */
  readonly columns: number | undefined;
}

/** Makes the whole document that goes to standard output. Results are sorted by path, messages by position. */
export type Formatter = (results: readonly LintedFile[], context: FormatContext) => string;
