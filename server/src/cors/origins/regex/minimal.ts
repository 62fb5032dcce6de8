import { classify } from './alphabet.ts';
import type { Automaton } from './automaton.ts';
import { TableAutomaton } from './table.ts';

/**
 * The smallest automaton with the same language, fully built: states that no continuation tells apart are merged (Moore's
 * partition refinement). For an automaton that takes part in every question.
 */
export function minimize(automaton: Automaton): TableAutomaton {
  const states: number[] = [automaton.start];
  const index = new Map([[automaton.start, 0]]);
  const successors: number[][] = [];
  for (let at = 0; at < states.length; at++) {
    const state = states[at] ?? 0;
    successors.push(
      [...automaton.symbols.keys()].map((symbolClass) => {
        const next = automaton.step(state, symbolClass);
        let number = index.get(next);
        if (number === undefined) {
          number = states.push(next) - 1;
          index.set(next, number);
        }
        return number;
      }),
    );
  }

  let blocks: number[] = states.map((state) => (automaton.accepts(state) ? 1 : 0));
  for (let count = 0; ;) {
    const numbers = new Map<string, number>();
    blocks = successors.map((row, state) => {
      const key = `${blocks[state]}:${row.map((next) => blocks[next]).join()}`;
      const known = numbers.get(key) ?? numbers.size;
      numbers.set(key, known);
      return known;
    });
    if (numbers.size === count) break;
    count = numbers.size;
  }

  const rows: (readonly number[])[] = [];
  const accepting: boolean[] = [];
  for (const [state, block] of blocks.entries()) {
    rows[block] = (successors[state] ?? []).map((next) => blocks[next] ?? 0);
    accepting[block] = automaton.accepts(states[state] ?? 0);
  }
  const { classOf, symbols } = classify((symbol) => rows.map((row) => row[automaton.classOf[symbol] ?? 0]).join());
  return new TableAutomaton({
    classOf,
    start: blocks[0] ?? 0,
    rows: rows.map((row) => symbols.map((symbol) => row[automaton.classOf[symbol] ?? 0] ?? 0)),
    accepting: rows.flatMap((_, block) => (accepting[block] === true ? [block] : [])),
  });
}
