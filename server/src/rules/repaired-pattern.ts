import type { Fix } from '../core/finding.ts';
import type { RuleContext } from '../core/rule.ts';
import type { GrantingCheck } from './origin-readers.ts';

/** The smallest change of a check's pattern that shuts everybody out who was not meant, where one is found. */
export function repairedPattern(_context: RuleContext, _granting: GrantingCheck, _title: string): readonly Fix[] {
  return [];
}
