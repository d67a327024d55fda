// One, two and three instances of each service share the partitions; one more comes, one leaves, one dies, under load.
import { setTimeout as sleep } from 'node:timers/promises';
import { topics } from '@punctual/contracts';
import { freePort } from '@punctual/local-kafka';
import { startServiceProcess } from '@punctual/standalone';
import { kafkajs } from '@punctual/stream';
import { kafkaUnavailable, startKafka } from '@punctual/test-kit';
import { fileURLToPath } from 'node:url';
import { startBenchPostgres } from './durable-postgres.mjs';
import { startDeskLoad } from './instances/desk-load.mjs';
import { openShares } from './instances/shares.mjs';
import { count, goal, table } from './table.mjs';
import { spread } from './timers/latency.mjs';

export const summary = 'one, two, three instances of each service; one comes, leaves and is killed under load';

const PARTITIONS = 6;
const SESSION_MS = 10_000;
const START_LIMIT_MS = 60_000;
/** What is sent this long after a change is judged with it. */
const AFTER_MS = 3_000;
const services = ['intake', 'classifier', 'sla-clock'];

export async function run({ quick }) {
  const reason = await kafkaUnavailable();
  if (reason !== null) throw new Error(`this benchmark needs Kafka: ${reason}`);
  const postgres = await startBenchPostgres();
  const kafka = await startKafka();
  try {
    report(
      await measure(postgres, kafka, quick ? { perSecond: 20, steadyMs: 4_000 } : { perSecond: 50, steadyMs: 10_000 }),
    );
  } finally {
    await postgres.stop();
    await kafka.stop();
  }
}

async function measure(postgres, kafka, { perSecond, steadyMs }) {
  const { url } = await postgres.createDatabase();
  const env = {
    ...{ DATABASE_URL: url, DATABASE_POOL: '6', KAFKA_BROKERS: kafka.brokers.join(','), NODE_ENV: 'production' },
    ...{ PARTITIONS: String(PARTITIONS), KAFKA_SESSION_MS: String(SESSION_MS), LOG_LEVEL: 'warn' },
  };
  /** Each is one instance of each service. */
  const sets = [await startSet(env)];
  const shares = await openShares(url, PARTITIONS);
  const load = startDeskLoad({ urls: () => sets.map(([intake]) => intake.url), perSecond });
  const phases = [];
  const steady = async () =>
    phases.push({ name: `${sets.length} of each`, from: Date.now(), until: await after(steadyMs) });
  const change = async (name, act, members) => {
    const from = Date.now();
    const acting = act().then(() => Date.now() - from);
    const [sharedMs, doneMs] = await Promise.all([shares.shared(members), acting]);
    phases.push({ name, sharedMs, doneMs, from, until: await after(AFTER_MS) });
    await steady();
  };
  try {
    await shares.shared(1);
    await steady();
    const add = async () => void sets.push(await startSet(env));
    await change('a second of each is started', add, 2);
    await change('a third of each is started', add, 3);
    await change('one of each is stopped (SIGTERM)', () => Promise.all(sets.pop().map((one) => one.stop())), 2);
    await change('one of each is killed (kill -9)', () => Promise.all(sets.pop().map(kill)), 1);
    await load.stop();
    await sleep(AFTER_MS);
    const recorded = await shares.recorded();
    return { perSecond, phases, sent: load.sent, recorded, said: await idsSaid(kafka.brokers) };
  } finally {
    await load.stop();
    await Promise.all(sets.flat().map((one) => one.stop()));
    await shares.close();
  }
}

async function after(ms) {
  await sleep(ms);
  return Date.now();
}

/** One instance of each service. Intake comes first: at a first start it publishes the policies that the others ask for. */
async function startSet(env) {
  const [intake, ...others] = services;
  const first = await startOne(intake, env);
  return [first, ...(await Promise.all(others.map((name) => startOne(name, env))))];
}

async function startOne(name, env) {
  const main = fileURLToPath(import.meta.resolve(`@punctual/${name}/main`));
  const own = { HOST: '127.0.0.1', PORT: String(await freePort()), ...env };
  const started = startServiceProcess({ name, main, env: own, onLine: () => undefined });
  await started.ready(AbortSignal.timeout(START_LIMIT_MS));
  return started;
}

function kill(process) {
  process.signal('SIGKILL');
  return process.ended;
}

/** The ids of everything on `sla.events`, as a reader of committed records finds them. */
async function idsSaid(brokers) {
  const kafka = new kafkajs.Kafka({ brokers: [...brokers], logLevel: kafkajs.logLevel.NOTHING });
  const consumer = kafka.consumer({ groupId: `bench-${process.pid}`, readUncommitted: false });
  const ids = [];
  let heardAt = performance.now();
  await consumer.connect();
  await consumer.subscribe({ topic: topics.sla, fromBeginning: true });
  await consumer.run({
    autoCommit: false,
    eachMessage: async ({ message }) => {
      ids.push(JSON.parse(String(message.value)).id);
      heardAt = performance.now();
    },
  });
  while (performance.now() - heardAt < 3_000) await sleep(100);
  await consumer.disconnect();
  return ids;
}

function report({ perSecond, phases, sent, recorded, said }) {
  console.log(
    `instances: ${perSecond} events/s, ${PARTITIONS} partitions, a session of ${SESSION_MS / 1_000} s, one broker, PostgreSQL with fsync, all on one machine\n`,
  );
  const of = ({ from, until }) => sent.filter(({ sentAt }) => sentAt >= from && sentAt < until);
  console.log(
    table(
      ['', 'done after s', 'shared after s', 'events', 'taken p50 ms', 'p99', 'max', 'recorded p50 ms', 'p99', 'max'],
      phases.map((phase) => [
        phase.name,
        ...[phase.doneMs, phase.sharedMs].map((ms) => (ms === undefined ? '' : (ms / 1_000).toFixed(1))),
        count(of(phase).length),
        ...spread(of(phase).map(({ sentAt, answeredAt }) => answeredAt - sentAt)),
        ...spread(of(phase).flatMap(({ id, sentAt }) => (recorded.has(id) ? [recorded.get(id) - sentAt] : []))),
      ]),
    ),
  );
  console.log(
    '\ndone: the processes are ready, or have ended; shared: the partitions are shared evenly, and each has moved on since the change began\n' +
      'taken: from the first try to the answer of an intake; recorded: to the commit in the SLA clock\n',
  );
  const lost = sent.filter(({ id }) => !recorded.has(id)).length;
  const twice = said.length - new Set(said).size;
  console.log(goal('none of the events lost', lost === 0, `${lost} of ${count(sent.length)}`));
  console.log(goal('nothing said twice', twice === 0, `${twice} of ${count(said.length)}`));
}
