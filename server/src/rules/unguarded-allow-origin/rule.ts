import type { Rule } from '../../core/rule.ts';
import { placeKey, samePlace } from '../../core/text.ts';
import { has } from '../../policy/codes.ts';
import type { ResponseCase } from '../../policy/evaluate.ts';
import type { HeaderLine, HeaderWrite, Value } from '../../policy/model.ts';
import { proven } from '../evidence.ts';
import { admitsEverySite, readersIn } from '../origin-readers.ts';
import { offer, report } from '../report.ts';
import { linesOf } from '../sent-lines.ts';

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
    const broken: { readonly write: HeaderWrite; readonly how: string }[] = [];
    for (const view of views) {
      const withoutOrigin = view.actual.filter(({ when }) => when.originPresent !== true && has(when.methods, 'GET'));
      const failing = (response: ResponseCase): HeaderWrite | undefined => {
        const { answeredAt, refusal } = response;
        return refusal === 'error' && answeredAt ? writes.find((each) => samePlace(each.place, answeredAt)) : undefined;
      };
      for (const response of proven(withoutOrigin.filter((each) => failing(each) !== undefined))) {
        const write = failing(response);
        if (write) broken.push({ write, how: 'throws an exception, and every request without Origin gets a 500' });
      }
      const sends = (response: ResponseCase): boolean => [...linesOf([response], NAME)].some(({ line }) => isMeaningless(line));
      for (const { line, write } of linesOf(proven(withoutOrigin.filter(sends)), NAME)) {
        if (!isMeaningless(line)) continue;
        // A variable that nothing in sight sets is empty with an Origin as well: what sets it is elsewhere.
        const written = [...linesOf(view.actual, NAME)].filter((each) => samePlace(each.write.place, write.place));
        if (written.every((each) => isMeaningless(each.line))) continue;
        broken.push({ write, how: `sends the text \`${line.value.text}\` where the request has no Origin` });
      }
    }
    for (const { write, how } of broken) {
      if (reported.has(placeKey(write.place))) continue;
      reported.add(placeKey(write.place));
      yield report('unguarded-allow-origin', 'error', write.place, `This ${how}. Write the header only where there is an Origin.`, {
        cause: write.place,
        fixes: offer('Write it only where there is an Origin', 'safe', authoring.guardOrigin(write)),
      });
    }
  },
};

/** A line with the text that a server makes of a value that is not there. */
function isMeaningless(line: HeaderLine): line is HeaderLine & { readonly value: Extract<Value, { kind: 'literal' }> } {
  return line.value.kind === 'literal' && ['undefined', '(null)'].includes(line.value.text);
}
