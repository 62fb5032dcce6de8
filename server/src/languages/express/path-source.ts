/** The regular expressions that Express makes of its paths, by path-to-regexp 0.1 (Express 4) and 8 (Express 5). */
import { escapeRegex } from '../javascript/origin-texts.ts';
import type { ExpressVersion } from './paths.ts';

/** The source of a pattern that holds for the whole path, but for a last slash; with `prefix` for everything under it as well. */
export function pathSource(path: string, version: ExpressVersion, prefix = false): string {
  const source = (version ?? likelyVersion(path)) === 5 ? ofExpress5(path) : ofExpress4(path);
  return `^${source.replace(/\/$/, '')}${prefix ? '(?:/|$)' : '/?$'}`;
}

/** Which version a path is written for where the program does not tell. */
function likelyVersion(path: string): 4 | 5 {
  return /\{|\*\w/.test(path) && !/[()]/.test(path) ? 5 : 4;
}

/** `:name` is a segment, `*name` a rest that is not empty, and what stands in braces may be missing. */
function ofExpress5(path: string): string {
  return path.replace(/\\(.)|[:*](?:[\w$]+|"[^"]*")|[{}]|[^\\:*{}]+|./gs, (part, escaped: string | undefined) => {
    if (escaped !== undefined) return escapeRegex(escaped);
    if (part === '{') return '(?:';
    if (part === '}') return ')?';
    if (part.length > 1 && part.startsWith(':')) return '[^/]+';
    // A star without a name is refused by this version, and means a rest to the other.
    return part.startsWith('*') ? '.+' : escapeRegex(part);
  });
}

/** Parentheses, `?` and `+` are those of a regular expression, `*` is any text, `:name` a segment, `:name?` one that may be missing. */
function ofExpress4(path: string): string {
  return path.replace(
    /\\.|(\/)?(\.)?:\w+(\(.*?\))?(\*)?(\?)?|[.*]|\/\(/g,
    (part, slash = '', dot = '', own: string | undefined, star: string | undefined, optional = '') => {
      if (part.startsWith('\\')) return part;
      if (part === '.') return '\\.';
      if (part === '*') return '(?:.*)';
      if (part === '/(') return '/(?:';
      const name = own ?? (dot ? '[^/.]+?' : '[^/]+?');
      return `(?:${dot ? '\\.' : ''}${String(slash)}${name}${star ? `(?:[/${dot ? '.' : ''}].+?)?` : ''})${String(optional)}`;
    },
  );
}
