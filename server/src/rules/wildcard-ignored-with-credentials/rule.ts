import type { Finding, Fix, Level } from '../../core/finding.ts';
import type { Rule, RuleContext } from '../../core/rule.ts';
import { isSafelistedMethod } from '../../cors/headers.ts';
import { offer, offerToFillIn, report, SERVER_LANGUAGES } from '../report.ts';
import { sentTexts, type SentText } from '../sent-lines.ts';
import { listed } from '../words.ts';

export const wildcardIgnoredWithCredentials: Rule = {
  id: 'wildcard-ignored-with-credentials',
  category: 'preflight',
  level: 'error',
  languages: SERVER_LANGUAGES,
  summary: 'With credentials `*` in the allowed methods, headers or exposed headers is only a name.',
  fix: 'unsafe',
  yieldsTo: ['invalid-token-list'],
  *check(context) {
    yield* wildcards(context, 'Access-Control-Allow-Headers', 'error', 'no header beyond the safelisted ones is allowed', 'allowed');
    yield* wildcards(context, 'Access-Control-Allow-Methods', 'error', 'no method beyond GET, HEAD and POST is allowed', 'allowed');
    yield* wildcards(context, 'Access-Control-Expose-Headers', 'warning', 'no header beyond the safelisted ones can be read', 'readable');
  },
};

function* wildcards(context: RuleContext, name: string, level: Level, alone: string, granted: string): Generator<Finding> {
  for (const sent of sentTexts(context, name)) {
    if (!sent.credentials || !sent.text.split(',').some((token) => token.trim() === '*')) continue;
    // Browsers read what is allowed from the preflight's answer and nowhere else.
    if (name !== 'Access-Control-Expose-Headers' && sent.answering.length === 0) continue;
    if (name === 'Access-Control-Allow-Methods' && !needsMethods(sent, context)) continue;
    const others = namesBeside(sent.text).filter((each) => !isSafelistedMethod(each));
    const consequence =
      others.length === 0
        ? alone
        : `beyond what every site may use only ${listed(others)} ${others.length === 1 ? 'is' : 'are'} ${granted}`;
    yield report(
      'wildcard-ignored-with-credentials',
      level,
      sent.place,
      `When the request carries credentials, \`*\` in ${name} is only a name, and ${consequence}. List the names.`,
      { fixes: listNames(context, sent, name) },
    );
  }
}

/** The names of a list beside its wildcard. */
function namesBeside(text: string): readonly string[] {
  return text.split(',').flatMap((token) => (/^\s*\*?\s*$/.test(token) ? [] : [token.trim()]));
}

/** GET, HEAD and POST need no permission: where the routes in sight answer nothing else, no request fails. */
function needsMethods({ views }: SentText, { observations }: RuleContext): boolean {
  const methods = observations.flatMap((each) =>
    each.kind === 'route' && views.some((view) => view.policy.id === each.policy) ? [each.method] : [],
  );
  return methods.length === 0 || methods.some((method) => method !== 'OPTIONS' && !isSafelistedMethod(method));
}

/** The names in the wildcard's place: what the program reads is known, what a page wants to read is not. */
function listNames({ authoring, observations }: RuleContext, sent: SentText, name: string): readonly Fix[] {
  const others = namesBeside(sent.text);
  const withOthers = (names: readonly string[]): string =>
    [...others, ...names.filter((each) => !others.some((other) => other.toLowerCase() === each.toLowerCase()))].join(', ');
  if (name === 'Access-Control-Expose-Headers')
    return offerToFillIn('List the names', authoring.replaceText(sent.place, withOthers([EXPOSED])), EXPOSED);
  const read = observations.flatMap((each) =>
    each.kind === 'requestHeaderRead' && /^(?:authorization|content-type|x-(?!forwarded|real).*)$/i.test(each.name) ? [each.name] : [],
  );
  const text = withOthers(
    name === 'Access-Control-Allow-Methods' ? METHODS : [...new Set(['Content-Type', 'Authorization', ...read].map(inTitleCase))],
  );
  return offer(`Write "${text}"`, 'unsafe', authoring.replaceText(sent.place, text));
}

const METHODS = ['GET', 'HEAD', 'PUT', 'PATCH', 'POST', 'DELETE'];
const EXPOSED = 'X-Request-Id';

/** `x-api-key` as people write it: `X-Api-Key`. */
function inTitleCase(name: string): string {
  return name.toLowerCase().replace(/(?<![^-])[a-z]/g, (letter) => letter.toUpperCase());
}
