import type { Rule } from '../../core/rule.ts';
import { report } from '../report.ts';

export const originOptionDisablesCors: Rule = {
  id: 'origin-option-disables-cors',
  category: 'readers',
  level: 'warning',
  languages: ['express', 'nestjs'],
  summary: 'An empty value of `origin` switches the cors package off silently.',
  fix: 'none',
  *check({ observations }) {
    for (const option of observations) {
      if (option.kind !== 'corsOption' || option.name !== 'origin') continue;
      if (option.valueType === 'environment') {
        yield report(
          'origin-option-disables-cors',
          'info',
          option.valuePlace,
          'Where this environment variable is not set, the cors package sends no header at all. Give it a default, or stop at start-up without it.',
          { confidence: 'likely' },
        );
      } else if (
        option.known &&
        (option.valueType === 'undefined' ||
          option.valueType === 'null' ||
          (option.valueType === 'string' && option.value?.kind === 'literal' && option.value.text === ''))
      ) {
        yield report(
          'origin-option-disables-cors',
          'warning',
          option.valuePlace,
          'With an empty origin the cors package sends no header at all, and no page can read a response. Name the origin, or write `false` to switch CORS off.',
        );
      }
    }
  },
};
