// What an event costs in steady state with few and with very many open tickets in the store: the same flow of events over all of them.
import { setTimeout as pause } from 'node:timers/promises';
import { CHECKPOINT_SECONDS, PARTITIONS, publishPolicy, startServers, startService } from './pipeline/servers.mjs';
import { POLICY } from './pipeline/load-events.mjs';
import { openTicketsPolicy } from './steady/open-tickets.mjs';
import { copyOpenTickets } from './steady/seed-open.mjs';
import { startPublisher } from './steady/publisher.mjs';
import { takeSamples } from './steady/samples.mjs';
import { wholePages } from './steady/whole-pages.mjs';
import { count, goal, table } from './table.mjs';
import { median } from './timers/latency.mjs';

export const summary = 'what an event costs in steady state with a thousand and with a million open tickets';

const FEW = 1_000;
const GOAL = 1.2;
const PER_SECOND = 400;
/** The first checkpoint is made when it begins; so at the end of what is measured the last one is nearly an interval ago. */
const WARM_UP_SECONDS = CHECKPOINT_SECONDS - 2;
const WORST_SECONDS = 10;
/** Tables and indexes that are named. */
const MOST_NAMES = 14;
/** Tickets that go through the services; the others are copies of these. */
const MOST_MODELS = 4_000;
const services = ['classifier', 'sla-clock'];
const processes = [...services, 'postgres', 'kafka'];

export async function run({ quick, tickets = quick ? 20_000 : 1_000_000 }) {
  const seconds = quick ? 20 : 2 * CHECKPOINT_SECONDS;
  const rounds = [];
  for (const open of [FEW, tickets]) rounds.push({ open, ...(await measure(open, seconds)) });
  report(rounds, seconds);
}

/** Samples of a store with so many open tickets under load, one a second, and the pages that were written whole. */
export async function measure(open, seconds) {
  const servers = await startServers([['shared_buffers', '2GB']]);
  const models = Math.min(open, MOST_MODELS);
  const copies = Math.floor(open / models) - 1;
  try {
    const load = { partitions: PARTITIONS, models, count: copies, perSecond: PER_SECOND };
    const publisher = await withServices(servers, async () => {
      await publishPolicy(servers, openTicketsPolicy(POLICY));
      const begun = startPublisher(servers, load);
      const { until } = await begun.said('seeded');
      while (!(await isFolded(servers, until))) await pause(100);
      return begun;
    });
    try {
      say(`${count(open)} open: ${count(models)} have gone through the services`);
      await copyOpenTickets(servers.databaseUrl, { count: copies, partitions: PARTITIONS }, progress(open - models));
      await servers.sql('VACUUM (ANALYZE)');
      say(`${count(open)} open: all are in the store`);
      return await withServices(servers, (pids) => underLoad(servers, publisher, pids, seconds));
    } finally {
      publisher.kill();
    }
  } finally {
    await servers.stop();
  }
}

/** Runs both services for as long as `action` takes; it gets their process ids by name. The first start makes tables and topics. */
async function withServices(servers, action) {
  const started = await Promise.all(services.map((name) => startService(name, servers)));
  try {
    return await action(Object.fromEntries(services.map((name, index) => [name, started[index].pid])));
  } finally {
    await Promise.all(started.map((one) => one.stop()));
  }
}

/** Whether every partition is folded up to a watermark, and what follows from it is relayed. */
async function isFolded({ sql }, until) {
  const [{ folded, waiting }] = await sql(
    `SELECT (SELECT count(*)::int FROM sla_clock.partition_time WHERE (watermark->>'at')::bigint = $1) AS folded,
            (SELECT count(*)::int FROM stream.position LEFT JOIN stream.relay USING (log_id, group_name, topic, partition)
              WHERE next_seq > coalesce(relayed_seq, 0)) AS waiting`,
    [until],
  );
  return folded === PARTITIONS && waiting === 0;
}

async function underLoad({ sql }, publisher, pids, seconds) {
  publisher.go();
  const { startedAt } = await publisher.said('started');
  await sql('CHECKPOINT');
  await pause(WARM_UP_SECONDS * 1_000);
  const samples = await takeSamples(sql, { pids, startedAt, seconds });
  const whole = await wholePages(sql);
  publisher.go();
  await nothingTakenBack(sql);
  return { samples, whole };
}

/** All that happens is in order: where something was taken back, a copy of a ticket was not what the services would have stored. */
async function nothingTakenBack(sql) {
  const [{ retracted }] = await sql('SELECT coalesce(sum(retracted), 0)::int AS retracted FROM sla_clock.sla_total');
  if (retracted > 0)
    throw new Error(`${retracted} verdicts were taken back, and no event came late: the copies are not true`);
}

export function report(rounds, seconds) {
  console.log(
    `steady: ${count(PER_SECOND)} events/s over all open tickets, evenly drawn, ${PARTITIONS} partitions, a watermark a second, checkpoints every ` +
      `${CHECKPOINT_SECONDS} s;\n${seconds} s after a warm-up of ${WARM_UP_SECONDS} s; worst: of all spans of ${WORST_SECONDS} s in it the dearest\n`,
  );
  const rows = rounds.flatMap(({ open, samples }) => [
    row(count(open), samples),
    row(`  worst ${WORST_SECONDS} s`, worst(samples)),
  ]);
  console.log(
    table(
      [
        'open tickets',
        'events/s',
        'said/event',
        'CPU µs/event',
        ...processes,
        'KB of WAL',
        'whole pages',
        'commits/s',
        'lag s p50',
        'most',
      ],
      rows,
    ),
  );
  console.log(`\n${wholePagesTable(rounds)}`);
  console.log(
    '\nlag: from a watermark’s instant to what is folded; half a second of it is waiting for the next watermark\n',
  );
  const [few, many] = rounds.map(({ samples }) => cost(samples));
  const more = many / few;
  console.log(
    goal(
      `an event costs at most ${GOAL}× with ${count(rounds[1].open)} open tickets`,
      more <= GOAL,
      `${more.toFixed(2)}×`,
    ),
  );
}

/** Whole pages an event in the last checkpoint interval, of the tables and indexes that have most. */
function wholePagesTable(rounds) {
  const shares = rounds.map(({ samples, whole: { seconds, pages } }) => {
    const events = sum(samples.slice(-Math.round(seconds)), ({ events: one }) => one);
    return new Map(pages.map(({ name, pages: number }) => [name, number / events]));
  });
  const names = [...shares.at(-1).keys()].slice(0, MOST_NAMES);
  return table(
    ['whole pages an event', ...rounds.map(({ open }) => `${count(open)} open`)],
    names.map((name) => [name, ...shares.map((share) => (share.get(name) ?? 0).toFixed(2))]),
  );
}

function row(name, samples) {
  const events = sum(samples, ({ events: one }) => one);
  const ms = sum(samples, ({ ms: one }) => one);
  const lags = samples.map(({ lagMs }) => lagMs / 1_000);
  return [
    name,
    count((events / ms) * 1_000),
    (sum(samples, ({ said }) => said) / events).toFixed(2),
    cost(samples).toFixed(0),
    ...processes.map((one) => ((sum(samples, ({ cpu }) => cpu[one]) * 1_000) / events).toFixed(0)),
    (sum(samples, ({ wal }) => wal) / events / 1_000).toFixed(1),
    (sum(samples, ({ pages }) => pages) / events).toFixed(2),
    count((sum(samples, ({ commits }) => commits) / ms) * 1_000),
    median(lags).toFixed(1),
    Math.max(...lags).toFixed(1),
  ];
}

/** CPU µs an event, of all processes. */
function cost(samples) {
  const all = sum(samples, ({ cpu }) => sum(processes, (one) => cpu[one]));
  return (all * 1_000) / sum(samples, ({ events }) => events);
}

function worst(samples) {
  const spans = samples
    .slice(0, samples.length - WORST_SECONDS + 1)
    .map((_, first) => samples.slice(first, first + WORST_SECONDS));
  return spans.reduce((dearest, span) => (cost(span) > cost(dearest) ? span : dearest));
}

function sum(values, pick) {
  return values.reduce((total, value) => total + pick(value), 0);
}

const began = performance.now();

/** What happens now, on the error stream: the output stays what was measured. */
function say(what) {
  console.error(`  ${((performance.now() - began) / 1_000).toFixed(0).padStart(4)} s  ${what}`);
}

function progress(total) {
  let next = total / 4;
  return (done) => {
    if (done < next) return;
    next += total / 4;
    say(`of ${count(total)} copied: ${count(done)}`);
  };
}
