/** The facts about httpd (docs/behaviour.md, section 2), observed on the real program. */
import { whyMissing } from '../../setup/programs.ts';
import { headerRows } from './apache-headers.ts';
import { observe } from './apache-row.ts';
import { variableRows } from './apache-variables.ts';

const rows = [...headerRows, ...variableRows];

describe('httpd behaves as docs/behaviour.md says', function () {
  this.timeout(20_000);
  const missing = whyMissing('apache2');
  before(function () {
    if (missing === undefined) return;
    console.log(`      httpd: ${String(rows.length)} observations skipped: ${missing}`);
    this.skip();
  });

  for (const row of rows) it(`${row.fact}: ${row.what}`, () => observe(row));
});
