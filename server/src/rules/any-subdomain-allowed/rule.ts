import type { Rule } from '../../core/rule.ts';
import { judgeCheck } from '../judged-readers.ts';
import { grantingChecks } from '../origin-readers.ts';
import { report, SERVER_LANGUAGES } from '../report.ts';
import { listed } from '../words.ts';
import { strongerThan } from '../precedence.ts';

export const anySubdomainAllowed: Rule = {
  id: 'any-subdomain-allowed',
  category: 'readers',
  level: 'info',
  languages: [...SERVER_LANGUAGES, 'ingress'],
  summary: 'Every subdomain is trusted with credentials.',
  fix: 'none',
  yieldsTo: strongerThan('any-subdomain-allowed'),
  *check(context) {
    for (const granting of grantingChecks(context)) {
      const judgement = judgeCheck(context, granting, ({ foreign, everySubdomain, meant }) =>
        foreign === undefined && everySubdomain ? meant : undefined,
      );
      if (judgement?.credentials !== true) continue;
      yield report(
        'any-subdomain-allowed',
        'info',
        granting.check.place,
        `Every subdomain of ${listed(judgement.found)} can read this response with the user's cookies, so a script injected into any of them, or a forgotten name that somebody takes over, can too. List the ones that need it.`,
      );
    }
  },
};
