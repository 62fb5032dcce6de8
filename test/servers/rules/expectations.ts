/**
 * What the mistake of each rule is to a browser, and what therefore has to be seen of its fixtures on the real servers. A rule
 * about responses without a row fails the suite.
 *
 * - `hole`: the origin that proves the finding reads the response; after the fix it does not, and an honest one does.
 * - `open`: any site reads, and no site does with credentials after the fix.
 * - `sends`: the origin that proves the finding cannot read, and its preflights pass with credentials; after the fix they do not.
 * - `every-subdomain`: a name below the author's domain that nobody made reads with credentials.
 * - `chosen`: the page chooses what Access-Control-Allow-Origin says; after the fix it does not.
 * - `breakage`: some request of an honest page fails, and succeeds after the fix.
 * - `no-origin`: a request without Origin breaks; after the fix it does not.
 * - `in-turn`: the same request is allowed and refused in turn; after the fix it is allowed.
 * - `cache`: a page is refused because a cache gives it another's answer; after the fix it is not.
 * - `alike`: the fix changes for nobody what is read; the mistake itself is seen elsewhere.
 * - `answer`: everybody is let in or refused as before, and the answers differ in what the rule is about.
 * - `refused`: the server refuses the text; after the fix it takes it.
 */
export type Effect =
  | 'hole'
  | 'sends'
  | 'open'
  | 'every-subdomain'
  | 'chosen'
  | 'breakage'
  | 'no-origin'
  | 'in-turn'
  | 'cache'
  | 'alike'
  | 'answer'
  | 'refused';

export interface Expectation {
  readonly effect: Effect;
  /** The application behind the proxy decides about CORS itself, by the Origin that it sees. */
  readonly upstreamDecides?: true;
  /** For `answer`: the header that the fix is about, or `status`, or `exposed` for what scripts can read. */
  readonly about?: string;
  /** Fixtures whose mistake is another kind of it, by `language/name`. */
  readonly except?: Readonly<Record<string, Expectation>>;
}

const hole: Expectation = { effect: 'hole' };
const sends: Expectation = { effect: 'sends' };
const breakage: Expectation = { effect: 'breakage' };
const refused: Expectation = { effect: 'refused' };
const answer = (about: string): Expectation => ({ effect: 'answer', about });

export const expectations: Readonly<Record<string, Expectation>> = {
  'wildcard-with-credentials': {
    ...breakage,
    except: {
      'nginx/bad-map-default.conf': { effect: 'open' },
      'nginx/bad-twice-allowed.conf': { effect: 'open' },
      'express/bad-origin-at-times.js': { effect: 'alike' },
    },
  },
  'reflected-origin-with-credentials': { ...hole, except: { 'nginx/bad-preflights-of-any-site.conf': sends } },
  'reflected-origin': { effect: 'open' },
  'request-controlled-origin': { effect: 'chosen' },
  'unanchored-origin-regex': hole,
  'unescaped-dot-in-origin-regex': hole,
  'loose-origin-check': hole,
  'registrable-by-anyone': hole,
  'null-origin-allowed': { ...hole, except: { 'nginx/bad-in-preflights.conf': sends } },
  'insecure-origin-allowed': hole,
  'any-subdomain-allowed': { effect: 'every-subdomain' },
  'wildcard-origin': { effect: 'open' },
  'invalid-allow-origin': { ...breakage, except: { 'express/bad-beside-the-right-one.js': { effect: 'alike' } } },
  'origin-option-allows-all': hole,
  'origin-option-disables-cors': breakage,
  'stateful-origin-regex': { effect: 'in-turn' },
  'unguarded-allow-origin': { effect: 'no-origin' },
  'origin-variable-never-set': breakage,
  'origin-hidden-from-application': { effect: 'breakage', upstreamDecides: true },
  'missing-allow-origin': breakage,
  'missing-vary-origin': { effect: 'cache' },
  'conditional-vary-origin': { effect: 'cache' },
  'overwritten-vary': answer('vary'),
  'auth-before-preflight': breakage,
  'cors-after-routes': breakage,
  'missing-preflight-handler': breakage,
  'preflight-headers-lost': breakage,
  'preflight-not-ok': breakage,
  'cors-only-on-preflight': breakage,
  'method-not-allowed': breakage,
  'header-not-allowed': breakage,
  'invalid-token-list': {
    ...breakage,
    except: { 'nginx/bad-misspelled.conf': answer('access-control-allow-methods'), 'express/bad-exposed.js': answer('exposed') },
  },
  'wildcard-ignored-with-credentials': breakage,
  'authorization-behind-wildcard': breakage,
  'max-age-over-cap': answer('access-control-max-age'),
  'invalid-max-age': answer('access-control-max-age'),
  'preflight-not-cached': answer('access-control-max-age'),
  'express5-wildcard-route': { ...breakage, except: { 'express/bad-five': refused } },
  'body-header-on-preflight': { ...answer('content-type'), except: { 'nginx/bad-content-length.conf': answer('content-length') } },
  'missing-always': { ...breakage, except: { 'nginx/bad-only-exposed.conf': answer('exposed') } },
  'headers-not-inherited': { ...breakage, except: { 'nginx/bad-hide-list.conf': { ...breakage, upstreamDecides: true } } },
  'overridden-by-later-if': breakage,
  'multiple-allow-origin': breakage,
  'duplicate-cors-layers': { effect: 'breakage', upstreamDecides: true },
  'headers-lost-on-error': breakage,
  // An attack would hold up the server; how long, test/patterns measures on the real engines.
  'redos-origin-regex': { effect: 'alike' },
  'header-not-exposed': answer('exposed'),
  'unknown-cors-header': { ...breakage, except: { 'nginx/bad-expose.conf': answer('exposed') } },
  'unknown-cors-option': {
    ...breakage,
    except: {
      'express/bad-allow-headers.ts': answer('access-control-allow-headers'),
      'express/bad-imported-options': answer('access-control-allow-headers'),
      'express/bad-success-status.js': answer('status'),
      'express/bad-preflight-continue.js': answer('status'),
    },
  },
  'request-header-in-response': {
    ...breakage,
    except: { 'apache/bad-echo': answer('origin'), 'apache/bad-edit.conf': { effect: 'alike' } },
  },
  'invalid-credentials-value': {
    ...breakage,
    except: {
      'nginx/bad-false.conf': answer('access-control-allow-credentials'),
      'nginx/bad-among-others.conf': answer('access-control-allow-credentials'),
      'nginx/bad-for-every-site.conf': answer('access-control-allow-credentials'),
      'apache/bad-false': answer('access-control-allow-credentials'),
      'express/bad-false.js': answer('access-control-allow-credentials'),
    },
  },
  'rejecting-origin-with-error': answer('status'),
  'conflicting-cors-instances': breakage,
  'cors-not-called': breakage,
  'cookie-not-sent-cross-site': answer('set-cookie'),
  'deprecated-private-network': answer('access-control-allow-private-network'),
  'refused-by-server': refused,
};

/** Fixtures that are not served, by `rule/language/name`, each with its reason; `rule/language` stands for all of them. */
export const unserved: Readonly<Record<string, string>> = {
  'overwritten-vary/apache/bad-only-one': 'nothing in the file sets the Vary that it would erase',
  'reflected-origin-with-credentials/express/bad-set-up-elsewhere': 'the application that it sets up is in a file that is not there',
  'reflected-origin-with-credentials/express/bad-made-by-function.js': 'the application that uses it is in a file that is not there',
  'reflected-origin-with-credentials/express/bad-method-of-class.js': 'the application that uses it is in a file that is not there',
  'loose-origin-check/express/bad-star-on-the-refusal.js': 'whoever is refused reads the refusal',
  'request-controlled-origin/express/bad-cookie.js': 'cookie-parser is not among the packages of test/express',
  'invalid-allow-origin/nginx/bad-word-for-nobody.conf': 'browsers refuse whom it means to refuse',
  'authorization-behind-wildcard/express/bad-start-of-class.ts': 'what starts it is in a file that is not there',
  'multiple-allow-origin/nginx/bad-reflected-twice.conf':
    'without one of its lines every site gets in, so that nobody is to apply the fix unasked',
  'registrable-by-anyone/express/bad-behind-unseen-middleware.js': 'the middleware is in a file that is not there',
  'auth-before-preflight/express/bad-name-only.js': 'its authentication is in a file that is not there',
  'auth-before-preflight/express/bad-passport.js': 'passport is not among the packages of test/express',
  'cookie-not-sent-cross-site/express/bad-session.js': 'express-session is not among the packages of test/express',
  'deprecated-private-network/apache/bad-conditional': 'no browser sends the request header any more that it answers',
  'deprecated-private-network/express/bad-only-when-asked.js': 'no browser sends the request header any more that it answers',
  'wildcard-ignored-with-credentials/express/bad-exposed.js':
    'nobody is refused by it, and only the author knows which headers it is to expose',
  'wildcard-ignored-with-credentials/nginx/bad-exposed.conf':
    'nobody is refused by it, and only the author knows which headers it is to expose',
  'wildcard-ignored-with-credentials/apache/bad-exposed':
    'nobody is refused by it, and only the author knows which headers it is to expose',
  'headers-lost-on-error/express/bad-rate-limit-first.ts': 'express-rate-limit is not among the packages of test/express',
  'headers-lost-on-error/express/bad-rate-limit-with-skip.js': 'express-rate-limit is not among the packages of test/express',
  'reflected-origin-with-credentials/nginx/bad-beside-redirect-to-https.conf': 'it is seen over TLS, which no server of the tests speaks',
  'reflected-origin-with-credentials/nginx/bad-behind-client-certificate.conf': 'it is seen over TLS, which no server of the tests speaks',
  'reflected-origin-with-credentials/nginx/bad-ingress-snippet.yaml': 'no test runs ingress-nginx',
  'headers-lost-on-error/nginx/bad-gateway.conf': 'it is about errors that come where the application does not answer',
  'headers-lost-on-error/nginx/bad-page-of-gateway.conf': 'it is about errors that come where the application does not answer',
  'missing-always/apache/bad-proxied.conf': 'it is about errors that come where the application does not answer',
  'missing-always/apache/bad-proxied-taken-out.conf': 'it is about errors that come where the application does not answer',
  'missing-always/apache/bad-assets-beside-pages': 'it is about fonts that are not there, and the tests ask for one that is',
  'missing-always/apache/bad-one-file': 'it is about a file that is not there, which the tests do not ask for',
  'missing-always/nginx/bad-ingress-snippet.yaml': 'no test runs ingress-nginx',
  'missing-vary-origin/nginx/bad-ingress-snippet.yaml': 'no test runs ingress-nginx',
  'missing-vary-origin/express/bad-plain-server-by-path.js': 'one of its pages is answered by a file that is not there',
  'redos-origin-regex/nginx/bad-group-read.conf': 'the mistake is time, and it has no fix',
  'redos-origin-regex/express/bad-groups-read.js': 'the mistake is time, and it has no fix',
  'redos-origin-regex/express/bad-alternatives.ts': 'the mistake is time, and it has no fix',
};
