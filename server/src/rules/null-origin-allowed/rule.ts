import type { FileEdit, Finding } from '../../core/finding.ts';
import type { Rule, RuleContext } from '../../core/rule.ts';
import { type Place, samePlace } from '../../core/text.ts';
import { contains } from '../../cors/origins/origin-set.ts';
import type { Readers } from '../../policy/view.ts';
import { judgeReaders } from '../judged-readers.ts';
import { grantingChecks, preflightReadersIn, readersIn, readersThrough, valuePlace } from '../origin-readers.ts';
import { narrowedPattern, type Narrowing } from '../narrowed-pattern.ts';
import { offer, SERVER_LANGUAGES } from '../report.ts';
import { givesLeave } from '../sent-lines.ts';
import { withCookies } from '../words.ts';
import { strongerThan } from '../precedence.ts';

/** `null` as one of the alternatives of a pattern. */
const WITHOUT_NULL: readonly Narrowing[] = [
  { find: /\|null(?=\||\)|\$?$)/, by: '' },
  { find: /(?<=^\^?|\()null\|/, by: '' },
];

export const nullOriginAllowed: Rule = {
  id: 'null-origin-allowed',
  category: 'readers',
  level: 'error',
  languages: [...SERVER_LANGUAGES, 'ingress'],
  summary: 'The origin `null` is allowed, which any site can send from a sandboxed frame.',
  fix: 'unsafe',
  yieldsTo: strongerThan('null-origin-allowed'),
  *check(context) {
    for (const readers of readersIn(context)) yield* asText(context, readers, 'read this response');
    // Without credentials a preflight that passes gives nothing away.
    for (const readers of preflightReadersIn(context))
      if (readers.credentials && givesLeave(readers.response))
        yield* asText(context, readers, 'pass this preflight, so that it can send requests such as DELETE,');
    for (const granting of grantingChecks(context)) yield* throughCheck(context, granting);
  },
};

function* asText(context: RuleContext, { line, credentials }: Readers, harm: string): Generator<Finding> {
  const place = valuePlace({ line });
  const write = line.writes.at(-1);
  if (!place || line.value.kind !== 'literal' || line.value.text !== 'null') return;
  const { authoring } = context;
  // One side of `allowed ? origin : 'null'` does not go without the other.
  const alone = write && (!write.value.place || samePlace(write.value.place, write.valuePlace));
  yield finding(place, credentials, alone ? authoring.remove(write) : undefined, write && authoring.allowOnly(write, place, []), harm);
}

function* throughCheck(context: RuleContext, granting: ReturnType<typeof grantingChecks>[number]): Generator<Finding> {
  const admitted = readersThrough(granting);
  if (contains(admitted, 'null') !== true) return;
  const entry = granting.check.entries?.find((each) => each.text.toLowerCase() === 'null');
  if (entry) {
    yield finding(entry.place, granting.credentials, context.authoring.removeEntry(granting.check, entry));
  } else if (judgeReaders(context, admitted, granting.admits).foreign?.kind !== 'anything') {
    // A check that admits every site is another rule's; this one is about `null` alone.
    yield finding(granting.check.place, granting.credentials, narrowedPattern(context, granting.check, 'null', [], WITHOUT_NULL));
  }
}

/** `list`: what to write where nothing would be left, or more would be allowed, without `null`. */
function finding(
  place: Place,
  credentials: boolean,
  removal: readonly FileEdit[] | undefined,
  list?: readonly FileEdit[],
  harm = 'read this response',
): Finding {
  return {
    ruleId: 'null-origin-allowed',
    level: credentials ? 'error' : 'warning',
    confidence: 'proven',
    message: `Any site can send the origin \`null\` from a sandboxed frame and ${harm}${withCookies(credentials)}. Remove \`null\`; serve local pages from http://localhost instead.`,
    place,
    witness: 'null',
    related: [],
    fixes: removal ? offer('Remove the null origin', 'unsafe', removal) : offer('Allow a fixed list of origins', 'unsafe', list),
  };
}
