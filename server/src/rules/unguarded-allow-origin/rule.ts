import type { Rule } from '../../core/rule.ts';
import { placeKey } from '../../core/text.ts';
import { has } from '../../policy/codes.ts';
import { proven } from '../evidence.ts';
import { offer, report } from '../report.ts';
import { linesOf } from '../sent-lines.ts';

export const unguardedAllowOrigin: Rule = {
  id: 'unguarded-allow-origin',
  category: 'readers',
  level: 'error',
  languages: ['express', 'apache'],
  summary: 'A request without Origin breaks the write of Access-Control-Allow-Origin.',
  fix: 'safe',
  yieldsTo: ['reflected-origin-with-credentials', 'reflected-origin', 'invalid-allow-origin', 'origin-variable-never-set'],
  *check({ views, observations, authoring }) {
    const reported = new Set<string>();
    const broken = observations.flatMap((each) => (each.kind === 'throwsWithoutOrigin' ? [{ write: each.write, how: 'throws an exception, and every request without Origin gets a 500' }] : []));
    for (const view of views) {
      for (const { line, write } of linesOf(proven(view.actual.filter((response) => response.when.originPresent !== true && has(response.when.methods, 'GET'))), 'Access-Control-Allow-Origin')) {
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
