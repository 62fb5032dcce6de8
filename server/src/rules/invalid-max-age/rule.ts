import type { Rule } from '../../core/rule.ts';
import { parseMaxAge } from '../../cors/max-age.ts';
import { offer, report, SERVER_LANGUAGES } from '../report.ts';
import { sentTexts } from '../sent-lines.ts';

export const invalidMaxAge: Rule = {
  id: 'invalid-max-age',
  category: 'preflight',
  level: 'warning',
  languages: SERVER_LANGUAGES,
  summary: 'Access-Control-Max-Age is not a whole number of seconds.',
  fix: 'unsafe',
  *check(context) {
    for (const sent of sentTexts(context, 'Access-Control-Max-Age')) {
      if (parseMaxAge(sent.text).kind !== 'invalid' || /^\s*-?\d+\s*$/.test(sent.text)) continue;
      const digits = /\d+/.exec(sent.text)?.[0];
      yield report(
        'invalid-max-age',
        'warning',
        sent.place,
        `\`${sent.text}\` is not a whole number of seconds, so browsers ask again after 5 seconds. Write a number.`,
        {
          fixes: digits === undefined ? [] : offer(`Write ${digits}`, 'unsafe', context.authoring.replaceText(sent.place, digits)),
        },
      );
    }
  },
};
