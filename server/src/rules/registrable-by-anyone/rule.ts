import type { Rule } from '../../core/rule.ts';
import { judgeReaders } from '../judged-readers.ts';
import { grantingChecks, readersThrough } from '../origin-readers.ts';
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
      const { foreign, intent } = judgeReaders(context, readersThrough(granting), granting.admits);
      if (foreign?.kind !== 'shared-suffix') continue;
      yield report('registrable-by-anyone', granting.credentials ? 'error' : 'warning', granting.check.place, `Anybody can get a name such as ${foreign.witness} under ${listed(intent?.sharedSuffixes ?? [])} and then read this response${withCookies(granting.credentials)}. List the exact origins.`, {
        witness: foreign.witness,
      });
    }
  },
};
