import type { Rule } from '../../core/rule.ts';
import { allowsCredentials } from '../../policy/view.ts';
import { offer, report, APPLICATION_LANGUAGES } from '../report.ts';

export const cookieNotSentCrossSite: Rule = {
  id: 'cookie-not-sent-cross-site',
  category: 'response',
  level: 'warning',
  languages: APPLICATION_LANGUAGES,
  summary: 'A cookie for pages of other sites is refused by browsers: `SameSite=None` without `Secure`.',
  fix: 'safe',
  *check({ views, observations, authoring }) {
    if (!views.some((view) => view.actual.some(allowsCredentials))) return;
    for (const cookie of observations) {
      if (
        cookie.kind !== 'cookie' ||
        cookie.sameSite?.value.toLowerCase() !== 'none' ||
        cookie.secure?.value === true ||
        (cookie.secure && cookie.secure.value === undefined)
      )
        continue;
      yield report(
        'cookie-not-sent-cross-site',
        'warning',
        cookie.sameSite.place,
        'Browsers drop a cookie with SameSite=None that is not Secure, so credentialed requests come without it. Set `secure: true`.',
        {
          fixes: offer(
            'Set secure: true',
            'safe',
            cookie.secure
              ? authoring.rewrite(cookie.secure.place, 'true')
              : cookie.insertSecure && authoring.rewrite(cookie.insertSecure, ', secure: true'),
          ),
        },
      );
    }
  },
};
