import type { Rule } from '../../core/rule.ts';
import { offerToFillIn, PLACEHOLDER_ORIGIN, report } from '../report.ts';

/** The cors package, and those that hand their options to it. */
const packages: ReadonlySet<string> = new Set(['cors', '@nestjs/core', '@nestjs/websockets', 'socket.io']);

export const originOptionDisablesCors: Rule = {
  id: 'origin-option-disables-cors',
  category: 'readers',
  level: 'warning',
  languages: ['express', 'nestjs', 'socketio'],
  summary: 'An `origin` that is empty, `undefined` or `null` switches the cors package off silently.',
  fix: 'unsafe',
  *check({ observations, authoring }) {
    for (const option of observations) {
      if (option.kind !== 'corsOption' || option.name !== 'origin' || !packages.has(option.package)) continue;
      if (option.valueType === 'environment') {
        yield report(
          'origin-option-disables-cors',
          'info',
          option.valuePlace,
          'Where this environment variable is not set, the cors package sends no header at all. Give it a default, or stop at start-up without it.',
          {
            confidence: 'likely',
            fixes:
              option.value?.kind === 'choice'
                ? []
                : offerToFillIn('Give it a default', authoring.defaultTo(option.valuePlace, PLACEHOLDER_ORIGIN), PLACEHOLDER_ORIGIN),
          },
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
          `${given(option.valueType)} the cors package sends no header at all, and no page of another origin can read a response. Name the origin, or write \`false\` to switch CORS off.`,
          { fixes: offerToFillIn('Name the origin', authoring.replaceText(option.valuePlace, PLACEHOLDER_ORIGIN), PLACEHOLDER_ORIGIN) },
        );
      }
    }
  },
};

/** The beginning of a sentence about what the option holds. */
function given(type: 'undefined' | 'null' | 'string'): string {
  if (type === 'string') return 'With an empty origin';
  // Its default, `*`, is for options without the key alone (behaviour 3.1).
  return type === 'undefined' ? 'Where `origin` is there and `undefined`,' : 'Where `origin` is `null`,';
}
