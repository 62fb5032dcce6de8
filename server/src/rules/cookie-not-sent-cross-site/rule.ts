import type { Finding } from '../../core/finding.ts';
import type { Rule, RuleContext } from '../../core/rule.ts';
import type { Observation } from '../../policy/observation.ts';
import { allowsCredentials } from '../../policy/view.ts';
import { readersIn } from '../origin-readers.ts';
import { offer, report } from '../report.ts';

type Cookie = Extract<Observation, { kind: 'cookie' }>;

export const cookieNotSentCrossSite: Rule = {
  id: 'cookie-not-sent-cross-site',
  category: 'response',
  level: 'warning',
  languages: ['express', 'nestjs'],
  summary: 'Browsers do not store or send a cookie that pages of other sites need.',
  fix: 'safe',
  *check(context) {
    if (!context.views.some((view) => view.actual.some(allowsCredentials))) return;
    for (const cookie of context.observations) if (cookie.kind === 'cookie') yield* judged(cookie, context);
  },
};

function* judged(cookie: Cookie, context: RuleContext): Generator<Finding> {
  const { sameSite, secure, insertSecure, domain } = cookie;
  const { authoring } = context;
  if (!sameSite) return;
  const policy = sameSite.value.toLowerCase();
  if (policy === 'none') {
    if (secure && secure.value !== false) return;
    yield report(
      'cookie-not-sent-cross-site',
      'warning',
      sameSite.place,
      'Browsers drop a cookie with SameSite=None that is not Secure, so credentialed requests come without it. Set `secure: true`.',
      {
        fixes: offer(
          'Set secure: true',
          'safe',
          secure ? authoring.rewrite(secure.place, 'true') : insertSecure && authoring.rewrite(insertSecure, ', secure: true'),
        ),
      },
    );
  } else if (domain !== undefined && (policy === 'lax' || policy === 'strict')) {
    const other = otherSite(context, domain);
    if (other === undefined) return;
    yield report(
      'cookie-not-sent-cross-site',
      'warning',
      sameSite.place,
      `${other} is another site than ${domain.replace(/^\./, '')}, and browsers send no cookie with SameSite=${policy === 'lax' ? 'Lax' : 'Strict'} with the requests of its pages. Set sameSite to 'none', and secure.`,
    );
  }
}

/** One of the origins that may read with credentials, where every one of them is of another site than the cookie's domain. */
function otherSite(context: RuleContext, domain: string): string | undefined {
  const origins: string[] = [];
  for (const readers of readersIn(context)) {
    if (!readers.credentials) continue;
    if (readers.origins.kind !== 'oneOf') return undefined;
    origins.push(...readers.origins.values);
  }
  return origins.every((origin) => surelyOtherSite(origin, domain)) ? origins[0] : undefined;
}

/** A site is a registrable domain, which has two labels or more: hosts that differ in their last two are never of one site. */
function surelyOtherSite(origin: string, domain: string): boolean {
  const host = /^https?:\/\/([^:/]+)/.exec(origin)?.[1];
  return host !== undefined && lastLabels(host) !== lastLabels(domain);
}

const lastLabels = (host: string): string => host.toLowerCase().split('.').slice(-2).join('.');
