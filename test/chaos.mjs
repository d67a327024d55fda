// `npm run chaos -- --kills 200 --seed 7`: faults under load on a whole deployment, long. See docs/kafka.md.
import { spawnSync } from 'node:child_process';
import { parseArgs } from 'node:util';

const { values } = parseArgs({
  options: {
    kills: { type: 'string', default: '40' },
    seed: { type: 'string', default: String(Date.now() % 100_000) },
  },
});
for (const [name, value] of Object.entries(values)) {
  if (/^[1-9]\d*$/.test(value)) continue;
  console.error(`--${name} takes a whole number, not '${value}'`);
  process.exit(2);
}
const { status } = spawnSync('vitest', ['run', 'test/chaos'], {
  stdio: 'inherit',
  env: { ...process.env, CHAOS_KILLS: values.kills, CHAOS_SEED: values.seed },
});
process.exit(status ?? 1);
