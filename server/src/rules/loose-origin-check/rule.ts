import type { Rule } from '../../core/rule.ts';
import type { CheckForm } from '../../policy/model.ts';
import { judgeCheck } from '../judged-readers.ts';
import { grantingChecks } from '../origin-readers.ts';
import { report, APPLICATION_LANGUAGES } from '../report.ts';
import { withCookies } from '../words.ts';

/** Checks that compare a part of the Origin only, with what each leaves open. */
const LOOSE: Partial<Readonly<Record<CheckForm, string>>> = {
  includes: '`includes` on a text finds it anywhere in the origin',
  indexOf: '`indexOf` finds the text anywhere in the origin',
  search: '`search` finds the text anywhere in the origin',
  startsWith: '`startsWith` leaves the end of the origin open',
  endsWith: '`endsWith` leaves the start of the host open',
  slice: 'Comparing a slice leaves the rest of the origin open',
  'url-part': 'Comparing a part of the URL this way leaves the rest open',
};

export const looseOriginCheck: Rule = {
  id: 'loose-origin-check',
  category: 'readers',
  level: 'error',
  languages: APPLICATION_LANGUAGES,
  summary: 'A comparison of a part of the Origin lets another site in; one is shown.',
  fix: 'none',
  yieldsTo: ['invalid-allow-origin', 'reflected-origin-with-credentials', 'unanchored-origin-regex'],
  *check(context) {
    for (const granting of grantingChecks(context)) {
      const why = LOOSE[granting.check.form];
      if (why === undefined) continue;
      const judgement = judgeCheck(context, granting, ({ foreign }) => (foreign?.kind === 'shared-suffix' ? undefined : foreign));
      if (!judgement) continue;
      const { found: foreign, credentials } = judgement;
      yield report(
        'loose-origin-check',
        'error',
        granting.check.place,
        `${why}, so ${foreign.witness} can read this response${withCookies(credentials)}. Compare the whole origin with a list.`,
        {
          witness: foreign.witness,
        },
      );
    }
  },
};
