import type { Rule } from '../../core/rule.ts';
import { offer, report, HEADER_LANGUAGES } from '../report.ts';
import { sentTexts } from '../sent-lines.ts';

export const authorizationBehindWildcard: Rule = {
  id: 'authorization-behind-wildcard',
  category: 'preflight',
  level: 'warning',
  languages: HEADER_LANGUAGES,
  summary: '`Access-Control-Allow-Headers: *` does not cover Authorization, which the program reads.',
  fix: 'unsafe',
  yieldsTo: ['invalid-token-list', 'wildcard-ignored-with-credentials'],
  *check({ views, observations, authoring }) {
    const reads = observations.flatMap((each) =>
      each.kind === 'requestHeaderRead' && each.name.toLowerCase() === 'authorization' ? [each] : [],
    );
    for (const sent of sentTexts({ views }, 'Access-Control-Allow-Headers')) {
      const names = sent.text.split(',').map((token) => token.trim().toLowerCase());
      const read = reads.find(
        (each) => each.policies.length === 0 || each.policies.some((id) => sent.answering.some((view) => view.policy.id === id)),
      );
      if (!read || !names.includes('*') || names.includes('authorization')) continue;
      yield report(
        'authorization-behind-wildcard',
        'warning',
        sent.place,
        'By the Fetch standard `*` does not allow the Authorization header, so browsers that keep to it fail the preflight. List Authorization beside it.',
        {
          related: [{ place: read.place, message: 'Authorization is read here.' }],
          fixes: offer('Write "*, Authorization"', 'unsafe', authoring.replaceText(sent.place, `${sent.text}, Authorization`)),
        },
      );
    }
  },
};
