import type { Finding, Fix } from './finding.ts';
import { applyEdits, touches } from './text.ts';
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

/**
 * The edits of all fixes of which none touches another; of two that touch, the first is taken. Those on one line touch: what
 * one of them writes (a header that is sent always) is what the next has to see before it writes beside it.
 */
function untouchedEdits(text: string, fixes: readonly Fix[]): readonly TextEdit[] {
  const taken: TextEdit[] = [];
  const lines: TextRange[] = [];
  for (const { edits } of fixes) {
    const touched = edits.map((edit) => wholeLines(text, edit.range));
    if (touched.some((range) => lines.some((other) => touches(range, other)))) continue;
    taken.push(...edits);
    lines.push(...touched);
  }
  return taken;
}

/** A range with the rest of its first and last line. */
function wholeLines(text: string, { start, end }: TextRange): TextRange {
  const lineEnd = text.indexOf('\n', end);
  return { start: text.lastIndexOf('\n', start - 1) + 1, end: lineEnd < 0 ? text.length : lineEnd };
}

/**
 * Applies fixes of a text, lints the result and goes on until none is left, at most five rounds. `choose` picks the fix of
 * a finding. Answers with the text itself where there is nothing to do.
 */
export async function applyFixes(
  uri: string,
  text: string,
  lint: (text: string) => Promise<readonly Finding[]>,
  choose: (finding: Finding, uri: string) => Fix | undefined,
): Promise<string> {
  let fixed = text;
  for (let round = 0; round < MOST_ROUNDS; round++) {
    const fixes = (await lint(fixed)).flatMap((finding) => choose(finding, uri) ?? []);
    const edits = untouchedEdits(fixed, fixes);
    if (edits.length === 0) break;
    fixed = applyEdits(fixed, edits);
  }
  return fixed;
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
