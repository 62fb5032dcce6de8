import { table } from './domain-table.ts';
import { SYMBOLS } from './regex/alphabet.ts';
import { tableOf, type TableAutomaton } from './regex/table.ts';

let automaton: TableAutomaton | undefined;

/** The automaton of every serialized origin a browser can send, from the table that is made of `domain-language.ts`. */
export function originDomain(): TableAutomaton {
  automaton ??= tableOf(table, SYMBOLS.length);
  return automaton;
}
