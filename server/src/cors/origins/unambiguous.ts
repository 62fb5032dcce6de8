import { redos } from './backtracking.ts';
import type { Pattern } from './origin-set.ts';
import { applyEdits, type PatternEdit } from './pattern-edits.ts';
import { parse } from './regex/parse.ts';
import { simplified } from './regex/simplify.ts';
import { type RegexNode, walk } from './regex/syntax.ts';
import { writeNode } from './regex/write.ts';

/** A pattern that succeeds on the same texts and does not backtrack. */
export interface Rewriting {
  readonly source: string;
  readonly flags: string;
  /** The old pattern has groups, which hold something else in the new one, or are not there. */
  readonly changesGroups: boolean;
}

/** Rounds of simplification: what one has merged may be nested in a way that another one sees. */
const MAX_ROUNDS = 3;

/**
 * Another spelling of a pattern that backtracks, without repetitions that can match the same text in several ways. `same`
 * decides whether two patterns succeed on the same texts.
 * @returns undefined where none was found, or it is not proven to be the same or not to backtrack.
 */
export function withoutAmbiguity(same: (a: Pattern, b: Pattern) => boolean | undefined, pattern: Pattern): Rewriting | undefined {
  const before = parse(pattern);
  // A reference sees what a group holds, and sets of strings are no sets of characters.
  if (!before || pattern.flags.includes('v') || [...walk(before.node)].some((node) => node.type === 'reference')) return undefined;
  let current = pattern;
  for (let round = 0; round < MAX_ROUNDS; round++) {
    const regex = parse(current);
    const edits = regex && edited(current, regex.node, simplified(regex.node));
    if (!edits || edits.length === 0) return undefined;
    current = { ...current, source: applyEdits(current.source, edits) };
    if (redos(current) !== false) continue;
    const { source, flags } = current;
    return same(pattern, current) === true ? { source, flags, changesGroups: before.groups > 0 } : undefined;
  }
  return undefined;
}

/** The edits that turn a tree into another one, as few and small as their shapes allow. */
function edited(pattern: Pattern, old: RegexNode, now: RegexNode, atom = false): readonly PatternEdit[] {
  if (old === now) return [];
  const isList = (node: RegexNode): node is RegexNode & { readonly type: 'concat' | 'alternation' } =>
    node.type === 'concat' || node.type === 'alternation';
  if (isList(old) && isList(now) && old.type === now.type && old.of.length === now.of.length)
    return old.of.flatMap((item, index) => edited(pattern, item, now.of[index] ?? item));
  if (old.type === 'group' && now.type === 'group') return edited(pattern, old.of, now.of);
  if (old.type === 'repeat' && now.type === 'repeat' && old.min === now.min && old.max === now.max && old.lazy === now.lazy)
    return edited(pattern, old.of, now.of, true);
  return [{ span: old.span, text: writeNode(now, pattern, atom ? 'atom' : 'item') }];
}
