import type { FileEdit } from '../core/finding.ts';
import type { RuleContext } from '../core/rule.ts';
import { contains, matching } from '../cors/origins/origin-set.ts';
import type { OriginCheck } from '../policy/model.ts';

/** A piece of a pattern's source with what takes its place. `regroups`: groups after it would hold something else. */
export interface Narrowing {
  readonly find: RegExp;
  readonly by: string;
  readonly regroups?: true;
}

/**
 * The first of some changes of a check's pattern that shuts an origin out and lets nobody else in; undefined where none does, or
 * where one of the `kept` origins, which are to get in as before, would be shut out too.
 */
export function narrowedPattern(
  { origins, authoring }: RuleContext,
  check: OriginCheck,
  shutOut: string,
  kept: readonly string[],
  narrowings: readonly Narrowing[],
): readonly FileEdit[] | undefined {
  const { pattern } = check;
  if (!pattern) return undefined;
  const before = matching(pattern);
  for (const { find, by, regroups } of narrowings) {
    const source = pattern.source.replace(find, by);
    const after = matching({ ...pattern, source });
    if (source === pattern.source || contains(after, shutOut) !== false || origins.isSubset(after, before) !== true) continue;
    if (origins.isEmpty(after) !== false || kept.some((each) => contains(before, each) !== contains(after, each))) continue;
    return regroups ? authoring.respellPattern(check, source, pattern.flags) : authoring.replacePattern(check, source, pattern.flags);
  }
  return undefined;
}
