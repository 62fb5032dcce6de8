import assert from 'node:assert/strict';
import { PerformanceObserver } from 'node:perf_hooks';
import { setTimeout as sleep } from 'node:timers/promises';
import { collectWhenIdle, youngSpace } from './idle-collection.ts';

describe('garbage', () => {
  const cases: readonly (readonly [what: string, shares: readonly number[], collections: number])[] = [
    ['is left where there is room', [0.1], 0],
    ['is collected where the space for new objects is nearly full', [0.5], 1],
    ['is collected each time that it is', [0.5, 0.1, 0.9], 2],
  ];
  for (const [what, shares, expected] of cases)
    it(what, async () => {
      let [share, asked, collections] = [0, 0, 0];
      const answered = collectWhenIdle({
        share: () => share,
        collector: () => {
          asked++;
          return () => {
            collections++;
          };
        },
      });
      for (share of shares) {
        // Several answers in a row are one pause.
        for (let count = 0; count < 5; count++) answered();
        assert.equal(collections, shares.slice(0, shares.indexOf(share)).filter((each) => each >= 0.4).length);
        await sleep(60);
      }
      assert.equal(collections, expected);
      assert.equal(asked, 1);
    });

  it('is left to V8 where that does not give out its collector', async () => {
    let asked = 0;
    const answered = collectWhenIdle({
      share: () => 1,
      collector: () => {
        asked++;
        return undefined;
      },
    });
    for (let count = 0; count < 2; count++) {
      answered();
      await sleep(60);
    }
    assert.equal(asked, 1);
  });

  it('is collected by the collector of V8', async () => {
    let collected = false;
    const observer = new PerformanceObserver(() => {
      collected = true;
    });
    // As full as it has to be; what V8 keeps of it itself may be more.
    while (youngSpace.share() < 0.5) Array.from({ length: 2000 }, (_, index) => ({ index }));
    observer.observe({ entryTypes: ['gc'] });
    collectWhenIdle()();
    await sleep(300);
    observer.disconnect();
    assert.ok(collected);
  });
});
