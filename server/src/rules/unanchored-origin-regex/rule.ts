import type { Fix } from '../../core/finding.ts';
import type { Rule, RuleContext } from '../../core/rule.ts';
import { admitsEverySiteWhole, judgeCheck } from '../judged-readers.ts';
import { grantingChecks, type GrantingCheck } from '../origin-readers.ts';
import { repairedPattern } from '../repaired-pattern.ts';
import { report, SERVER_LANGUAGES } from '../report.ts';
import { listed, withCookies } from '../words.ts';
import { strongerThan } from '../precedence.ts';

export const unanchoredOriginRegex: Rule = {
  id: 'unanchored-origin-regex',
  category: 'readers',
  level: 'error',
  languages: SERVER_LANGUAGES,
  summary: 'A pattern lets an origin in that its author did not mean; one is shown.',
  fix: 'safe',
  yieldsTo: strongerThan('unanchored-origin-regex'),
  *check(context) {
    for (const granting of grantingChecks(context)) {
      if (granting.check.form !== 'pattern') continue;
      const judgement = judgeCheck(context, granting, ({ foreign }) =>
        foreign && ['lookalike', 'suffix', 'anything'].includes(foreign.kind) ? foreign : undefined,
      );
      if (!judgement) continue;
      const {
        found: foreign,
        credentials,
        judged: { meant },
      } = judgement;
      // Nothing is left to anchor: it reflects every site, which is another mistake.
      const whole = admitsEverySiteWhole(context, granting);
      if (foreign.kind === 'anything' && whole) continue;
      const withoutDomain = whole && meant.length === 0;
      const subject = withoutDomain
        ? 'The pattern names no domain, and any site that fits it'
        : foreign.kind === 'anything'
          ? 'Any site'
          : `A site that only ${foreign.kind === 'suffix' ? 'begins' : 'looks'} like ${named(meant)}`;
      const remedy = withoutDomain ? 'Name the domains in it' : 'Anchor the pattern at both ends';
      yield report(
        'unanchored-origin-regex',
        'error',
        granting.check.place,
        `${subject}, such as ${foreign.witness}, can read this response${withCookies(credentials)}. ${remedy}.`,
        {
          witness: foreign.witness,
          fixes: repair(context, granting),
        },
      );
    }
  },
};

function repair(context: RuleContext, granting: GrantingCheck): readonly Fix[] {
  return repairedPattern(context, granting, 'Anchor the pattern');
}

/** The domains that were meant; a pattern without a whole one speaks of "what was meant". */
function named(meant: readonly string[]): string {
  return meant.length === 0 ? 'what was meant' : listed(meant, 'or');
}
