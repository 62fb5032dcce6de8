import type { Origins } from '../cors/origins/index.ts';
import type { Pattern } from '../cors/origins/origin-set.ts';
import type { Observation } from '../policy/observation.ts';
import type { PolicyView } from '../policy/view.ts';
import type { Authoring } from './authoring.ts';
import type { Finding, Level } from './finding.ts';
import type { SourceFile } from './files.ts';
import type { LanguageId } from './language.ts';

export type RuleCategory = 'readers' | 'caches' | 'preflight' | 'response' | 'request';

/** A text that makes a pattern try exponentially or polynomially many ways. */
export interface BacktrackingAttack {
  readonly text: string;
  readonly growth: 'exponential' | 'polynomial';
}

/** What a rule knows when it looks at one file. */
export interface RuleContext {
  readonly file: SourceFile;
  readonly language: LanguageId;
  readonly views: readonly PolicyView[];
  readonly observations: readonly Observation[];
  /** Set algebra over origins. Without patterns in the file it answers only about literals (`origins/finite.ts`). */
  readonly origins: Origins;
  /** Domains that the configuration declares as the author's own. */
  readonly trustedDomains: readonly string[];
  readonly authoring: Authoring;
  /** An Origin on which a pattern backtracks badly; undefined where it does not, or the automata are not loaded. */
  readonly backtracking: (pattern: Pattern) => BacktrackingAttack | undefined;
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
