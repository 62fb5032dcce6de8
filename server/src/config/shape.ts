import type { Profile, RuleLevel } from '../core/configuration.ts';

/** The name under which a configuration is looked for, from a file's folder upwards. */
export const CONFIGURATION_FILE = 'cors-lint.config.json';

export const profiles: readonly Profile[] = ['recommended', 'strict'];
export const ruleLevels: readonly RuleLevel[] = ['off', 'info', 'warning', 'error'];

/** Keys that may stand at the top and, except for `extends`, `overrides` and `ignore`, in an override as well. */
export interface Settings {
  readonly profile?: Profile;
  readonly rules?: Readonly<Record<string, RuleLevel>>;
  readonly trustedDomains?: readonly string[];
}

export interface Override extends Settings {
  /** Globs relative to the configuration file's folder. One without a slash holds for names in every folder. */
  readonly files: readonly string[];
}

/** A configuration file as its author writes it. */
export interface ConfigurationFile extends Settings {
  /** Relative paths of configuration files that this one builds on; later ones win, and the file itself over all. */
  readonly extends?: readonly string[];
  /** Patterns in .gitignore syntax, relative to the configuration file's folder. */
  readonly ignore?: readonly string[];
  readonly overrides?: readonly Override[];
}

export const topKeys = ['$schema', 'extends', 'profile', 'trustedDomains', 'rules', 'ignore', 'overrides'] as const;
export const overrideKeys = ['files', 'profile', 'trustedDomains', 'rules'] as const;
