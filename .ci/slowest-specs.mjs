// Where the tests' time goes: the slowest spec files of a vitest JSON report, slowest first. Files run side by side, so they add up to more
// than the run took.
import { readFileSync } from 'node:fs';
import { relative } from 'node:path';

const [report, most = '15'] = process.argv.slice(2);
const { testResults } = JSON.parse(readFileSync(report, 'utf8'));
const files = testResults
  .map(({ name, startTime, endTime }) => ({ name: relative('.', name), seconds: (endTime - startTime) / 1_000 }))
  .sort((one, other) => other.seconds - one.seconds);
const total = files.reduce((sum, { seconds }) => sum + seconds, 0);
console.log(`\n== ${files.length} spec files, ${total.toFixed(0)} s; the slowest:`);
for (const { name, seconds } of files.slice(0, Number(most)))
  console.log(`${seconds.toFixed(1).padStart(7)} s  ${name}`);
