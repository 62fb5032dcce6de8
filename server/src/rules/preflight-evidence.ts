import { placeKey } from '../core/text.ts';
import type { Observation } from '../policy/observation.ts';
import { isForbiddenRequestHeader, isSafelistedMethod } from '../cors/headers.ts';
import { parseTokenList } from '../cors/token.ts';
import { anyOf, isSubset } from '../policy/codes.ts';
import type { HeaderWrite, Value } from '../policy/model.ts';
import { type PolicyView, writesNamed } from '../policy/view.ts';

type RequestHeaderRead = Extract<Observation, { readonly kind: 'requestHeaderRead' }>;

const PREFLIGHT_HEADERS = ['access-control-allow-methods', 'access-control-allow-headers', 'access-control-max-age'];

/** The options of CORS packages that write them. */
const PREFLIGHT_OPTIONS = ['methods', 'allowedHeaders', 'allowMethods', 'allowHeaders', 'maxAge'];

/** Headers that pages may send without permission, or that browsers, proxies, networks and other servers send. */
const NOT_FROM_PAGES =
  /^(?:access-control-request-.*|accept|accept-language|content-language|range|x-forwarded-.*|x-real-ip|forwarded|via|cf-.*|true-client-ip|x-amz.*|x-amzn-.*|x-vercel-.*|fly-.*|x-request-id|x-correlation-id|traceparent|tracestate|user-agent|if-.*|.*signature.*|stripe-.*|x-hub-.*|x-github-.*|x-gitlab-.*|x-slack-.*|x-twilio-.*|x-shopify-.*|svix-.*|x-webhook-.*|x-cron.*|x-health.*)$/;

/** Whether a request header is one that a page's script sends, and only after a preflight. */
function needsPermission(name: string): boolean {
  return !isForbiddenRequestHeader(name) && !NOT_FROM_PAGES.test(name.toLowerCase());
}

/**
 * Whether a page's script can make a policy read a request header that takes a preflight. What parses bodies reads Content-Type
 * of every request, and GET and HEAD have none.
 */
export function isReadFromPages({ policy: { id, methods } }: PolicyView, { name, policies }: RequestHeaderRead): boolean {
  const takesBodies = methods === undefined || !isSubset(methods, anyOf('GET', 'HEAD', 'OPTIONS'));
  return policies.includes(id) && needsPermission(name) && (takesBodies || name.toLowerCase() !== 'content-type');
}

/**
 * Whether preflights are known to come to a policy: it writes headers that only a preflight's answer needs, has a route for
 * another method than GET, HEAD and POST, parses JSON, or reads or rests on Authorization or a header of its own.
 */
export function expectsPreflights(view: PolicyView, observations: readonly Observation[]): boolean {
  let expects = expecting.get(view);
  if (expects === undefined) expecting.set(view, (expects = isExpecting(view, observations)));
  return expects;
}

/** Whether what a page gets depends on a header that it has to ask leave for, such as Authorization. */
function dependsOnOwnHeader({ actual }: PolicyView): boolean {
  return actual.some(({ when }) =>
    [...when.data.keys(), ...when.facts.keys()].some((key) => {
      const [, name] = /^header:([\w-]+)/.exec(key) ?? [];
      return name !== undefined && needsPermission(name);
    }),
  );
}

/** Found once for all rules. */
const expecting = new WeakMap<PolicyView, boolean>();

function isExpecting(view: PolicyView, observations: readonly Observation[]): boolean {
  if (asksForPreflights(view, observations)) return true;
  const { ofPolicy, options } = sortedOut(observations);
  const own = ofPolicy.get(view.policy.id) ?? [];
  const layers = new Set(own.flatMap((each) => (each.kind === 'corsLayer' ? [placeKey(each.place)] : [])));
  // What a package writes by default nobody has asked for: of a package its options count.
  const written = PREFLIGHT_HEADERS.flatMap((name) => writesNamed(view.answers, name));
  if (written.some((write) => !layers.has(placeKey(write.place)) && !allowsNoMore(write))) return true;
  // Written for preflights, though something before it may answer them.
  return options.some((option) => layers.has(placeKey(option.layer)));
}

/** `Access-Control-Allow-Methods: GET`: what pages may send without asking, which says that nothing else is meant to come. */
function allowsNoMore({ name, value }: HeaderWrite): boolean {
  return name.toLowerCase() === 'access-control-allow-methods' && namesNoMore(value);
}

/** OPTIONS is in most lists, though no page's script sends it. */
function namesNoMore(value: Value): boolean {
  if (value.kind === 'choice') return [...value.options.map((option) => option.value), value.otherwise].every(namesNoMore);
  if (value.kind !== 'literal') return false;
  const list = parseTokenList(value.text);
  return value.text === '' || (list.ok && list.tokens.every((method) => method === 'OPTIONS' || isSafelistedMethod(method)));
}

/** Whether preflights come for what a policy itself does, whatever is written for them. */
export function asksForPreflights(view: PolicyView, observations: readonly Observation[]): boolean {
  const { id, methods } = view.policy;
  if (methods?.kind === 'in' && methods.members.some((method) => method !== 'OPTIONS' && !isSafelistedMethod(method))) return true;
  if (dependsOnOwnHeader(view)) return true;
  return (sortedOut(observations).ofPolicy.get(id) ?? []).some(
    (each) =>
      (each.kind === 'requestHeaderRead' && isReadFromPages(view, each)) ||
      (each.kind === 'route' && !['OPTIONS', 'ALL', '*'].includes(each.method.toUpperCase()) && !isSafelistedMethod(each.method)),
  );
}

/** Whether the CORS headers of a policy are meant for routes as well that are not in sight. */
export function hasUnseenRoutes({ policy: { id } }: PolicyView, observations: readonly Observation[]): boolean {
  return (sortedOut(observations).ofPolicy.get(id) ?? []).some((each) => each.kind === 'corsLayer' && each.around.unseenBehind);
}

interface SortedOut {
  /** CORS layers, routes and headers that are read, by the id of the policy. */
  readonly ofPolicy: ReadonlyMap<string, readonly Observation[]>;
  /** Options that write what only a preflight's answer needs. */
  readonly options: readonly Extract<Observation, { readonly kind: 'corsOption' }>[];
}

const known = new WeakMap<readonly Observation[], SortedOut>();

/** What there is to know of each policy, found once for all of them. */
function sortedOut(observations: readonly Observation[]): SortedOut {
  let found = known.get(observations);
  if (found) return found;
  const ofPolicy = new Map<string, Observation[]>();
  const add = (policy: string, observation: Observation): void => {
    const others = ofPolicy.get(policy);
    if (others) others.push(observation);
    else ofPolicy.set(policy, [observation]);
  };
  for (const each of observations) {
    if (each.kind === 'route') add(each.policy, each);
    else if (each.kind === 'corsLayer' || each.kind === 'requestHeaderRead') for (const policy of each.policies) add(policy, each);
  }
  const options = observations.flatMap((each) => (each.kind === 'corsOption' && PREFLIGHT_OPTIONS.includes(each.name) ? [each] : []));
  known.set(observations, (found = { ofPolicy, options }));
  return found;
}
