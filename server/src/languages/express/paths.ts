/**
 * Paths of Express: whether a layer's path covers a route's. Routes are compared by their patterns, segment by segment;
 * `app.use('/api')` covers `/API/users` and not `/apix` (behaviour 3.10).
 */
import { remember } from '../../core/remember.ts';
import type { LayerPath } from './application.ts';

/** The major version of Express, as far as package.json or the lock file tell. */
export type ExpressVersion = 4 | 5 | undefined;

export type Coverage = 'yes' | 'no' | 'unknown';

/** Whether a layer is met by the requests of a route. `end`: the layer's path has to be the whole path. */
export function covers(layer: Pick<LayerPath, 'source' | 'pattern'>, route: string, end: boolean, version: ExpressVersion): Coverage {
  if (layer.pattern) return matchesPattern(layer.pattern, route);
  if (layer.source === undefined) return 'unknown';
  if (isEverything(layer.source, version)) return 'yes';
  const wanted = segmentsOf(layer.source);
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

function matchesPattern(pattern: NonNullable<LayerPath['pattern']>, route: string): Coverage {
  if (/^\^?(\\\/)?\.\*\$?$/.test(pattern.source) || pattern.source === '(?:)') return 'yes';
  // The path of a route without parameters is a text that the pattern can be asked about by its own literal start only.
  const start = /^\^((?:\\\/|[\w-])+)/.exec(pattern.source)?.[1]?.replace(/\\\//g, '/');
  return start !== undefined && !isParameter(route) && !route.toLowerCase().startsWith(start.toLowerCase()) ? 'no' : 'unknown';
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
