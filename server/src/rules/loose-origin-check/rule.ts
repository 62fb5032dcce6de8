import type { Finding, Fix } from '../../core/finding.ts';
import type { Rule, RuleContext } from '../../core/rule.ts';
import { intersection, matching, oneOf, type OriginSet } from '../../cors/origins/origin-set.ts';
import { placeKey } from '../../core/text.ts';
import type { ResponseCase } from '../../policy/evaluate.ts';
import type { CheckForm, OriginCheck } from '../../policy/model.ts';
import { readersOf } from '../../policy/view.ts';
import { isEmpty, intersect } from '../../policy/codes.ts';
import { together, unknownComparisons, type UnknownComparison } from '../evidence.ts';
import { judgeCheck, type JudgedReaders } from '../judged-readers.ts';
import { grantingChecks, type GrantingCheck } from '../origin-readers.ts';
import { offer, offerToFillIn, PLACEHOLDER_ORIGIN, report, APPLICATION_LANGUAGES } from '../report.ts';
import { withCookies } from '../words.ts';
import { strongerThan } from '../precedence.ts';

/** Checks that compare a part of the Origin only, with what each leaves open. */
const LOOSE: Partial<Readonly<Record<CheckForm, string>>> = {
  includes: '`includes` on a text finds it anywhere in the origin',
  indexOf: '`indexOf` finds the text anywhere in the origin',
  search: '`search` finds the text anywhere in the origin',
  startsWith: '`startsWith` leaves the end of the origin open',
  endsWith: '`endsWith` leaves the start of the host open',
  slice: 'Comparing a part of the origin leaves the rest open',
  within: 'Any piece of this text passes',
};

/** The origins of web pages: whose scheme is another one belongs to a program. */
const WEB = matching({ dialect: 'javascript', source: '^https?://', flags: '' });

export const looseOriginCheck: Rule = {
  id: 'loose-origin-check',
  category: 'readers',
  level: 'error',
  languages: APPLICATION_LANGUAGES,
  summary: 'A comparison of a part of the Origin lets another site in; one is shown.',
  fix: 'unsafe',
  yieldsTo: strongerThan('loose-origin-check'),
  *check(context) {
    for (const granting of grantingChecks(context)) {
      const why = LOOSE[granting.check.form];
      if (why === undefined) continue;
      const judgement = judgeCheck(context, granting, ({ foreign }) =>
        foreign?.kind === 'shared-suffix' || foreign?.kind === 'address' ? undefined : foreign,
      );
      if (!judgement) continue;
      const { found: foreign, credentials, judged } = judgement;
      yield report(
        'loose-origin-check',
        'error',
        granting.check.place,
        `${why}, so ${foreign.witness} can read this response${withCookies(credentials)}. Compare the whole origin with a list.`,
        {
          witness: foreign.witness,
          fixes:
            granting.check.form === 'within'
              ? splitTexts(context, granting.check)
              : [...wholeHosts(context, granting, judged), ...exactChecks(context, granting, judged.meant)],
        },
      );
    }
    yield* unknownTexts(context);
  },
};

/** Comparisons with what an environment variable holds: that is an origin in all likelihood, and they let more in than it. */
function* unknownTexts(context: RuleContext): Generator<Finding> {
  const passed = new Map<string, { check: OriginCheck; credentials: boolean }>();
  for (const { actual } of context.views) {
    const open = actual.flatMap((response) => openCase(response, context));
    for (const each of open) {
      if (open.some((other) => readsAnyway(other, each))) continue;
      for (const { check, passes } of each.comparisons) {
        const known = passed.get(placeKey(check.place));
        if (passes) passed.set(placeKey(check.place), { check, credentials: each.credentials || known?.credentials === true });
      }
    }
  }
  for (const { check, credentials } of passed.values()) {
    const isWithin = check.form === 'within';
    const witness = isWithin ? PLACEHOLDER_ORIGIN.slice(0, -1) : `${PLACEHOLDER_ORIGIN}.attacker.example`;
    yield report(
      'loose-origin-check',
      'warning',
      check.place,
      `${LOOSE[check.form] ?? ''}: where the environment variable holds ${PLACEHOLDER_ORIGIN}, ${witness} can read this response${withCookies(credentials)}. Compare the whole origin${isWithin ? ' with a list' : ''}.`,
      {
        confidence: 'likely',
        witness,
        fixes: isWithin
          ? splitTexts(context, check)
          : offer('Compare the whole origin', 'unsafe', context.authoring.compareHost(check, 'itself')),
      },
    );
  }
}

/** A case that lets every site read that gets as far, with the comparisons that it rests on. */
interface OpenCase {
  readonly response: ResponseCase;
  readonly credentials: boolean;
  readonly comparisons: readonly UnknownComparison[];
}

function openCase(response: ResponseCase, { origins }: RuleContext): readonly OpenCase[] {
  const { admitted, originPresent } = response.when;
  const readers = admitted.length === 0 && originPresent !== false ? readersOf(response, origins) : undefined;
  const comparisons = unknownComparisons(response);
  if (!readers || !comparisons || (!readers.wildcard && readers.line.value.kind === 'literal')) return [];
  return [{ response, credentials: readers.credentials, comparisons }];
}

/** Whether a site that passes no comparison reads as much on the same server: then the comparisons give nothing. */
function readsAnyway(other: OpenCase, { response, credentials }: OpenCase): boolean {
  return (
    other.comparisons.every(({ passes }) => !passes) &&
    (other.credentials || !credentials) &&
    !isEmpty(intersect(other.response.status, response.status)) &&
    !isEmpty(intersect(other.response.when.methods, response.when.methods)) &&
    together(other.response, response, ({ comparing }) => comparing !== undefined)
  );
}

function splitTexts({ authoring }: RuleContext, check: OriginCheck): readonly Fix[] {
  return offer('Split the text into a list', 'unsafe', authoring.splitText(check));
}

/** A comparison of the host by whole labels, where only what is meant passes it then. */
function wholeHosts({ authoring, origins }: RuleContext, { check, texts }: GrantingCheck, { intent }: JudgedReaders): readonly Fix[] {
  const { part } = check;
  if (!intent || texts.length === 0 || (part !== 'hostname' && part !== 'host')) return [];
  const isBelow = texts.every((text) => text.startsWith('.'));
  const reach = isBelow ? 'below' : check.form === 'startsWith' ? 'itself' : 'both';
  const below = texts.map((text): OriginSet => ({ kind: 'suffix', text: isBelow ? text : `.${text}` }));
  const hosts = reach === 'below' ? below : [oneOf(texts), ...(reach === 'both' ? below : [])];
  const passing = hosts.map((of): OriginSet => intersection([WEB, { kind: 'part', part, of }]));
  if (!passing.every((each) => origins.isEmpty(each) === false && origins.isSubset(each, intent.set) === true)) return [];
  const names = texts.map((text) => text.replace(/^\./, '')).join(', ');
  const titles = {
    itself: `Compare the whole host with ${names}`,
    below: `Let only hosts below ${names} pass`,
    both: `Let only ${names} and hosts below pass`,
  };
  return offer(titles[reach], 'unsafe', authoring.compareHost(check, reach));
}

const WHOLE_ORIGIN = /^https?:\/\/[^/*]+[^/*.:-]$/;

/** A machine by its name or address, with any port: there is nothing below it, and what is under development has no certificate. */
const OWN_MACHINE = /^(?:(https?):\/\/|\/\/)?(localhost|\d{1,3}(?:\.\d{1,3}){3}):?$/;

function escaped(name: string): string {
  return name.replaceAll('.', String.raw`\.`);
}

/** The origins that the check spells out, or a pattern for the hosts that are meant; and a list of origins to fill in. */
function exactChecks({ authoring }: RuleContext, { check, texts }: GrantingCheck, meant: readonly string[]): readonly Fix[] {
  const [first, second] = texts;
  const text = second === undefined ? first : undefined;
  const machine = text === undefined ? undefined : OWN_MACHINE.exec(text);
  if (machine) {
    const [, scheme = 'https?', name = ''] = machine;
    const whole = `^${scheme}://${escaped(name)}(?::\\d+)?$`;
    return offer(`Test the whole origin: ${whole}`, 'unsafe', authoring.testOrigin(check, whole));
  }
  if (texts.length > 0 && texts.every((each) => WHOLE_ORIGIN.test(each)))
    return offer(`Compare with ${text ?? `the ${texts.length} origins`}`, 'unsafe', authoring.listOrigins(check, texts));
  const host = text?.replace(/^\./, '');
  const hosts = meant.length === 1 && host !== undefined && meant.some((each) => host.endsWith(`.${each}`)) ? [host] : meant;
  const names = hosts.map(escaped);
  const source = `^https://(?:[^/]+\\.)?${names.length === 1 ? names.join('') : `(?:${names.join('|')})`}$`;
  return [
    ...(names.length > 0 ? offer(`Test the whole origin: ${source}`, 'unsafe', authoring.testOrigin(check, source)) : []),
    ...offerToFillIn('Compare with one origin', authoring.listOrigins(check, [PLACEHOLDER_ORIGIN]), PLACEHOLDER_ORIGIN),
  ];
}
