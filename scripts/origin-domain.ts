/** Writes the automaton of all origins as a table, `server/src/cors/origins/domain-table.ts`, so that no start has to build it. */
import { writeFileSync } from 'node:fs';
import path from 'node:path';
import { buildOriginDomain } from '../server/src/cors/origins/domain-language.ts';
import { textOf } from '../server/src/cors/origins/regex/table.ts';

const file = path.resolve(import.meta.dirname, '../server/src/cors/origins/domain-table.ts');
writeFileSync(
  file,
  `/** The automaton of \`domain-language.ts\`, written by \`npm run origin-domain\`. */\nexport const table =\n  '${textOf(buildOriginDomain())}';\n`,
);
