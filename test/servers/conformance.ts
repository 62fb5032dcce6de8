/**
 * Runs the conformance suites longer than `npm test` does: `npm run conformance -- --cases 5000 [--seed 1] [nginx|apache]…`.
 * The number of configurations and the first seed go to the suites by environment variables.
 */
import { spawnSync } from 'node:child_process';
import process from 'node:process';
import { parseArgs } from 'node:util';

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { cases: { type: 'string', default: '5000' }, seed: { type: 'string', default: '1' } },
});
const servers = positionals.length > 0 ? positionals : ['nginx', 'apache'];
const unknown = servers.filter((server) => server !== 'nginx' && server !== 'apache');
if (unknown.length > 0) {
  console.error(`no such server: ${unknown.join(', ')}; there are nginx and apache`);
  process.exit(2);
}
const { status } = spawnSync(
  process.execPath,
  ['node_modules/mocha/bin/mocha.js', ...servers.map((server) => `test/servers/${server}/conformance.test.ts`)],
  { stdio: 'inherit', env: { ...process.env, CONFORMANCE_CASES: values.cases, CONFORMANCE_SEED: values.seed } },
);
process.exit(status ?? 1);
