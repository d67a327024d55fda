// How many ticket events per second go from `tickets.received` through both services to `sla.events`, beside a bare relay of the same bytes.
import { setTimeout as pause } from 'node:timers/promises';
import { cpuTimes, difference } from './pipeline/cpu-time.mjs';
import {
  CHECKPOINT_SECONDS,
  PARTITIONS,
  publishPolicy,
  runScript,
  startServers,
  startService,
} from './pipeline/servers.mjs';
import { resetStatements, topStatements } from './pipeline/statements.mjs';
import { count, goal, table } from './table.mjs';

export const summary = 'events per second through both services on Kafka and PostgreSQL, beside a bare relay';

const GOAL = 0.5;
const EVENTS_PER_WATERMARK = 1_000;
const services = ['classifier', 'sla-clock'];

export async function run({ quick }) {
  const servers = await startServers();
  try {
    await makeStore(servers);
    const tickets = quick ? 600 : 6_000;
    const backlog = await publishBacklog(servers, tickets);
    const bare = await drainBare(servers, backlog);
    const punctual = await drainPunctual(servers, backlog);
    report(backlog, bare, punctual);
  } finally {
    await servers.stop();
  }
}

/** The services' first start makes tables and topics. */
async function makeStore(servers) {
  for (const name of services) await (await startService(name, servers)).stop();
  await publishPolicy(servers);
}

async function publishBacklog({ brokers, databaseUrl }, tickets) {
  const argument = { brokers, databaseUrl, partitions: PARTITIONS, tickets, eventsPerWatermark: EVENTS_PER_WATERMARK };
  const { events, bytes, until } = JSON.parse(await runScript('./publish-backlog.mjs', argument));
  const watermarks = (Math.ceil(events / EVENTS_PER_WATERMARK) + 1) * PARTITIONS;
  return { tickets, events, bytes, until, records: events + watermarks };
}

async function drainBare({ brokers }, { records }) {
  let before;
  let measured;
  await runScript('./bare-relay.mjs', { brokers, partitions: PARTITIONS, records }, (message, pid) => {
    if (message === 'begun') before = cpuTimes({ relay: pid });
    else measured = { ms: message.ms, cpu: difference(cpuTimes({ relay: pid }), before) };
  });
  return measured;
}

/** From the first record that is taken until all that follows is on `sla.events`. */
async function drainPunctual(servers, backlog) {
  const { sql } = servers;
  await resetStatements(sql);
  const [{ wal: walBefore }] = await sql('SELECT pg_current_wal_lsn()::text AS wal');
  const started = await Promise.all(services.map((name) => startService(name, servers)));
  const pids = Object.fromEntries(services.map((name, index) => [name, started[index].pid]));
  const before = cpuTimes(pids);
  const begun = performance.now();
  await drained(sql, backlog.until);
  const ms = performance.now() - begun;
  const cpu = difference(cpuTimes(pids), before);
  const [{ wal }] = await sql('SELECT pg_wal_lsn_diff(pg_current_wal_lsn(), $1::pg_lsn)::float8 AS wal', [walBefore]);
  const statements = await topStatements(sql);
  const [made] = await sql(
    `SELECT (SELECT count(*)::int FROM sla_clock.ticket_event) AS recorded, (SELECT count(*)::int FROM sla_clock.sla_event) AS said`,
  );
  await Promise.all(started.map((one) => one.stop()));
  return { ms, cpu, wal, statements, ...made };
}

/** Resolves when every partition is folded up to the backlog's last watermark and all that follows from it is relayed. */
async function drained(sql, until) {
  for (;;) {
    const [{ folded, waiting }] = await sql(
      `SELECT (SELECT count(*)::int FROM sla_clock.partition_time WHERE (watermark->>'at')::bigint = $1) AS folded,
              (SELECT count(*)::int FROM stream.position LEFT JOIN stream.relay USING (log_id, group_name, topic, partition)
                WHERE next_seq > coalesce(relayed_seq, 0)) AS waiting`,
      [until],
    );
    if (folded === PARTITIONS && waiting === 0) return;
    await pause(50);
  }
}

function report(backlog, bare, punctual) {
  const { events, bytes, tickets, records } = backlog;
  const rate = (ms) => (events / ms) * 1_000;
  const each = (ms) => ((ms * 1_000) / events).toFixed(0);
  const total = (cpu) => Object.values(cpu).reduce((sum, ms) => sum + ms, 0);
  console.log(
    `pipeline: ${count(events)} events of ${count(tickets)} tickets, ${bytes} bytes each, ${count(records - events)} watermarks, ` +
      `${PARTITIONS} partitions, one broker, checkpoints every ${CHECKPOINT_SECONDS} s\n`,
  );
  console.log(
    table(
      [
        'a backlog drained',
        'events/s',
        'CPU µs/event',
        'classifier',
        'sla-clock',
        'relay',
        'postgres',
        'kafka',
        'cores busy',
      ],
      [
        ['bare relay, three hops', bare],
        ['Punctual, both services', punctual],
      ].map(([name, { ms, cpu }]) => [
        name,
        count(rate(ms)),
        each(total(cpu)),
        ...['classifier', 'sla-clock', 'relay', 'postgres', 'kafka'].map((one) => (cpu[one] ? each(cpu[one]) : '')),
        (total(cpu) / ms).toFixed(2),
      ]),
    ),
  );
  console.log(`${count(punctual.said)} SLA events, ${(punctual.wal / events).toFixed(0)} bytes of WAL per event\n`);
  console.log(
    table(
      ['PostgreSQL statement', 'calls', 'rows', 'µs/event'],
      punctual.statements.map(({ name, calls, rows, ms }) => [
        name,
        count(calls),
        count(rows),
        ((ms * 1_000) / events).toFixed(1),
      ]),
    ),
  );
  const ratio = bare.ms / punctual.ms;
  const ratioCpu = total(bare.cpu) / total(punctual.cpu);
  console.log(`\nPunctual costs ${(1 / ratioCpu).toFixed(1)}× the CPU time of the bare relay\n`);
  console.log(goal(`${GOAL} of the bare relay`, ratio >= GOAL, ratio.toFixed(2)));
}
