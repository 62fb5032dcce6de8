import type { Finding } from '../../core/finding.ts';
import type { Rule, RuleContext } from '../../core/rule.ts';
import { contains, placeKey, samePlace, type Place } from '../../core/text.ts';
import type { Origins } from '../../cors/origins/index.ts';
import { intersection } from '../../cors/origins/origin-set.ts';
import { has, errorStatuses } from '../../policy/codes.ts';
import { conditionKey, unreachable } from '../../policy/condition.ts';
import { originsOf } from '../../policy/constraint.ts';
import type { ResponseCase } from '../../policy/evaluate.ts';
import type { Observation } from '../../policy/observation.ts';
import { linesNamed } from '../../policy/view.ts';
import { proven } from '../evidence.ts';
import { offer, report } from '../report.ts';

type ErrorAnswer = Extract<Observation, { kind: 'errorAnswer' }>;

export const headersLostOnError: Rule = {
  id: 'headers-lost-on-error',
  category: 'response',
  level: 'warning',
  languages: ['express', 'nginx', 'apache', 'koa'],
  summary: 'An error page or error handler answers without the CORS headers.',
  fix: 'unsafe',
  yieldsTo: ['headers-not-inherited'],
  *check(context) {
    yield* errorAnswers(context);
    yield* refusals(context);
  },
};

function* errorAnswers({ views, observations, origins, authoring }: RuleContext): Generator<Finding> {
  const reported = new Set<string>();
  for (const observation of observations) {
    if (observation.kind !== 'errorAnswer' || reported.has(placeKey(observation.place))) continue;
    for (const view of views.filter((each) => observation.policies.includes(each.policy.id))) {
      const responses = proven(view.actual);
      const allowing = responses.filter((response) =>
        linesNamed(response, 'Access-Control-Allow-Origin').some((line) => line.writes.length > 0),
      );
      const errors = responses.filter(
        (response) => response.complete && response.when.originPresent !== false && isOf(observation, response),
      );
      const [allowed, lost] = sameReaders(allowing, errors, origins) ?? [];
      if (!allowed || !lost) continue;
      const writes = allowed.lines
        .filter((line) => line.name.toLowerCase().startsWith('access-control-allow-'))
        .flatMap((line) => line.writes);
      reported.add(placeKey(observation.place));
      const { thrownAt } = observation;
      const dropped = observations.filter((each) => each.kind === 'inheritanceLost').find((each) => writesAt(lost, each.place));
      const layer = observations
        .filter((each) => each.kind === 'corsLayer')
        .find((each) => each.policies.includes(view.policy.id) && !hasPassed(lost, each.place));
      yield report(
        'headers-lost-on-error',
        // While the application is down its pages learn little from the status.
        isUnreachable(lost) ? 'info' : 'warning',
        observation.place,
        `${observation.what} answers in place of the policy and without its CORS headers, so pages see a CORS error instead of the error. Send the same headers there.`,
        {
          ...(dropped && { cause: dropped.place }),
          related: thrownAt
            ? [{ place: thrownAt, message: 'Such an error is thrown here.' }]
            : writes.slice(0, 1).map((write) => ({ place: write.place, message: 'These headers are lost.' })),
          fixes: thrownAt
            ? []
            : [
                ...offer('Move the CORS middleware in front', 'unsafe', layer && authoring.registerFirst(layer.place)),
                ...offer('Send the same headers there', 'unsafe', authoring.carryInto(observation.place, writes)),
              ],
        },
      );
      break;
    }
  }
}

/** Whether a line that stands at a place writes into a response. */
function writesAt({ lines, withheld }: ResponseCase, place: Place): boolean {
  return [...lines, ...withheld].some(({ writes }) => writes.some((write) => samePlace(write.place, place)));
}

/** Whether it is the server's own answer where nothing answers behind it. */
function isUnreachable({ when }: ResponseCase): boolean {
  return when.facts.get(conditionKey(unreachable))?.truth === true;
}

/** Whether a response is one that the observed answers to errors can be. */
function isOf({ statuses = errorStatuses, answers }: ErrorAnswer, { status, answeredAt }: ResponseCase): boolean {
  if (!statuses.some((each) => has(status, each))) return false;
  return (
    !answers || (answeredAt !== undefined && answers.some((each) => each.uri === answeredAt.uri && contains(each.range, answeredAt.range)))
  );
}

/** An answer and an error that the same page may get: what is refused to a page that may read nothing is not lost to it. */
function sameReaders(
  allowing: readonly ResponseCase[],
  errors: readonly ResponseCase[],
  origins: Origins,
): readonly [allowed: ResponseCase, lost: ResponseCase] | undefined {
  const [losing, keeping] = [[] as ResponseCase[], [] as ResponseCase[]];
  for (const each of errors) (linesNamed(each, 'Access-Control-Allow-Origin').length === 0 ? losing : keeping).push(each);
  // What is lost with the application at work counts more than what is lost while it is down.
  losing.sort((a, b) => Number(isUnreachable(a)) - Number(isUnreachable(b)));
  for (const allowed of allowing)
    for (const lost of losing)
      if (
        origins.isEmpty(intersection([originsOf(allowed.when), originsOf(lost.when)])) === false &&
        mayBeOnePages(allowed, lost) &&
        !keeping.some((kept) => isNearer(kept, lost, allowed))
      )
        return [allowed, lost];
  return undefined;
}

/** Whether one server can answer one page in both ways: nothing about its Origin, or about the deployment, is decided otherwise. */
function mayBeOnePages({ when }: ResponseCase, other: ResponseCase): boolean {
  return ![...when.facts].some(
    ([key, { truth, reason, ofRequest, ofOrigin }]) =>
      other.when.facts.get(key)?.truth === !truth && (ofOrigin === true || (reason === 'environment' && ofRequest !== true)),
  );
}

/**
 * Whether an error that keeps the headers differs less from the answer that has them than one that lacks them: what it was that was
 * decided otherwise there, such as whether the page is on a list that is not in sight, took the headers, and not the error.
 */
function isNearer(kept: ResponseCase, lost: ResponseCase, allowed: ResponseCase): boolean {
  const [few, many] = [decidedOtherwise(kept, allowed), decidedOtherwise(lost, allowed)];
  return few.length < many.length && few.every((key) => many.includes(key));
}

function decidedOtherwise({ when }: ResponseCase, other: ResponseCase): readonly string[] {
  return [...when.facts].flatMap(([key, { truth }]) => (other.when.facts.get(key)?.truth === !truth ? [key] : []));
}

const REFUSES = {
  bodies: 'answers a body that it cannot read with 400 or 413',
  'too many requests': 'answers too many requests with 429, preflights among them,',
  'too many of some': 'answers too many requests with 429',
} as const;

/** What is refused before a CORS layer: one finding a layer, at the first that refuses, and one for whatever refuses. */
function* refusals({ observations, authoring }: RuleContext): Generator<Finding> {
  const [layers, places] = [new Set<string>(), new Set<string>()];
  for (const first of observations) {
    if (first.kind !== 'refusesFirst' || layers.has(placeKey(first.layer))) continue;
    layers.add(placeKey(first.layer));
    if (places.has(placeKey(first.place))) continue;
    places.add(placeKey(first.place));
    const what = REFUSES[first.refuses];
    const remedy = first.apart ? 'Use it behind the CORS middleware.' : 'Register the CORS middleware first.';
    yield report(
      'headers-lost-on-error',
      'info',
      first.place,
      `\`${first.name}\` ${what} before the CORS headers are written, so pages see a CORS error instead. ${remedy}`,
      {
        related: [{ place: first.layer, message: 'The CORS headers are written here.' }],
        fixes: first.apart ? [] : offer('Move the CORS middleware in front', 'unsafe', authoring.registerFirst(first.layer)),
      },
    );
  }
}

/** Whether a CORS layer has written anything into a response. */
function hasPassed({ lines, withheld }: ResponseCase, layer: Place): boolean {
  return [...lines, ...withheld].some(({ writes }) =>
    writes.some(({ place }) => place.uri === layer.uri && contains(layer.range, place.range)),
  );
}
