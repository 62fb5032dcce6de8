/** The facts about nginx (docs/behaviour.md, section 1), observed on the real program. */
import assert from 'node:assert/strict';
import { whyMissing } from '../../setup/programs.ts';
import { conditionRows } from './nginx-conditions.ts';
import { headerRows } from './nginx-headers.ts';
import { refusedRows } from './nginx-refused.ts';
import { routingRows } from './nginx-routing.ts';
import { complaintAbout, observe } from './nginx-row.ts';
import type { NginxRow } from './nginx-row.ts';

const rows: readonly NginxRow[] = [...headerRows, ...conditionRows, ...routingRows];

describe('nginx behaves as docs/behaviour.md says', function () {
  this.timeout(20_000);
  const missing = whyMissing('nginx');
  before(function () {
    if (missing === undefined) return;
    console.log(`      nginx: ${String(rows.length + refusedRows.length)} observations skipped: ${missing}`);
    this.skip();
  });

  for (const row of rows) {
    it(`${row.fact}: ${row.what}`, async function () {
      const alsoMissing = row.needs === undefined ? undefined : whyMissing(row.needs);
      if (alsoMissing !== undefined) {
        console.log(`      skipped: ${alsoMissing}`);
        this.skip();
      }
      await observe(row);
    });
  }

  for (const row of refusedRows) {
    it(`${row.fact}: ${row.complaint === '' ? 'accepts' : 'refuses'} ${row.what}`, () => {
      const complaint = complaintAbout(row);
      if (row.complaint === '') assert.equal(complaint, '');
      else assert.ok(complaint.includes(row.complaint), `expected ${row.complaint}, nginx said: ${complaint || 'nothing'}`);
    });
  }
});
