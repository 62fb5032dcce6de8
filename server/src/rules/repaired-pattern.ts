import type { Fix } from '../core/finding.ts';
import type { RuleContext } from '../core/rule.ts';
import { judgeReaders } from './judged-readers.ts';
import { readersThrough, type GrantingCheck } from './origin-readers.ts';
import { offer } from './report.ts';

/** The smallest change of a check's pattern that shuts everybody out who was not meant, where one is found. */
export function repairedPattern(context: RuleContext, granting: GrantingCheck, title: string): readonly Fix[] {
  const { pattern } = granting.check;
  const { intent } = judgeReaders(context, readersThrough(granting), granting.admits);
  const repair = pattern && intent && context.reasoning?.repair(pattern, intent);
  if (!repair) return [];
  return offer(
    `${title}: ${repair.source}`,
    repair.proven ? 'safe' : 'unsafe',
    context.authoring.replacePattern(granting.check, repair.source, repair.flags),
  );
}
