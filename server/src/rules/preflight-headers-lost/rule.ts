import type { FileEdit } from '../../core/finding.ts';
import type { Rule, RuleContext } from '../../core/rule.ts';
import { contains, placeKey, samePlace, type Place } from '../../core/text.ts';
import { intersection } from '../../cors/origins/origin-set.ts';
import { originsOf } from '../../policy/constraint.ts';
import type { ResponseCase } from '../../policy/evaluate.ts';
import type { HeaderLine, HeaderWrite } from '../../policy/model.ts';
import type { Origins } from '../../cors/origins/index.ts';
import { allowsCredentials, isText, linesNamed, preflightStatus, readersOf, readsOrigin, type PolicyView } from '../../policy/view.ts';
import { proven, together } from '../evidence.ts';
import { admitsEverySite } from '../origin-readers.ts';
import { toAlways, withTableMates } from '../plain-table.ts';
import { asksForPreflights } from '../preflight-evidence.ts';
import { HEADER_LANGUAGES, offer } from '../report.ts';
import { asksForLeave, asksForNoHeaders } from '../sent-lines.ts';
import { varyAlways, withheldVary } from '../withheld-vary.ts';
import { listed } from '../words.ts';

const ALLOW_ORIGIN = 'Access-Control-Allow-Origin';
const ALLOW_HEADERS = 'Access-Control-Allow-Headers';
/** What is only read in the answer to a preflight. */
const LISTS = ['Access-Control-Allow-Methods', ALLOW_HEADERS];

const STOPS = new Map([
  ['access-control-allow-credentials', 'with credentials'],
  ['access-control-allow-methods', 'with another method than GET, HEAD and POST'],
  ['access-control-allow-headers', 'with JSON or headers of its own'],
]);

export const preflightHeadersLost: Rule = {
  id: 'preflight-headers-lost',
  category: 'preflight',
  level: 'error',
  languages: HEADER_LANGUAGES,
  summary: 'The branch that answers preflights lacks the CORS headers of the actual response.',
  fix: 'unsafe',
  yieldsTo: ['conflicting-cors-instances', 'refused-by-server'],
  *check(context) {
    const { views, observations, authoring, origins } = context;
    const layers = observations.flatMap((each) => (each.kind === 'corsLayer' ? [each.place] : []));
    const reported = new Set<string>();
    for (const view of views) {
      for (const preflight of proven(view.preflight)) {
        const answer = preflight.answeredAt;
        if (!answer || !isOwnAnswer(preflight) || reported.has(placeKey(answer))) continue;
        const lost = lostWrites(preflight, view, origins);
        if (lost.length === 0) continue;
        // A route that more may read than a list admits, such as a stream of events, takes no preflight where it is a plain GET.
        if (refusesOrigin(preflight, view) && !asksForPreflights(view, observations)) continue;
        reported.add(placeKey(answer));
        // Where one layer answers preflights and another one shapes the response, that there are two is the mistake.
        const wider = layers.some((each) => samePlace(each, answer))
          ? layers.find((each) => lost.some((write) => samePlace(write.place, each)))
          : undefined;
        const refused = observations.find((each) => each.kind === 'refused' && each.block && isWithin(answer, each.block));
        const cause = wider ?? (refused?.kind === 'refused' ? refused.block : undefined);
        const awaited = lost.some(({ value }) => value.kind === 'variable') && view.actual.some(({ lines }) => lines.some(isAnswered));
        yield {
          ruleId: 'preflight-headers-lost',
          level: 'error',
          confidence: 'proven',
          message: `Preflights are answered here without ${listed(lost.map((write) => write.name))}, so the browser never sends ${neverSent(lost)}. ${awaited ? 'What another server answers is not there yet: send an origin that is known here' : 'Send the same headers with this answer'}.`,
          place: answer,
          ...(cause && { cause }),
          related: lost.map((write) => ({ place: write.place, message: `${write.name} is sent with the actual response only.` })),
          fixes: awaited
            ? []
            : wider
              ? offer('Use the second layer for both', 'unsafe', authoring.replaceLayer(answer, wider))
              : offer('Carry the headers into the preflight answer', 'unsafe', carried(answer, preflight, lost, view, context)),
        };
      }
    }
  },
};

function isWithin(inner: Place, outer: Place): boolean {
  return inner.uri === outer.uri && contains(outer.range, inner.range);
}

/** The edits that send the lost headers with an answer. Apache's own carries the lines of `always`, and those need their Vary there. */
function carried(
  answer: Place,
  preflight: ResponseCase,
  lost: readonly HeaderWrite[],
  view: PolicyView,
  context: RuleContext,
): readonly FileEdit[] | undefined {
  const { authoring, views } = context;
  if (opensToEverySite(preflight, lost, context)) return undefined;
  if (!lost.every((write) => write.table === 'onsuccess')) return authoring.carryInto(answer, lost);
  const edits = toAlways(withTableMates(views, lost), context);
  const vary = view.answers.map(withheldVary).find((write) => write !== undefined);
  return edits && [...edits, ...((vary && varyAlways(authoring, vary)) ?? [])];
}

/** Whether the answer, complete, would let every site send requests with the user's cookies: what it lacks is all that stops them. */
function opensToEverySite(preflight: ResponseCase, lost: readonly HeaderWrite[], { origins }: RuleContext): boolean {
  const readers = readersOf(preflight, origins);
  const credentials = readers?.credentials === true || lost.some(({ name }) => name.toLowerCase() === 'access-control-allow-credentials');
  return readers !== undefined && !readers.wildcard && credentials && readsOrigin(readers.line.value) && admitsEverySite(readers);
}

/** Whether what answers this preflight lets those of other origins pass. */
function refusesOrigin(refused: ResponseCase, { preflight }: PolicyView): boolean {
  const { answeredAt: answer } = refused;
  if (!answer || linesNamed(refused, ALLOW_ORIGIN).length > 0) return false;
  return preflight.some((each) => each.answeredAt && samePlace(each.answeredAt, answer) && linesNamed(each, ALLOW_ORIGIN).length > 0);
}

/** An answer that the configuration itself gives, with a status that lets a preflight pass. */
function isOwnAnswer(preflight: ResponseCase): boolean {
  return preflight.complete && preflight.refusal === undefined && preflight.by !== 'files' && preflightStatus(preflight) === 'ok';
}

/**
 * The writes of Allow-Origin and Allow-Credentials that the same origin's actual response has and this preflight lacks, and of the
 * lists of methods and headers, which only a preflight needs.
 */
function lostWrites(preflight: ResponseCase, view: PolicyView, origins: Origins): readonly HeaderWrite[] {
  const lacks = (name: string): boolean => linesNamed(preflight, name).length === 0;
  const lacksOrigin = lacks(ALLOW_ORIGIN);
  const lacksCredentials = !allowsCredentials(preflight);
  // What is sent back of the headers that a preflight asks for, one that asks for none lacks.
  const lists = LISTS.filter((name) => lacks(name) && !(name === ALLOW_HEADERS && asksForNoHeaders(preflight)));
  if (!lacksOrigin && !lacksCredentials && lists.length === 0) return [];
  const lost = new Map<string, HeaderWrite>();
  for (const actual of proven(view.actual)) {
    const checked = [
      ...(lacksOrigin ? linesNamed(actual, ALLOW_ORIGIN) : []),
      ...(lacksCredentials && allowsCredentials(actual) && !isWildcard(actual)
        ? linesNamed(actual, 'Access-Control-Allow-Credentials')
        : []),
    ];
    const listing = lists.flatMap((name) => linesNamed(actual, name));
    const missing = [...checked, ...(checked.length > 0 ? listing : listing.filter(asksForLeave))];
    if (missing.length === 0 || !together(preflight, actual)) continue;
    const readers = readersOf(actual, origins);
    // Whomever another server may allow, a preflight that lets nobody in stops them.
    const stopsAll = lacksOrigin && checked.some(isAnswered) && !refusesOrigin(preflight, view);
    if (readers ? origins.isEmpty(intersection([originsOf(preflight.when), readers.origins])) !== false : !stopsAll) continue;
    for (const line of missing) for (const write of line.writes) lost.set(write.name.toLowerCase(), write);
  }
  return [...lost.values()];
}

/** A value that another server has to answer first. */
function isAnswered({ value }: HeaderLine): boolean {
  return value.kind === 'unknown' && value.reason === 'upstream';
}

/** `*` and credentials never go together, so they cannot be lost. */
function isWildcard(response: ResponseCase): boolean {
  return linesNamed(response, ALLOW_ORIGIN).some(({ value }) => isText(value, '*'));
}

/** What a preflight without these headers stops. */
function neverSent(lost: readonly HeaderWrite[]): string {
  const names = new Set(lost.map((write) => write.name.toLowerCase()));
  if (names.has(ALLOW_ORIGIN.toLowerCase())) return 'the actual request';
  const kinds = [...STOPS].flatMap(([name, kind]) => (names.has(name) ? [kind] : []));
  return `a request ${listed(kinds, 'or')}`;
}
