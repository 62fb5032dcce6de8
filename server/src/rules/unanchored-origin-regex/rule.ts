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
      if (foreign.kind === 'anything' && admitsEverySiteWhole(context, granting)) continue;
      const subject =
        foreign.kind === 'anything'
          ? 'Any site'
          : foreign.kind === 'suffix'
            ? `A site that only begins like ${named(meant)}`
            : `A site that only looks like ${named(meant)}`;
      yield report(
        'unanchored-origin-regex',
        'error',
        granting.check.place,
        `${subject}, such as ${foreign.witness}, can read this response${withCookies(credentials)}. Anchor the pattern at both ends.`,
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
