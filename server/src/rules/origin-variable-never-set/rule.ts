import type { Rule } from '../../core/rule.ts';
import { offer, report } from '../report.ts';

export const originVariableNeverSet: Rule = {
  id: 'origin-variable-never-set',
  category: 'readers',
  level: 'error',
  languages: ['express', 'nginx', 'apache', 'fastify', 'koa', 'nestjs'],
  summary: 'The allowed origin is read from a variable that never holds it.',
  fix: 'unsafe',
  *check({ observations, authoring }) {
    for (const observation of observations) {
      if (observation.kind !== 'neverSet') continue;
      yield report('origin-variable-never-set', 'error', observation.place, observation.why, {
        fixes:
          observation.replacement === undefined
            ? []
            : offer(`Write ${observation.replacement}`, 'unsafe', authoring.rewrite(observation.place, observation.replacement)),
      });
    }
  },
};
