// `npm run bench -- <name>…`: runs benchmarks, one after the other, each in this process. They print what they measured here and now, their
// goals and whether these were reached; nothing is remembered between runs. docs/benchmarks.md says what each measures.
import { readdirSync } from 'node:fs';
import { parseArgs } from 'node:util';

/** A benchmark is a module `<name>.bench.mjs` with `summary` (one line) and `run(options)`. */
const names = readdirSync(import.meta.dirname)
  .filter((file) => file.endsWith('.bench.mjs'))
  .map((file) => file.slice(0, -'.bench.mjs'.length))
  .sort();
const load = (name) => import(`./${name}.bench.mjs`);

async function help() {
  const summaries = await Promise.all(names.map(async (name) => `  ${name.padEnd(14)} ${(await load(name)).summary}`));
  return [
    'usage: npm run bench -- <benchmark>… [--quick] [--tickets N]',
    '',
    ...summaries,
    '',
    '  --quick        a tenth of the work: to see that it runs, not how fast',
    '  --tickets N    how many open tickets policy-walk walks through and steady compares 1,000 with, or clocks timers arms (in one round)',
  ].join('\n');
}

function refuse(message) {
  console.error(message);
  process.exit(2);
}

function readArguments() {
  try {
    const options = { help: { type: 'boolean', short: 'h' }, quick: { type: 'boolean' }, tickets: { type: 'string' } };
    return parseArgs({ options, allowPositionals: true });
  } catch (error) {
    return refuse(`${error.message}\nRun it with --help for what there is.`);
  }
}

const { values, positionals } = readArguments();
if (values.help || positionals.length === 0) {
  console.log(await help());
  process.exit(values.help ? 0 : 2);
}
const unknown = positionals.find((name) => !names.includes(name));
if (unknown !== undefined) refuse(`There is no benchmark '${unknown}'. There are: ${names.join(', ')}.`);
const tickets = values.tickets === undefined ? undefined : Number(values.tickets);
if (tickets !== undefined && !(Number.isSafeInteger(tickets) && tickets >= 10_000))
  refuse('--tickets takes a number from 10000 on.');
for (const name of positionals) await (await load(name)).run({ quick: values.quick ?? false, tickets });
