import 'reflect-metadata';
import { topics, type SlaEvent } from '@punctual/contracts';
import { openDataSource } from '@punctual/service-kit';
import { kafkajs, openStoredLog, type LogRecord } from '@punctual/stream';
import {
  kafkaUnavailable,
  startKafka,
  startPostgres,
  type TestDatabase,
  type TestKafka,
  type TestPostgres,
} from '@punctual/test-kit';
import { randomBytes } from 'node:crypto';
import pg from 'pg';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { Product } from '../kafka/product.js';
import { ticketEvents } from '../pipeline/ticket-events.js';
import { linesOf, punctual } from './punctual.spec-kit.js';

const MINUTE = 60_000;
const start = Date.parse('2026-03-02T09:00:00Z');
const silent = { info: () => undefined, warn: () => undefined, error: () => undefined };
const reason = await kafkaUnavailable();
type Tickets = readonly ReturnType<typeof ticketEvents>[];

/** Eight tickets, whose events have the same ids in each run. */
function eightTickets(): Tickets {
  return Array.from({ length: 8 }, (_none, index) => ticketEvents('desk', `T-${index}`, start));
}

/** What happens before the backup, and what after it. */
async function before(product: Product, tickets: Tickets): Promise<void> {
  await product.publishPolicy();
  for (const { created } of tickets) await product.deliver(created(0, { priority: 'urgent' }));
  await product.reach(start + MINUTE);
}
async function after(product: Product, tickets: Tickets): Promise<void> {
  await product.reach(start + 61 * MINUTE);
  for (const { agent } of tickets) await product.deliver(agent(90));
  await product.reach(start + 91 * MINUTE);
}
/** What comes when all is well again. */
async function later(product: Product, tickets: Tickets): Promise<void> {
  for (const { status } of tickets) await product.deliver(status(120, 'solved'));
  await product.reach(start + 121 * MINUTE);
}

describe.skipIf(reason !== null)(`recovery${reason === null ? '' : ` (skipped: ${reason})`}`, () => {
  let postgres: TestPostgres;
  let kafka: TestKafka;
  let env: Record<string, string>;
  let expected: Map<string, SlaEvent>;

  beforeAll(async () => {
    [postgres, kafka] = await Promise.all([startPostgres(), startKafka()]);
    const tickets = eightTickets();
    const reference = await Product.start({});
    await before(reference, tickets);
    await after(reference, tickets);
    await later(reference, tickets);
    expected = new Map((await said({}, reference.database)).map(({ event }) => [event.id, event]));
    await reference.stop();
  }, 90_000);
  beforeEach(() => {
    env = { KAFKA_BROKERS: kafka.brokers.join(','), KAFKA_PREFIX: `rec${randomBytes(4).toString('hex')}.` };
  });
  afterAll(async () => {
    await kafka.stop();
    await postgres.stop();
  });

  it('after a restore makes again what the database has forgotten: nothing lost, and only equal ids twice', async () => {
    const tickets = eightTickets();
    const product = await Product.start(env);
    await before(product, tickets);
    await product.stopServices();
    const backup = await copyOf(product.database);
    const newer = await Product.start(env, product.database);
    await after(newer, tickets);
    await newer.stop();

    const restored = await Product.start(env, backup);
    const where = { ...env, DATABASE_URL: backup.url };
    await expect.poll(async () => (await fetch(`${restored.slaClock.url}/health/ready`)).status).toBe(503);
    const told = await punctual(where, 'recover', '--json');
    expect(told).toMatchObject({ code: 1, stderr: expect.stringContaining('nothing was done') as string });
    expect(new Set(linesOf(told).map(({ code }) => code))).toEqual(new Set(['log_ahead_of_database']));
    expect(new Set(linesOf(told).map(({ group }) => group))).toEqual(new Set(['classifier', 'sla-clock']));
    expect(await punctual(where, 'recover', '--yes')).toMatchObject({
      code: 0,
      stderr: expect.stringContaining('recovered: 0 records were lost unread') as string,
    });
    const ready = async () => (await fetch(`${restored.slaClock.url}/health/ready`)).status;
    await expect.poll(ready, { timeout: 30_000 }).toBe(200);
    await later(restored, tickets);
    expect(await punctual(where, 'recover')).toMatchObject({ code: 0, stdout: '' });

    const outputs = await said(env, backup);
    expect(new Set(outputs.map(({ event }) => event.id))).toEqual(new Set(expected.keys()));
    expect(outputs.length).toBeGreaterThan(expected.size);
    for (const { event, record } of outputs) {
      const reference = expected.get(event.id);
      // What is made again is found later than it was the first time. It may say that, and nothing else that is new.
      const isAgain = record.headers['incarnation'] === '1';
      const lateDetection = isAgain ? event.lateDetection : reference?.lateDetection;
      expect(event).toEqual({ ...reference, lateDetection });
    }
    const again = outputs.filter(({ event }, index) => outputs.findIndex((one) => one.event.id === event.id) < index);
    expect(new Set(again.map(({ record }) => record.headers['incarnation']))).toEqual(new Set(['1']));
    await restored.stop();
  }, 150_000);

  it('goes on behind what retention has deleted, and says how much that was', async () => {
    const tickets = eightTickets();
    const product = await Product.start(env);
    await before(product, tickets);
    await product.classifier.stop();
    await product.deliver(tickets[0]?.agent(30) ?? never());
    const client = new kafkajs.Kafka({ brokers: [...kafka.brokers], logLevel: kafkajs.logLevel.NOTHING });
    const admin = client.admin();
    await admin.connect();
    const topic = `${env['KAFKA_PREFIX']}${topics.received}`;
    const ends = await admin.fetchTopicOffsets(topic);
    const partitions = ends.map(({ partition, high }) => ({ partition, offset: high }));
    await admin.deleteTopicRecords({ topic, partitions });
    await admin.disconnect();
    const where = { ...env, DATABASE_URL: product.database.url };
    const told = linesOf(await punctual(where, 'recover', '--json'));
    expect(told).toMatchObject([
      { code: 'input_gap', group: 'classifier', topic: topics.received, lost: 1, repeated: 0 },
    ]);
    expect((await punctual(where, 'recover', '--yes')).stderr).toBe(
      'recovered: 1 records were lost unread, 0 outputs are made again with the same ids; the services go on by themselves\n',
    );
    await product.stopServices();
    const again = await Product.start(env, product.database);
    await later(again, tickets);
    const outputs = await said(env, product.database);
    expect(outputs.some(({ event }) => event.type === 'sla.clock.met' && event.ticket === 'T-7')).toBe(true);
    await again.stop();
  }, 120_000);

  /** A copy of a database nobody is connected to, as a backup of that moment. */
  async function copyOf(database: TestDatabase): Promise<TestDatabase> {
    const copy = await postgres.createDatabase();
    const [from, to] = [database.url, copy.url].map((url) => new URL(url).pathname.slice(1));
    const client = new pg.Client(postgres.url);
    await client.connect();
    try {
      await client.query(`DROP DATABASE "${to}"`);
      await client.query(`CREATE DATABASE "${to}" TEMPLATE "${from}" STRATEGY wal_log`);
    } finally {
      await client.end();
    }
    return copy;
  }

  /** Everything on `sla.events`, in the order of the log. */
  async function said(
    where: Readonly<Record<string, string>>,
    database: TestDatabase,
  ): Promise<{ event: SlaEvent; record: LogRecord }[]> {
    const dataSource = await openDataSource({ url: database.url, poolSize: 2, applicationName: 'recover-test' });
    const brokers = where['KAFKA_BROKERS']?.split(',');
    const config = { KAFKA_BROKERS: brokers, KAFKA_PREFIX: where['KAFKA_PREFIX'] ?? '', KAFKA_SSL: false };
    const log = await openStoredLog(config, dataSource, { clientId: 'test', logger: silent });
    const found: { event: SlaEvent; record: LogRecord }[] = [];
    await log.scan(topics.sla, (record) => void found.push({ event: record.value as SlaEvent, record }));
    await log.close();
    await dataSource.destroy();
    return found;
  }
});

function never(): never {
  throw new Error('there are tickets');
}
