import assert from 'node:assert/strict';
import { PathIndex } from './path-index.ts';
import { meets, type PathRules } from './path-patterns.ts';

const paths = [
  '/',
  '',
  '/*',
  '*',
  '/a',
  '/A',
  '/a/',
  '/a/b',
  '/a/:id',
  '/a/:id/c',
  '/a/:id?',
  '/:x',
  '/:x/b',
  '/a/*',
  '/a/b/c',
  '/a/x-:id',
  '/a{/b}',
  '/(.*)',
  '/b',
];

describe('an index of paths', () => {
  for (const ignores of [false, true]) {
    const rules: PathRules = { ignoresCase: ignores, ignoresLastSlash: ignores, starIncludesParent: ignores };
    for (const prefix of [false, true]) {
      it(`finds all that a path may meet, ${prefix ? 'prefixes' : 'routes'} ${ignores ? 'loosely' : 'exactly'} compared`, () => {
        const index = new PathIndex<string>();
        for (const path of paths) index.add(path, path, prefix);
        for (const route of paths) {
          const met = paths.filter((path) => meets(path, route, rules, prefix) !== 'no');
          const near = index.near(route);
          assert.deepEqual(
            met.filter((path) => !near.includes(path)),
            [],
            route,
          );
          assert.deepEqual(
            near,
            paths.filter((path) => near.includes(path)),
          );
        }
      });
    }
  }

  it('asks about no more paths the more there are', () => {
    const index = new PathIndex<number>();
    for (let number = 0; number < 1000; number++) index.add(`/api/v${number % 10}/r${number}/:id`, number);
    assert.deepEqual(index.near('/api/v3/r123/:name'), [123]);
  });
});
