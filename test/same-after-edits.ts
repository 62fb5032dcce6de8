import assert from 'node:assert/strict';
import fc from 'fast-check';
import './property-seed.ts';
import type { Finding } from '../server/src/core/finding.ts';

/** A change of a text at a part of its length. */
export interface Edit {
  readonly at: number;
  readonly removed: number;
  readonly inserted: string;
}

/** What somebody types who writes these pieces, and deletes. */
export function editsOf(pieces: readonly string[]): fc.Arbitrary<readonly Edit[]> {
  return fc.array(
    fc.record({
      at: fc.double({ min: 0, max: 1, noNaN: true }),
      removed: fc.constantFrom(0, 0, 0, 1, 5, 40),
      inserted: fc.constantFrom('', ...pieces),
    }),
    { minLength: 1, maxLength: 6 },
  );
}

/** Holds that a service that has seen every version of a text finds what one finds that has seen the last one only. */
export async function sameAfterEdits<Service>(
  configurations: fc.Arbitrary<string>,
  edits: fc.Arbitrary<readonly Edit[]>,
  make: () => Service,
  lint: (service: Service, text: string) => Promise<readonly Finding[]>,
): Promise<void> {
  await fc.assert(
    fc.asyncProperty(configurations, edits, async (original, changes) => {
      const service = make();
      let text = original;
      await lint(service, text);
      for (const { at, removed, inserted } of changes) {
        const offset = Math.floor(at * text.length);
        text = text.slice(0, offset) + inserted + text.slice(offset + removed);
        assert.deepEqual(await lint(service, text), await lint(make(), text), text);
      }
    }),
    { numRuns: 25 },
  );
}
