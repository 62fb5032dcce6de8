/**
 * Paths of Express: whether a layer's path covers a route's. Routes are compared by their patterns, segment by segment;
 * `app.use('/api')` covers `/API/users` and not `/apix` (behaviour 3.10).
 */
import { remember } from '../../core/remember.ts';
import { contains, type OriginSet } from '../../cors/origins/origin-set.ts';
import type { LayerPath } from './application.ts';
import { pathSource } from './path-source.ts';

/** The major version of Express, as far as package.json or the lock file tell. */
export type ExpressVersion = 4 | 5 | undefined;

export type Coverage = 'yes' | 'no' | 'unknown';

/** The path of a layer with the mounts before it. */
export interface MountedPath extends Pick<LayerPath, 'source' | 'pattern'> {
  /** Where the router of a regular expression is mounted; empty at the root. */
  readonly mount: string;
}

/** Whether a layer is met by the requests of a route. `end`: the layer's path has to be the whole path. */
export function covers(layer: MountedPath, route: string, end: boolean, version: ExpressVersion): Coverage {
  if (layer.pattern) return matchesPattern(layer.pattern, layer.mount, route);
  if (layer.source === undefined) return 'unknown';
  if (isEverything(layer.source, version)) return 'yes';
  // A route that is a regular expression is compared with nothing.
  if (route.startsWith('(')) return 'unknown';
  const wanted = segmentsOf(layer.source);
  // What may be missing, or reach over a slash, is no matter of segments.
  if (wanted.some((segment) => isParameter(segment) && !/^:\w+$/.test(segment) && !isSplat(segment))) {
    if (layer.source.toLowerCase() === route.toLowerCase()) return 'yes';
    return matches(patternSet(pathSource(layer.source, version, !end), 'i'), route);
  }
  const given = segmentsOf(route);
  if (given.length < wanted.length && !wanted.some(isSplat)) return 'no';
  let result: Coverage = 'yes';
  for (const [index, segment] of wanted.entries()) {
    if (isSplat(segment)) return result;
    const actual = given[index];
    if (actual === undefined) return 'no';
    const each = compareSegments(segment, actual);
    if (each === 'no') return 'no';
    if (each === 'unknown') result = 'unknown';
  }
  return end && given.length > wanted.length ? 'no' : result;
}

/** `*` and its like: every path. */
export function isEverything(source: string, version: ExpressVersion): boolean {
  if (source === '/') return false;
  if (source === '/{*splat}' || /^\/?\{\*\w+\}$/.test(source)) return version !== 4;
  if (/^\/\*\w+$/.test(source)) return version !== 4;
  return version !== 5 && (source === '*' || source === '/*' || source === '(.*)' || source === '/(.*)' || source === '.*');
}

/** Joins the path of a mount and that of a layer in it. */
export function joinPaths(mount: string, path: string): string {
  const joined = `${mount.replace(/\/$/, '')}/${path.replace(/^\//, '')}`;
  return joined.length > 1 ? joined.replace(/\/$/, '') : joined;
}

/** What stands between the slashes of a path. */
export const segmentsOf = remember((path): readonly string[] => path.split('/').filter((segment) => segment !== ''));

/** A segment that takes the whole rest of a path. */
export function isSplat(segment: string): boolean {
  return segment === '*' || segment === '(.*)' || /^\{?\*\w+\}?$/.test(segment);
}

/** Whether a segment, or a path, is more than literal text. */
export function isParameter(segment: string): boolean {
  return /[:({*?+]/.test(segment);
}

export function isLiteral(path: string): boolean {
  return !/[:*(){}+?]/.test(path);
}

function compareSegments(layer: string, route: string): Coverage {
  if (/^:\w+$/.test(layer)) return 'yes';
  if (isParameter(layer)) return layer.toLowerCase() === route.toLowerCase() ? 'yes' : 'unknown';
  if (isParameter(route)) return 'unknown';
  return layer.toLowerCase() === route.toLowerCase() ? 'yes' : 'no';
}

function matchesPattern(pattern: NonNullable<LayerPath['pattern']>, mount: string, route: string): Coverage {
  if (takesEverything(pattern)) return 'yes';
  if (!isLiteral(mount)) return 'unknown';
  // It is asked about what is left of the path behind the mount, as the route is written: a last slash counts here, unlike there.
  return matches(patternSet(pattern.source, pattern.flags), route.slice(mount.length) || '/');
}

/** Whether the paths of a route are in a set: one that takes a name which no path has takes any. */
function matches(set: OriginSet, route: string): Coverage {
  const given = route.replace(/:\w+(?=\/|$)/g, '\u2025');
  const answer = isLiteral(given) ? contains(set, given) : undefined;
  if (answer === undefined || (!answer && given !== route)) return 'unknown';
  return answer ? 'yes' : 'no';
}

/** Whether a pattern finds itself in every path, as it is plain to see. */
export function takesEverything({ source }: NonNullable<LayerPath['pattern']>): boolean {
  return /^\^?(\\\/)?\(?\.\*\)?\$?$/.test(source) || source === '(?:)';
}

/** The paths that a pattern finds itself in. What it remembers between two requests (`g`, `y`) is not followed. */
export function patternSet(source: string, flags: string): OriginSet {
  return { kind: 'pattern', pattern: { dialect: 'javascript', source, flags: flags.replace(/[gy]/g, '') } };
}

/** The names that Express 5's guide and its readers give to a wildcard; any other may be text that a path of Express 4 ends in. */
const wildcardNamed = /(^|\/)\*(?:splat|any|all|path|rest|wildcard)$/;

/**
 * What is wrong with a wildcard in this version (behaviour 3.6): Express 5 throws for `*` without a name and for
 * patterns in parentheses, Express 4 takes the braces of `/{*splat}` and the name in `/*splat` for text.
 */
export function pathProblem(
  path: string,
  version: ExpressVersion,
): { readonly problem: 'throws' | 'never-matches' | 'name-is-text'; readonly replacement: string } | undefined {
  if (version === 5 && /(^|\/)(\*|\(\.\*\))$/.test(path))
    return { problem: 'throws', replacement: path.replace(/\/?(\*|\(\.\*\))$/, '/{*splat}') };
  const [star, another] = path.match(/\*(?![\w"])/g) ?? [];
  if (version === 5 && star !== undefined && another === undefined && !/[()\\]/.test(path))
    return { problem: 'throws', replacement: path.replace(/\*(?![\w"])/, '{*splat}') };
  if (version === 4 && /\/\{\*\w+\}$/.test(path)) return { problem: 'never-matches', replacement: path.replace(/\/\{\*\w+\}$/, '/*') };
  if (version === 4 && wildcardNamed.test(path)) return { problem: 'name-is-text', replacement: path.replace(wildcardNamed, '$1*') };
  return undefined;
}
