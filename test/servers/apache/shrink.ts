import { compare, observe } from './conformance.ts';
import type { Case, Chunk } from './configuration.ts';
import type { Model } from './prediction.ts';

/** Every way to leave one chunk out, or to put a section's content in its place. */
function smaller(chunks: readonly Chunk[]): readonly (readonly Chunk[])[] {
  return chunks.flatMap((chunk, index): (readonly Chunk[])[] => {
    const before = chunks.slice(0, index);
    const after = chunks.slice(index + 1);
    const inside = chunk.inside === undefined ? [] : smaller(chunk.inside).map((less) => [...before, { ...chunk, inside: less }, ...after]);
    const opened = chunk.inside === undefined ? [] : [[...before, ...chunk.inside, ...after]];
    return [[...before, ...after], ...opened, ...inside];
  });
}

/** The smallest configuration that still shows a difference, by leaving out chunk after chunk. All candidates of a round run on one server. */
export async function shrink(start: Case, model: Model): Promise<Case> {
  let best = start;
  for (let round = 0; round < 40; round++) {
    const candidates = [
      ...smaller(best.root).map((root): Case => ({ ...best, root })),
      ...smaller(best.sub).map((sub): Case => ({ ...best, sub })),
    ];
    if (candidates.length === 0) return best;
    const observed = await observe(candidates);
    const failing = observed.find((each) => each.exchanges !== undefined && compare(each, model).differences.length > 0);
    if (failing === undefined) return best;
    best = failing.generated;
  }
  return best;
}
