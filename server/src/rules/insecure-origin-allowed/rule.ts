import type { Finding } from '../../core/finding.ts';
import type { Rule, RuleContext } from '../../core/rule.ts';
import type { Place } from '../../core/text.ts';
import { placeKey } from '../../core/text.ts';
import type { OriginCheck } from '../../policy/model.ts';
import { isInsecureRemote, judgeCheck, type JudgedReaders } from '../judged-readers.ts';
import { grantingChecks, readersIn, valuePlace, type GrantingCheck } from '../origin-readers.ts';
import { narrowedPattern, type Narrowing } from '../narrowed-pattern.ts';
import { onlyInDevelopment } from '../evidence.ts';
import { offer, report, SERVER_LANGUAGES } from '../report.ts';
import { strongerThan } from '../precedence.ts';

/** What lets both schemes in. */
const WITHOUT_HTTP: readonly Narrowing[] = [
  { find: /(?<=^\^?)https\?(?=:)/, by: 'https' },
  { find: /(?<=^\^?)http\[s\]\?(?=:)/, by: 'https' },
  {
    find: /(?<=^\^?)(?:http\((?:\?:)?s\)\?|http\(s\?\)|\((?:\?:)?(?:https\?|http\|https|https\|http)\))(?=:)/,
    by: 'https',
    regroups: true,
  },
];
/** A pattern that lets these in as well is needed with http. */
const DEVELOPMENT = ['http://localhost', 'http://localhost:3000', 'http://127.0.0.1', 'http://127.0.0.1:3000'];

export const insecureOriginAllowed: Rule = {
  id: 'insecure-origin-allowed',
  category: 'readers',
  level: 'warning',
  languages: [...SERVER_LANGUAGES, 'ingress'],
  summary: 'A page loaded over plain http may read the response, and so may everybody on the network path.',
  fix: 'unsafe',
  // Where every site gets in, those of http: are the least of it.
  yieldsTo: [...strongerThan('insecure-origin-allowed'), 'reflected-origin'],
  *check(context) {
    const reported = new Set<string>();
    for (const finding of [...constants(context), ...checks(context)]) {
      if (reported.has(placeKey(finding.place))) continue;
      reported.add(placeKey(finding.place));
      yield finding;
    }
  },
};

function* constants(context: RuleContext): Generator<Finding> {
  for (const readers of readersIn(context)) {
    const place = valuePlace(readers);
    if (place && readers.line.value.kind === 'literal' && isInsecureRemote(readers.line.value.text) && !onlyInDevelopment(readers.response))
      yield insecure(context, place, readers.line.value.text, readers.credentials, true);
  }
}

function* checks(context: RuleContext): Generator<Finding> {
  const all = grantingChecks(context);
  const named = new Set(all.flatMap(({ check }) => check.entries ?? []).map((entry) => entry.text));
  for (const granting of all) {
    const { check, credentials } = granting;
    if (granting.readers.every((each) => onlyInDevelopment(each.response))) continue;
    if (check.entries && isWhole(check)) {
      for (const entry of check.entries)
        if (isInsecureRemote(entry.text)) {
          const found = insecure(context, entry.place, entry.text, credentials, true);
          // Beside its https form the entry goes: nginx refuses a map with the same key twice.
          yield named.has(secured(entry.text))
            ? { ...found, fixes: offer('Remove it', 'unsafe', context.authoring.removeEntry(check, entry)) }
            : found;
        }
      continue;
    }
    const judgement = judgeCheck(context, granting, insecureIn);
    if (!judgement) continue;
    // What some of another check's readers have to pass as well only narrows those.
    const narrows = (other: GrantingCheck): boolean =>
      other.readers.length > granting.readers.length &&
      granting.readers.every((each) => other.readers.includes(each)) &&
      judgeCheck(context, other, insecureIn) !== undefined;
    if (all.some(narrows)) continue;
    const edits = narrowedPattern(context, check, judgement.found, DEVELOPMENT, WITHOUT_HTTP);
    yield {
      ...insecure(context, check.place, judgement.found, judgement.credentials, false),
      fixes: offer('Allow https only', 'unsafe', edits),
    };
  }
}

const insecureIn = ({ insecure: witness }: JudgedReaders): string | undefined => witness;

const isWhole = (check: OriginCheck): boolean => ['literal', 'list', 'set', 'lookup', 'equals'].includes(check.form);

const secured = (origin: string): string => origin.replace(/^http:/, 'https:');

function insecure(context: RuleContext, place: Place, origin: string, credentials: boolean, constant: boolean): Finding {
  const secure = secured(origin);
  return report(
    'insecure-origin-allowed',
    credentials ? 'warning' : 'info',
    place,
    `Whoever is on the network path can put a script into a page of ${origin} and read this response${credentials ? " with the user's cookies" : ''}. Allow https only.`,
    {
      witness: origin,
      fixes: constant ? offer(`Write ${secure}`, 'unsafe', context.authoring.replaceText(place, secure)) : [],
    },
  );
}
