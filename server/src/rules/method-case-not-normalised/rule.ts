import type { Rule } from '../../core/rule.ts';
import { normaliseMethod } from '../../cors/headers.ts';
import { offer, report } from '../report.ts';

export const methodCaseNotNormalised: Rule = {
  id: 'method-case-not-normalised',
  category: 'request',
  level: 'warning',
  languages: ['javascript'],
  summary: "`method: 'patch'` is sent in lower case, and no server allows that.",
  fix: 'safe',
  *check({ observations, authoring }) {
    for (const request of observations) {
      // axios and XMLHttpRequest libraries write methods in upper case themselves.
      if (request.kind !== 'clientRequest' || request.api === 'axios') continue;
      for (const option of request.options) {
        const upper = option.text?.toUpperCase();
        if (
          option.name !== 'method' ||
          option.text === undefined ||
          upper === undefined ||
          upper === option.text ||
          normaliseMethod(option.text) === upper ||
          !/^[a-z]+$/i.test(option.text)
        )
          continue;
        yield report(
          'method-case-not-normalised',
          'warning',
          option.valuePlace,
          `Browsers mend the letter case of put and delete but not of \`${option.text}\`, and the preflight for it fails where \`${upper}\` is allowed. Write \`${upper}\`.`,
          {
            fixes: offer(`Write ${upper}`, 'safe', authoring.replaceText(option.valuePlace, upper)),
          },
        );
      }
    }
  },
};
