import assert from 'node:assert/strict';
import { setTimeout as sleep } from 'node:timers/promises';
import v8 from 'node:v8';
import { collectWhenIdle } from './idle-collection.ts';

const youngSpace = (): v8.HeapSpaceInfo =>
  v8.getHeapSpaceStatistics().find((space) => space.space_name === 'new_space') ?? assert.fail('V8 has no space for new objects');

/** Makes garbage until half of the space for new objects is taken. */
function makeGarbage(): void {
  while (youngSpace().space_used_size < youngSpace().space_available_size) Array.from({ length: 2000 }, (_, index) => ({ index }));
}

describe('garbage', () => {
  it('is collected by V8 itself once nobody waits', async () => {
    const answered = collectWhenIdle();
    makeGarbage();
    const before = youngSpace().space_used_size;
    answered();
    await sleep(150);
    assert.ok(youngSpace().space_used_size < before / 2, `${youngSpace().space_used_size} of ${before} bytes are left`);
  });

  it('is collected once for many answers in a row, and not while there is room', async () => {
    let collections = 0;
    const answered = collectWhenIdle(() => () => {
      collections++;
    });
    makeGarbage();
    for (let count = 0; count < 5; count++) answered();
    await sleep(100);
    assert.equal(collections, 1);
    collectWhenIdle()();
    await sleep(100);
    answered();
    await sleep(100);
    assert.equal(collections, 1);
  });

  it('is left to V8 where that does not give out its collector', async () => {
    const answered = collectWhenIdle(() => undefined);
    makeGarbage();
    const before = youngSpace().space_used_size;
    answered();
    await sleep(100);
    assert.ok(youngSpace().space_used_size >= before);
  });
});
