/**
 * The form in which a policy stands in production: SetEnvIf lets the origins through that are listed, and every line is in
 * the table that goes with errors too. `merge` is the one action that keeps everybody's Vary (behaviour 2.5). Fixes, the
 * insertion of a whole policy and snippets write it alike.
 */
import { constantHeaders, type WantedPolicy } from '../../cors/wanted-policy.ts';
import { escaped, wordFor } from './edits.ts';
import { escapePattern } from './path-patterns.ts';

/** The variable that holds the origin if it is allowed, and is not there otherwise. */
export const originVariable = 'CORS_ORIGIN';

/** The pattern of some origins and nothing else. Its anchors also make SetEnvIf expand `$0` (behaviour 2.12). */
export function exactPattern(origins: readonly string[]): string {
  const words = origins.map(escapePattern);
  return `^${words.length === 1 ? words.join('') : `(${words.join('|')})`}$`;
}

/** The words of a SetEnvIf behind `Origin`. */
export function allowlist(variable: string, origins: readonly string[]): string {
  return `"${escaped(exactPattern(origins), '"')}" ${variable}=$0`;
}

/** Vary is owed whether or not the origin is allowed, and `merge` is right in every table (behaviour 2.5). */
export const varyLine = 'Header always merge Vary Origin';

/** Answers preflights with the lines of `always` (behaviour 2.17); rewriting has to be on. */
export const preflightAnswer: readonly string[] = ['RewriteCond %{REQUEST_METHOD} =OPTIONS', 'RewriteRule ^ - [R=204,L]'];

/** The headers of a policy with the list of its origins. */
export function headerLines(variable: string, wanted: WantedPolicy): readonly string[] {
  const value = (text: string): string => wordFor(text.replaceAll('%', '%%'), /^[\w-]+$/.test(text) ? '' : '"');
  return [
    `SetEnvIf Origin ${allowlist(variable, wanted.origins)}`,
    `Header always set Access-Control-Allow-Origin "%{${variable}}e" env=${variable}`,
    ...constantHeaders(wanted).map(([name, text]) => `Header always set ${name} ${value(text)} env=${variable}`),
    varyLine,
  ];
}
