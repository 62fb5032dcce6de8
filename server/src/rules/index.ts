import type { Rule } from '../core/rule.ts';
import { anySubdomainAllowed } from './any-subdomain-allowed/rule.ts';
import { authBeforePreflight } from './auth-before-preflight/rule.ts';
import { authorizationBehindWildcard } from './authorization-behind-wildcard/rule.ts';
import { bodyHeaderOnPreflight } from './body-header-on-preflight/rule.ts';
import { conditionalVaryOrigin } from './conditional-vary-origin/rule.ts';
import { conflictingCorsInstances } from './conflicting-cors-instances/rule.ts';
import { cookieNotSentCrossSite } from './cookie-not-sent-cross-site/rule.ts';
import { corsAfterRoutes } from './cors-after-routes/rule.ts';
import { corsNotCalled } from './cors-not-called/rule.ts';
import { corsOnlyOnPreflight } from './cors-only-on-preflight/rule.ts';
import { deprecatedPrivateNetwork } from './deprecated-private-network/rule.ts';
import { duplicateCorsLayers } from './duplicate-cors-layers/rule.ts';
import { express5WildcardRoute } from './express5-wildcard-route/rule.ts';
import { headerNotAllowed } from './header-not-allowed/rule.ts';
import { headerNotExposed } from './header-not-exposed/rule.ts';
import { headersLostOnError } from './headers-lost-on-error/rule.ts';
import { headersNotInherited } from './headers-not-inherited/rule.ts';
import { insecureOriginAllowed } from './insecure-origin-allowed/rule.ts';
import { invalidAllowOrigin } from './invalid-allow-origin/rule.ts';
import { invalidCredentialsMode } from './invalid-credentials-mode/rule.ts';
import { invalidCredentialsValue } from './invalid-credentials-value/rule.ts';
import { invalidMaxAge } from './invalid-max-age/rule.ts';
import { invalidTokenList } from './invalid-token-list/rule.ts';
import { looseOriginCheck } from './loose-origin-check/rule.ts';
import { maxAgeOverCap } from './max-age-over-cap/rule.ts';
import { methodCaseNotNormalised } from './method-case-not-normalised/rule.ts';
import { methodNotAllowed } from './method-not-allowed/rule.ts';
import { missingAllowOrigin } from './missing-allow-origin/rule.ts';
import { missingAlways } from './missing-always/rule.ts';
import { missingPreflightHandler } from './missing-preflight-handler/rule.ts';
import { missingVaryOrigin } from './missing-vary-origin/rule.ts';
import { multipleAllowOrigin } from './multiple-allow-origin/rule.ts';
import { noCorsMode } from './no-cors-mode/rule.ts';
import { nullOriginAllowed } from './null-origin-allowed/rule.ts';
import { originHiddenFromApplication } from './origin-hidden-from-application/rule.ts';
import { originOptionAllowsAll } from './origin-option-allows-all/rule.ts';
import { originOptionDisablesCors } from './origin-option-disables-cors/rule.ts';
import { originVariableNeverSet } from './origin-variable-never-set/rule.ts';
import { overriddenByLaterIf } from './overridden-by-later-if/rule.ts';
import { overwrittenVary } from './overwritten-vary/rule.ts';
import { preflightHeadersLost } from './preflight-headers-lost/rule.ts';
import { preflightNotCached } from './preflight-not-cached/rule.ts';
import { preflightNotOk } from './preflight-not-ok/rule.ts';
import { redosOriginRegex } from './redos-origin-regex/rule.ts';
import { reflectedOrigin } from './reflected-origin/rule.ts';
import { reflectedOriginWithCredentials } from './reflected-origin-with-credentials/rule.ts';
import { refusedByServer } from './refused-by-server/rule.ts';
import { registrableByAnyone } from './registrable-by-anyone/rule.ts';
import { rejectingOriginWithError } from './rejecting-origin-with-error/rule.ts';
import { requestControlledOrigin } from './request-controlled-origin/rule.ts';
import { requestHeaderInResponse } from './request-header-in-response/rule.ts';
import { responseHeaderInRequest } from './response-header-in-request/rule.ts';
import { statefulOriginRegex } from './stateful-origin-regex/rule.ts';
import { unanchoredOriginRegex } from './unanchored-origin-regex/rule.ts';
import { unescapedDotInOriginRegex } from './unescaped-dot-in-origin-regex/rule.ts';
import { unguardedAllowOrigin } from './unguarded-allow-origin/rule.ts';
import { unknownCorsHeader } from './unknown-cors-header/rule.ts';
import { unknownCorsOption } from './unknown-cors-option/rule.ts';
import { webSecurityDisabled } from './web-security-disabled/rule.ts';
import { wildcardIgnoredWithCredentials } from './wildcard-ignored-with-credentials/rule.ts';
import { wildcardOrigin } from './wildcard-origin/rule.ts';
import { wildcardWithCredentials } from './wildcard-with-credentials/rule.ts';

/** Every rule, in the order of the documentation: readers, caches, preflight, response, request. */
export const rules: readonly Rule[] = [
  wildcardWithCredentials,
  reflectedOriginWithCredentials,
  reflectedOrigin,
  requestControlledOrigin,
  unanchoredOriginRegex,
  unescapedDotInOriginRegex,
  looseOriginCheck,
  registrableByAnyone,
  redosOriginRegex,
  nullOriginAllowed,
  insecureOriginAllowed,
  anySubdomainAllowed,
  wildcardOrigin,
  invalidAllowOrigin,
  originOptionAllowsAll,
  originOptionDisablesCors,
  statefulOriginRegex,
  unguardedAllowOrigin,
  originVariableNeverSet,
  originHiddenFromApplication,
  missingAllowOrigin,
  missingVaryOrigin,
  conditionalVaryOrigin,
  overwrittenVary,
  authBeforePreflight,
  corsAfterRoutes,
  missingPreflightHandler,
  preflightHeadersLost,
  preflightNotOk,
  corsOnlyOnPreflight,
  methodNotAllowed,
  headerNotAllowed,
  invalidTokenList,
  wildcardIgnoredWithCredentials,
  authorizationBehindWildcard,
  maxAgeOverCap,
  invalidMaxAge,
  preflightNotCached,
  express5WildcardRoute,
  bodyHeaderOnPreflight,
  missingAlways,
  headersNotInherited,
  overriddenByLaterIf,
  multipleAllowOrigin,
  duplicateCorsLayers,
  headersLostOnError,
  headerNotExposed,
  unknownCorsHeader,
  unknownCorsOption,
  requestHeaderInResponse,
  invalidCredentialsValue,
  rejectingOriginWithError,
  conflictingCorsInstances,
  corsNotCalled,
  cookieNotSentCrossSite,
  deprecatedPrivateNetwork,
  refusedByServer,
  responseHeaderInRequest,
  noCorsMode,
  invalidCredentialsMode,
  methodCaseNotNormalised,
  webSecurityDisabled,
];
