import type { Rule } from '../../core/rule.ts';
import { isSafelistedMethod } from '../../cors/headers.ts';
import { placeKey, type Place } from '../../core/text.ts';
import { parseTokenList } from '../../cors/token.ts';
import { offer, report, HEADER_LANGUAGES } from '../report.ts';
import { sentTexts } from '../sent-lines.ts';
import { listed, them } from '../words.ts';

export const methodNotAllowed: Rule = {
  id: 'method-not-allowed',
  category: 'preflight',
  level: 'warning',
  languages: HEADER_LANGUAGES,
  summary: 'A route uses a method that Access-Control-Allow-Methods leaves out.',
  fix: 'unsafe',
  yieldsTo: ['invalid-token-list', 'wildcard-ignored-with-credentials'],
  *check({ views, observations, authoring }) {
    for (const sent of sentTexts({ views }, 'Access-Control-Allow-Methods')) {
      const list = parseTokenList(sent.text);
      if (!list.ok || list.tokens.includes('*')) continue;
      const routes = observations.flatMap((each) =>
        each.kind === 'route' && sent.answering.some((view) => view.policy.id === each.policy) ? [each] : [],
      );
      const left = routes.filter(
        (route) =>
          /^[A-Z]+$/.test(route.method) &&
          !['OPTIONS', 'ALL'].includes(route.method) &&
          !isSafelistedMethod(route.method) &&
          !list.tokens.includes(route.method),
      );
      const [first] = left;
      if (!first) continue;
      const methods = [...new Set(left.map((route) => route.method))];
      const text = [...list.tokens, ...methods].join(sent.text.includes(', ') || list.tokens.length < 2 ? ', ' : ',');
      yield report(
        'method-not-allowed',
        'warning',
        sent.place,
        `The program answers ${listed(methods)} (${first.path}), which this list leaves out, so pages cannot send ${them(methods)}. Add ${them(methods)}.`,
        {
          related: distinct(
            left.map((route) => ({ place: route.place, message: `${route.method} ${route.path} is answered here.` })),
          ).slice(0, 5),
          fixes: offer(`Add ${methods.join(', ')}`, 'unsafe', authoring.replaceText(sent.place, text)),
        },
      );
    }
  },
};

/** Each place and message once: a method may be answered by several parts of one place. */
function distinct<T extends { readonly place: Place; readonly message: string }>(related: readonly T[]): readonly T[] {
  return [...new Map(related.map((each) => [`${placeKey(each.place)} ${each.message}`, each])).values()];
}
