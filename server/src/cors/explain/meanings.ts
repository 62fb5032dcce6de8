/**
 * What each reason means in plain words, what usually causes it, and which rules find the cause in the configuration
 * or code at hand.
 */
import type { MessageCode } from './message-pattern.ts';

export interface Cause {
  readonly text: string;
  /** Ids of the rules that report this cause. */
  readonly rules: readonly string[];
}

export interface Meaning {
  readonly meaning: string;
  readonly causes: readonly Cause[];
}

const cause = (text: string, ...rules: readonly string[]): Cause => ({ text, rules });

const missingOnErrors = cause(
  'The response is an error (4xx, 5xx, a login page, a proxy that is down), and the server adds the header to successful responses only.',
  'missing-always',
  'headers-lost-on-error',
);
const appliedElsewhere = cause(
  'The header is configured, but not for this address: an inner block or an `if` with headers of its own replaced it, or the CORS middleware runs after the route.',
  'headers-not-inherited',
  'overridden-by-later-if',
  'cors-after-routes',
  'cors-not-called',
);
const notInList = cause(
  'The origin is not in the list of allowed origins, or is written there as no browser sends it (trailing slash, path, upper case, missing scheme or port).',
  'invalid-allow-origin',
  'stateful-origin-regex',
);
const preflightUnanswered = cause(
  'Nothing answers OPTIONS for this address: the CORS configuration covers only the method of the request itself.',
  'missing-preflight-handler',
  'cors-after-routes',
);
const preflightNeedsLogin = cause(
  'Authentication answers the preflight first. A preflight never carries a cookie or an Authorization header, so it has to pass without.',
  'auth-before-preflight',
);
const preflightBranch = cause('The branch that answers OPTIONS sets other headers than the response itself.', 'preflight-headers-lost');

export const meanings: Readonly<Record<MessageCode, Meaning>> = {
  allowed: { meaning: 'The browser lets the page read the response.', causes: [] },
  'missing-allow-origin': {
    meaning: 'The response carries no Access-Control-Allow-Origin, so the browser does not show it to the page.',
    causes: [
      missingOnErrors,
      appliedElsewhere,
      notInList,
      preflightUnanswered,
      cause(
        'CORS is switched off without being noticed: an option or variable is empty.',
        'origin-option-disables-cors',
        'origin-variable-never-set',
        'unknown-cors-header',
      ),
      cause('The headers are there on the preflight only.', 'cors-only-on-preflight'),
    ],
  },
  'wildcard-with-credentials': {
    meaning:
      'The page sends cookies or other credentials, and with them the browser does not accept `*`: the response must name the origin of the page.',
    causes: [
      cause('The server allows every origin with `*`.', 'wildcard-with-credentials', 'wildcard-origin'),
      cause(
        'The page does not need credentials, but asks for them (`credentials: "include"`, `withCredentials`).',
        'invalid-credentials-mode',
      ),
    ],
  },
  'multiple-allow-origin': {
    meaning:
      'Access-Control-Allow-Origin may hold one origin or `*`, once. The response has several, in one line or in two, even if they are the same.',
    causes: [
      cause('The proxy and the application both add the header.', 'duplicate-cors-layers', 'multiple-allow-origin'),
      cause(
        'A list of origins is written into the header. A server that allows several must look at the Origin header and answer with that one.',
        'invalid-allow-origin',
      ),
    ],
  },
  'invalid-allow-origin': {
    meaning: 'Access-Control-Allow-Origin holds something that is no address.',
    causes: [cause('The value has no scheme, is empty, or is quoted twice.', 'invalid-allow-origin', 'unguarded-allow-origin')],
  },
  'allow-origin-mismatch': {
    meaning:
      'Access-Control-Allow-Origin names another origin than the page has. The two must be equal byte for byte: scheme, host and port, no slash at the end.',
    causes: [
      notInList,
      cause('The server always sends one fixed origin.', 'invalid-allow-origin'),
      cause(
        'A cache answered with a response that was made for another origin, because Vary: Origin is missing.',
        'missing-vary-origin',
        'conditional-vary-origin',
        'overwritten-vary',
      ),
      cause(
        'The page has the origin `null`: a sandboxed frame, a local file, or a redirect through a second origin.',
        'null-origin-allowed',
      ),
    ],
  },
  'invalid-allow-credentials': {
    meaning:
      'The page sends credentials, and Access-Control-Allow-Credentials is missing or is not exactly `true`. It is needed on the preflight and on the response itself.',
    causes: [
      cause(
        'The header holds another value (`True`, `1`), or is set with a wrong type.',
        'invalid-credentials-value',
        'unknown-cors-option',
      ),
      preflightBranch,
      cause('The page does not need credentials, but asks for them.', 'invalid-credentials-mode'),
    ],
  },
  'preflight-not-ok': {
    meaning: 'The preflight, an OPTIONS request that the browser sends first, was answered by a status outside 200–299.',
    causes: [
      preflightNeedsLogin,
      preflightUnanswered,
      cause('The server refuses OPTIONS (405), or answers it with an error.', 'preflight-not-ok', 'express5-wildcard-route'),
    ],
  },
  'preflight-redirect': {
    meaning: 'The preflight was answered by a redirect, which the browser does not follow.',
    causes: [
      cause(
        'The address redirects: http to https, a missing or extra slash, another host name. Let the page use the final address.',
        'preflight-not-ok',
      ),
      cause('An authentication layer redirects to a login page.', 'auth-before-preflight'),
    ],
  },
  'malformed-allow-methods': {
    meaning: 'Access-Control-Allow-Methods is not a list of methods separated by commas, which fails every preflight, even one for POST.',
    causes: [cause('Semicolons, spaces or quotation marks in the value.', 'invalid-token-list')],
  },
  'malformed-allow-headers': {
    meaning: 'Access-Control-Allow-Headers is not a list of header names separated by commas, which fails every preflight.',
    causes: [cause('Semicolons, spaces or quotation marks in the value.', 'invalid-token-list')],
  },
  'method-not-allowed': {
    meaning:
      'The answer to the preflight does not allow the method. The comparison minds upper and lower case, and `*` does not count with credentials.',
    causes: [
      cause('The method is not listed.', 'method-not-allowed', 'invalid-token-list'),
      cause('`*` stands for all methods, and the page sends credentials.', 'wildcard-ignored-with-credentials'),
      cause(
        'The page writes `patch` in lower case; browsers mend only GET, HEAD, POST, PUT, DELETE and OPTIONS.',
        'method-case-not-normalised',
      ),
    ],
  },
  'header-not-allowed': {
    meaning: 'The answer to the preflight does not allow a header that the page sends. `*` does not count with credentials.',
    causes: [
      cause('The header is not listed.', 'header-not-allowed'),
      cause(
        '`*` stands for all headers, and the page sends credentials or Authorization.',
        'wildcard-ignored-with-credentials',
        'authorization-behind-wildcard',
      ),
      cause('The page sends a header that belongs into the response, such as Access-Control-Allow-Origin.', 'response-header-in-request'),
    ],
  },
  'authorization-behind-wildcard': {
    meaning: 'By the standard `*` in Access-Control-Allow-Headers does not cover Authorization: it has to be listed.',
    causes: [cause('Access-Control-Allow-Headers is `*`, and the page sends Authorization.', 'authorization-behind-wildcard')],
  },
  'redirect-with-credentials': {
    meaning: 'The response redirects to an address with a user name or password in it, which is not followed across origins.',
    causes: [],
  },
  'redirect-to-other-scheme': { meaning: 'The response redirects to something that is not http or https.', causes: [] },
  'redirect-not-allowed': {
    meaning: 'The response redirects to where this request may not follow.',
    causes: [
      cause('The address redirects (http to https, a slash, a login page). Let the page use the final address.', 'preflight-not-ok'),
    ],
  },
  redirected: { meaning: 'The response redirects, and the exchange at the other address decides.', causes: [] },
  'scheme-not-http': {
    meaning:
      'CORS works over http and https only. The address has another scheme, or the scheme was forgotten (`localhost:3000/api` has the scheme `localhost`).',
    causes: [cause('The page was opened as a local file, or the address lacks `http://`. Serve the page from a local server.')],
  },
  'same-origin-mode': {
    meaning: 'The page allowed itself only its own origin (`mode: "same-origin"`), and the address is another.',
    causes: [],
  },
  'no-response': {
    meaning:
      'No response arrived at all, so this is not about CORS headers: the connection, the name, the certificate or mixed content failed, or an extension blocked it.',
    causes: [],
  },
  'cors-disabled': { meaning: 'CORS is switched off in this browser (`content.cors.disable` in about:config).', causes: [] },
  'origin-not-added': {
    meaning: 'The browser could not add the Origin header, usually because an extension or privileged code interfered.',
    causes: [],
  },
  'local-network-access': {
    meaning:
      'The address lies on a private network or on this computer, and the browser guards those against pages from elsewhere. In current browsers the user is asked; no response header allows it.',
    causes: [
      cause(
        'Access-Control-Allow-Private-Network was part of an earlier proposal and does not help any more.',
        'deprecated-private-network',
      ),
    ],
  },
  'no-details': {
    meaning:
      'The browser blocked a cross-origin response; this line does not say why. Another line of the console, or the Network tab, does.',
    causes: [],
  },
  'unknown-allow-origin': { meaning: 'Whether the response allows the origin is not known.', causes: [] },
  'unknown-allow-credentials': { meaning: 'Whether the response allows credentials is not known.', causes: [] },
  'unknown-preflight-status': { meaning: 'The status of the preflight response is not known.', causes: [] },
  'unknown-allow-methods': { meaning: 'Which methods the preflight response allows is not known.', causes: [] },
  'unknown-allow-headers': { meaning: 'Which headers the preflight response allows is not known.', causes: [] },
};
