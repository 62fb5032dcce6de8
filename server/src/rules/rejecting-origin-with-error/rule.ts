import type { Rule } from '../../core/rule.ts';
import { offer, report } from '../report.ts';

export const rejectingOriginWithError: Rule = {
  id: 'rejecting-origin-with-error',
  category: 'response',
  level: 'info',
  languages: ['express', 'fastify', 'nestjs', 'socketio'],
  summary: 'A foreign origin is answered with an exception, a 500 in the logs.',
  fix: 'safe',
  *check({ observations, authoring }) {
    for (const observation of observations) {
      if (observation.kind !== 'originRejectedWithError') continue;
      yield report(
        'rejecting-origin-with-error',
        'info',
        observation.place,
        'Every request from another origin becomes a 500 with an exception in your logs, where sending no headers refuses it just as well. Answer with `false`.',
        {
          fixes: offer('Refuse without an error', 'safe', authoring.rewrite(observation.place, 'null, false')),
        },
      );
    }
  },
};
