import type { Fix } from '../../core/finding.ts';
import type { Rule, RuleContext } from '../../core/rule.ts';
import type { OriginCheck } from '../../policy/model.ts';
import { judgeCheck } from '../judged-readers.ts';
import { grantingChecks } from '../origin-readers.ts';
import { offerToFillIn, PLACEHOLDER_ORIGIN, report, SERVER_LANGUAGES } from '../report.ts';
import { listed, withCookies } from '../words.ts';
import { strongerThan } from '../precedence.ts';

export const registrableByAnyone: Rule = {
  id: 'registrable-by-anyone',
  category: 'readers',
  level: 'error',
  languages: [...SERVER_LANGUAGES, 'ingress'],
  summary: 'Names or addresses are let in that anybody can get, such as those under vercel.app.',
  fix: 'unsafe',
  yieldsTo: strongerThan('registrable-by-anyone'),
  *check(context) {
    for (const granting of grantingChecks(context)) {
      const judgement = judgeCheck(context, granting, ({ foreign }) =>
        foreign?.kind === 'shared-suffix' || foreign?.kind === 'address' ? foreign : undefined,
      );
      if (!judgement) continue;
      const { found: foreign, credentials, judged } = judgement;
      const names = `a name such as ${foreign.witness} under ${listed(judged.intent?.sharedSuffixes ?? [])}`;
      yield report(
        'registrable-by-anyone',
        credentials ? 'error' : 'warning',
        granting.check.place,
        `Anybody can get ${foreign.kind === 'address' ? `an address such as ${foreign.witness}` : names} and then read this response${withCookies(credentials)}. List the exact origins.`,
        {
          witness: foreign.witness,
          fixes: exactOrigins(context, granting.check),
        },
      );
    }
  },
};

/** A list of origins in the check's place, or where no list can stand a pattern for one. */
function exactOrigins({ authoring }: RuleContext, check: OriginCheck): readonly Fix[] {
  const listed = offerToFillIn('List the exact origins', authoring.listOrigins(check, [PLACEHOLDER_ORIGIN]), PLACEHOLDER_ORIGIN);
  if (listed.length > 0 || !check.pattern) return listed;
  const host = String.raw`app\.example\.com`;
  return offerToFillIn('Name the exact origin', authoring.replacePattern(check, `^https://${host}$`, check.pattern.flags), host);
}
