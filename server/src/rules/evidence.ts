import type { Fact } from '../policy/constraint.ts';
import type { OriginCheck, Setting, UnknownReason } from '../policy/model.ts';
import type { ResponseCase } from '../policy/evaluate.ts';

/** Unknowns that the text itself leaves open: behind any of them a guard may stand that the analysis cannot see. */
const GUARDS: readonly UnknownReason[] = [
  'unresolved',
  'routes',
  'placeholder',
  'environment',
  'unsupported',
  'undecided-pattern',
  'too-many-cases',
  'outside',
];

/** What a case rests on: on which side of each guard it lies, by the guard's key. */
type Guards = ReadonlyMap<string, boolean>;

/** Cases that rest on the same, and of which each shows the same mistake. */
interface Alternative {
  readonly guards: Sides;
  /** What is chosen once for a deployment: no guard, but a server is on one side of it only. */
  readonly deployment: Sides;
  readonly cases: ResponseCase[];
}

function restsOnGuards({ when }: ResponseCase): boolean {
  for (const fact of when.facts.values()) if (isGuard(fact)) return true;
  return false;
}

/** That no route out of sight takes a request guards nothing: some request always comes through. */
function isGuard({ reason, truth }: Fact): boolean {
  return reason !== undefined && GUARDS.includes(reason) && (reason !== 'routes' || truth);
}

function guardsOf(response: ResponseCase, deployments: boolean): { readonly guards: Guards; readonly deployment: Guards } {
  const guards = new Map<string, boolean>();
  const deployment = new Map<string, boolean>();
  for (const [key, fact] of response.when.facts) {
    if (!isGuard(fact)) continue;
    const { truth, reason, ofRequest } = fact;
    const isChosen = deployments && reason === 'environment' && ofRequest !== true && !isDevelopment(key, truth);
    (isChosen ? deployment : guards).set(key, truth);
  }
  return { guards, deployment };
}

export interface Evidence {
  /**
   * What some environment brings about counts, except in development: the author wrote it for that. Whom a list admits that
   * an environment variable holds is a guard in any environment.
   */
  readonly deployments?: boolean;
  /** Whether the second case shows all of the first one's mistake. Without it every case shows the same. */
  readonly shows?: (mistake: ResponseCase, other: ResponseCase) => boolean;
}

const provenCases = new WeakMap<readonly ResponseCase[], Map<boolean, readonly ResponseCase[]>>();

/**
 * Of the cases that show a mistake, those for which it holds whatever is unknown: no unseen guard stands before them, or
 * the mistake is there on both sides of it. Remembered by the list, as every rule asks about the same ones, unless the caller
 * says what a case shows.
 */
export function proven(responses: readonly ResponseCase[], evidence: Evidence = {}): readonly ResponseCase[] {
  if (evidence.shows) return provenOf(responses, evidence);
  const { deployments = false } = evidence;
  let known = provenCases.get(responses);
  if (!known) provenCases.set(responses, (known = new Map<boolean, readonly ResponseCase[]>()));
  let found = known.get(deployments);
  if (!found) known.set(deployments, (found = provenOf(responses, evidence)));
  return found;
}

function provenOf(responses: readonly ResponseCase[], { deployments = false, shows }: Evidence): readonly ResponseCase[] {
  const certain = responses.filter((response) => response.unknown === undefined);
  if (!certain.some((response) => restsOnGuards(response))) return certain;
  // Cases with the same guards stand and fall together, where they show the same.
  const distinct = new Map<string, Alternative[]>();
  const numbers = new Map<string, number>();
  for (const response of certain) {
    const rest = guardsOf(response, deployments);
    const key = JSON.stringify([sorted(rest.guards), sorted(rest.deployment)]);
    const alike = distinct.get(key) ?? [];
    distinct.set(key, alike);
    const same = alike.find(({ cases: [first] }) => !shows || !first || (shows(first, response) && shows(response, first)));
    if (same) same.cases.push(response);
    else alike.push({ guards: sidesOf(rest.guards, numbers), deployment: sidesOf(rest.deployment, numbers), cases: [response] });
  }
  const alternatives = [...distinct.values()].flat();
  const holding = new Set<ResponseCase>();
  for (const each of alternatives) {
    const [mistake] = each.cases;
    const counts = ({ deployment, cases: [other] }: Alternative): boolean =>
      agree(each.deployment, deployment) && (!shows || !mistake || !other || shows(mistake, other));
    if (holdsOnBothSides(each.guards, alternatives, counts)) for (const response of each.cases) holding.add(response);
  }
  return certain.filter((response) => holding.has(response));
}

function sorted(guards: Guards): readonly (readonly [string, boolean])[] {
  return [...guards].sort(([a], [b]) => (a < b ? -1 : 1));
}

/** Guards as bits, so that many cases on many guards can be held against each other: those there are, and the true ones among them. */
interface Sides {
  readonly there: readonly number[];
  readonly truths: readonly number[];
}

/** `numbers`: which bit is whose; each guard that is new gets the next one. */
function sidesOf(guards: Guards, numbers: Map<string, number>): Sides {
  const there: number[] = [];
  const truths: number[] = [];
  for (const [key, truth] of guards) {
    let number = numbers.get(key);
    if (number === undefined) numbers.set(key, (number = numbers.size));
    for (let word = there.length; word <= number >> 5; word++) there[word] = truths[word] = 0;
    there[number >> 5] = (there[number >> 5] ?? 0) | (1 << (number & 31));
    if (truth) truths[number >> 5] = (truths[number >> 5] ?? 0) | (1 << (number & 31));
  }
  return { there, truths };
}

/** Whether one deployment can be on all of these sides. */
function agree(a: Sides, b: Sides): boolean {
  return a.there.every((there, word) => (there & (b.there[word] ?? 0) & ((a.truths[word] ?? 0) ^ (b.truths[word] ?? 0))) === 0);
}

/** Whether for each guard some case that counts rests on nothing else than these guards and, at most, on the other side of that one. */
function holdsOnBothSides(guards: Sides, alternatives: readonly Alternative[], counts: (alternative: Alternative) => boolean): boolean {
  const open = [...guards.there];
  if (open.every((there) => there === 0)) return true;
  for (const alternative of alternatives) {
    const flipped = onOtherSideOf(alternative.guards, guards);
    if (flipped === undefined || !counts(alternative)) continue;
    const isSame = flipped.every((bits) => bits === 0);
    // One that rests on these guards and not on all of them is there on both sides of the rest.
    for (let word = 0; word < open.length; word++)
      open[word] = (open[word] ?? 0) & (isSame ? (alternative.guards.there[word] ?? 0) : ~(flipped[word] ?? 0));
    if (open.every((there) => there === 0)) return true;
  }
  return false;
}

/** The one guard that a case has on the other side, or none; undefined where there are several, or guards of its own. */
function onOtherSideOf(others: Sides, guards: Sides): readonly number[] | undefined {
  const flipped: number[] = [];
  let isOne = false;
  for (let word = 0; word < others.there.length; word++) {
    const there = others.there[word] ?? 0;
    if ((there & ~(guards.there[word] ?? 0)) !== 0) return undefined;
    const bits = there & ((others.truths[word] ?? 0) ^ (guards.truths[word] ?? 0));
    flipped.push(bits);
    if (bits === 0) continue;
    if (isOne || (bits & (bits - 1)) !== 0) return undefined;
    isOne = true;
  }
  return flipped;
}

/** A comparison of the Origin with an unknown text, on the side that a case lies on. */
export interface UnknownComparison {
  readonly check: OriginCheck;
  readonly passes: boolean;
}

/** The comparisons with an unknown text that a case rests on; undefined where it rests on something else unseen. */
export function unknownComparisons(response: ResponseCase): readonly UnknownComparison[] | undefined {
  const found: UnknownComparison[] = [];
  for (const [key, passes] of guardsOf(response, true).guards) {
    const check = response.when.facts.get(key)?.comparing;
    if (!check) return undefined;
    found.push({ check, passes });
  }
  return response.unknown === undefined ? found : undefined;
}

/** Whether a case is that of a request which something unseen lets through, other than a choice of the deployment. */
export function passesUnseenCheck(response: ResponseCase): boolean {
  return [...guardsOf(response, true).guards.values()].includes(true);
}

/** What somebody has to set before a case comes up. That a server is in production goes without saying. */
export function settingsOf(response: ResponseCase): readonly Setting[] {
  const found = [...response.when.facts].flatMap(([key, { truth, setting }]) =>
    truth && setting && isServed(key, truth) !== true ? [setting] : [],
  );
  return found.filter((each, at) => !found.slice(0, at).some((other) => other.variable === each.variable && other.text === each.text));
}

/** The cases that take least for granted first: of several with one mistake, that one is reported. */
export function leastAssumed<Seen>(seen: Iterable<Seen>, responseOf: (each: Seen) => ResponseCase): readonly Seen[] {
  const counted = [...seen].map((each) => ({ each, settings: settingsOf(responseOf(each)).length }));
  return counted.sort((a, b) => a.settings - b.settings).map(({ each }) => each);
}

/** Whether a case only comes up in development, by what the name of the environment is compared with. */
export function onlyInDevelopment(response: ResponseCase): boolean {
  return [...response.when.facts].some(([key, { truth }]) => isDevelopment(key, truth));
}

function isDevelopment(key: string, truth: boolean): boolean {
  const served = isServed(key, truth);
  return served === undefined ? truth && /^unknown:env:(?:IS_)?(?:DEV|DEVELOPMENT|LOCAL)(?:=(?:true|1))?$/.test(key) : !served;
}

/** Whether a comparison with the name of an environment says that it is one that others use; undefined for any other. */
function isServed(key: string, truth: boolean): boolean | undefined {
  const [, environment] = /^unknown:env:\w*(?:ENV|ENVIRONMENT|STAGE|MODE)=(dev|test|local|prod|stag)/.exec(key) ?? [];
  return environment === undefined ? undefined : truth === /prod|stag/.test(environment);
}

/** Whether one server can answer in both ways: nothing that was decided is decided differently, but for what is `open`. */
export function together(a: ResponseCase, b: ResponseCase, open: (fact: Fact) => boolean = () => false): boolean {
  for (const [key, fact] of a.when.facts) {
    const other = b.when.facts.get(key);
    if (other !== undefined && other.truth !== fact.truth && !open(fact)) return false;
  }
  for (const [key, one] of a.when.data) {
    const other = b.when.data.get(key);
    if (other && !shareText(one, other)) return false;
  }
  return true;
}

type Texts = ResponseCase['when']['data'] extends ReadonlyMap<string, infer Known> ? Known : never;

/** Whether one text can be both: what a page asks of `http:` is not answered as what it asks of `https:`. */
function shareText(a: Texts, b: Texts): boolean {
  const listed = a.oneOf ?? b.oneOf;
  return listed?.some((text) => [a, b].every(({ oneOf, noneOf }) => oneOf?.includes(text) !== false && !noneOf.includes(text))) !== false;
}
