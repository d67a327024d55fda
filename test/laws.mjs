// `npm run test:laws -- --runs 100000`: the property tests of the SLA engine and the calendars, long.
import { spawnSync } from 'node:child_process';
import { parseArgs } from 'node:util';

const { values } = parseArgs({ options: { runs: { type: 'string', default: '20000' } } });
const runs = Number(values.runs);
if (!Number.isInteger(runs) || runs < 1) {
  console.error(`--runs takes a whole number of cases, not '${values.runs}'`);
  process.exit(2);
}
const folders = ['libs/sla-engine/src/laws', 'libs/working-time/src'];
const { status } = spawnSync('vitest', ['run', '--testTimeout', '7200000', ...folders], {
  stdio: 'inherit',
  env: { ...process.env, LAWS_RUNS: String(runs) },
});
process.exit(status ?? 1);
