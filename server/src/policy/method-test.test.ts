import assert from 'node:assert/strict';
import type { OriginSet } from '../cors/origins/origin-set.ts';
import { has, type Methods } from './codes.ts';
import { methodsIn } from './method-test.ts';

const pattern = (source: string, flags = ''): OriginSet => ({ kind: 'pattern', pattern: { dialect: 'pcre', source, flags } });

describe('tests of the method by text', () => {
  const rows: readonly (readonly [name: string, set: OriginSet, passes: readonly string[], fails: readonly string[]])[] = [
    ['a list', pattern('^(GET|POST|OPTIONS)$'), ['GET', 'OPTIONS'], ['PUT', 'PURGE', 'get']],
    ['a list in any case', pattern('^(get|post)$', 'i'), ['GET', 'POST'], ['PUT', 'OPTIONS']],
    ['all but one', { kind: 'complement', of: { kind: 'oneOf', values: ['OPTIONS'] } }, ['GET', 'PURGE'], ['OPTIONS']],
    ['methods of WebDAV', pattern('^(PROPFIND|MKCOL|M-SEARCH)$'), ['PROPFIND', 'MKCOL', 'M-SEARCH'], ['GET', 'LOCK']],
    ['one in lower case', { kind: 'oneOf', values: ['purge'], ignoreCase: true }, ['PURGE', 'purge'], ['GET']],
  ];
  for (const [name, set, passes, fails] of rows)
    it(name, () => {
      const methods: Methods | undefined = methodsIn(set);
      assert.ok(methods);
      assert.deepEqual(
        [...passes, ...fails].filter((method) => has(methods, method)),
        passes,
      );
    });
});
