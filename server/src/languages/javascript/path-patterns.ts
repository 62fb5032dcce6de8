/** Paths of routes as the routers of Fastify, Hono and Koa read them, and the condition on a request that they mean. */
import { remember } from '../../core/remember.ts';
import { any, test } from '../../policy/condition.ts';
import type { Condition } from '../../policy/model.ts';
import { escapeRegex } from './origin-texts.ts';

export interface PathRules {
  readonly ignoresCase: boolean;
  /** `/a/` is `/a` as well. */
  readonly ignoresLastSlash: boolean;
  /** `/a/*` is `/a` as well (Hono). */
  readonly starIncludesParent: boolean;
}

const special = /[:*(){}?+|]/;

/** The regular expression of a path: `:name`, `:name?`, `:name{…}`, `:name(…)`, `*`, and `{/…}` that may be missing. */
function sourceOf(path: string, rules: PathRules): string {
  let source = '';
  for (const segment of path.split('/').slice(1)) {
    if (segment === '*' || /^\{?\*\w*\}?$/.test(segment) || segment === '(.*)') {
      source += rules.starIncludesParent ? '(?:/.*)?' : '/.*';
      continue;
    }
    const optional = segment.endsWith('?');
    const body = segment
      .replace(/\?$/, '')
      .replace(/:\w+(?:\([^)]*\)|\{[^}]*\})?|\*\w*|[^:*]+/g, (part) =>
        part.startsWith(':') ? '[^/]+' : part.startsWith('*') ? '.*' : escapeRegex(part),
      );
    source += optional ? `(?:/${body})?` : `/${body}`;
  }
  return source;
}

/** Which requests a path means. `prefix`: everything below it as well. */
export function pathCondition(path: string, rules: PathRules, prefix = false): Condition {
  const datum = { kind: 'request', datum: 'path', absent: '' } as const;
  const flags = rules.ignoresCase ? { ignoreCase: true } : {};
  if (!special.test(path) && !prefix) {
    const values = rules.ignoresLastSlash && path !== '/' ? [path, `${path}/`] : [path];
    return test(datum, { kind: 'oneOf', values, ...flags });
  }
  if (!special.test(path)) {
    if (path === '/' || path === '') return { kind: 'always' };
    return any(test(datum, { kind: 'oneOf', values: [path], ...flags }), test(datum, { kind: 'prefix', text: `${path}/`, ...flags }));
  }
  const source = `^${sourceOf(path, rules)}${prefix ? '(?:/.*)?$' : rules.ignoresLastSlash ? '/?$' : '$'}`;
  return test(datum, { kind: 'pattern', pattern: { dialect: 'javascript', source, flags: rules.ignoresCase ? 'i' : '' } });
}

/**
 * Whether requests for a route meet what is registered for another path: `no` where they cannot, `unknown` where that
 * depends on the request.
 */
export function meets(pattern: string, route: string, rules: PathRules, prefix = false): 'yes' | 'no' | 'unknown' {
  if (pattern === route || (prefix && (pattern === '/' || pattern === ''))) return 'yes';
  if (areApart(segmentsOf(pattern), segmentsOf(route), rules, prefix)) return 'no';
  const source = `^${sourceOf(pattern, rules)}${prefix ? '(?:/.*)?$' : rules.ignoresLastSlash ? '/?$' : '$'}`;
  const regex = new RegExp(source, rules.ignoresCase ? 'i' : '');
  // A parameter stands for any one segment, a star for any rest: a name that no path has is one of them.
  const sample = route
    .replace(/\{\/?[^}]*\}/g, '')
    .replace(/:\w+(?:\([^)]*\)|\{[^}]*\})?\??/g, '\u2026')
    .replace(/\*\w*/g, '\u2026');
  if (regex.test(sample)) return 'yes';
  return special.test(route) ? 'unknown' : 'no';
}

const segmentsOf = remember((path): readonly string[] => path.replace(/\/$/, '').split('/'));

/** Whether no request meets two paths, as far as their segments tell: they differ in a literal one, or in how many there are. */
function areApart(pattern: readonly string[], route: readonly string[], { ignoresCase }: PathRules, prefix: boolean): boolean {
  for (let index = 0; index < pattern.length || index < route.length; index++) {
    const [wanted, given] = [pattern[index], route[index]];
    // What may be missing, or take the rest of a path, leaves the segments behind it open.
    if ((wanted !== undefined && isOpen(wanted)) || (given !== undefined && isOpen(given))) return false;
    if (wanted === undefined) return !prefix;
    if (given === undefined) return true;
    if (special.test(wanted) || special.test(given)) continue;
    if (ignoresCase ? wanted.toLowerCase() !== given.toLowerCase() : wanted !== given) return true;
  }
  return false;
}

/** Whether a segment is more than literal text or one parameter. */
function isOpen(segment: string): boolean {
  return special.test(segment) && !/^:\w+$/.test(segment);
}

export function joined(mount: string, path: string): string {
  const whole = `${mount.replace(/\/$/, '')}/${path.replace(/^\//, '')}`;
  return whole.length > 1 && path === '' ? whole.replace(/\/$/, '') : whole;
}
