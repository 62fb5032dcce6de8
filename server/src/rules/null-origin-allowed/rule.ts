import type { FileEdit, Finding } from '../../core/finding.ts';
import type { Rule, RuleContext } from '../../core/rule.ts';
import type { Place } from '../../core/text.ts';
import { contains } from '../../cors/origins/origin-set.ts';
import { judgeReaders } from '../judged-readers.ts';
import { grantingChecks, readersIn, readersThrough, valuePlace } from '../origin-readers.ts';
import { narrowedPattern, type Narrowing } from '../narrowed-pattern.ts';
import { offer } from '../report.ts';
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
  languages: ['express', 'nginx', 'apache', 'ingress', 'fastify', 'koa', 'nestjs', 'hono', 'socketio'],
  summary: 'The origin `null` is allowed, which any site can send from a sandboxed frame.',
  fix: 'unsafe',
  yieldsTo: strongerThan('null-origin-allowed'),
  *check(context) {
    for (const readers of readersIn(context)) {
      const place = valuePlace(readers);
      const write = readers.line.writes.at(-1);
      if (place && readers.line.value.kind === 'literal' && readers.line.value.text === 'null') {
        yield finding(
          place,
          readers.credentials,
          write && context.authoring.remove(write),
          write && context.authoring.allowOnly(write, place, []),
        );
      }
    }
    for (const granting of grantingChecks(context)) yield* throughCheck(context, granting);
  },
};

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
function finding(place: Place, credentials: boolean, removal: readonly FileEdit[] | undefined, list?: readonly FileEdit[]): Finding {
  return {
    ruleId: 'null-origin-allowed',
    level: credentials ? 'error' : 'warning',
    confidence: 'proven',
    message: `Any site can send the origin \`null\` from a sandboxed frame and read this response${withCookies(credentials)}. Remove \`null\`; serve local pages from http://localhost instead.`,
    place,
    witness: 'null',
    related: [],
    fixes: removal ? offer('Remove the null origin', 'unsafe', removal) : offer('Allow a fixed list of origins', 'unsafe', list),
  };
}
