import process from 'node:process';
import fc from 'fast-check';

const { SEED } = process.env;

/**
 * The seed of every test with generated cases: a run in CI repeats the one before. `SEED=random` looks elsewhere, and `SEED=N`
 * repeats what a failure printed.
 */
export const seed = SEED === 'random' ? Date.now() % 1_000_000 : Number(SEED ?? 20_261_124);

fc.configureGlobal({ seed });
