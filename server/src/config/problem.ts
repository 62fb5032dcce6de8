/** What is wrong in a configuration file, and where. */
export interface ConfigurationProblem {
  readonly uri: string;
  /** From 1. */
  readonly line: number;
  /** From 1, in UTF-16 code units. */
  readonly column: number;
  /** The key that is at fault, with the keys that it lies in: `overrides[0].rules.some-rule`; empty for the whole file. */
  readonly key: string;
  /** One sentence, with the nearest right spelling where there is one. */
  readonly message: string;
}
