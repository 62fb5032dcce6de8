import type { FileEdit, Finding } from '../../core/finding.ts';
import type { Rule, RuleContext } from '../../core/rule.ts';
import { placeKey, type Place } from '../../core/text.ts';
import { capture, intersection, type OriginSet } from '../../cors/origins/origin-set.ts';
import { readOrigin, type OriginProblem } from '../../cors/serialized-origin.ts';
import type { CheckEntry, CheckForm, HeaderLine, HeaderWrite, OriginCheck, UnknownReason, Value } from '../../policy/model.ts';
import { originsOf, type OriginTest } from '../../policy/constraint.ts';
import type { ResponseCase } from '../../policy/evaluate.ts';
import { isNeverAnOrigin } from '../../policy/never-origin.ts';
import { withName } from '../../policy/view.ts';
import { proven } from '../evidence.ts';
import { checksIn, readersIn, valuePlace } from '../origin-readers.ts';
import { offer, report, SERVER_LANGUAGES } from '../report.ts';
import { linesOf } from '../sent-lines.ts';

/** Checks whose entries are compared with the whole Origin. */
const WHOLE: readonly CheckForm[] = ['literal', 'list', 'set', 'lookup', 'equals'];

/** What is wrong, as the end of "… so no browser ever sends it". */
const PROBLEMS: Readonly<Record<OriginProblem, string>> = {
  empty: 'is empty',
  wildcard: 'stands for every origin only as the whole header value',
  quoted: 'has quotation marks in it',
  'several-origins': 'names several origins, and the header carries exactly one',
  whitespace: 'has white space in it',
  'null-not-lower-case': 'is not spelled `null`',
  'no-scheme': 'has no scheme such as https://',
  'user-information': 'has a user name in it',
  'sub-wildcard': 'has a `*` inside, and browsers know no wildcard there',
  path: 'has a path, and an origin ends after the host and port',
  'trailing-slash': 'ends in a slash, and an origin ends after the host and port',
  'default-port': 'names the default port, which browsers leave out',
  'invalid-port': 'has an impossible port',
  'upper-case': 'has upper-case letters, and browsers send scheme and host in lower case',
  'non-ascii': 'has non-ASCII letters, and browsers send the punycode form',
  'invalid-host': 'has a host name that cannot be',
  'host-not-canonical': 'has a host that browsers write differently',
};

export const invalidAllowOrigin: Rule = {
  id: 'invalid-allow-origin',
  category: 'readers',
  level: 'error',
  languages: [...SERVER_LANGUAGES, 'ingress'],
  summary: "An allowed origin is spelled so that no browser's Origin ever equals it.",
  fix: 'unsafe',
  *check(context) {
    const reported = new Set<string>();
    for (const found of [
      ...sentValues(context),
      ...sentParts(context),
      ...extended(context),
      ...checkedValues(context),
      ...deadPatterns(context),
    ]) {
      if (reported.has(placeKey(found.place))) continue;
      reported.add(placeKey(found.place));
      yield found;
    }
  },
};

/** Constant values that are sent. */
function* sentValues(context: RuleContext): Generator<Finding> {
  for (const view of context.views) {
    for (const response of proven(view.all)) {
      // What only a request without Origin gets is compared with nothing.
      if (response.when.originPresent === false) continue;
      for (const line of [...response.lines, ...response.withheld]) {
        if (line.name.toLowerCase() !== 'access-control-allow-origin' || line.value.kind !== 'literal' || line.value.text === '*') continue;
        // What a server writes for a value that is not there: unguarded-allow-origin and origin-variable-never-set say why.
        if (/^(?:\(null\)|undefined|\$\d)$/.test(line.value.text)) continue;
        const place = valuePlace({ line });
        if (!place || line.value.text === '') continue;
        // Behind checks that failed, a word that names no host is how the author refuses.
        if (response.when.refused.length > 0 && /^(?!localhost$)[\w-]+$/i.test(line.value.text)) {
          if (!readOrigin(line.value.text).valid) yield refusing(line.value.text, place);
        } else yield* judged(context, line.value.text, place, line);
      }
    }
  }
}

function refusing(text: string, place: Place): Finding {
  return report(
    'invalid-allow-origin',
    'info',
    place,
    `\`${text}\` is no origin, so browsers refuse the response, as seems meant here. Send no header to whom nothing is allowed.`,
    {},
  );
}

/** Values that take in a part of the request, such as its path, and are never an origin. */
function* sentParts({ views, authoring }: RuleContext): Generator<Finding> {
  for (const view of views) {
    for (const { line, write } of linesOf(proven(view.answers), 'Access-Control-Allow-Origin')) {
      const place = valuePlace({ line });
      if (!place || !isNeverAnOrigin(line.value)) continue;
      yield report(
        'invalid-allow-origin',
        'error',
        place,
        'Whatever the request is, this value is no origin, which begins with a scheme and ends after the host and port, so every browser refuses the response. Name one origin as a browser sends it.',
        { fixes: offer('Allow a fixed list of origins', 'unsafe', authoring.allowOnly(write, place, [])) },
      );
    }
  }
}

/** The Origin with something behind it: `$0$1` sends one of the pattern's groups once more. */
function* extended({ views, origins, reasoning, trustedDomains }: RuleContext): Generator<Finding> {
  for (const view of views) {
    for (const { line, response } of linesOf(proven(view.answers), 'Access-Control-Allow-Origin')) {
      const place = valuePlace({ line });
      const { value } = line;
      if (!place || value.kind !== 'concat') continue;
      const asking = originsOf(response.when);
      // Whom a bare dot was not meant to let in makes no example.
      const meant = reasoning ? [intersection([reasoning.intent(asking, trustedDomains).set, SECURE])] : [];
      const origin = asking.kind === 'all' ? ANYBODY : origins.witness(asking, { prefer: [...meant, SECURE] });
      if (origin === undefined) continue;
      const texts = value.parts.map((part) => textFor(part, origin));
      if (texts[0] !== origin || texts.includes(undefined) || texts.join('') === origin) continue;
      yield report(
        'invalid-allow-origin',
        'error',
        place,
        `For ${origin} this sends \`${shortened(texts.join(''))}\`, which is its Origin and more, so its browser refuses the response. Send the Origin alone.`,
        { witness: origin },
      );
    }
  }
}

const ANYBODY = 'https://app.example.com';
const SECURE: OriginSet = { kind: 'prefix', text: 'https://' };

/** What a part of a value is for a request with an Origin; undefined where something else decides it. */
function textFor(part: Value, origin: string): string | undefined {
  if (part.kind === 'literal') return part.text;
  if (part.kind === 'origin') return origin;
  if (part.kind !== 'originPart') return undefined;
  const found = capture(part.pattern, part.group, origin);
  return found.kind === 'text' ? found.text : found.kind === 'none' ? '' : undefined;
}

/** Entries with which the whole Origin is compared. */
function* checkedValues(context: RuleContext): Generator<Finding> {
  for (const { check, admits, grants } of checksIn(context)) {
    if (!grants || !WHOLE.includes(check.form) || (check.part !== undefined && check.part !== 'origin')) continue;
    const ignoreCase = admits.kind === 'oneOf' && admits.ignoreCase === true;
    for (const entry of check.entries ?? []) {
      // `allowed !== '*'` asks what the program itself chose; no browser's Origin is meant.
      if (entry.text === '' || (check.form === 'equals' && entry.text === '*')) continue;
      // `list.includes(origin) ? origin : list[0]` sends the `*` of a list by itself.
      if (entry.text === '*' && mayGetStar(context, check)) continue;
      if (admitsHost(context, admits, entry.text) || isKnownElsewhere(context, check, entry.text)) continue;
      const text = ignoreCase ? entry.text.toLowerCase() : entry.text;
      const reading = readOrigin(text);
      const right = reading.valid ? undefined : reading.suggestion;
      if (right !== undefined && check.entries?.some((other) => other.text === right)) yield beside(context, check, entry, right);
      else if (context.language === 'ingress') yield* leftOut(context, check, text, entry.place);
      else yield* judged(context, text, entry.place);
    }
  }
}

/** Whether those who fail a check are sent `*`, or what may be one. */
function mayGetStar({ views }: RuleContext, check: OriginCheck): boolean {
  const failing = views.flatMap(({ all }) => all.filter((response) => failsCheck(response, placeKey(check.place))));
  return failing.some(({ lines }) =>
    withName(lines, 'Access-Control-Allow-Origin').some(({ value }) =>
      value.kind === 'literal' ? value.text === '*' : value.kind !== 'origin',
    ),
  );
}

/** Entries that ingress-nginx does not take: it knows wildcards, and a list without any entry left is one for everybody (behaviour 12.3, 12.4). */
function* leftOut(context: RuleContext, check: OriginCheck, text: string, place: Place): Generator<Finding> {
  const withScheme = `https://${text}`;
  const [finding] = /^\*\.[\w.-]+$/.test(text) ? [missingScheme(context, text, withScheme, place)] : judged(context, text, place);
  if (!finding) return;
  const everybody = readersIn(context).some(
    ({ line, response }) => line.value.kind === 'origin' && response.when.refused.some((test) => test.check === check),
  );
  const message = everybody ? finding.message.replace('so no request ever matches it', NOBODY_LEFT) : finding.message;
  yield { ...finding, message };
}

const NOBODY_LEFT = 'so the controller leaves it out, and a list without any other entry lets every site read this response';

function missingScheme({ authoring }: RuleContext, text: string, right: string, place: Place): Finding {
  return report(
    'invalid-allow-origin',
    'error',
    place,
    `\`${text}\` ${PROBLEMS['no-scheme']}, so no request ever matches it. Write \`${right}\`.`,
    {
      fixes: offer(`Replace by ${right}`, 'unsafe', authoring.replaceText(place, right)),
    },
  );
}

/** An entry beside its own right spelling refuses no page; it only never matches. */
function beside({ authoring }: RuleContext, check: OriginCheck, entry: CheckEntry, right: string): Finding {
  return report(
    'invalid-allow-origin',
    'warning',
    entry.place,
    `\`${shortened(entry.text)}\` never matches, as no browser spells an origin so, and \`${right}\` is in the list already. Remove it.`,
    { fixes: offer('Remove it', 'unsafe', authoring.removeEntry(check, entry)) },
  );
}

/** Whether an entry is compared with the host of a parsed Origin: it lets both schemes in, which no whole origin does. */
function admitsHost(context: RuleContext, admits: OriginSet, host: string): boolean {
  return ['http', 'https'].every((scheme) => {
    const origin = readOrigin(`${scheme}://${host.toLowerCase()}`);
    return (
      origin.valid &&
      context.origins.isEmpty(intersection([admits, { kind: 'oneOf', values: [`${scheme}://${host.toLowerCase()}`] }])) === false
    );
  });
}

/**
 * Whether who fails the check is let in by another one, or by one that is not in sight, which takes an entry with `*` in it or without a
 * scheme for what it stands for: the program knows such entries, whatever browsers know.
 */
function isKnownElsewhere(context: RuleContext, { place }: OriginCheck, text: string): boolean {
  const meant = text.toLowerCase().replace(/\*/g, 'a');
  const hasScheme = meant.includes('://');
  if (text === '*' || (hasScheme && meant === text.toLowerCase())) return false;
  const values = (hasScheme ? [meant] : [`https://${meant}`, `https://a.${meant}`]).filter((origin) => readOrigin(origin).valid);
  if (values.length === 0) return false;
  const key = placeKey(place);
  const lets = (test: OriginTest): boolean =>
    values.some((origin) => context.origins.isEmpty(intersection([test.in, { kind: 'oneOf', values: [origin] }])) === false);
  return context.views.some(({ all }) =>
    all.some(
      (response) =>
        withName(response.lines, 'Access-Control-Allow-Origin').some(({ value }) => value.kind === 'origin') &&
        failsCheck(response, key) &&
        (response.when.admitted.some(lets) || (response.when.admitted.length === 0 && passesUnseenCode(response))),
    ),
  );
}

/** Why it may not be known what code said that lets somebody in. A value of the environment is compared like the entry. */
const UNSEEN_CODE: readonly (UnknownReason | undefined)[] = ['unresolved', 'unsupported', 'undecided-pattern', 'too-many-cases'];

function passesUnseenCode({ when }: ResponseCase): boolean {
  return [...when.facts.values()].some(({ truth, reason }) => truth && UNSEEN_CODE.includes(reason));
}

function failsCheck({ when }: ResponseCase, key: string): boolean {
  return when.refused.some(({ check }) => check && placeKey(check.place) === key);
}

/** Whether the success of a check is what lets Access-Control-Allow-Origin out: not where the same requests get it without. */
function letsIn({ views }: RuleContext, check: OriginCheck): boolean {
  const others = (tests: readonly OriginTest[]): string =>
    tests
      .flatMap((test) => (test.check === check ? [] : [test.check ? placeKey(test.check.place) : '']))
      .sort()
      .join();
  return views.some(({ all }) => {
    const allowing = all.filter(({ lines }) => withName(lines, 'Access-Control-Allow-Origin').length > 0);
    const without = new Set(
      allowing
        .filter(({ when }) => when.refused.some((test) => test.check === check))
        .map(({ when }) => `${others(when.admitted)} ${others(when.refused)}`),
    );
    return allowing.some(
      ({ when }) => when.admitted.some((test) => test.check === check) && !without.has(`${others(when.admitted)} ${others(when.refused)}`),
    );
  });
}

/** Patterns that match no origin at all. */
function* deadPatterns(context: RuleContext): Generator<Finding> {
  for (const { check, admits, grants } of checksIn(context)) {
    // Without a pattern of origins it looks at more than the Origin, and another request may meet it.
    if (!grants || !check.pattern || check.form !== 'pattern' || context.origins.isEmpty(admits) !== true) continue;
    if (!letsIn(context, check)) continue;
    yield {
      ruleId: 'invalid-allow-origin',
      level: 'error',
      confidence: 'proven',
      message:
        'No Origin that a browser sends ever matches this pattern: an origin is scheme, host and port in lower case, without a path or a trailing slash. Write the pattern for that.',
      place: check.place,
      related: [],
      fixes: [],
    };
  }
}

/** `https://YOUR_DOMAIN`: whoever takes the text over, or a script, writes a host in this place. */
function isToBeFilledIn(text: string): boolean {
  return /^https?:\/\/[A-Z]+(?:_[A-Z]+)+(?::\d+)?$/.test(text);
}

/** `sent`: the line that a text is sent as; absent where it is compared with the Origin. */
function* judged(context: RuleContext, text: string, place: Place, sent?: HeaderLine): Generator<Finding> {
  const reading = readOrigin(text);
  if (reading.valid || isToBeFilledIn(text)) return;
  const { suggestion, reason, parts } = reading;
  const consequence = sent ? 'every browser refuses the response' : 'no request ever matches it';
  const joined = (sent?.writes ?? []).slice(1).filter(({ op }) => op === 'append' || op === 'merge');
  const isRepeated = joined.length > 0 && new Set(parts).size === 1;
  const remedy =
    suggestion !== undefined
      ? `Write \`${suggestion}\`.`
      : isRepeated
        ? 'Send it once.'
        : parts.length > 1 && sent
          ? LIST
          : 'Name one origin as a browser sends it.';
  yield report('invalid-allow-origin', 'error', place, `\`${shortened(text)}\` ${PROBLEMS[reason]}, so ${consequence}. ${remedy}`, {
    related: joined.map((write) => ({ place: write.place, message: 'This line joins its value to it.' })),
    fixes:
      suggestion !== undefined
        ? offer(`Replace by ${suggestion}`, 'unsafe', context.authoring.replaceText(place, suggestion))
        : isRepeated
          ? offer('Send it once', 'unsafe', removals(context, joined))
          : sent
            ? offer('Allow a list of these origins', 'unsafe', allowEach(context, sent, place, parts))
            : [],
  });
}

/** The edits that take every one of some lines away; undefined where one of them stays. */
function removals({ authoring }: RuleContext, writes: readonly HeaderWrite[]): readonly FileEdit[] | undefined {
  const edits = writes.map((write) => authoring.remove(write));
  return edits.every((each): each is readonly FileEdit[] => each !== undefined) ? edits.flat() : undefined;
}

const LIST = 'Keep a list of them, and send back the one that asks.';

/** An allowlist of the origins of one value; undefined where one of them is none. */
function allowEach(
  { authoring }: RuleContext,
  { writes: [write, second] }: HeaderLine,
  place: Place,
  parts: readonly string[],
): readonly FileEdit[] | undefined {
  const origins = parts.flatMap((part) => {
    const reading = readOrigin(part);
    return reading.valid ? part : (reading.suggestion ?? []);
  });
  return write && !second && parts.length > 0 && origins.length === parts.length ? authoring.allowOnly(write, place, origins) : undefined;
}

function shortened(text: string): string {
  return text.length > 80 ? `${text.slice(0, 77)}…` : text;
}
