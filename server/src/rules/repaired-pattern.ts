import type { Fix } from '../core/finding.ts';
import type { RuleContext } from '../core/rule.ts';
import { judgeReaders } from './judged-readers.ts';
import { readersThrough, type GrantingCheck } from './origin-readers.ts';
import { offer } from './report.ts';

/**
 * The smallest change of a check's pattern that shuts everybody out who was not meant, where one is found; and where few
 * origins are left then, the list of them, which says the same plainly.
 */
export function repairedPattern(context: RuleContext, granting: GrantingCheck, title: string): readonly Fix[] {
  const { pattern } = granting.check;
  const { intent } = judgeReaders(context, readersThrough(granting), granting.admits);
  const repair = pattern && intent && context.reasoning?.repair(pattern, intent);
  if (!repair) return [];
  const applicability = repair.proven ? 'safe' : 'unsafe';
  const { check } = granting;
  const { members } = repair;
  return [
    ...offer(`${title}: ${repair.source}`, applicability, context.authoring.replacePattern(check, repair.source, repair.flags)),
    ...(members
      ? offer(
          members.length === 1 ? `Compare with ${members.join('')}` : `List the ${members.length} origins`,
          applicability,
          context.authoring.listOrigins(check, members),
        )
      : []),
  ];
}
