import type { Finding, Level } from '../../core/finding.ts';
import type { Rule, RuleContext } from '../../core/rule.ts';
import { report, SERVER_LANGUAGES } from '../report.ts';
import { sentTexts } from '../sent-lines.ts';

export const wildcardIgnoredWithCredentials: Rule = {
  id: 'wildcard-ignored-with-credentials',
  category: 'preflight',
  level: 'error',
  languages: SERVER_LANGUAGES,
  summary: 'With credentials `*` in the allowed methods, headers or exposed headers is only a name.',
  fix: 'none',
  yieldsTo: ['invalid-token-list'],
  *check(context) {
    yield* wildcards(context, 'Access-Control-Allow-Headers', 'error', 'no header beyond the safelisted ones is allowed');
    yield* wildcards(context, 'Access-Control-Allow-Methods', 'error', 'no method beyond GET, HEAD and POST is allowed');
    yield* wildcards(context, 'Access-Control-Expose-Headers', 'warning', 'no header beyond the safelisted ones can be read');
  },
};

function* wildcards(context: RuleContext, name: string, level: Level, consequence: string): Generator<Finding> {
  for (const sent of sentTexts(context, name)) {
    if (!sent.credentials || !sent.text.split(',').some((token) => token.trim() === '*')) continue;
    yield report(
      'wildcard-ignored-with-credentials',
      level,
      sent.place,
      `When the request carries credentials, \`*\` in ${name} is only a name, and ${consequence}. List the names.`,
    );
  }
}
