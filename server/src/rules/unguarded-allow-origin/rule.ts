import type { Rule } from '../../core/rule.ts';
import { placeKey, samePlace } from '../../core/text.ts';
import { has } from '../../policy/codes.ts';
import type { Constraint } from '../../policy/constraint.ts';
import type { ResponseCase } from '../../policy/evaluate.ts';
import type { HeaderLine, HeaderWrite, Value } from '../../policy/model.ts';
import { proven } from '../evidence.ts';
import { admitsEverySite, readersIn } from '../origin-readers.ts';
import { offer, report } from '../report.ts';
import { linesOf } from '../sent-lines.ts';
import { endsProcess } from '../without-origin.ts';

const NAME = 'Access-Control-Allow-Origin';

export const unguardedAllowOrigin: Rule = {
  id: 'unguarded-allow-origin',
  category: 'readers',
  level: 'error',
  languages: ['express', 'apache', 'koa', 'nestjs'],
  summary: 'A request without Origin breaks the write of Access-Control-Allow-Origin.',
  fix: 'safe',
  yieldsTo: [
    'reflected-origin-with-credentials',
    'reflected-origin',
    'request-controlled-origin',
    'invalid-allow-origin',
    'origin-variable-never-set',
  ],
  *check(context) {
    const { views, observations, authoring } = context;
    // A write that reflects every origin with credentials is that mistake, wherever its value stands.
    const reported = new Set(
      readersIn(context).flatMap((readers) =>
        readers.credentials && readers.line.value.kind === 'origin' && admitsEverySite(readers)
          ? readers.line.writes.map((write) => placeKey(write.place))
          : [],
      ),
    );
    const writes = observations.flatMap((each) =>
      each.kind === 'headerWritten' && each.write.name.toLowerCase() === NAME.toLowerCase() ? [each.write] : [],
    );
    const readsWrongName = observations.some((each) => each.kind === 'neverSet');
    for (const view of views) {
      const gets = view.actual.filter(({ when }) => has(when.methods, 'GET'));
      const brokenOf = (responses: readonly ResponseCase[]): readonly Broken[] =>
        proven(responses.filter((response) => brokenIn(response, writes).length > 0)).flatMap((response) => brokenIn(response, writes));
      const withOrigin = brokenOf(gets.filter(({ when }) => when.originPresent !== false));
      for (const { write, sends, when } of brokenOf(gets.filter((response) => response.when.originPresent !== true))) {
        if (reported.has(placeKey(write.place))) continue;
        // Whatever the request is: the header is read by a name that none has, and origin-variable-never-set says so.
        if (readsWrongName && dependsOnNothing(when)) continue;
        // A variable that nothing in sight sets is empty with an Origin as well: what sets it is elsewhere.
        if (sends !== undefined && linesOfWrite(view.actual, write).every(isMeaningless)) continue;
        reported.add(placeKey(write.place));
        const others = withOrigin.some((each) => each.write === write);
        const whom = others ? 'without an allowed Origin' : 'without Origin';
        const what =
          sends === undefined
            ? endsProcess(write)
              ? `throws an exception that nothing catches, and one request ${whom} ends the server's process`
              : `throws an exception, and every request ${whom} gets a 500`
            : `sends the text \`${sends}\` to every request ${whom}`;
        const remedy = others ? 'Write the header only where the origin is allowed' : 'Write the header only where there is an Origin';
        yield report('unguarded-allow-origin', 'error', write.place, `This ${what}. ${remedy}.`, {
          cause: write.place,
          fixes: offer('Write it only where there is an Origin', 'safe', authoring.guardOrigin(write)),
        });
      }
    }
  },
};

/** A write that breaks an answer; `sends` is the text that goes out, where no exception is thrown. */
interface Broken {
  readonly write: HeaderWrite;
  readonly sends: string | undefined;
  readonly when: Constraint;
}

function brokenIn(response: ResponseCase, writes: readonly HeaderWrite[]): readonly Broken[] {
  const { answeredAt, refusal, when } = response;
  const thrower = refusal === 'error' && answeredAt ? writes.find((each) => samePlace(each.place, answeredAt)) : undefined;
  const sent = [...linesOf([response], NAME)].flatMap(({ line, write }): readonly Broken[] =>
    isMeaningless(line) ? [{ write, sends: line.value.text, when }] : [],
  );
  return thrower ? [{ write: thrower, sends: undefined, when }, ...sent] : sent;
}

/** The lines that a write makes in any of the responses. */
function linesOfWrite(responses: readonly ResponseCase[], write: HeaderWrite): readonly HeaderLine[] {
  return [...linesOf(responses, NAME)].filter((each) => samePlace(each.write.place, write.place)).map(({ line }) => line);
}

/** A line with the text that a server makes of a value that is not there. */
function isMeaningless(line: HeaderLine): line is HeaderLine & { readonly value: Extract<Value, { kind: 'literal' }> } {
  return line.value.kind === 'literal' && ['undefined', '(null)'].includes(line.value.text);
}

function dependsOnNothing({ originPresent, admitted, refused }: Constraint): boolean {
  return originPresent === undefined && admitted.length === 0 && refused.length === 0;
}
