import type { Origins } from '../cors/origins/index.ts';
import type { OriginReasoning } from '../cors/origins/reasoning.ts';
import type { Observation } from '../policy/observation.ts';
import type { PolicyView } from '../policy/view.ts';
import type { Authoring } from './authoring.ts';
import type { Finding, Level } from './finding.ts';
import type { SourceFile } from './files.ts';
import type { LanguageId } from './language.ts';

export type RuleCategory = 'readers' | 'caches' | 'preflight' | 'response' | 'request';

/** What a rule knows when it looks at one file. */
export interface RuleContext {
  readonly file: SourceFile;
  readonly language: LanguageId;
  readonly views: readonly PolicyView[];
  readonly observations: readonly Observation[];
  /** Set algebra over origins. Without patterns in the file it answers only about literals (`origins/finite.ts`). */
  readonly origins: Origins;
  /** Judgement of patterns against what their author meant; undefined where the file has none. */
  readonly reasoning: OriginReasoning | undefined;
  /** Domains that the configuration declares as the author's own. */
  readonly trustedDomains: readonly string[];
  readonly authoring: Authoring;
}

export interface Rule {
  readonly id: string;
  readonly category: RuleCategory;
  /** The highest level at which it reports. */
  readonly level: Level;
  readonly languages: readonly LanguageId[];
  /** One line for tables and settings, a sentence about the mistake. */
  readonly summary: string;
  /** `safe`/`unsafe` as far as it offers fixes at all. */
  readonly fix: 'safe' | 'unsafe' | 'none';
  /**
   * Ids of rules that say the more important thing about the same node: where one of them reports there, this one is
   * silent ("one cause, one finding").
   */
  readonly yieldsTo?: readonly string[];
  check(context: RuleContext): Iterable<Finding>;
}
