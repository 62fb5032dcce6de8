import type { Finding } from '../../core/finding.ts';
import type { Rule, RuleContext } from '../../core/rule.ts';
import { nearest } from '../../cors/near-miss.ts';
import { optionsOf, optionsPackage } from '../../cors/package-options.ts';
import type { Observation } from '../../policy/observation.ts';
import { offer, report, APPLICATION_LANGUAGES } from '../report.ts';

type CorsOption = Extract<Observation, { kind: 'corsOption' }>;

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

/** What the options of cors are called by the packages for Koa and Hono. */
const OTHER_FAMILY: Readonly<Record<string, string>> = {
  methods: 'allowMethods',
  allowedHeaders: 'allowHeaders',
  exposedHeaders: 'exposeHeaders',
};

export const unknownCorsOption: Rule = {
  id: 'unknown-cors-option',
  category: 'response',
  level: 'warning',
  // Handlers of the Fetch API have no such package of their own.
  languages: ['ingress', ...APPLICATION_LANGUAGES.filter((language) => language !== 'fetch')],
  summary: 'The CORS package ignores an option, by its name or by the type of its value.',
  fix: 'unsafe',
  *check({ observations, authoring }) {
    for (const option of observations) {
      if (option.kind !== 'corsOption') continue;
      const known = optionsOf(option.package)?.map(({ name }) => name);
      if (!known) continue;
      if (option.needs !== undefined) {
        yield ignored(option, option.needs);
        continue;
      }
      yield* known.includes(option.name) ? wrongType(option, authoring) : unknownName(option, known, authoring);
    }
  },
};

function* unknownName(option: CorsOption, known: readonly string[], authoring: RuleContext['authoring']): Generator<Finding> {
  const synonym = SYNONYMS[option.name.toLowerCase()] ?? option.name;
  const meant = [synonym, OTHER_FAMILY[synonym] ?? synonym].find((each) => known.includes(each)) ?? nearest(option.name, known, 3);
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

function ignored({ package: from, name, namePlace }: CorsOption, needs: string): Finding {
  const message = `${from} ignores \`${name}\` without \`${needs}\`, so it lets no page read anything. Add that, or remove this.`;
  return report('unknown-cors-option', 'warning', namePlace, message);
}

function* wrongType(option: CorsOption, authoring: RuleContext['authoring']): Generator<Finding> {
  const { name, valueType } = option;
  if (valueType === 'string' && option.package === 'hono/cors' && /^(?:allowMethods|allowHeaders|exposeHeaders)$/.test(name))
    yield textForList(option);
  if (optionsPackage(option.package) !== 'cors') return;
  const text = option.value?.kind === 'literal' ? option.value.text : undefined;
  const kind = valueType === undefined ? undefined : NO_BOOLEANS[valueType];
  if (name === 'credentials' && kind !== undefined && !(valueType === 'number' && text === '0'))
    yield report(
      'unknown-cors-option',
      'warning',
      option.valuePlace,
      `${option.package} takes only the boolean \`true\` for credentials, so this ${kind} allows none. ${valueType === 'string' && text !== undefined ? 'Write it without quotes.' : 'Make a boolean of it.'}`,
      { fixes: text === 'true' || text === '1' ? offer('Write true', 'unsafe', authoring.rewrite(option.valuePlace, 'true')) : [] },
    );
  // Any text but the empty one counts as true (behaviour 3.4).
  if (name === 'preflightContinue' && valueType === 'string' && text === 'false')
    yield report(
      'unknown-cors-option',
      'warning',
      option.valuePlace,
      `For ${option.package} this text counts as true, so it hands every preflight on instead of answering it. Write it without quotes.`,
      { fixes: offer('Write false', 'unsafe', authoring.rewrite(option.valuePlace, 'false')) },
    );
}

/** What a value is called that is no boolean; an environment variable holds a text or nothing. */
const NO_BOOLEANS: Readonly<Partial<Record<NonNullable<CorsOption['valueType']>, string>>> = {
  string: 'text',
  number: 'number',
  environment: 'environment variable, which is a text,',
};

/** Hono joins these lists as they are: a text has no `join`, and only for the methods it looks first (behaviour 7.4). */
function textForList(option: CorsOption): Finding {
  const consequence = option.name === 'allowMethods' ? 'ignores this text' : 'fails on this text when the program starts';
  return report(
    'unknown-cors-option',
    'warning',
    option.valuePlace,
    `${option.package} takes a list for \`${option.name}\` and ${consequence}. Write an array of names.`,
  );
}
