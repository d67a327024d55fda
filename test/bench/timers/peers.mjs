// The same deadlines through job queues on PostgreSQL: a job per deadline, scheduled for its instant; what it does is to write the ticket's
// state and an outbox row. Each queue has a database of its own on the same server, and its worker a process of its own.
import { fork } from 'node:child_process';
import { once } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { quietMachine } from '../quiet-machine.mjs';
import { residentBytes } from './clock-process.mjs';
import { graphileWorker } from './graphile-worker.mjs';
import { pgBoss } from './pg-boss.mjs';
import { connect } from './connect.mjs';

/** From the end of scheduling to the first deadline, ms. */
const LEAD_MS = 5_000;
/** How long a queue may take for what fell due at once, ms; what it has done by then counts. */
const PATIENCE_MS = 60_000;
/** What a ticket's state and an SLA event take, bytes. */
const STATE_BYTES = 800;

const queues = [pgBoss, graphileWorker];

export async function peers(postgres, { armed, load }) {
  const results = [];
  for (const queue of queues) results.push(await measure(postgres, queue, armed, load));
  return results;
}

async function measure(postgres, queue, armed, { warmUpSeconds, measuredSeconds, perSecond, burst }) {
  const steadySeconds = warmUpSeconds + measuredSeconds;
  const { url, drop } = await postgres.createDatabase();
  const client = await connect(url);
  const due = steadySeconds * perSecond + burst;
  console.error(`        ${queue.name}: ${armed} jobs are scheduled`);
  await client.query('CREATE TABLE ticket (id integer PRIMARY KEY, state json NOT NULL) WITH (fillfactor = 80)');
  await client.query(
    'CREATE TABLE outbox (seq bigserial PRIMARY KEY, id integer NOT NULL UNIQUE, value text NOT NULL)',
  );
  await client.query(
    `INSERT INTO ticket SELECT id, json_build_object('state', repeat('s', ${STATE_BYTES})) FROM generate_series(0, $1 - 1) id`,
    [armed],
  );
  const schedule = await queue.open(url);
  const hour = 3_600_000;
  const later = Date.now() + hour;
  await schedule.add(due, armed, (id) => later + (id % (24 * hour)));
  await client.query('VACUUM (ANALYZE)');
  const worker = fork(fileURLToPath(new URL('./peer-process.mjs', import.meta.url)), [queue.name, url]);
  await once(worker, 'message');
  await quietMachine();
  // Scheduling what will be due takes a while itself.
  const from = Date.now() + LEAD_MS + due / 5;
  const warmUpJobs = warmUpSeconds * perSecond;
  const steadyJobs = steadySeconds * perSecond;
  const burstAt = from + (steadySeconds + 5) * 1_000;
  const dueAt = (id) => (id < steadyJobs ? from + (id * 1_000) / perSecond : burstAt + (id % 1_000));
  await schedule.add(0, due, dueAt);
  if (Date.now() > from) throw new Error(`${queue.name}: scheduling took longer than thought`);
  await client.query('CHECKPOINT');
  await sleep(burstAt - 1_000 - Date.now());
  const resident = await residentBytes(worker.pid);
  const limit = burstAt + PATIENCE_MS;
  let handled = 0;
  while (handled < due && Date.now() < limit) {
    await sleep(250);
    const { rows } = await client.query('SELECT coalesce(max(seq), 0)::integer AS n FROM outbox');
    handled = rows[0].n;
  }
  worker.send('stop');
  await once(worker, 'exit');
  await schedule.close();
  const { rows } = await client.query(
    'SELECT id, extract(epoch FROM pg_xact_commit_timestamp(xmin))::float8 * 1000 AS at FROM outbox',
  );
  await client.end();
  await drop();
  const late = rows.filter(({ id }) => id >= warmUpJobs && id < steadyJobs).map(({ id, at }) => at - dueAt(id));
  const atOnce = rows.filter(({ id }) => id >= steadyJobs).map(({ at }) => at);
  const tookMs = atOnce.reduce((most, at) => Math.max(most, at), 0) - burstAt;
  const missing = due - rows.length;
  const note =
    missing === 0 ? queue.settings : `${queue.settings}; ${missing} of ${due} not done after ${PATIENCE_MS / 1_000} s`;
  return { name: queue.name, late, rate: (atOnce.length / tookMs) * 1_000, resident: resident.now, note };
}
