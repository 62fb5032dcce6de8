import type { Rule } from '../../core/rule.ts';
import { offer, report } from '../report.ts';

export const corsNotCalled: Rule = {
  id: 'cors-not-called',
  category: 'response',
  level: 'error',
  languages: ['express'],
  summary: '`app.use(cors)` without the call hangs every request.',
  fix: 'unsafe',
  *check({ observations, authoring }) {
    for (const observation of observations) {
      if (observation.kind !== 'notCalled') continue;
      yield report(
        'cors-not-called',
        'error',
        observation.place,
        `\`${observation.name}\` is passed without being called: it never calls next, and every request hangs. Write \`${observation.name}()\`.`,
        {
          fixes: offer(`Call it: ${observation.name}()`, 'unsafe', authoring.rewrite(observation.place, `${observation.name}()`)),
        },
      );
    }
  },
};
