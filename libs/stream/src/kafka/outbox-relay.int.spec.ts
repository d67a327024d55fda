import { kafkaUnavailable, startKafka, startPostgres, type TestKafka, type TestPostgres } from '@punctual/test-kit';
import type { Admin, Kafka } from 'kafkajs';
import { DataSource } from 'typeorm';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { poolSql } from '../pool-sql.js';
import { streamMigrations } from '../stream-migrations.js';
import { defaultKafkaTiming } from './kafka-options.js';
import { KafkaTopics } from './kafka-topics.js';
import { kafkajs } from './mended-kafkajs.js';
import { writeOutbox } from './outbox.js';
import { OutboxRelay } from './outbox-relay.js';
import { readCommitted } from './read-committed.spec-kit.js';
import { topicSettings } from './topic-settings.js';

const reason = await kafkaUnavailable();
const silent = { info: () => undefined, warn: () => undefined, error: () => undefined };
const [input, output, group, prefix, logId] = ['input', 'output', 'worker', 'relay.', 'log-1'];
const records = ['first', 'second'].map((value) => ({
  ...{ topic: output, partition: 0, key: 'k', value: JSON.stringify(value), headers: {} },
}));

let postgres: TestPostgres;
let kafka: TestKafka;
let client: Kafka;
let admin: Admin;
let dataSource: DataSource;

describe.skipIf(reason !== null)(`the relay${reason === null ? '' : ` (skipped: ${reason})`}`, () => {
  beforeAll(async () => {
    postgres = await startPostgres();
    kafka = await startKafka();
    dataSource = await openDatabase();
    client = new kafkajs.Kafka({ brokers: [...kafka.brokers], logLevel: kafkajs.logLevel.NOTHING });
    admin = client.admin();
    await admin.connect();
    const configEntries = [{ name: 'retention.ms', value: '-1' }];
    const topics = [input, output].map((topic) => ({ topic: prefix + topic, numPartitions: 1, configEntries }));
    await admin.createTopics({ topics, waitForLeaders: true });
    // Until the group has a coordinator.
    await admin.setOffsets({
      groupId: `${prefix}${group}.relay`,
      topic: prefix + input,
      partitions: [{ partition: 0, offset: '0' }],
    });
  });
  afterAll(async () => {
    await admin.disconnect();
    await dataSource.destroy();
    await kafka.stop();
    await postgres.stop();
  });

  it('reads how far it has come only when nobody before it can commit any more', async () => {
    await beginAtStart(dataSource, group);
    await writeOutbox(poolSql(dataSource), { logId, group, topic: input, partition: 0 }, records);

    // A former relay has sent them and is about to commit; its commit comes when the next one has just read the positions.
    const former = client.producer({
      transactionalId: `${prefix}${group}.relay`,
      ...{ idempotent: true, maxInFlightRequests: 1, retry: { initialRetryTime: 5, retries: 20 } },
    });
    await former.connect();
    const begun = await former.transaction();
    const messages = records.map(({ partition, key, value }) => ({ partition, key, value }));
    await begun.send({ topic: prefix + output, acks: -1, messages });
    const offsets = [{ topic: prefix + input, partitions: [{ partition: 0, offset: String(records.length) }] }];
    await begun.sendOffsets({ consumerGroupId: `${prefix}${group}.relay`, topics: offsets });
    let commit: Promise<'committed' | 'fenced'> | undefined;
    const watched: Admin = {
      ...admin,
      async fetchOffsets(request) {
        const read = await admin.fetchOffsets(request);
        commit ??= begun.commit().then(
          () => 'committed',
          () => 'fenced',
        );
        await commit;
        return read;
      },
    };

    const relay = new OutboxRelay({
      ...{ kafka: client, admin: watched, dataSource, logId, prefix, group, inputs: [input], partitions: 1 },
      topics: new KafkaTopics(admin, { prefix, partitions: 1, replication: undefined, topics: topicSettings }),
      timing: { ...defaultKafkaTiming, relayPollMs: 20, relayTakeOverMs: 20 },
      logger: silent,
    });
    relay.start();
    await relay.drained();
    await relay.stop();
    await former.disconnect();
    expect(await commit).toBe('fenced');
    const shown = await readCommitted(client, prefix + output, 0);
    expect(shown.map(({ value }) => String(value))).toEqual(records.map(({ value }) => value));
  }, 60_000);

  it('finds outputs by their numbers, however empty the outbox was when it first looked', async () => {
    const own = await openDatabase();
    const another = 'another';
    await beginAtStart(own, another);
    await own.query('VACUUM (ANALYZE) stream.outbox');
    // Connections that end have counted what they did.
    await own.destroy();
    await own.initialize();
    const before = await outboxScans(own);
    const relay = new OutboxRelay({
      ...{ kafka: client, admin, dataSource: own, logId, prefix, group: another, inputs: [input], partitions: 1 },
      topics: new KafkaTopics(admin, { prefix, partitions: 1, replication: undefined, topics: topicSettings }),
      timing: { ...defaultKafkaTiming, relayPollMs: 20, relayTakeOverMs: 20 },
      logger: silent,
    });
    relay.start();
    for (let round = 0; round < 3; round += 1) {
      await writeOutbox(poolSql(own), { logId, group: another, topic: input, partition: 0 }, records);
      await relay.drained();
    }
    await relay.stop();
    // PostgreSQL counts a moment later.
    await expect.poll(async () => (await outboxScans(own)).removed, { timeout: 10_000 }).toBe(3 * records.length);
    const after = await outboxScans(own);
    expect(after.byIndex - before.byIndex).toBeGreaterThan(3);
    expect(after.whole - before.whole).toBe(0);
    await own.destroy();
  }, 60_000);
});

async function openDatabase(): Promise<DataSource> {
  const { url } = await postgres.createDatabase();
  const opened = await new DataSource({ type: 'postgres', url, migrations: [...streamMigrations] }).initialize();
  await opened.runMigrations();
  return opened;
}

/** A group that has folded nothing yet. */
async function beginAtStart(database: DataSource, worker: string): Promise<void> {
  await database.query(
    `INSERT INTO stream.position (log_id, group_name, topic, partition, next_offset, next_seq, owner_epoch, owner)
     VALUES ($1, $2, $3, 0, 0, 0, 1, 'somebody')`,
    [logId, worker, input],
  );
}

/** How often the outbox was read by its index and from end to end, and how many rows were deleted from it. */
async function outboxScans(database: DataSource): Promise<{ byIndex: number; whole: number; removed: number }> {
  const [row] = await database.query<{ idx_scan: string; seq_scan: string; n_tup_del: string }[]>(
    `SELECT idx_scan, seq_scan, n_tup_del FROM pg_stat_user_tables WHERE schemaname = 'stream' AND relname = 'outbox'`,
  );
  return { byIndex: Number(row?.idx_scan), whole: Number(row?.seq_scan), removed: Number(row?.n_tup_del) };
}
