import assert from 'node:assert/strict';
import path from 'node:path';
import { wayBelow } from './below.ts';

describe('the way to a path below a folder', () => {
  const rows: readonly (readonly [flavour: path.PlatformPath, folder: string, target: string, expected: string | undefined])[] = [
    [path.posix, '/a', '/a/b/c.conf', 'b/c.conf'],
    [path.posix, '/a', '/a', ''],
    [path.posix, '/a', '/', undefined],
    [path.posix, '/a', '/ab', undefined],
    [path.posix, '/a', '/a/..data/c.conf', '..data/c.conf'],
    [path.win32, 'C:\\a', 'C:\\a\\b', 'b'],
    [path.win32, 'C:\\a', 'c:\\A\\b', 'b'],
    [path.win32, 'C:\\a', 'C:\\b', undefined],
    [path.win32, 'C:\\a', 'D:\\a\\b', undefined],
  ];
  for (const [flavour, folder, target, expected] of rows)
    it(`from ${folder} to ${target}`, () => {
      assert.equal(wayBelow(folder, target, flavour), expected);
    });
});
