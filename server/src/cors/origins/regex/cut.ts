/** Takes out of a program what no text can reach, so that nothing is spent on following it. */
import type { Step } from './program.ts';

/**
 * Takes out assertions of the text's start that can only be asked behind some character: they never hold, and what follows
 * them is never reached.
 */
export function cutImpossibleStarts(steps: Step[], entries: readonly number[]): void {
  const atStart = new Uint8Array(steps.length);
  const pending = [...entries];
  for (let index = pending.pop(); index !== undefined; index = pending.pop()) {
    const step = steps[index];
    if (!step || atStart[index] === 1) continue;
    atStart[index] = 1;
    if (step.op === 'match' || step.op === 'take') continue;
    if (step.op === 'look' || step.op === 'atomic') pending.push(step.entry);
    if (step.op === 'split') pending.push(...step.next);
    else pending.push(step.next);
  }
  for (const [index, step] of steps.entries()) {
    if (step.op === 'assert' && (step.kind === 'start' || step.kind === 'lineStart') && atStart[index] === 0)
      steps[index] = { op: 'split', next: [] };
  }
}

/** The steps that `leadsOn` accepts, given those already known to be accepted; 1 for each. */
function settled(steps: readonly Step[], leadsOn: (step: Step, known: Uint8Array) => boolean): Uint8Array {
  const known = new Uint8Array(steps.length);
  // Steps stand behind what follows them, except in loops: one pass settles nearly all.
  let open = [...steps.keys()];
  for (let left = -1; open.length !== left;) {
    left = open.length;
    open = open.filter((index) => {
      const step = steps[index];
      if (!step || !leadsOn(step, known)) return true;
      known[index] = 1;
      return false;
    });
  }
  return known;
}

/** Whether a match can be reached behind a step without a character, as it has to be behind the text's end. */
function reachesMatch(step: Step, known: Uint8Array): boolean {
  switch (step.op) {
    case 'match':
      return true;
    case 'take':
      return false;
    case 'split':
      return step.next.some((next) => known[next] === 1);
    default:
      return known[step.next] === 1;
  }
}

/**
 * Takes out of every choice the steps from which no match can be reached because some character on the way is in no origin:
 * following them costs states and leads nowhere.
 */
export function cutDeadEnds(steps: Step[]): void {
  const isEnd = (step: Step): boolean => step.op === 'assert' && /end$/i.test(step.kind);
  const ending = steps.some(isEnd) ? settled(steps, reachesMatch) : undefined;
  const alive = settled(steps, (step, known) => {
    switch (step.op) {
      case 'match':
        return true;
      case 'split':
        return step.next.some((next) => known[next] === 1);
      case 'take':
        return known[step.next] === 1 && step.classes.includes(1);
      case 'assert':
        return known[step.next] === 1 && (!isEnd(step) || ending?.[step.next] === 1);
      case 'look':
        return known[step.next] === 1 && (step.negate || known[step.entry] === 1);
      case 'atomic':
        return known[step.next] === 1 && known[step.entry] === 1;
      default:
        return known[step.next] === 1;
    }
  });
  if (!alive.includes(0)) return;
  for (const [index, step] of steps.entries()) {
    if (alive[index] !== 1) steps[index] = { op: 'split', next: [] };
    else if (step.op === 'split') steps[index] = { op: 'split', next: step.next.filter((next) => alive[next] === 1) };
  }
}
