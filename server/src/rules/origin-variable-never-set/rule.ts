import type { Rule } from '../../core/rule.ts';
import { contains } from '../../core/text.ts';
import { offer, report } from '../report.ts';

export const originVariableNeverSet: Rule = {
  id: 'origin-variable-never-set',
  category: 'readers',
  level: 'error',
  languages: ['express', 'nginx', 'apache', 'fastify', 'koa', 'nestjs'],
  summary: 'The allowed origin is read from a variable that never holds it.',
  fix: 'unsafe',
  *check({ observations, authoring }) {
    const sent = observations.flatMap((each) =>
      each.kind === 'headerWritten' && each.write.name.toLowerCase() === 'access-control-allow-origin' ? [each.write] : [],
    );
    for (const observation of observations) {
      if (observation.kind !== 'neverSet') continue;
      const { place, why, replacement } = observation;
      const write = sent.find(({ valuePlace }) => valuePlace.uri === place.uri && contains(valuePlace.range, place.range));
      yield report('origin-variable-never-set', 'error', place, why, {
        fixes:
          replacement !== undefined
            ? offer(`Write ${replacement}`, 'unsafe', authoring.rewrite(place, replacement))
            : write
              ? offer('Allow a fixed list of origins', 'unsafe', authoring.allowOnly(write, place, []))
              : [],
      });
    }
  },
};
