import { checkInsertions } from '../../../test/insertion-table.ts';

describe('a policy written into a text of no language', () => {
  checkInsertions([
    { title: 'a text of no language', uri: 'file:///notes.txt', before: 'hello‸', after: { refused: 'no configuration or program' } },
  ]);
});
