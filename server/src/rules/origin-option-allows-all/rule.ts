import type { Rule } from '../../core/rule.ts';
import { takenForAll } from '../misread-origin.ts';
import { offer, report } from '../report.ts';

export const originOptionAllowsAll: Rule = {
  id: 'origin-option-allows-all',
  category: 'readers',
  level: 'error',
  languages: ['express', 'fastify', 'nestjs', 'socketio'],
  summary: 'The cors package takes this value of `origin` for "every origin".',
  fix: 'unsafe',
  *check({ observations, authoring }) {
    for (const observation of observations) {
      const taken = takenForAll(observation);
      if (!taken) continue;
      const { option, what, place } = taken;
      yield report(
        'origin-option-allows-all',
        'error',
        place,
        `${option.package === '@fastify/cors' ? '@fastify/cors' : 'The cors package'} does not know ${what} and lets every origin pass. Give it an array of origins, or one function.`,
        {
          witness: 'https://evil.example',
          fixes:
            option.valueType === 'set' ? offer('Spread the Set into an array', 'unsafe', authoring.spreadIntoArray(option.valuePlace)) : [],
        },
      );
    }
  },
};
