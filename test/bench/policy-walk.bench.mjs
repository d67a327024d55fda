// How fast another version of a policy reaches very many open tickets, what live events notice of it, and what a kill in the middle costs.
import { setTimeout as sleep } from 'node:timers/promises';
import { kafkaUnavailable, startKafka } from '@punctual/test-kit';
import { startBenchPostgres } from './durable-postgres.mjs';
import { randomFrom } from './measure.mjs';
import { startLiveEvents } from './policy-walk/live-events.mjs';
import { openWalkDatabase } from './policy-walk/walk-database.mjs';
import { count, goal, table } from './table.mjs';
import { startClock } from './timers/clock-process.mjs';
import { openEventStream } from './timers/event-stream.mjs';
import { ms, spread } from './timers/latency.mjs';
import { begin, waitingTicket } from './timers/schedule.mjs';
import { openSeeding } from './timers/seed-clocks.mjs';

export const summary =
  'another version of a policy brought to very many open tickets beside live events, through a kill -9';

const PARTITIONS = 8;
const SETTLE_MS = 5_000;
const BEFORE_MS = 10_000;
const DELAY_GOAL_MS = 1_000;
const PATIENCE_MS = 7_200_000;
const TELL_EVERY_MS = 10_000;
const prefix = 'bench.';

export async function run({ quick, tickets = quick ? 50_000 : 1_000_000 }) {
  const reason = await kafkaUnavailable();
  if (reason !== null) throw new Error(`this benchmark needs Kafka: ${reason}`);
  const postgres = await startBenchPostgres();
  const kafka = await startKafka();
  try {
    console.log(
      `policy-walk: ${count(tickets)} open tickets, policy rego, ${PARTITIONS} partitions, one process, settle ${SETTLE_MS / 1_000} s, a watermark ` +
        `a second to each in turn,\nlive events beside it, PostgreSQL with fsync, Kafka; killed when 40 % are done\n`,
    );
    report(await measure(postgres, kafka, tickets));
  } finally {
    await postgres.stop();
    await kafka.stop();
  }
}

async function measure(postgres, kafka, tickets) {
  const { url, drop } = await postgres.createDatabase();
  const seeding = await openSeeding(url, PARTITIONS);
  const total = await seed(seeding, tickets);
  const database = await openWalkDatabase(url);
  await database.settle();
  const open = await database.openTickets(5_000);
  const stream = await openEventStream({ brokers: kafka.brokers, prefix, partitions: PARTITIONS });
  const env = {
    ...{ DATABASE_URL: url, KAFKA_BROKERS: kafka.brokers.join(',') },
    ...{ KAFKA_PREFIX: prefix, PARTITIONS: String(PARTITIONS) },
  };
  let clock = await startClock(env);
  const live = startLiveEvents({ stream, partitions: PARTITIONS, from: begin + 1_000, open });
  try {
    await sleep(BEFORE_MS);
    const effectiveAt = live.now();
    const version = await seeding.publishStricter('retroactive', effectiveAt);
    const config = { kind: 'config', policy: 'rego', version, at: effectiveAt };
    await stream.write(Array.from({ length: PARTITIONS }, (_, partition) => ({ partition, value: config })));
    const tell = progress('walked to', total);
    const began = await reached(database, ({ done }) => done > 0);
    const before = await reached(database, ({ done }) => done > 0.4 * total, tell);
    await clock.kill();
    const killed = { at: Date.now(), done: (await database.walk()).done };
    clock = await startClock(env);
    const resumed = await reached(database, ({ done }) => done > killed.done);
    const ended = await reached(database, ({ isFinished }) => isFinished, tell);
    await sleep(SETTLE_MS + 3_000);
    await live.stop();
    await sleep(2_000);
    const wrong = await database.wrong(version);
    const delays = await delaysOf(database, live);
    return { total, began, before, killed, resumed, ended, wrong, delays };
  } finally {
    await live.stop();
    await clock.stop();
    await stream.close();
    await database.close();
    await seeding.close();
    await drop();
  }
}

/** Every ticket is folded by the service's own fold: what is said about it, and under which key, is what a fold from the start finds again. */
async function seed(seeding, tickets) {
  const random = randomFrom(500);
  const models = Array.from({ length: tickets }, (_, place) =>
    waitingTicket(`T-${String(place).padStart(7, '0')}`, random),
  );
  const tell = progress('seeded', tickets);
  await seeding.seed(models, begin, -1_000_000_000, tell);
  return tickets;
}

/** Tells on the error stream how far it is, now and then. */
function progress(what, total) {
  let tellAt = performance.now() + TELL_EVERY_MS;
  return (done) => {
    if (performance.now() < tellAt) return;
    tellAt = performance.now() + TELL_EVERY_MS;
    console.error(`${what} ${count(done)} of ${count(total)}`);
  };
}

/** When the walk has come so far, and how far that was. */
async function reached(database, isSo, tell = () => undefined) {
  const limit = Date.now() + PATIENCE_MS;
  for (;;) {
    const walk = await database.walk();
    tell(walk.done);
    if (isSo(walk)) return { at: Date.now(), done: walk.done };
    if (Date.now() > limit) throw new Error(`the walk stands at ${walk.done}`);
    await sleep(100);
  }
}

/** From an event's sending to its record, and from the first watermark that lets it be folded to what was said because of it, ms. */
async function delaysOf(database, { events, watermarks }) {
  const { recorded, said } = await database.commits(events.map(({ id }) => id));
  return events.flatMap(({ id, partition, at, sentAt }) => {
    const watermark = watermarks.find((one) => one.partition === partition && one.at - SETTLE_MS > at);
    if (watermark === undefined) return [];
    if (!recorded.has(id) || !said.has(id)) throw new Error(`nothing became of ${id}`);
    return [
      { sentAt, recorded: recorded.get(id) - sentAt, folded: said.get(id) - watermark.sentAt, folds: watermark.sentAt },
    ];
  });
}

function report({ total, began, before, killed, resumed, ended, wrong, delays }) {
  const rate = (from, to) => ((to.done - from.done) / (to.at - from.at)) * 1_000;
  console.log(
    table(
      ['walk', 'tickets', 's', 'tickets/s'],
      [
        row('until the kill', before.done - began.done, before.at - began.at, rate(began, before)),
        row('after it', ended.done - resumed.done, ended.at - resumed.at, rate(resumed, ended)),
        row('all, the outage with it', total, ended.at - began.at, (total / (ended.at - began.at)) * 1_000),
      ],
    ),
  );
  console.log(`\nkilled with ${count(killed.done)} done; went on ${ms(resumed.at - killed.at)} ms later from there\n`);
  const quiet = delays.filter(({ folds }) => folds < began.at - 1_000);
  // What waited for the service that was killed is another matter.
  const during = delays.filter(
    ({ sentAt, folds }) =>
      folds >= began.at && folds < ended.at && (folds < killed.at - 2_000 || sentAt > resumed.at + 2_000),
  );
  const across = delays.filter((one) => !quiet.includes(one) && !during.includes(one) && one.folds < ended.at);
  const pairs = [
    ['before the walk', quiet],
    ['during the walk', during],
    ['around the kill', across],
  ];
  console.log(
    table(
      ['live events, delay in ms', 'events', 'recorded p50', 'p99', 'max', 'folded p50', 'p99', 'max'],
      pairs.map(([name, of]) => [
        name,
        count(of.length),
        ...spread(of.map(({ recorded }) => recorded)),
        ...spread(of.map(({ folded }) => folded)),
      ]),
    ),
  );
  console.log(
    '\nrecorded: from its sending to its commit; folded: from the first watermark that lets it be folded to the commit of what was said\n',
  );
  const most = Math.max(...during.map(({ recorded, folded }) => Math.max(recorded, folded)));
  console.log(
    goal(`no live event waits ${DELAY_GOAL_MS / 1_000} s for the walk`, most < DELAY_GOAL_MS, `${ms(most)} ms`),
  );
  const isRight = wrong.left === 0 && wrong.twice === 0 && wrong.quarantined === 0;
  console.log(goal('every open ticket taken over, nothing said twice', isRight, JSON.stringify(wrong)));
}

function row(name, tickets, took, rate) {
  return [name, count(tickets), (took / 1_000).toFixed(1), count(rate)];
}
