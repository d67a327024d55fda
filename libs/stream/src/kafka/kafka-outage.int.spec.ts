import {
  kafkaUnavailable,
  startKafka,
  startPostgres,
  type TestDatabase,
  type TestKafka,
  type TestPostgres,
} from '@punctual/test-kit';
import { setTimeout as pause } from 'node:timers/promises';
import { DataSource } from 'typeorm';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import type { EventLog, ProcessOptions } from '../event-log.js';
import { streamMigrations } from '../stream-migrations.js';
import { openKafkaLog } from './kafka-log.js';
import { KafkaTopics } from './kafka-topics.js';
import { kafkajs } from './mended-kafkajs.js';

const silent = { info: () => undefined, warn: () => undefined, error: () => undefined };
const settings = { retentionMs: -1, cleanup: 'delete' } as const;
// Brokers that this suite did not start cannot be killed.
const reason = process.env['KAFKA_TEST_BROKERS'] ? 'KAFKA_TEST_BROKERS is set' : await kafkaUnavailable();

describe.skipIf(reason !== null)(`a cluster of three${reason === null ? '' : ` (skipped: ${reason})`}`, () => {
  let postgres: TestPostgres;
  let kafka: TestKafka;
  let database: TestDatabase;
  let dataSource: DataSource;
  let log: EventLog;
  beforeAll(async () => {
    [postgres, kafka] = await Promise.all([startPostgres(), startKafka({ brokers: 3 })]);
    database = await postgres.createDatabase();
    dataSource = await new DataSource({
      type: 'postgres',
      url: database.url,
      migrations: [...streamMigrations],
      // As the services have it.
      extra: { pipeline: true },
    }).initialize();
    await dataSource.runMigrations();
    await dataSource.query('CREATE TABLE seen (value int PRIMARY KEY)');
    log = await openKafkaLog({
      dataSource,
      brokers: kafka.brokers,
      partitions: 3,
      replication: 3,
      logger: silent,
      timing: { sessionMs: 3_000, heartbeatMs: 200, maxWaitMs: 100 },
      topics: { numbers: settings, passed: settings, spread: settings, asked: settings, told: settings },
    });
  });
  afterAll(async () => {
    await log.close();
    await dataSource.destroy();
    await database.drop();
    await kafka.stop();
    await postgres.stop();
  });

  it('lets services start side by side while some broker has not heard of their topics yet', async () => {
    const started = Array.from({ length: 4 }, async () => {
      const admin = new kafkajs.Kafka({ brokers: [...kafka.brokers], logLevel: kafkajs.logLevel.NOTHING }).admin();
      await admin.connect();
      try {
        for (let round = 1; round <= 20; round += 1) {
          const topics = new KafkaTopics(admin, {
            prefix: `round-${round}.`,
            partitions: 3,
            replication: 3,
            topics: {},
          });
          await topics.ensure(['tickets', 'clocks']);
          expect((await topics.ranges('tickets')).size).toBe(3);
        }
      } finally {
        await admin.disconnect();
      }
    });
    await Promise.all(started);
  }, 60_000);

  it('stops nothing for good when a broker dies: what was acknowledged is folded once, and its outputs leave', async () => {
    const processing = await log.process({
      group: 'pass',
      topics: ['numbers'],
      handler: async ({ partition, records }, unit) => {
        const sql = await unit.transaction();
        await sql.query('INSERT INTO seen SELECT DISTINCT unnest($1::int[]) ON CONFLICT DO NOTHING', [
          records.map(({ value }) => value),
        ]);
        unit.emit(records.map(({ key, value }) => ({ topic: 'passed', partition, key, value })));
      },
    });
    const acknowledged: number[] = [];
    const publish = async (from: number, to: number): Promise<void> => {
      for (let value = from; value < to; value += 1) {
        // As intake's callers do: without an acknowledgement, again.
        for (;;) {
          try {
            await log.publish([{ topic: 'numbers', partition: value % 3, key: 'k', value }]);
            acknowledged.push(value);
            break;
          } catch (error) {
            expect(error).toMatchObject({ code: 'log_unavailable' });
          }
        }
      }
    };
    await publish(0, 30);
    await processing.caughtUp();
    await kafka.kill(0);
    await publish(30, 60);
    await processing.caughtUp();
    await kafka.start(0);
    await publish(60, 90);
    await processing.caughtUp();
    const rows: { value: number }[] = await dataSource.query('SELECT value FROM seen ORDER BY value');
    expect(rows.map(({ value }) => value)).toEqual(acknowledged);
    expect(await dataSource.query('SELECT * FROM stream.outbox')).toEqual([]);
  }, 120_000);

  it('goes on in members all of whose partitions were led by the broker that died', async () => {
    const topic = 'led';
    const publish = async (name: string): Promise<void> => {
      const records = toAll(name).map((value, partition) => ({ topic, partition, key: 'k', value }));
      await vi.waitFor(() => log.publish(records), { timeout: 30_000, interval: 100 });
    };
    await publish('before');
    // Where the coordinator of a group dies as well, all of it join again and look who leads: of three groups hardly all have theirs there.
    const groups = await Promise.all(
      ['first', 'second', 'third'].map(async (group) => {
        const seen = new Set<unknown>();
        const handler: ProcessOptions['handler'] = async ({ records }) => {
          for (const { value } of records) seen.add(value);
        };
        // A partition each, and each is led by a broker of its own.
        const members = await Promise.all([0, 1, 2].map(() => log.process({ group, topics: [topic], handler })));
        await vi.waitFor(() => expect(members.map((one) => one.status().partitions.length)).toEqual([1, 1, 1]), 30_000);
        return { seen, members };
      }),
    );
    await kafka.kill(0);
    await publish('after');
    const all = [...toAll('after'), ...toAll('before')];
    await vi.waitFor(() => expect(groups.map(({ seen }) => [...seen].sort())).toEqual([all, all, all]), 20_000);
    await kafka.start(0);
    await Promise.all(groups.flatMap(({ members }) => members.map((one) => one.stop())));
  }, 120_000);

  it('loses nothing that it acknowledged, and writes nothing twice, where a broker dies in the middle of writes to all partitions', async () => {
    const acknowledged: number[] = [];
    let over = false;
    const publishAll = async (first: number): Promise<void> => {
      for (let value = first; !over; value += 30) {
        const records = [0, 1, 2].map((partition) => ({
          topic: 'spread',
          partition,
          key: 'k',
          value: value + partition,
        }));
        await log.publish(records).then(
          () => acknowledged.push(...records.map((record) => record.value)),
          (error: unknown) => expect(error).toMatchObject({ code: 'log_unavailable' }),
        );
      }
    };
    const publishing = [0, 10, 20].map(publishAll);
    for (const broker of [1, 2, 0]) {
      await pause(1_000);
      await kafka.kill(broker);
      await pause(3_000);
      await kafka.start(broker);
    }
    over = true;
    await Promise.all(publishing);
    let found: unknown[] = [];
    // The broker that came back last may still be loading what it coordinates.
    await vi.waitFor(
      async () => {
        found = [];
        await log.scan('spread', ({ value }) => void found.push(value));
      },
      { timeout: 30_000, interval: 1_000 },
    );
    const distinct = new Set(found);
    expect(acknowledged.length).toBeGreaterThan(100);
    expect(acknowledged.filter((value) => !distinct.has(value))).toEqual([]);
    expect(found.length - distinct.size).toBe(0);
  }, 120_000);

  it('relays every output once and in order where brokers die in the middle of transactions over all of them', async () => {
    const processing = await log.process({
      group: 'tell',
      topics: ['asked'],
      handler: async ({ partition, records }, unit) => {
        // Outputs of one partition to all, as one transaction of the relay has them.
        unit.emit(
          records.flatMap(({ key, value }) =>
            [0, 1, 2].map((target) => ({
              topic: 'told',
              partition: target,
              key,
              value: `${partition}/${String(value)}`,
            })),
          ),
        );
        await unit.transaction();
      },
    });
    let over = false;
    const acknowledged = [0, 0, 0];
    const publish = async (partition: number): Promise<void> => {
      for (let value = 0; !over; value += 1) {
        // Once it is in doubt whether a record is in the log, it may be there twice: that is the publisher's matter, not the relay's.
        const published = await log.publish([{ topic: 'asked', partition, key: 'k', value }]).then(
          () => true,
          () => false,
        );
        if (published) acknowledged[partition] = (acknowledged[partition] ?? 0) + 1;
        await pause(5);
      }
    };
    const publishing = [0, 1, 2].map(publish);
    for (const broker of [1, 2, 0]) {
      await pause(1_000);
      await kafka.kill(broker);
      await pause(3_000);
      await kafka.start(broker);
    }
    await vi.waitFor(() => expect(Math.min(...acknowledged)).toBeGreaterThan(100), { timeout: 60_000 });
    over = true;
    await Promise.all(publishing);
    const asked: string[][] = [[], [], []];
    const told: string[][] = [[], [], []];
    await vi.waitFor(
      async () => {
        await processing.caughtUp();
        for (const list of [...asked, ...told]) list.length = 0;
        await log.scan('asked', ({ partition, value }) => void asked[partition]?.push(`${partition}/${String(value)}`));
        await log.scan('told', ({ partition, value }) => void told[partition]?.push(String(value)));
      },
      { timeout: 60_000, interval: 1_000 },
    );
    for (const target of told) {
      for (const [partition, values] of asked.entries()) {
        expect(target.filter((value) => value.startsWith(`${partition}/`))).toEqual(values);
      }
    }
  }, 180_000);
});

/** A value to each partition. */
function toAll(name: string): string[] {
  return [0, 1, 2].map((partition) => `${name}/${partition}`);
}
