import {
  kafkaUnavailable,
  startKafka,
  startPostgres,
  type TestDatabase,
  type TestKafka,
  type TestPostgres,
} from '@punctual/test-kit';
import type { Admin } from 'kafkajs';
import { randomBytes } from 'node:crypto';
import { DataSource } from 'typeorm';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { BatchHandler, EventLog, Processing } from '../event-log.js';
import { streamMigrations } from '../stream-migrations.js';
import { openKafkaLog } from './kafka-log.js';
import { kafkajs } from './mended-kafkajs.js';
import type { KafkaLogOptions } from './kafka-options.js';

const silent = { info: () => undefined, warn: () => undefined, error: () => undefined };
const timing = {
  sessionMs: 2_000,
  heartbeatMs: 50,
  maxWaitMs: 50,
  relayPollMs: 50,
  relayTakeOverMs: 50,
  publishMs: 1_500,
};
const input = 'numbers';
const output = 'passed';
const settings = { retentionMs: -1, cleanup: 'delete' } as const;
const reason = await kafkaUnavailable();

const pass: BatchHandler = async ({ partition, records }, unit) => {
  unit.emit(records.map(({ key, value }) => ({ topic: output, partition, key, value })));
};

describe.skipIf(reason !== null)(`what Kafka alone can do${reason === null ? '' : ` (skipped: ${reason})`}`, () => {
  let postgres: TestPostgres;
  let kafka: TestKafka;
  let database: TestDatabase;
  let dataSource: DataSource;
  let admin: Admin;
  let prefix: string;
  let logs: EventLog[] = [];
  beforeAll(async () => {
    [postgres, kafka] = await Promise.all([startPostgres(), startKafka()]);
    admin = new kafkajs.Kafka({ brokers: [...kafka.brokers], logLevel: kafkajs.logLevel.NOTHING }).admin();
    await admin.connect();
  });
  beforeEach(async () => {
    prefix = `r${randomBytes(4).toString('hex')}.`;
    logs = [];
    database = await postgres.createDatabase();
    dataSource = await new DataSource({
      type: 'postgres',
      url: database.url,
      migrations: [...streamMigrations],
      // As the services have it.
      extra: { pipeline: true },
    }).initialize();
    await dataSource.runMigrations();
  });
  afterEach(async () => {
    await Promise.all(logs.map((log) => log.close()));
    await dataSource.destroy();
    await database.drop();
  });
  afterAll(async () => {
    await admin.disconnect();
    await kafka.stop();
    await postgres.stop();
  });

  async function open(options: Partial<KafkaLogOptions> = {}): Promise<EventLog> {
    const base = { dataSource, brokers: kafka.brokers, partitions: 2, prefix, timing, logger: silent };
    const log = await openKafkaLog({ ...base, topics: { [input]: settings, [output]: settings }, ...options });
    logs.push(log);
    return log;
  }

  const publish = (log: EventLog, ...values: number[]): Promise<void> =>
    log.publish(values.map((value) => ({ topic: input, partition: 0, key: 'k', value })));
  const join = (log: EventLog): Promise<Processing> => log.process({ group: 'pass', topics: [input], handler: pass });

  async function outputs(): Promise<number> {
    // Each transaction ends with a marker of its own, so offsets cannot be counted; what went out is recorded with them.
    const [group] = await admin.fetchOffsets({ groupId: `${prefix}pass.relay`, topics: [prefix + input] });
    return Number(group?.partitions.find(({ partition }) => partition === 0)?.offset);
  }

  it('sends nothing again when PostgreSQL has forgotten how far the relay had come', async () => {
    const log = await open();
    await publish(log, 1, 2, 3);
    const first = await join(log);
    await first.caughtUp();
    await first.stop();
    const end = async () => (await admin.fetchTopicOffsets(prefix + output))[0]?.high;
    const before = await end();
    await dataSource.query('DELETE FROM stream.relay');
    const second = await join(log);
    await second.caughtUp();
    expect(await end()).toBe(before);
    await publish(log, 4);
    await second.caughtUp();
    expect(await outputs()).toBe(4);
    expect(await dataSource.query('SELECT relayed_seq FROM stream.relay WHERE partition = 0')).toEqual([
      { relayed_seq: '4' },
    ]);
    expect(await dataSource.query('SELECT * FROM stream.outbox')).toEqual([]);
  });

  it('sends nothing again when Kafka has forgotten it', async () => {
    const log = await open();
    await publish(log, 1, 2, 3);
    const first = await join(log);
    await first.caughtUp();
    await first.stop();
    await admin.deleteGroups([`${prefix}pass.relay`]);
    const second = await join(log);
    await publish(log, 4);
    await second.caughtUp();
    expect(await outputs()).toBe(4);
  });

  it('refuses a database that was restored to before what Kafka has', async () => {
    const log = await open();
    await publish(log, 1, 2, 3);
    const first = await join(log);
    await first.caughtUp();
    await first.stop();
    await dataSource.query('UPDATE stream.position SET next_offset = 1, next_seq = 1');
    await dataSource.query('UPDATE stream.relay SET relayed_seq = 1');
    const second = await join(log);
    await expect.poll(() => second.status().state).toBe('refused');
    expect(second.status().partitions[0]?.problem).toMatchObject({
      code: 'log_ahead_of_database',
      detail: expect.stringContaining('restored to an earlier moment') as string,
    });
    await expect(second.caughtUp()).rejects.toMatchObject({ code: 'log_ahead_of_database' });
  });

  it('refuses to go on behind records that retention has deleted', async () => {
    const log = await open();
    await publish(log, 1, 2, 3);
    const first = await join(log);
    await first.caughtUp();
    await first.stop();
    await publish(log, 4, 5, 6);
    // kafkajs deletes only in topics whose leaders it has asked for.
    await admin.fetchTopicOffsets(prefix + input);
    await admin.deleteTopicRecords({ topic: prefix + input, partitions: [{ partition: 0, offset: '5' }] });
    const second = await join(log);
    await expect.poll(() => second.status().state).toBe('refused');
    const stuck = second.status().partitions.find(({ partition }) => partition === 0);
    expect(stuck?.problem).toMatchObject({ code: 'input_gap', detail: expect.stringContaining('2 records') as string });
  });

  it('refuses topics that are not as stated, with what to do', async () => {
    await open();
    await expect(open({ partitions: 3 })).rejects.toMatchObject({ code: 'partitions_mismatch' });
    await expect(open({ topics: { [input]: { retentionMs: 60_000, cleanup: 'delete' } } })).rejects.toMatchObject({
      code: 'topic_mismatch',
      message: `topic '${prefix}${input}' has retention.ms -1, but 60000 is stated. Set retention.ms=60000 on the topic with kafka-configs.`,
    });
  });

  it('refuses a database of another log', async () => {
    await open();
    await expect(open({ prefix: `x${prefix}` })).rejects.toMatchObject({ code: 'log_changed' });
  });

  it('says when no broker answers', async () => {
    await expect(open({ brokers: ['127.0.0.1:1'] })).rejects.toMatchObject({ code: 'log_unavailable' });
  });
});
