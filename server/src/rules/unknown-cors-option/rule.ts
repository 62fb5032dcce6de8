import type { Finding } from '../../core/finding.ts';
import type { Rule, RuleContext } from '../../core/rule.ts';
import { nearest } from '../../cors/near-miss.ts';
import type { Observation } from '../../policy/observation.ts';
import { offer, report, APPLICATION_LANGUAGES } from '../report.ts';

type CorsOption = Extract<Observation, { kind: 'corsOption' }>;

/** What each package reads (their documentation and sources). */
const OPTIONS: Readonly<Record<string, readonly string[]>> = {
  cors: ['origin', 'methods', 'allowedHeaders', 'exposedHeaders', 'credentials', 'maxAge', 'preflightContinue', 'optionsSuccessStatus'],
  '@fastify/cors': [
    'origin',
    'methods',
    'hook',
    'allowedHeaders',
    'exposedHeaders',
    'credentials',
    'maxAge',
    'cacheControl',
    'preflightContinue',
    'optionsSuccessStatus',
    'preflight',
    'strictPreflight',
    'hideOptionsRoute',
    'logLevel',
    'delegator',
  ],
  '@koa/cors': [
    'origin',
    'allowMethods',
    'exposeHeaders',
    'allowHeaders',
    'maxAge',
    'credentials',
    'keepHeadersOnError',
    'secureContext',
    'privateNetworkAccess',
  ],
  'hono/cors': ['origin', 'allowMethods', 'allowHeaders', 'maxAge', 'credentials', 'exposeHeaders'],
};
/** NestJS and socket.io hand their options to the cors package. */
const SAME_AS: Readonly<Record<string, string>> = { '@nestjs/common': 'cors', '@nestjs/core': 'cors', 'socket.io': 'cors' };
const SYNONYMS: Readonly<Record<string, string>> = {
  allowheaders: 'allowedHeaders',
  headers: 'allowedHeaders',
  allowmethods: 'methods',
  allowedmethods: 'methods',
  exposeheaders: 'exposedHeaders',
  credential: 'credentials',
  allowcredentials: 'credentials',
  withcredentials: 'credentials',
  optionsuccessstatus: 'optionsSuccessStatus',
  origins: 'origin',
  allowedorigins: 'origin',
  alloworigin: 'origin',
  alloworigins: 'origin',
  allowedorigin: 'origin',
};

export const unknownCorsOption: Rule = {
  id: 'unknown-cors-option',
  category: 'response',
  level: 'warning',
  languages: APPLICATION_LANGUAGES,
  summary: 'The CORS package ignores an option, by its name or by the type of its value.',
  fix: 'unsafe',
  *check({ observations, authoring }) {
    for (const option of observations) {
      if (option.kind !== 'corsOption') continue;
      const known = OPTIONS[SAME_AS[option.package] ?? option.package];
      if (!known) continue;
      yield* known.includes(option.name) ? wrongType(option, authoring) : unknownName(option, known, authoring);
    }
  },
};

function* unknownName(option: CorsOption, known: readonly string[], authoring: RuleContext['authoring']): Generator<Finding> {
  const synonym = SYNONYMS[option.name.toLowerCase()];
  const meant = synonym !== undefined && known.includes(synonym) ? synonym : nearest(option.name, known, 3);
  yield report(
    'unknown-cors-option',
    'warning',
    option.namePlace,
    `${option.package} has no option \`${option.name}\` and ignores it. ${meant === undefined ? 'Remove it.' : `Write \`${meant}\`.`}`,
    {
      fixes: meant === undefined ? [] : offer(`Rename to ${meant}`, 'unsafe', authoring.rewrite(option.namePlace, meant)),
    },
  );
}

function* wrongType(option: CorsOption, authoring: RuleContext['authoring']): Generator<Finding> {
  if (option.name !== 'credentials' || option.valueType !== 'string') return;
  const text = option.value?.kind === 'literal' ? option.value.text : undefined;
  if (option.package !== 'cors' && SAME_AS[option.package] !== 'cors') return;
  yield report(
    'unknown-cors-option',
    'warning',
    option.valuePlace,
    `${option.package} takes only the boolean \`true\` for credentials, so this text allows none. Write it without quotes.`,
    {
      fixes: text === 'true' ? offer('Write true', 'unsafe', authoring.rewrite(option.valuePlace, 'true')) : [],
    },
  );
}
