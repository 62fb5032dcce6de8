/** Longer runs by hand: `node --import tsx test/servers/nginx/main.ts --cases 5000 --seed 1`. */
import process from 'node:process';
import { parseArgs } from 'node:util';
import { campaign, summary } from './campaign.ts';

const { values } = parseArgs({ options: { cases: { type: 'string', default: '400' }, seed: { type: 'string', default: '1' } } });
const report = await campaign(Number(values.seed), Number(values.cases));
for (const each of [...report.differences, ...report.refused]) console.log(`${each}\n`);
console.log(summary(report));
process.exitCode = report.differences.length > 0 ? 1 : 0;
