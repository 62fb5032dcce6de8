import type { Rule } from '../../core/rule.ts';
import { largestMaxAgeCap, parseMaxAge } from '../../cors/max-age.ts';
import { offer, report, SERVER_LANGUAGES } from '../report.ts';
import { sentTexts } from '../sent-lines.ts';

export const maxAgeOverCap: Rule = {
  id: 'max-age-over-cap',
  category: 'preflight',
  level: 'info',
  languages: [...SERVER_LANGUAGES, 'ingress'],
  summary: 'Access-Control-Max-Age is more than any browser keeps.',
  fix: 'safe',
  *check(context) {
    for (const sent of sentTexts(context, 'Access-Control-Max-Age')) {
      const age = parseMaxAge(sent.text);
      if (age.kind !== 'seconds' || age.seconds <= largestMaxAgeCap) continue;
      const cap = String(largestMaxAgeCap);
      yield report(
        'max-age-over-cap',
        'info',
        sent.place,
        `No browser keeps a preflight this long: Chromium stops at 7200 seconds, Firefox at 86400, Safari at 600. Write ${cap}.`,
        {
          fixes: offer(
            `Write ${cap}`,
            'safe',
            context.authoring.replaceText(sent.place, cap) ?? context.authoring.replaceValue(sent.write, cap),
          ),
        },
      );
    }
  },
};
