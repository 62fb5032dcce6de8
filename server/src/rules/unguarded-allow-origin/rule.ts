import type { Rule } from '../../core/rule.ts';
import { placeKey, samePlace } from '../../core/text.ts';
import { has } from '../../policy/codes.ts';
import type { HeaderWrite } from '../../policy/model.ts';
import { proven } from '../evidence.ts';
import { admitsEverySite, readersIn } from '../origin-readers.ts';
import { offer, report } from '../report.ts';
import { linesOf } from '../sent-lines.ts';

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
      each.kind === 'headerWritten' && each.write.name.toLowerCase() === 'access-control-allow-origin' ? [each.write] : [],
    );
    const broken: { readonly write: HeaderWrite; readonly how: string }[] = [];
    for (const view of views) {
      const withoutOrigin = proven(
        view.actual.filter((response) => response.when.originPresent !== true && has(response.when.methods, 'GET')),
      );
      for (const { answeredAt, refusal } of withoutOrigin) {
        const write = refusal === 'error' && answeredAt && writes.find((each) => samePlace(each.place, answeredAt));
        if (write) broken.push({ write, how: 'throws an exception, and every request without Origin gets a 500' });
      }
      for (const { line, write } of linesOf(withoutOrigin, 'Access-Control-Allow-Origin')) {
        if (line.value.kind !== 'literal' || !['undefined', '(null)'].includes(line.value.text)) continue;
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
