import type { Rule } from '../../core/rule.ts';
import { offer, report } from '../report.ts';

export const refusedByServer: Rule = {
  id: 'refused-by-server',
  category: 'response',
  level: 'error',
  languages: ['nginx', 'apache'],
  summary: 'The server refuses a line about CORS: it does not start, or answers every request with 500.',
  fix: 'unsafe',
  *check({ observations, authoring, language }) {
    for (const observation of observations) {
      if (observation.kind !== 'refused') continue;
      const server = language === 'apache' ? 'httpd' : 'nginx';
      yield report(
        'refused-by-server',
        'error',
        observation.place,
        `${server} refuses this line: ${observation.why}. ${observation.remedy}`,
        {
          related: (observation.alike ?? []).map((place) => ({ place, message: 'This line is refused for the same reason.' })),
          fixes:
            observation.replacement === undefined
              ? []
              : offer('Write it as the server accepts it', 'unsafe', authoring.rewrite(observation.place, observation.replacement)),
        },
      );
    }
  },
};
