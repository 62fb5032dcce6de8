import assert from 'node:assert/strict';
import { buildOriginDomain } from './domain-language.ts';
import { table } from './domain-table.ts';
import { SYMBOLS } from './regex/alphabet.ts';
import { tableOf, textOf } from './regex/table.ts';

describe('the table of all origins', () => {
  it('is what its language makes; `npm run origin-domain` writes it', () => {
    assert.equal(table, textOf(buildOriginDomain()));
  });

  it('reads back as it was written', () => {
    assert.equal(textOf(tableOf(table, SYMBOLS.length)), table);
  });
});
