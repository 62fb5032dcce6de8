/** What a text put together from parts can be known to be. */
import { canonicalKey, framed, matching } from '../cors/origins/origin-set.ts';
import type { OriginSet } from '../cors/origins/origin-set.ts';
import { isMatchSpelled, type MatchPiece } from '../cors/origins/spelled-match.ts';
import { decideOrigin } from './constraint.ts';
import type { Constraint } from './constraint.ts';
import type { Condition, OriginCheck, Value } from './model.ts';

/**
 * A test of a concatenation with one part that is no literal asks what that part is between the others. What finds it so is no
 * check of origins any more: only its place is left of it.
 */
export function betweenLiterals(value: Value, set: OriginSet, check: OriginCheck | undefined): Condition | undefined {
  if (value.kind !== 'concat') return undefined;
  const parts = [...value.parts];
  let before = '';
  let after = '';
  while (parts[0]?.kind === 'literal') before += (parts.shift() as { text: string }).text;
  while (parts.at(-1)?.kind === 'literal') after = (parts.pop() as { text: string }).text + after;
  const [only] = parts;
  if (parts.length !== 1 || only === undefined || before + after === '') return undefined;
  const inside = framed(before, after, set);
  return { kind: 'test', value: only, in: inside, ...(check && { check: { form: check.form, place: check.place } }) };
}

/** Whether a part is the method of the request. */
export function isMethod(part: Value): boolean {
  return part.kind === 'request' && part.datum === 'method';
}

/** A concatenation of what a pattern's groups hold and of the text between them is what the pattern found, where it has matched. */
export function wholeMatch(joined: Value, constraint: Constraint): Value | undefined {
  if (joined.kind !== 'concat') return undefined;
  const pattern = joined.parts.find((part) => part.kind === 'originPart')?.pattern;
  if (pattern === undefined || decideOrigin(constraint, matching(pattern)) !== true) return undefined;
  const pieces: MatchPiece[] = [];
  for (const part of joined.parts) {
    if (part.kind === 'literal') pieces.push({ text: part.text });
    else if (part.kind === 'originPart' && canonicalKey(matching(part.pattern)) === canonicalKey(matching(pattern)))
      pieces.push({ group: part.group });
    else return undefined;
  }
  return isMatchSpelled(pattern, pieces)
    ? { kind: 'originPart', pattern, group: 0, ...(joined.place && { place: joined.place }) }
    : undefined;
}
