import type { Rule } from '../../core/rule.ts';
import { offer, report } from '../report.ts';

const MODES = ['omit', 'same-origin', 'include'];

export const invalidCredentialsMode: Rule = {
  id: 'invalid-credentials-mode',
  category: 'request',
  level: 'error',
  languages: ['javascript'],
  summary: 'The option for cookies is not the one that this API has.',
  fix: 'unsafe',
  *check({ observations, authoring }) {
    for (const request of observations) {
      if (request.kind !== 'clientRequest') continue;
      for (const option of request.options) {
        if (
          request.api === 'fetch' &&
          option.name === 'credentials' &&
          (option.type === 'boolean' || (option.type === 'string' && option.text !== undefined && !MODES.includes(option.text)))
        ) {
          const meant = option.text === 'false' ? 'omit' : 'include';
          yield report(
            'invalid-credentials-mode',
            'error',
            option.valuePlace,
            `fetch takes 'omit', 'same-origin' or 'include' for credentials and throws a TypeError for anything else. Write '${meant}'.`,
            {
              fixes: offer(`Write '${meant}'`, 'unsafe', authoring.rewrite(option.valuePlace, `'${meant}'`)),
            },
          );
        } else if (request.api === 'fetch' && option.name === 'withCredentials') {
          yield report(
            'invalid-credentials-mode',
            'error',
            option.namePlace,
            "fetch ignores withCredentials, so no cookies are sent. Write credentials: 'include'.",
            {
              fixes: offer("Write credentials: 'include'", 'unsafe', authoring.rewrite(option.property, "credentials: 'include'")),
            },
          );
        } else if (request.api === 'axios' && option.name === 'credentials') {
          yield report(
            'invalid-credentials-mode',
            'error',
            option.namePlace,
            'axios ignores credentials, so no cookies are sent. Write withCredentials: true.',
            {
              fixes: offer('Write withCredentials: true', 'unsafe', authoring.rewrite(option.property, 'withCredentials: true')),
            },
          );
        }
      }
    }
  },
};
