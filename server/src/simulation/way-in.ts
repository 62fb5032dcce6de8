/**
 * Which request meets a policy: the way in that the simulator proposes for it. Found by reading what the routing tests and
 * proven by routing the request.
 */
import { contains, type OriginSet } from '../cors/origins/origin-set.ts';
import { parseUrl } from '../cors/parse-url.ts';
import { routesTo, type SimulatedRequest, type Simulated } from '../policy/simulate.ts';
import type { Condition, Policy } from '../policy/model.ts';

export interface WayIn {
  /** A path, or a whole URL where only the server's name leads there. */
  readonly address: string;
  readonly method: string;
}

/** A request that the policy answers; undefined where none was found. */
export function wayInto(policy: Policy, analysis: Simulated): WayIn | undefined {
  const method = methodOf(policy);
  for (const { when, policy: id } of analysis.extraction.routing) {
    if (id !== policy.id) continue;
    const paths = texts(when, 'path').filter((path) => path.startsWith('/'));
    const hosts = texts(when, 'host').filter((host) => parseUrl(`https://${host}`) !== undefined);
    const schemes = [...texts(when, 'scheme'), 'https', 'http'].filter((scheme) => scheme === 'http' || scheme === 'https');
    for (const path of new Set([...paths, '/'])) {
      if (routesTo(analysis, requestFor(path, method, undefined), policy.id)) return { address: path, method };
      for (const url of hosts.flatMap((host) => schemes.map((scheme) => new URL(`${scheme}://${host}`)))) {
        if (routesTo(analysis, requestFor(path, method, url), policy.id)) return { address: url.origin + path, method };
      }
    }
  }
  return undefined;
}

function methodOf({ methods }: Policy): string {
  if (methods?.kind !== 'in' || methods.members.includes('GET')) return 'GET';
  return methods.members.find((method) => method !== 'OPTIONS') ?? 'GET';
}

function requestFor(path: string, method: string, url: URL | undefined): SimulatedRequest {
  return {
    origin: 'https://example.com',
    method,
    path,
    headers: [],
    credentials: 'same-origin',
    ...(url && { server: { scheme: url.protocol.slice(0, -1), hostname: url.hostname, host: url.host, origin: url.origin } }),
  };
}

/** Texts that a condition's tests of a datum may let in, the most specific test last to be tried first. */
function texts(condition: Condition, datum: 'path' | 'host' | 'scheme'): readonly string[] {
  switch (condition.kind) {
    case 'test':
      return condition.value.kind === 'request' && condition.value.datum === datum ? candidates(condition.in) : [];
    case 'all':
      return condition.of
        .map((each) => texts(each, datum))
        .reverse()
        .flat();
    case 'any':
      return condition.of.flatMap((each) => texts(each, datum));
    default:
      return [];
  }
}

/** Members of a set of plain strings, each proven; not all of them. */
function candidates(set: OriginSet): readonly string[] {
  switch (set.kind) {
    case 'oneOf':
      return set.values;
    case 'prefix':
      return [set.text, ...below(set.text)];
    case 'suffix':
      return [set.text.startsWith('/') ? set.text : `/file${set.text}`];
    case 'pattern': {
      const text = example(set.pattern.source);
      return [...(set.pattern.source.startsWith('^') ? [text] : [`/file${text}`, text]), `/${text}`, ...below(text)].filter(
        (each) => contains(set, each) === true,
      );
    }
    case 'union':
    case 'intersection':
      return set.of.flatMap(candidates).filter((text) => contains(set, text) === true);
    default:
      return [];
  }
}

/** What lies below a path, where more specific places answer for the path itself, and for what takes one piece as a name. */
function below(path: string): readonly string[] {
  const other = `${path.replace(/\/$/, '')}/other`;
  return [other, `${other}/deeper`];
}

/** What a pattern of a path plainly means: its literal text, with one piece in the place of each class. Only a guess. */
function example(source: string): string {
  return source
    .replace(/\(\?[a-z]*[:=!<]/g, '(')
    .replace(/\(([^()|]*)\|[^()]*\)/g, '$1')
    .replace(/[\^$()]/g, '')
    .replace(/(?:\[[^\]]*\]|\\[wd]|\.)[+*]\??/g, '1')
    .replace(/\[[^\]]*\](?:\{\d+(?:,\d*)?\})?|\\[wd]/g, '1')
    .replace(/\\?.\?/g, '')
    .replace(/\\(.)/g, '$1');
}
