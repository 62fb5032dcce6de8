import { mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { pick, seeded } from '../../tools/random.ts';
import { readCorpus } from './corpus.ts';
import { assertHolds } from './holds.ts';
import { mutate } from './mutate.ts';

const failures = path.resolve(import.meta.dirname, '../../out/fuzz');

export interface FuzzRun {
  readonly seed: number;
  /** Number of the first case; a case depends on the seed and its number alone. */
  readonly first?: number;
  /** Ends the run after so many cases, or after so many milliseconds. */
  readonly cases?: number;
  readonly time?: number;
}

export interface FuzzResult {
  readonly cases: number;
  /** Findings in all mutated texts; none at all would mean that nothing was analysed. */
  readonly findings: number;
  readonly failures: readonly { readonly number: number; readonly file: string; readonly error: unknown }[];
}

/** Runs mutated fixtures through their parser and the whole analysis. A text that fails is kept in `out/fuzz/`. */
export async function fuzz({ seed, first = 0, cases = Infinity, time = Infinity }: FuzzRun): Promise<FuzzResult> {
  const corpus = readCorpus();
  const end = performance.now() + time;
  const failed: { number: number; file: string; error: unknown }[] = [];
  let findings = 0;
  let number = first;
  for (; number < first + cases && performance.now() < end; number++) {
    const next = seeded(seed * 1_000_003 + number);
    const origin = pick(next, corpus);
    const text = mutate(next, origin, corpus);
    try {
      findings += await assertHolds(text, origin.syntax);
    } catch (error) {
      mkdirSync(failures, { recursive: true });
      const file = path.join(failures, `${seed}-${number}-${path.basename(origin.name)}`);
      writeFileSync(file, text);
      failed.push({ number, file, error });
    }
  }
  return { cases: number - first, findings, failures: failed };
}
