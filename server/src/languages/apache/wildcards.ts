import { matching, type OriginSet } from '../../cors/origins/origin-set.ts';

/**
 * The texts that a wildcard comparison of an expression accepts, as `apr_fnmatch` compares them (util_expr_eval.c): `strmatch`,
 * `strcmatch` without regard to case, and `fnmatch`, in which no wildcard takes a slash.
 * @returns undefined for other operators, and where brackets or a backslash mean more than they say.
 */
export function wildcardTexts(operator: string, text: string): OriginSet | undefined {
  if (!/^(?:strmatch|strcmatch|fnmatch)$/.test(operator) || /[[\\]/.test(text)) return undefined;
  // No origin has a dot behind a slash, which is what `fnmatch` treats apart beside the slash.
  const any = operator === 'fnmatch' ? '[^/]' : '(?s:.)';
  const source = text.replace(/[^*?]+|[*?]/g, (piece) => (piece === '*' ? `${any}*` : piece === '?' ? any : quoted(piece)));
  return matching({ dialect: 'pcre', source: `\\A${source}\\z`, flags: operator === 'strcmatch' ? 'i' : '' });
}

function quoted(text: string): string {
  return text.replace(/[^\w:/-]/g, '\\$&');
}
