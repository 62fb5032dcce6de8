import { classify, SYMBOLS, symbolIndex } from './alphabet.ts';
import type { Automaton } from './automaton.ts';
import { compile } from './program.ts';
import { Simulation } from './simulation.ts';
import { characterTest, foldCase, type RegexNode, type Span } from './syntax.ts';

/** The automaton of a finite list: a trie. `ignoreCase` compares ASCII letters loosely. */
export class Trie implements Automaton {
  readonly classOf: Uint8Array;
  readonly symbols: readonly number[];
  readonly kindOf: Uint8Array;
  readonly start = 1;
  readonly weight = 1;
  /** Node 0 is dead, node 1 the root. */
  readonly #children: (Map<number, number> | undefined)[] = [undefined, new Map()];
  readonly #ends = new Set<number>();

  constructor(values: readonly string[], ignoreCase: boolean) {
    const fold = (text: string): string => (ignoreCase ? text.toLowerCase() : text);
    const used = new Set(values.map(fold).join(''));
    const { classOf, symbols } = classify((symbol) => {
      const folded = fold(SYMBOLS.charAt(symbol));
      return used.has(folded) ? folded : '';
    });
    this.classOf = classOf;
    this.symbols = symbols;
    this.kindOf = classOf;
    for (const value of values) this.#insert(fold(value));
  }

  step(state: number, symbolClass: number): number {
    return this.#children[state]?.get(symbolClass) ?? 0;
  }

  accepts(state: number): boolean {
    return this.#ends.has(state);
  }

  fate(state: number): 'none' | undefined {
    return state === 0 ? 'none' : undefined;
  }

  #insert(value: string): void {
    let node = 1;
    for (const char of value) {
      const symbol = symbolIndex(char.charCodeAt(0));
      // A value with a character that no origin holds is no origin.
      if (symbol < 0 || char.length > 1) return;
      const symbolClass = this.classOf[symbol] ?? 0;
      const children = (this.#children[node] ??= new Map<number, number>());
      let child = children.get(symbolClass);
      if (child === undefined) {
        child = this.#children.push(undefined) - 1;
        children.set(symbolClass, child);
      }
      node = child;
    }
    this.#ends.add(node);
  }
}

/** The automaton of the strings that begin with, end with or contain a text. */
export function textAutomaton(kind: 'prefix' | 'suffix' | 'contains', text: string, ignoreCase: boolean): Automaton {
  const span: Span = { start: 0, end: 0 };
  const of = [...text].map((char): RegexNode => {
    const test = characterTest(char.codePointAt(0) ?? 0);
    return { type: 'set', test: ignoreCase ? foldCase(test) : test, form: 'literal', span };
  });
  if (kind === 'prefix') of.unshift({ type: 'assertion', kind: 'start', span });
  if (kind === 'suffix') of.push({ type: 'assertion', kind: 'end', span });
  const node: RegexNode = { type: 'concat', of, span };
  return new Simulation(compile({ node, dialect: 'javascript', names: new Map(), groups: 0, sticky: false }));
}
