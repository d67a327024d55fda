// `npm run test:laws -- --runs 100000`: the property tests of the SLA engine and of the calendars, long.
//
// They run in portions, each with a seed of its own, and a line after each says how far it is. A portion that fails ends the run and names its
// seed: `--runs 5000 --seed 17` plays that portion again. `--of engine` or `--of calendars` runs one half.
import { spawnSync } from 'node:child_process';
import { parseArgs } from 'node:util';

const halves = { engine: ['libs/sla-engine/src/laws'], calendars: ['libs/working-time/src/laws.unit.spec.ts'] };
const { values } = parseArgs({
  options: {
    runs: { type: 'string', default: '20000' },
    portion: { type: 'string', default: '5000' },
    seed: { type: 'string', default: String(Date.now() % 1_000_000) },
    of: { type: 'string' },
  },
});
const runs = wholeNumber('runs', values.runs);
const portion = wholeNumber('portion', values.portion);
const firstSeed = wholeNumber('seed', values.seed);
const files = filesOf(values.of);

const begun = Date.now();
let held = 0;
for (let seed = firstSeed; held < runs; seed++) {
  const cases = Math.min(portion, runs - held);
  const { status } = spawnSync('vitest', ['run', '--testTimeout', '7200000', ...files], {
    stdio: 'inherit',
    env: { ...process.env, LAWS_RUNS: String(cases), LAWS_SEED: String(seed) },
  });
  if (status !== 0) {
    console.error(`laws: broken with seed ${seed} in ${cases} cases; ${held} of ${runs} had held`);
    process.exit(status ?? 1);
  }
  held += cases;
  console.log(`laws: ${held} of ${runs} cases of each law held (last seed ${seed}), ${minutesSince(begun)} min`);
}

function wholeNumber(name, text) {
  const number = Number(text);
  if (Number.isInteger(number) && number >= 1) return number;
  console.error(`--${name} takes a whole number from 1 on, not '${text}'`);
  process.exit(2);
}

function filesOf(half) {
  if (half === undefined) return Object.values(halves).flat();
  if (Object.hasOwn(halves, half)) return halves[half];
  console.error(`--of takes ${Object.keys(halves).join(' or ')}, not '${half}'`);
  process.exit(2);
}

function minutesSince(at) {
  return ((Date.now() - at) / 60_000).toFixed(1);
}
