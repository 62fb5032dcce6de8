import type { Rule } from '../../core/rule.ts';
import type { Observation } from '../../policy/observation.ts';
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
      yield report('express5-wildcard-route', 'error', observation.place, `${factOf(observation)}. Write \`${observation.replacement}\`.`, {
        fixes: offer(`Write ${observation.replacement}`, 'safe', authoring.replaceText(observation.place, observation.replacement)),
      });
    }
  },
};

function factOf({ framework, path, problem }: Extract<Observation, { kind: 'routePath' }>): string {
  switch (problem) {
    case 'throws':
      return `${framework} throws an exception at start-up for the path \`${path}\``;
    case 'never-matches':
      return `${framework} never matches the path \`${path}\`, so nothing answers here`;
    case 'name-is-text':
      return `${framework} takes the name in \`${path}\` for text, so only paths that end in it are answered here`;
  }
}
