import type { Rule } from '../../core/rule.ts';
import { judgeCheck } from '../judged-readers.ts';
import { grantingChecks } from '../origin-readers.ts';
import { report, SERVER_LANGUAGES } from '../report.ts';
import { listed, withCookies } from '../words.ts';

export const registrableByAnyone: Rule = {
  id: 'registrable-by-anyone',
  category: 'readers',
  level: 'error',
  languages: SERVER_LANGUAGES,
  summary: 'Names are let in that anybody can get under a shared suffix such as vercel.app.',
  fix: 'none',
  yieldsTo: ['invalid-allow-origin', 'reflected-origin-with-credentials', 'unanchored-origin-regex', 'loose-origin-check'],
  *check(context) {
    for (const granting of grantingChecks(context)) {
      const judgement = judgeCheck(context, granting, ({ foreign }) => (foreign?.kind === 'shared-suffix' ? foreign : undefined));
      if (!judgement) continue;
      const { found: foreign, credentials, judged } = judgement;
      yield report(
        'registrable-by-anyone',
        credentials ? 'error' : 'warning',
        granting.check.place,
        `Anybody can get a name such as ${foreign.witness} under ${listed(judged.intent?.sharedSuffixes ?? [])} and then read this response${withCookies(credentials)}. List the exact origins.`,
        {
          witness: foreign.witness,
        },
      );
    }
  },
};
