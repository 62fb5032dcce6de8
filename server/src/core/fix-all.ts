import type { Finding, Fix } from './finding.ts';
import { applyEdits, lineStartAt, touches } from './text.ts';
import type { TextEdit, TextRange } from './text.ts';

/** How often a text is linted again after fixes were applied. */
const MOST_ROUNDS = 5;

/** The safe fix of a finding: one that changes only the given file. */
export function safeFixOf(finding: Pick<Finding, 'fixes'>, uri: string): Fix | undefined {
  return finding.fixes.find(
    (fix) =>
      fix.applicability === 'safe' && fix.edits.length > 0 && fix.edits.every((edit) => edit.uri === uri && edit.snippet === undefined),
  );
}

/** A finding with the fix that was chosen for it. */
interface Chosen {
  readonly finding: Finding;
  readonly fix: Fix;
}

/**
 * All fixes of which none touches another; of two that touch, the first is taken. Those on one line touch: what
 * one of them writes (a header that is sent always) is what the next has to see before it writes beside it.
 */
function untouched(text: string, all: readonly Chosen[]): readonly Chosen[] {
  const lines: TextRange[] = [];
  return all.filter(({ fix }) => {
    const touched = fix.edits.map((edit) => wholeLines(text, edit.range));
    if (touched.some((range) => lines.some((other) => touches(range, other)))) return false;
    lines.push(...touched);
    return touched.length > 0;
  });
}

/** A range with the rest of its first and last line. */
function wholeLines(text: string, { start, end }: TextRange): TextRange {
  const lineEnd = text.indexOf('\n', end);
  return { start: lineStartAt(text, start), end: lineEnd < 0 ? text.length : lineEnd };
}

/**
 * Applies fixes of a text, lints the result and goes on until none is left, at most five rounds. `choose` picks the fix of
 * a finding. A fix that leaves its finding is taken back. Answers with the text itself where there is nothing to do.
 */
export async function applyFixes(
  uri: string,
  text: string,
  lint: (text: string) => Promise<readonly Finding[]>,
  choose: (finding: Finding, uri: string) => Fix | undefined,
): Promise<string> {
  let fixed = text;
  let findings = await lint(fixed);
  let inVain: readonly { readonly finding: Finding; readonly alone: boolean }[] = [];
  for (let round = 0; round < MOST_ROUNDS;) {
    const chosen = findings.flatMap((finding) => {
      const fix = inVain.some((other) => isSame(finding, other.finding)) ? undefined : choose(finding, uri);
      return fix ? [{ finding, fix }] : [];
    });
    const taken = untouched(fixed, chosen);
    if (taken.length === 0) break;
    const edits = taken.flatMap(({ fix }) => fix.edits);
    const next = applyEdits(fixed, edits);
    const after = await lint(next);
    const left = taken.map(({ finding }) => finding).filter((finding) => after.some((other) => isSame(other, moved(finding, edits))));
    inVain = [...inVain, ...left.map((finding) => ({ finding, alone: taken.length === 1 }))];
    // Once more from the same text, without those.
    if (left.length > 0) continue;
    // What failed beside others may do once those are in the text.
    inVain = inVain.filter(({ alone }) => alone).map(({ finding, alone }) => ({ finding: moved(finding, edits), alone }));
    fixed = next;
    findings = after;
    round++;
  }
  return fixed;
}

/** Whether two findings of one version of a text say the same of the same code; none speaks of code that is gone. */
function isSame(a: Finding, b: Finding): boolean {
  return (
    a.ruleId === b.ruleId && a.message === b.message && a.place.range.start < b.place.range.end && b.place.range.start < a.place.range.end
  );
}

/** A finding at the place that its code has after edits. */
function moved(finding: Finding, edits: readonly TextEdit[]): Finding {
  const { uri, range } = finding.place;
  const offset = (at: number, isEnd: boolean): number =>
    edits.reduce((sum, edit) => {
      const { start, end } = edit.range;
      const before = isEnd ? end < at || (end === at && start < end) : end <= at;
      return sum + (before ? edit.text.length - (end - start) : start < at && at < end ? start - at : 0);
    }, at);
  const [start, end] = [offset(range.start, false), offset(range.end, true)];
  return { ...finding, place: { uri, range: { start, end: Math.max(start, end) } } };
}

/** `applyFixes` with the safe fixes. */
export function applySafeFixes(uri: string, text: string, lint: (text: string) => Promise<readonly Finding[]>): Promise<string> {
  return applyFixes(uri, text, lint, safeFixOf);
}

/** The smallest single replacement that turns one text into another, undefined where they are equal. */
export function differenceOf(from: string, to: string): TextEdit | undefined {
  if (from === to) return undefined;
  let start = 0;
  const shorter = Math.min(from.length, to.length);
  while (start < shorter && from[start] === to[start]) start++;
  let end = 0;
  while (end < shorter - start && from[from.length - 1 - end] === to[to.length - 1 - end]) end++;
  return { range: { start, end: from.length - end }, text: to.slice(start, to.length - end) };
}
