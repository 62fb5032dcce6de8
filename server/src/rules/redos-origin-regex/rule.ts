import type { Rule, RuleContext } from '../../core/rule.ts';
import type { Fix } from '../../core/finding.ts';
import type { OriginCheck } from '../../policy/model.ts';
import { checksIn } from '../origin-readers.ts';
import { offer, report, SERVER_LANGUAGES } from '../report.ts';

export const redosOriginRegex: Rule = {
  id: 'redos-origin-regex',
  category: 'readers',
  level: 'error',
  languages: SERVER_LANGUAGES,
  summary: 'A pattern backtracks for seconds on an Origin that an attacker chooses.',
  fix: 'safe',
  *check(context) {
    const { reasoning } = context;
    for (const { check } of checksIn(context)) {
      const backtracking = check.pattern && reasoning?.redos(check.pattern);
      if (!backtracking) continue;
      const server = check.pattern.dialect === 'pcre';
      yield report(
        'redos-origin-regex',
        server ? 'warning' : 'error',
        check.place,
        `An Origin such as \`${shortened(backtracking.attack)}\` makes this pattern try ${backtracking.kind === 'exponential' ? 'exponentially' : 'ever'} more ways${server ? ' until the server gives up' : ', and one request blocks the whole process'}. Write it without repetitions that can match the same text in several ways.`,
        {
          witness: backtracking.attack,
          fixes: respelled(context, check),
        },
      );
    }
  },
};

/** The pattern in another spelling that is proven to match the same, and to do so in one way. */
function respelled({ reasoning, authoring }: RuleContext, check: OriginCheck): readonly Fix[] {
  const rewriting = check.pattern && reasoning?.withoutAmbiguity(check.pattern);
  if (!rewriting) return [];
  const { source, flags, changesGroups } = rewriting;
  const edits = changesGroups ? authoring.respellPattern(check, source, flags) : authoring.replacePattern(check, source, flags);
  return offer(`Write it so that it matches in one way: ${source}`, 'safe', edits);
}

function shortened(text: string): string {
  return text.length > 60 ? `${text.slice(0, 57)}…` : text;
}
