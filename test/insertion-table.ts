/** What the tests of insertions in every language share: the command that writes a whole policy where the author stands. */
import assert from 'node:assert/strict';
import { defaultConfiguration } from '../server/src/core/configuration.ts';
import { applyEdits } from '../server/src/core/text.ts';
import type { WantedPolicy } from '../server/src/cors/wanted-policy.ts';
import { createService, type Service } from '../server/src/service.ts';

export const everything: WantedPolicy = {
  origins: ['https://app.example.com', 'https://admin.example.com'],
  credentials: true,
  methods: ['GET', 'PUT'],
  headers: ['Content-Type'],
};
export const little: WantedPolicy = { origins: ['https://app.example.com'], credentials: false, methods: [], headers: [] };

/** A row of the tables of insertions. */
export interface InsertionRow {
  readonly title: string;
  readonly uri: string;
  readonly form?: string;
  readonly wanted?: WantedPolicy;
  /** The text with `‸` where the author stands. */
  readonly before: string;
  /** The text after, or a part of the reason why nothing was written. */
  readonly after: string | { readonly refused: string };
}

const serviceOver = (): Service =>
  createService({ workspace: { read: async () => undefined, list: async () => undefined, files: async () => [] } });

async function insert({ uri, before, wanted = everything, form = 'nginx' }: InsertionRow): Promise<string | { readonly refused: string }> {
  const offset = before.indexOf('‸');
  const text = before.replace('‸', '');
  const insertion = await serviceOver().insertConfiguration({ uri, text }, { offset, wanted, form });
  return 'refused' in insertion ? insertion : applyEdits(text, insertion.edits);
}

/** Checks each row: what is written, that the linter has nothing to say of it, and that it is not written twice. */
export function checkInsertions(rows: readonly InsertionRow[]): void {
  for (const row of rows) {
    it(row.title, async () => {
      const written = await insert(row);
      if (typeof row.after === 'string') assert.equal(written, row.after);
      else {
        assert.ok(typeof written === 'object', `written:\n${JSON.stringify(written)}`);
        assert.ok(written.refused.includes(row.after.refused), written.refused);
      }
    });
    const { after: text } = row;
    if (typeof text !== 'string') continue;
    it(`${row.title}: nothing to report, and not written twice`, async () => {
      const { findings } = await serviceOver().lint(
        { uri: row.uri, text },
        { configuration: { ...defaultConfiguration, profile: 'strict' } },
      );
      assert.deepEqual(
        findings.map((finding) => `${finding.ruleId}: ${finding.message}`),
        [],
      );
      const again = await serviceOver().insertConfiguration(
        { uri: row.uri, text },
        { offset: text.length >> 1, wanted: everything, form: row.form ?? 'nginx' },
      );
      assert.ok('refused' in again, 'refused the second time');
    });
  }
}
