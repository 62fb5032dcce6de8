/** `if` blocks that throw away the header lines of an earlier one (behaviour 1.4). */
import { conditionKey, conditionsIn } from '../../policy/condition.ts';
import { allBut, complement, has, intersect, isEmpty } from '../../policy/codes.ts';
import type { Methods } from '../../policy/codes.ts';
import { contains, type OriginSet } from '../../cors/origins/origin-set.ts';
import type { Condition } from '../../policy/model.ts';
import type { Observation } from '../../policy/observation.ts';
import { addHeaderWrite } from './headers.ts';
import { conditionWords, readIf } from './if-condition.ts';
import { own } from './levels.ts';
import type { Level } from './levels.ts';
import { headOf, wholeOf } from './lines.ts';
import type { Line } from './lines.ts';
import { noCaptures } from './variables.ts';
import type { Variables } from './variables.ts';

const exposing: ReadonlySet<string> = new Set(['access-control-expose-headers']);
const onlyOnPreflights: ReadonlySet<string> = new Set([
  'access-control-allow-methods',
  'access-control-allow-headers',
  'access-control-max-age',
]);

/** The later `if` blocks of a location that can be true together with an earlier one whose CORS lines they lack. */
export function* overridden(level: Level, variables: Variables): Generator<Observation> {
  if (level.kind !== 'location') return;
  const lines = own(level, 'if').filter((line) => line.body);
  if (lines.length < 2) return;
  const blocks = lines.map((line) => ({ line, when: readIf(line, variables, noCaptures).when }));
  for (const [index, { line: earlier, when }] of blocks.entries()) {
    const written = headersIn(earlier).filter((line) => concernsCors(line));
    const writes = written.filter((line) => !isVary(line));
    if (writes.length === 0 || ends(earlier)) continue;
    for (const [offset, { line: later, when: other }] of blocks.slice(index + 1).entries()) {
      if (refuses(later) || isNoted(later, () => lines.slice(index + offset + 2), writes) || exclusive(when, other)) continue;
      const repeated = new Set(headersIn(later).map((line) => line.args[0]?.value.toLowerCase()));
      const lost = written.filter((line) => !repeated.has(line.args[0]?.value.toLowerCase()) && isRead(line, other));
      if (!lost.every(isVary))
        yield {
          kind: 'overridden',
          place: headOf(later),
          block: wholeOf(later),
          lost: lost.flatMap((line) => addHeaderWrite(line, variables, noCaptures) ?? []),
        };
    }
  }
}

/** The CORS headers, and Vary, which goes with them. */
function concernsCors(line: Line): boolean {
  return isVary(line) || line.args[0]?.value.toLowerCase().startsWith('access-control-') === true;
}

function isVary(line: Line): boolean {
  return line.args[0]?.value.toLowerCase() === 'vary';
}

/** Whether a browser reads the header in the answers of an `if`: lists of methods and headers on preflights, names to expose on the rest. */
function isRead(line: Line, when: Condition): boolean {
  const condition = stripNot(when);
  if (condition.kind !== 'method') return true;
  const name = line.args[0]?.value.toLowerCase() ?? '';
  const asked = methods(condition.in, when);
  if (exposing.has(name)) return !isEmpty(intersect(asked, allBut('OPTIONS')));
  return !onlyOnPreflights.has(name) || has(asked, 'OPTIONS');
}

/** An answer of 4xx or 5xx is a refusal: nobody misses the headers there. */
function refuses(later: Line): boolean {
  const status = Number(later.body?.lines.find((line) => line.name === 'return')?.args[0]?.value);
  return status >= 400;
}

/** A later `if` that only notes something, for one after it that asks for that and sends the headers again. */
function isNoted(later: Line, following: () => readonly Line[], writes: readonly Line[]): boolean {
  const lines = later.body?.lines ?? [];
  const noted = lines.map((line) => (line.name === 'set' ? line.args[0]?.value : undefined));
  return (
    lines.length > 0 &&
    !noted.includes(undefined) &&
    following().some((line) => {
      const sent = new Set(headersIn(line).map((each) => each.args[0]?.value.toLowerCase()));
      const asks = conditionWords(line)?.[0]?.value;
      return asks !== undefined && noted.includes(asks) && writes.every((write) => sent.has(write.args[0]?.value.toLowerCase()));
    })
  );
}

function headersIn(line: Line): readonly Line[] {
  return line.body?.lines.filter((each) => each.name === 'add_header' && each.args.length >= 2) ?? [];
}

function ends(line: Line): boolean {
  return line.body?.lines.some((each) => each.name === 'return' || each.name === 'break') ?? false;
}

/** Whether two conditions can be seen never to hold together. */
function exclusive(a: Condition, b: Condition): boolean {
  for (const one of conditionsIn(a)) for (const other of conditionsIn(b)) if (contradict(one, other, a, b)) return true;
  return conditionKey({ kind: 'not', of: a }) === conditionKey(b) || conditionKey({ kind: 'not', of: b }) === conditionKey(a);
}

function contradict(one: Condition, other: Condition, a: Condition, b: Condition): boolean {
  // Only conditions that have to hold count, not those under an alternative.
  if (one !== stripNot(a) || other !== stripNot(b)) return false;
  if (one.kind === 'method' && other.kind === 'method') return isEmpty(intersect(methods(one.in, a), methods(other.in, b)));
  if (one.kind === 'origin' && other.kind === 'origin' && a === one && b === other)
    return disjoint(one.in, other.in) || disjoint(other.in, one.in);
  if (
    one.kind === 'test' &&
    other.kind === 'test' &&
    a === one &&
    b === other &&
    conditionKey({ ...one, in: { kind: 'all' } }) === conditionKey({ ...other, in: { kind: 'all' } })
  )
    return disjoint(one.in, other.in) || disjoint(other.in, one.in);
  return false;
}

function stripNot(condition: Condition): Condition {
  return condition.kind === 'not' ? condition.of : condition;
}

function methods(choice: Methods, whole: Condition): Methods {
  return whole.kind === 'not' ? complement(choice) : choice;
}

function disjoint(finite: OriginSet, other: OriginSet): boolean {
  return finite.kind === 'oneOf' && finite.values.every((value) => contains(other, value) === false);
}
