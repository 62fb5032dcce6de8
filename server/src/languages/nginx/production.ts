/**
 * The form in which a policy stands in production: a map of the origins at http level; in the location every header once,
 * with errors too; preflights answered by an `if` without headers of its own, which so inherits the location's (behaviour
 * 1.4). It runs before access control (behaviour 1.15). Fixes, the insertion of a whole policy and snippets write it alike.
 */
import { constantHeaders, type WantedPolicy } from '../../cors/wanted-policy.ts';
import { wordFor } from './edits.ts';

/** The name of the variable that holds the origin if it is allowed; empty, it sends no header (behaviour 1.8). */
export const originVariable = 'cors_origin';

/** The map from the request's Origin to the one that is allowed. `unit` is one step of indentation. */
export function originMap(variable: string, origins: readonly string[], unit: string): readonly string[] {
  return [
    `map $http_origin $${variable} {`,
    `${unit}default "";`,
    ...origins.map((origin) => `${unit}${wordFor(origin, '"')} $http_origin;`),
    '}',
  ];
}

/** Answers preflights with what the block around sends. */
export function preflightAnswer(unit: string): readonly string[] {
  return ['if ($request_method = OPTIONS) {', `${unit}return 204;`, '}'];
}

/** The headers of a policy; `quote` is for values that need one. */
export function headerLines(variable: string, wanted: WantedPolicy, quote: '"' | "'"): readonly string[] {
  const bare = (value: string): string => (/^[\w-]+$/.test(value) ? value : wordFor(value, quote));
  return [
    `add_header Access-Control-Allow-Origin $${variable} always;`,
    ...constantHeaders(wanted).map(([name, value]) => `add_header ${name} ${bare(value)} always;`),
    'add_header Vary Origin always;',
  ];
}
