import type { Rule } from '../../core/rule.ts';
import { checksIn } from '../origin-readers.ts';
import { offer, report, APPLICATION_LANGUAGES } from '../report.ts';

export const statefulOriginRegex: Rule = {
  id: 'stateful-origin-regex',
  category: 'readers',
  level: 'error',
  languages: APPLICATION_LANGUAGES,
  summary: 'A pattern with the flag g or y remembers its last match and allows and denies in turn.',
  fix: 'safe',
  *check({ views, authoring }) {
    for (const { check } of checksIn({ views })) {
      if (check.pattern?.dialect !== 'javascript' || check.reused !== true || !/[gy]/.test(check.pattern.flags)) continue;
      const flags = check.pattern.flags.replace(/[gy]/g, '');
      yield report(
        'stateful-origin-regex',
        'error',
        check.place,
        'With the flag `g` or `y` the pattern goes on where its last match ended, so the same origin is allowed and denied in turn. Drop the flag.',
        {
          fixes: offer('Drop the flag', 'safe', authoring.replacePattern(check, check.pattern.source, flags)),
        },
      );
    }
  },
};
