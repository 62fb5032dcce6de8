import type { Level } from '../core/finding.ts';
import type { Profile, RuleLevel } from '../core/configuration.ts';

/** The editor's settings under `corsLint`, each of them read from a value that may be anything. */
export interface EditorSettings {
  readonly enable: boolean;
  readonly run: 'onType' | 'onSave';
  readonly profile?: Profile;
  readonly rules: Readonly<Record<string, RuleLevel>>;
  readonly trustedDomains: readonly string[];
  /** Show the policy in one line above each place. */
  readonly codeLens: boolean;
}

export const defaultSettings: EditorSettings = {
  enable: true,
  run: 'onType',
  rules: {},
  trustedDomains: [],
  codeLens: true,
};

const levels: readonly (Level | 'off')[] = ['off', 'info', 'warning', 'error'];

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function isRuleLevel(value: unknown): value is RuleLevel {
  return levels.some((level) => level === value);
}

function isProfile(value: unknown): value is Profile {
  return value === 'strict' || value === 'recommended';
}

/** Reads settings as a client sends them; what is missing or of a wrong kind is its default. */
export function readSettings(value: unknown): EditorSettings {
  if (!isRecord(value)) return defaultSettings;
  const rules: Record<string, RuleLevel> = {};
  if (isRecord(value['rules'])) {
    for (const [ruleId, level] of Object.entries(value['rules'])) {
      if (isRuleLevel(level)) rules[ruleId] = level;
    }
  }
  const domains: unknown = value['trustedDomains'];
  return {
    enable: value['enable'] !== false,
    run: value['run'] === 'onSave' ? 'onSave' : 'onType',
    ...(isProfile(value['profile']) && { profile: value['profile'] }),
    rules,
    trustedDomains: Array.isArray(domains) ? domains.filter((domain) => typeof domain === 'string') : [],
    codeLens: value['codeLens'] !== false,
  };
}
