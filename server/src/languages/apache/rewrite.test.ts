import assert from 'node:assert/strict';
import { parse } from './parse.ts';
import { rewriteFlags } from './rewrite.ts';

const rows: readonly (readonly [text: string, flags: string, malformed?: boolean])[] = [
  ['[L]', 'l'],
  ['[NC,OR]', 'nc or'],
  ['[E=ORIGIN:%{HTTP:Origin},L]', 'e=ORIGIN:%{HTTP:Origin} l'],
  ['[redirect=302,last]', 'r=302 l'],
  ['[env=X:1,forbidden]', 'e=X:1 f'],
  ['[]', ''],
  ['L', '', true],
  ['[L', '', true],
];

describe('RewriteRule flags', () => {
  for (const [text, flags, malformed = false] of rows) {
    it(text, () => {
      const directive = parse(`RewriteRule ^ - ${text}\n`).nodes[0];
      assert.ok(directive?.kind === 'directive');
      const read = rewriteFlags(directive.args[2]);
      assert.equal(read.flags.map((flag) => (flag.value === undefined ? flag.key : `${flag.key}=${flag.value}`)).join(' '), flags);
      assert.equal(read.malformed, malformed);
    });
  }
});
