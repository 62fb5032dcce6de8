import assert from 'node:assert/strict';
import { meets, type PathRules } from './path-patterns.ts';

describe('paths of routes that meet', () => {
  const hono: PathRules = { ignoresCase: false, ignoresLastSlash: false, starIncludesParent: true };
  const koa: PathRules = { ignoresCase: true, ignoresLastSlash: true, starIncludesParent: false };
  const rows: [pattern: string, route: string, rules: PathRules, prefix: boolean, expected: ReturnType<typeof meets>][] = [
    ['/a', '/a', koa, false, 'yes'],
    ['/A', '/a', koa, false, 'yes'],
    ['/A', '/a', hono, false, 'no'],
    ['/a', '/a/b', koa, false, 'no'],
    ['/a', '/a/b', koa, true, 'yes'],
    ['/a/*', '/a', hono, false, 'yes'],
    ['/a/*', '/a', koa, false, 'no'],
    ['/a/:id', '/a/b', koa, false, 'yes'],
    ['/a/b', '/a/:id', koa, false, 'unknown'],
    ['/:a/x', '/b/:id', koa, false, 'unknown'],
    // Requests that two routes with parameters have in common differ in no literal segment.
    ['/api/users/:id', '/api/posts/:id', koa, false, 'no'],
    ['/api/:id/parts', '/api/:id/things', koa, false, 'no'],
    ['/api/:id', '/api/:id/things', koa, false, 'no'],
    ['/api/:id', '/api/:id/things', koa, true, 'yes'],
    ['/api/users', '/api/:id/things', koa, true, 'unknown'],
    ['/api/users/:id?', '/api/:id', koa, false, 'unknown'],
    ['/api/:id{[0-9]+}/x', '/api/:id/y', hono, false, 'unknown'],
    ['/api*', '/apix/:id', koa, false, 'yes'],
  ];
  for (const [pattern, route, rules, prefix, expected] of rows)
    it(`${pattern}${prefix ? ' and below' : ''}, ${route}: ${expected}`, () => {
      assert.equal(meets(pattern, route, rules, prefix), expected);
    });
});
