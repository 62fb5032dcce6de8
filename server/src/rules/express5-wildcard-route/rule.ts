import type { Rule } from '../../core/rule.ts';
import { offer, report } from '../report.ts';

export const express5WildcardRoute: Rule = {
  id: 'express5-wildcard-route',
  category: 'preflight',
  level: 'error',
  languages: ['express'],
  summary: 'A wildcard path is written for another major version of Express.',
  fix: 'safe',
  *check({ observations, authoring }) {
    for (const observation of observations) {
      if (observation.kind !== 'routePath') continue;
      const what =
        observation.problem === 'throws'
          ? `${observation.framework} throws an exception at start-up for the path \`${observation.path}\``
          : `${observation.framework} never matches the path \`${observation.path}\`, so nothing answers here`;
      yield report('express5-wildcard-route', 'error', observation.place, `${what}. Write \`${observation.replacement}\`.`, {
        fixes: offer(`Write ${observation.replacement}`, 'safe', authoring.replaceText(observation.place, observation.replacement)),
      });
    }
  },
};
