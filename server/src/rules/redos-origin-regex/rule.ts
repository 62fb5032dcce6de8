import type { Rule } from '../../core/rule.ts';
import { checksIn } from '../origin-readers.ts';
import { report, SERVER_LANGUAGES } from '../report.ts';

export const redosOriginRegex: Rule = {
  id: 'redos-origin-regex',
  category: 'readers',
  level: 'error',
  languages: SERVER_LANGUAGES,
  summary: 'A pattern backtracks for seconds on an Origin that an attacker chooses.',
  fix: 'none',
  *check({ views, reasoning, language }) {
    for (const { check } of checksIn({ views })) {
      const backtracking = check.pattern && reasoning?.redos(check.pattern);
      if (!backtracking) continue;
      const server = language === 'nginx' || language === 'apache';
      yield report(
        'redos-origin-regex',
        server ? 'warning' : 'error',
        check.place,
        `An Origin such as \`${shortened(backtracking.attack)}\` makes this pattern try ${backtracking.kind === 'exponential' ? 'exponentially' : 'ever'} more ways${server ? ' until the server gives up' : ', and one request blocks the whole process'}. Write it without repetitions that can match the same text in several ways.`,
        {
          witness: backtracking.attack,
        },
      );
    }
  },
};

function shortened(text: string): string {
  return text.length > 60 ? `${text.slice(0, 57)}…` : text;
}
