import { oneOf, union, type OriginSet } from '../../cors/origins/origin-set.ts';
import { always, test } from '../../policy/condition.ts';
import type { Condition } from '../../policy/model.ts';
import { escapePattern } from './path-patterns.ts';

/** A set of URL paths as a condition on the request. */
export function pathIn(set: OriginSet): Condition {
  return set.kind === 'all' ? always : test({ kind: 'request', datum: 'path', absent: '' }, set);
}

/** Paths at or below a prefix, by whole segments: `/a` covers `/a` and `/a/b` but not `/ab` (server/request.c, location walk). */
export function pathsUnder(prefix: string): OriginSet {
  if (prefix === '' || prefix === '/') return { kind: 'all' };
  if (prefix.endsWith('/')) return { kind: 'prefix', text: prefix };
  return union([oneOf([prefix]), { kind: 'prefix', text: `${prefix}/` }]);
}

/** Whether every path under `inner` is under `outer`. */
export function isUnder(inner: string, outer: string): boolean {
  if (outer === '/' || outer === '' || inner === outer) return true;
  return inner.startsWith(outer.endsWith('/') ? outer : `${outer}/`);
}

/** Whether a name holds a wildcard of `apr_fnmatch`. */
export function isGlob(name: string): boolean {
  return /[*?[]/.test(name);
}

/** A pattern equal to `apr_fnmatch` with FNM_PATHNAME: a wildcard never crosses a slash. */
export function globPattern(glob: string): string {
  let pattern = '';
  for (let at = 0; at < glob.length; at++) {
    const character = glob[at] ?? '';
    if (character === '*') pattern += '[^/]*';
    else if (character === '?') pattern += '[^/]';
    else if (character === '[') {
      // A bracket that comes first is a member.
      const end = glob.indexOf(']', at + (/[!^]/.test(glob[at + 1] ?? '') ? 3 : 2));
      if (end === -1) pattern += '\\[';
      else {
        const inside = glob.slice(at + 1, end);
        pattern += `[${inside.replace(/[[\]\\]/g, '\\$&').replace(/^!/, '^')}]`;
        at = end;
      }
    } else if (character === '\\' && at + 1 < glob.length) pattern += escapePattern(glob[++at] ?? '');
    else pattern += escapePattern(character);
  }
  return pattern;
}

/** Paths that a `<Location>` with a glob covers. */
export function pathsLike(glob: string): OriginSet {
  return matchingPaths(`^${globPattern(glob)}$`);
}

/** Paths whose last segment is a name or a glob: what `<Files>` covers. */
export function filesNamed(name: string): OriginSet {
  return matchingPaths(`(?:^|/)${isGlob(name) ? globPattern(name) : escapePattern(name)}$`);
}

/** Paths whose last segment matches a pattern: what `<FilesMatch>` covers. */
export function filesMatching(source: string, alternatives: readonly string[]): OriginSet {
  // Inside groups an anchor would mean the start of the path: such a pattern is left as it is, over the whole path.
  if (alternatives.some((alternative) => /[^\\]\^|\\A/.test(alternative.replace(/\[\^/g, '[')))) return matchingPaths(source);
  return union(
    alternatives.map((alternative) =>
      matchingPaths(alternative.startsWith('^') ? `(?:^|/)(?=[^/]*$)(?:${alternative.slice(1)})` : `(?=[^/]*$)(?:${alternative})`),
    ),
  );
}

export function matchingPaths(source: string): OriginSet {
  return { kind: 'pattern', pattern: { dialect: 'pcre', source, flags: '' } };
}
