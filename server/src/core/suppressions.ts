import { nearest } from '../cors/near-miss.ts';
import type { CommentSyntax } from './language.ts';
import type { Finding } from './finding.ts';
import { lineStartAt, type TextRange } from './text.ts';

/** One `cors-lint-disable-…` comment. */
export interface Suppression {
  readonly scope: 'line' | 'next-line' | 'file';
  /** Rule ids that it names; empty: every rule. */
  readonly rules: readonly string[];
  readonly reason: string | undefined;
  /** The comment. */
  readonly range: TextRange;
  /** First offset after which, and last before which, a finding has to start. */
  readonly covers: TextRange;
}

const DIRECTIVE = /cors-lint-disable-(line|next-line|file)\b[ \t]*([^\n]*)/;

/**
 * The suppressions of a file: `cors-lint-disable-next-line rule-a, rule-b -- reason`. `-line` counts only where the
 * language allows a comment behind code.
 */
export function findSuppressions(text: string, comments: readonly TextRange[], syntax: CommentSyntax): readonly Suppression[] {
  const found: Suppression[] = [];
  for (const range of comments) {
    const match = DIRECTIVE.exec(text.slice(range.start, range.end));
    if (!match) continue;
    const scope = match[1] as Suppression['scope'];
    if (scope === 'line' && !syntax.trailing) continue;
    const [names = '', ...reason] = (match[2] ?? '').replace(/\*\/\s*$/, '').split('--');
    found.push({
      scope,
      rules: names.split(/[\s,]+/).filter((name) => name !== ''),
      reason: reason.length > 0 ? reason.join('--').trim() : undefined,
      range,
      covers: coverage(text, scope, range),
    });
  }
  return found;
}

function coverage(text: string, scope: Suppression['scope'], comment: TextRange): TextRange {
  if (scope === 'file') return { start: 0, end: text.length + 1 };
  const lineEnd = (from: number): number => {
    const at = text.indexOf('\n', from);
    return at < 0 ? text.length + 1 : at + 1;
  };
  if (scope === 'line') return { start: lineStartAt(text, comment.start), end: lineEnd(comment.end) };
  // A range of comments may stand between the directive and the line that it means; blank lines do not count.
  let start = lineEnd(comment.end);
  while (start < text.length && /^[ \t]*(?:\r?\n|(?:#|\/\/)[^\n]*\n)/.test(text.slice(start, lineEnd(start)))) start = lineEnd(start);
  return { start, end: lineEnd(start) };
}

export interface SuppressedFinding {
  readonly finding: Finding;
  readonly suppression: Suppression;
}

/** Parts findings into those that stay and those that a comment switches off; `unused` are comments that switch nothing off. */
export function applySuppressions(
  findings: readonly Finding[],
  suppressions: readonly Suppression[],
): { readonly kept: readonly Finding[]; readonly suppressed: readonly SuppressedFinding[]; readonly unused: readonly Suppression[] } {
  const kept: Finding[] = [];
  const suppressed: SuppressedFinding[] = [];
  const used = new Set<Suppression>();
  for (const finding of findings) {
    const { start } = finding.place.range;
    const suppression = suppressions.find(
      (each) => each.covers.start <= start && start < each.covers.end && (each.rules.length === 0 || each.rules.includes(finding.ruleId)),
    );
    if (suppression) {
      suppressed.push({ finding, suppression });
      used.add(suppression);
    } else kept.push(finding);
  }
  return { kept, suppressed, unused: suppressions.filter((each) => !used.has(each)) };
}

/** What is to be said of a comment that switches nothing off, where these are the ids of the rules. */
export function unusedMessage({ rules }: Suppression, ids: readonly string[]): string {
  const misspelt = rules.find((rule) => !ids.includes(rule));
  const near = misspelt === undefined ? undefined : nearest(misspelt, ids, 3);
  if (near !== undefined) return `This comment suppresses nothing: there is no rule ${misspelt}. Did you mean ${near}?`;
  return `This comment suppresses nothing${rules.length > 0 ? ` of ${rules.join(', ')}` : ''}. Remove it.`;
}
