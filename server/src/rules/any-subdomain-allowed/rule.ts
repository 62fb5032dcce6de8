import type { Rule } from '../../core/rule.ts';
import { judgeCheck } from '../judged-readers.ts';
import { grantingChecks } from '../origin-readers.ts';
import { report, SERVER_LANGUAGES } from '../report.ts';
import { listed } from '../words.ts';

export const anySubdomainAllowed: Rule = {
  id: 'any-subdomain-allowed',
  category: 'readers',
  level: 'info',
  languages: SERVER_LANGUAGES,
  summary: 'Every subdomain is trusted with credentials.',
  fix: 'none',
  yieldsTo: [
    'invalid-allow-origin',
    'wildcard-with-credentials',
    'reflected-origin-with-credentials',
    'unanchored-origin-regex',
    'loose-origin-check',
    'registrable-by-anyone',
    'unescaped-dot-in-origin-regex',
    'null-origin-allowed',
    'insecure-origin-allowed',
  ],
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
