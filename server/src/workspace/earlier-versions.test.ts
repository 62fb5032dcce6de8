import assert from 'node:assert/strict';
import type { SourceFile } from '../core/files.ts';
import { EarlierVersions } from './earlier-versions.ts';

const file = (text: string, languageId?: string): SourceFile => ({
  uri: 'file:///a',
  text,
  ...(languageId !== undefined && { languageId }),
});

describe('earlier versions of a file', () => {
  it('are answered as they were, under the same conditions', () => {
    const versions = new EarlierVersions<number>();
    versions.keep(file('a'), 'settings', 1);
    versions.keep(file('ab'), 'settings', 2);
    assert.equal(versions.get(file('a'), 'settings'), 1);
    assert.equal(versions.get(file('ab'), 'settings'), 2);
    assert.equal(versions.get(file('abc'), 'settings'), undefined);
    assert.equal(versions.get(file('a'), 'other settings'), undefined);
    assert.equal(versions.get(file('a', 'nginx'), 'settings'), undefined);
    assert.equal(versions.get({ ...file('a'), uri: 'file:///b' }, 'settings'), undefined);
  });

  it('have the latest answer', () => {
    const versions = new EarlierVersions<number>();
    versions.keep(file('a'), 'settings', 1);
    versions.keep(file('a'), 'other settings', 2);
    assert.equal(versions.get(file('a'), 'settings'), undefined);
    assert.equal(versions.get(file('a'), 'other settings'), 2);
  });

  it('are dropped once many others were asked for since', () => {
    const versions = new EarlierVersions<number>();
    for (let count = 0; count < 1000; count++) {
      versions.keep(file(`version ${count}`), '', count);
      assert.equal(versions.get(file('version 0'), ''), 0);
    }
    assert.equal(versions.get(file('version 999'), ''), 999);
    assert.equal(versions.get(file('version 900'), ''), undefined);
  });

  it('are few where they are long', () => {
    const versions = new EarlierVersions<number>();
    const long = 'x'.repeat(1_500_000);
    for (let count = 0; count < 5; count++) versions.keep(file(`${long}${count}`), '', count);
    assert.deepEqual(
      [0, 1, 2, 3, 4].map((count) => versions.get(file(`${long}${count}`), '')),
      [undefined, undefined, undefined, 3, 4],
    );
  });
});
