import type { Rule } from '../../core/rule.ts';
import { judgeCheck } from '../judged-readers.ts';
import { grantingChecks } from '../origin-readers.ts';
import { repairedPattern } from '../repaired-pattern.ts';
import { report, SERVER_LANGUAGES } from '../report.ts';
import { withCookies } from '../words.ts';
import { strongerThan } from '../precedence.ts';

export const unescapedDotInOriginRegex: Rule = {
  id: 'unescaped-dot-in-origin-regex',
  category: 'readers',
  level: 'error',
  languages: SERVER_LANGUAGES,
  summary: 'A bare `.` in a pattern stands for any character and lets another host in.',
  fix: 'safe',
  yieldsTo: strongerThan('unescaped-dot-in-origin-regex'),
  *check(context) {
    for (const granting of grantingChecks(context)) {
      if (granting.check.form !== 'pattern') continue;
      const judgement = judgeCheck(context, granting, ({ foreign }) => (foreign?.kind === 'dot' ? foreign : undefined));
      if (!judgement) continue;
      const { found: foreign, credentials } = judgement;
      yield report(
        'unescaped-dot-in-origin-regex',
        foreign.registrable ? 'error' : 'warning',
        granting.check.place,
        `\`.\` stands for any character, so ${foreign.witness}${foreign.registrable ? ', which anybody may register,' : ''} can read this response${withCookies(credentials)}. Write \`\\.\` for a dot.`,
        {
          witness: foreign.witness,
          fixes: repairedPattern(context, granting, 'Escape the dots'),
        },
      );
    }
  },
};
