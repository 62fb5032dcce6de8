import type { Level } from './finding.ts';

export type Profile = 'recommended' | 'strict';
export type RuleLevel = Level | 'off';

/** What a user can configure, already merged from command line, configuration file, editor settings and defaults. */
export interface Configuration {
  /** `strict` shows info-level findings too. */
  readonly profile: Profile;
  /** Levels by rule id; a rule that is not named keeps the level that it reports with. */
  readonly rules: Readonly<Record<string, RuleLevel>>;
  /** Registrable domains and hosts that are the author's own. */
  readonly trustedDomains: readonly string[];
}

export const defaultConfiguration: Configuration = { profile: 'recommended', rules: {}, trustedDomains: [] };
