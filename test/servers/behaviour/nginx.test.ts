/** The facts about nginx (docs/behaviour.md, section 1), observed on the real program. */
import assert from 'node:assert/strict';
import { whyMissing } from '../../setup/programs.ts';
import { conditionRows } from './nginx-conditions.ts';
import { headerRows } from './nginx-headers.ts';
import { refusedRows } from './nginx-refused.ts';
import { routingRows } from './nginx-routing.ts';
import { complaintAbout, isAboutThisVersion, observe } from './nginx-row.ts';
import type { NginxRow, RefusedRow } from './nginx-row.ts';

const missing = whyMissing('nginx');
const isObserved = (row: NginxRow | RefusedRow): boolean => missing !== undefined || isAboutThisVersion(row);
const rows: readonly NginxRow[] = [...headerRows, ...conditionRows, ...routingRows].filter(isObserved);
const refused: readonly RefusedRow[] = refusedRows.filter(isObserved);

describe('nginx behaves as docs/behaviour.md says', function () {
  this.timeout(20_000);
  before(function () {
    if (missing === undefined) return;
    console.log(`      nginx: ${String(rows.length + refused.length)} observations skipped: ${missing}`);
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

  for (const row of refused) {
    it(`${row.fact}: ${row.complaint === '' ? 'accepts' : 'refuses'} ${row.what}`, () => {
      const complaint = complaintAbout(row);
      if (row.complaint === '') assert.equal(complaint, '');
      else assert.ok(complaint.includes(row.complaint), `expected ${row.complaint}, nginx said: ${complaint || 'nothing'}`);
    });
  }
});
