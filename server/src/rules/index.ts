import type { Rule } from '../core/rule.ts';
import { authBeforePreflight } from './auth-before-preflight/rule.ts';
import { headersNotInherited } from './headers-not-inherited/rule.ts';
import { invalidAllowOrigin } from './invalid-allow-origin/rule.ts';
import { missingAlways } from './missing-always/rule.ts';
import { missingVaryOrigin } from './missing-vary-origin/rule.ts';
import { nullOriginAllowed } from './null-origin-allowed/rule.ts';
import { preflightHeadersLost } from './preflight-headers-lost/rule.ts';
import { reflectedOriginWithCredentials } from './reflected-origin-with-credentials/rule.ts';
import { unanchoredOriginRegex } from './unanchored-origin-regex/rule.ts';
import { wildcardWithCredentials } from './wildcard-with-credentials/rule.ts';

/** Every rule, in the order of the documentation: readers, caches, preflight, response, request. */
export const rules: readonly Rule[] = [
  wildcardWithCredentials,
  reflectedOriginWithCredentials,
  unanchoredOriginRegex,
  nullOriginAllowed,
  invalidAllowOrigin,
  missingVaryOrigin,
  authBeforePreflight,
  preflightHeadersLost,
  missingAlways,
  headersNotInherited,
];
