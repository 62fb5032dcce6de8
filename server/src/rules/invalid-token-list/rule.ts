import type { Finding } from '../../core/finding.ts';
import type { Rule, RuleContext } from '../../core/rule.ts';
import { normaliseMethod } from '../../cors/headers.ts';
import { editDistance } from '../../cors/near-miss.ts';
import { parseTokenList } from '../../cors/token.ts';
import { offer, report, SERVER_LANGUAGES } from '../report.ts';
import { sentTexts, type SentText } from '../sent-lines.ts';

const METHODS = [
  'GET',
  'HEAD',
  'POST',
  'PUT',
  'PATCH',
  'DELETE',
  'OPTIONS',
  'CONNECT',
  'TRACE',
  'QUERY',
  'PROPFIND',
  'PROPPATCH',
  'MKCOL',
  'COPY',
  'MOVE',
  'LOCK',
  'UNLOCK',
  'REPORT',
  'SEARCH',
  'LINK',
  'UNLINK',
  'PURGE',
  'VIEW',
];

export const invalidTokenList: Rule = {
  id: 'invalid-token-list',
  category: 'preflight',
  level: 'error',
  languages: SERVER_LANGUAGES,
  summary: 'A list of methods or headers is malformed, or a method is spelled as no browser sends it.',
  fix: 'unsafe',
  *check(context) {
    yield* listsOf(context, 'Access-Control-Allow-Methods', context.authoring);
    yield* listsOf(context, 'Access-Control-Allow-Headers', context.authoring);
    yield* listsOf(context, 'Access-Control-Expose-Headers', context.authoring);
  },
};

function* listsOf(context: RuleContext, name: string, authoring: RuleContext['authoring']): Generator<Finding> {
  for (const sent of sentTexts(context, name)) {
    const list = parseTokenList(sent.text);
    if (!list.ok) {
      const words = sent.text.split(/[\s,;|[\]"']+/).filter((word) => word !== '');
      const consequence =
        name === 'Access-Control-Expose-Headers' ? 'browsers expose none of them' : 'every preflight fails, whatever it asks for';
      yield report(
        'invalid-token-list',
        'error',
        sent.place,
        `${name} is not a comma-separated list of names, so ${consequence}. Separate them by commas.`,
        {
          fixes: parseTokenList(words.join(', ')).ok
            ? offer(`Write "${words.join(', ')}"`, 'unsafe', authoring.replaceText(sent.place, words.join(', ')))
            : [],
        },
      );
    } else if (name === 'Access-Control-Allow-Methods') yield* misspelled(sent, list.tokens, authoring);
  }
}

/** Methods compare with their case, and browsers send the usual ones in upper case (behaviour 4.5). */
function* misspelled(sent: SentText, methods: readonly string[], authoring: RuleContext['authoring']): Generator<Finding> {
  const fix = (from: string, to: string) =>
    offer(
      `Write ${to}`,
      'unsafe' as const,
      authoring.replaceText(sent.place, sent.text.replace(new RegExp(`(?<![\\w-])${from}(?![\\w-])`), to)),
    );
  for (const method of methods) {
    const upper = method.toUpperCase();
    if (method === '*' || METHODS.includes(method)) continue;
    if (METHODS.includes(upper)) {
      const error = normaliseMethod(method) !== method && !['GET', 'HEAD', 'POST'].includes(upper);
      const safelisted = ['GET', 'HEAD', 'POST', 'OPTIONS'].includes(upper);
      if (safelisted) continue;
      yield report(
        'invalid-token-list',
        error ? 'error' : 'warning',
        sent.place,
        `Browsers send the method as \`${upper}\` and compare with case, so \`${method}\` allows nothing. Write \`${upper}\`.`,
        { fixes: fix(method, upper) },
      );
      return;
    }
    const near = METHODS.find((each) => editDistance(each, upper, 2) <= (each.length > 4 ? 2 : 1) && /^[A-Z]+$/.test(upper));
    if (near === undefined) continue;
    yield report(
      'invalid-token-list',
      'warning',
      sent.place,
      `\`${method}\` is no HTTP method, so it allows nothing. Did you mean \`${near}\`?`,
      { fixes: fix(method, near) },
    );
    return;
  }
}
