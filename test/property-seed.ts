import process from 'node:process';
import fc from 'fast-check';

/**
 * The seed of every property test that names none: a run in CI repeats the one before. `SEED=random` looks elsewhere;
 * fast-check prints the seed of a failure, and `SEED=N` repeats it.
 */
const { SEED } = process.env;
if (SEED !== 'random') fc.configureGlobal({ seed: Number(SEED ?? 20_261_124) });
