import { symbolIndex } from './alphabet.ts';
import type { Program } from './program.ts';

/**
 * An upper bound on the steps a backtracking engine takes to search `text`: the number of partial paths through the
 * pattern that the text allows. An engine without memory walks each at most once, and stops early where it succeeds.
 * The paths are counted, not walked, so the count itself is cheap even where it is astronomical.
 * @returns undefined when the bound is above `limit`, or counting takes more than `effort` steps.
 */
export function estimateWork(program: Program, text: string, limit: number, effort = limit): number | undefined {
  const classes = new Int16Array(text.length);
  for (let at = 0; at < text.length; at++) classes[at] = program.classOf[symbolIndex(text.charCodeAt(at))] ?? -1;
  const budget = { left: effort };
  const behinds = new Map<string, number>();

  /** Steps of the paths that begin at `entry` at `from` and, where `everywhere`, at each later position too. */
  const count = (entry: number, from: number, direction: 1 | -1, everywhere: boolean): number => {
    let total = 0;
    let paths = new Map<number, number>();
    for (let at = from; ; at += direction) {
      const taking = new Map<number, number>();
      // A repetition refuses a second turn that takes nothing, but an outer one may begin a turn of its own here, and with
      // it the inner one again: a step is passed at most once for each level of nesting.
      const passes = new Uint8Array(program.steps.length);
      const visit = (index: number, times: number): void => {
        const step = program.steps[index];
        const passed = passes[index] ?? 0;
        if (step === undefined || passed >= program.loopDepth) return;
        total += times;
        if (total > limit || --budget.left < 0) throw new TooMuchWork();
        passes[index] = passed + 1;
        switch (step.op) {
          case 'match':
            break;
          case 'take':
            taking.set(index, (taking.get(index) ?? 0) + times);
            break;
          case 'split':
            for (const next of step.next) visit(next, times);
            break;
          case 'assert':
            if (step.kind === 'start' && at !== 0) break;
            if (step.kind === 'end' && at !== classes.length) break;
            visit(step.next, times);
            break;
          case 'look':
            if (step.behind < 0) visit(step.entry, times);
            else {
              const key = `${step.entry}@${at}`;
              const steps = behinds.get(key) ?? count(step.entry, at, -1, false);
              behinds.set(key, steps);
              total += times * steps;
            }
            visit(step.next, times);
            break;
          default:
            visit(step.next, times);
        }
        passes[index] = passed;
      };
      for (const [index, times] of paths) visit(index, times);
      if (everywhere || at === from) visit(entry, 1);
      const edge = direction === 1 ? at >= classes.length : at <= 0;
      if (edge) return total;
      const taken = classes[direction === 1 ? at : at - 1] ?? -1;
      paths = new Map();
      for (const [index, times] of taking) {
        const step = program.steps[index];
        // A character no origin holds may be taken by any class: the bound stays a bound.
        if (step?.op !== 'take' || (taken >= 0 && step.classes[taken] !== 1)) continue;
        paths.set(step.next, (paths.get(step.next) ?? 0) + times);
      }
      if (paths.size === 0 && !everywhere) return total;
    }
  };
  try {
    return count(program.entry, 0, 1, program.start !== program.entry);
  } catch (error) {
    // A RangeError is the stack ending in a pattern of thousands of nested groups.
    if (error instanceof TooMuchWork || error instanceof RangeError) return undefined;
    throw error;
  }
}

class TooMuchWork extends Error {}
