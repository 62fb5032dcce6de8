import type { Program } from './program.ts';
import type { Thread } from './thread.ts';

/** What the threads of one state tell apart, and where the symbols that they do not lead. */
interface Alike {
  /** The tests that some thread makes, a bit for each. */
  readonly tests: number;
  /** Classes that some thread takes alone. */
  readonly single: readonly number[];
  readonly behind: Map<number, number>;
}

/** Tests of several classes past this number are not told apart in one number. */
const MAX_TESTS = 31;

/**
 * Finds symbols that lead to one state because no thread that waits there tells them apart: at `[a-z]+` that is every letter.
 * Most steps of a search are of this kind, so that they need no threads moved.
 */
export class AlikeSymbols {
  readonly #program: Program;
  /** For each set of classes that a step takes its bit; 0 for a single class, undefined past `MAX_TESTS`. */
  readonly #bits = new Map<Uint8Array, number | undefined>();
  /** For each class the bits of the tests that take it. */
  readonly #passed: Int32Array;
  readonly #states: (Alike | 'none')[] = [];
  #tests = 0;

  constructor(program: Program) {
    this.#program = program;
    this.#passed = new Int32Array(program.symbols.length);
  }

  /** The state behind `state` and a class, where a class like it was kept; `threads` are the closed ones of the state. */
  known(state: number, threads: readonly Thread[], symbolClass: number): number | undefined {
    const alike = (this.#states[state] ??= this.#compare(threads) ?? 'none');
    if (alike === 'none' || alike.single.includes(symbolClass)) return undefined;
    return alike.behind.get(alike.tests & (this.#passed[symbolClass] ?? 0));
  }

  /** Keeps the state behind a class for all that are like it. */
  keep(state: number, symbolClass: number, next: number): void {
    const alike = this.#states[state];
    if (alike === undefined || alike === 'none' || alike.single.includes(symbolClass)) return;
    alike.behind.set(alike.tests & (this.#passed[symbolClass] ?? 0), next);
  }

  /** Undefined where more than the tests decides: conditions, groups that are read, boundaries of words. */
  #compare(threads: readonly Thread[]): Alike | undefined {
    if (this.#program.usesWord || this.#program.behinds.length > 0) return undefined;
    let tests = 0;
    const single: number[] = [];
    for (const thread of threads) {
      if (thread.conditions.length > 0 || thread.captures || thread.inside) return undefined;
      const step = this.#program.steps[thread.at];
      if (step?.op !== 'take') continue;
      const bit = this.#bitOf(step.classes);
      if (bit === undefined) return undefined;
      if (bit === 0) single.push(step.classes.indexOf(1));
      tests |= bit;
    }
    return { tests, single, behind: new Map() };
  }

  #bitOf(classes: Uint8Array): number | undefined {
    if (this.#bits.has(classes)) return this.#bits.get(classes);
    const first = classes.indexOf(1);
    const isSingle = first === classes.lastIndexOf(1);
    const bit = isSingle ? 0 : this.#tests < MAX_TESTS ? 1 << this.#tests++ : undefined;
    this.#bits.set(classes, bit);
    if (bit !== undefined && bit !== 0)
      for (const [symbolClass, takes] of classes.entries())
        if (takes === 1) this.#passed[symbolClass] = (this.#passed[symbolClass] ?? 0) | bit;
    return bit;
  }
}
