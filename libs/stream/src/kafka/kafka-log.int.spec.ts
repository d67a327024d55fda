import { kafkaUnavailable, startKafka, startPostgres, type TestKafka, type TestPostgres } from '@punctual/test-kit';
import type { ISocketFactory } from 'kafkajs';
import { randomBytes } from 'node:crypto';
import { Socket } from 'node:net';
import { DataSource } from 'typeorm';
import { afterAll, beforeAll, describe, expect } from 'vitest';
import { input, output } from '../contract/contract-context.js';
import { eventLogContract, type LogHarness } from '../event-log.contract.js';
import { poolSql } from '../pool-sql.js';
import { streamMigrations } from '../stream-migrations.js';
import { openKafkaLog } from './kafka-log.js';
import { fromMessage } from './kafka-message.js';
import { kafkajs } from './mended-kafkajs.js';
import { readCommitted } from './read-committed.spec-kit.js';

const partitions = 4;
const silent = { info: () => undefined, warn: () => undefined, error: () => undefined };
const timing = {
  sessionMs: 2_000,
  heartbeatMs: 50,
  rebalanceMs: 2_000,
  maxWaitMs: 50,
  relayPollMs: 50,
  relayTakeOverMs: 50,
  savePositionMs: 60_000,
};
const reason = await kafkaUnavailable();

let postgres: TestPostgres;
let kafka: TestKafka;

async function connect(url: string, name: string): Promise<DataSource> {
  const source = new DataSource({
    type: 'postgres',
    url,
    applicationName: name,
    migrations: [...streamMigrations],
    poolErrorHandler: () => undefined,
    // As the services have it.
    extra: { pipeline: true },
  });
  return source.initialize();
}

async function migrate(url: string): Promise<void> {
  const source = await connect(url, 'migrate');
  await source.runMigrations();
  await source.destroy();
}

/** Connections that can be cut for good. */
function cuttable(): { readonly factory: ISocketFactory; cut(): void } {
  const open = new Set<Socket>();
  let isCut = false;
  return {
    factory: ({ host, port, onConnect }) => {
      const socket = new Socket();
      open.add(socket);
      socket.on('close', () => open.delete(socket));
      if (isCut) setImmediate(() => socket.destroy(new Error('cut')));
      else socket.connect({ host, port }, onConnect);
      return socket;
    },
    cut() {
      isCut = true;
      for (const socket of open) socket.destroy(new Error('cut'));
    },
  };
}

async function newHarness(): Promise<LogHarness> {
  const database = await postgres.createDatabase({ name: 'stream', prepare: migrate });
  const own = await connect(database.url, 'harness');
  const sql = poolSql(own);
  const prefix = `t${randomBytes(4).toString('hex')}.`;
  const client = new kafkajs.Kafka({
    brokers: [...kafka.brokers],
    clientId: 'harness',
    logLevel: kafkajs.logLevel.NOTHING,
  });
  const admin = client.admin();
  await admin.connect();
  const closing: (() => Promise<unknown>)[] = [];
  let opened = 0;
  // Only these, so that each test makes four topics and not nine.
  const topics = [input, output, `${input}.dlq`];
  await admin.createTopics({
    // The log waits for them itself.
    waitForLeaders: false,
    topics: topics.map((topic) => ({
      topic: prefix + topic,
      numPartitions: partitions,
      configEntries: [{ name: 'retention.ms', value: '-1' }],
    })),
  });
  const transaction = async () => {
    opened += 1;
    const producer = client.producer({
      transactionalId: `${prefix}harness.${opened}`,
      maxInFlightRequests: 1,
      idempotent: true,
      retry: { initialRetryTime: 5, retries: 20 },
    });
    await producer.connect();
    const begun = await producer.transaction();
    const end = async (how: 'commit' | 'abort'): Promise<void> => {
      if (begun.isActive()) await begun[how]();
      await producer.disconnect();
    };
    closing.push(() => end('abort'));
    return { begun, end };
  };
  return {
    partitions,
    sql,
    dataSource: own,
    async open() {
      opened += 1;
      const name = `log ${opened}`;
      const dataSource = await connect(database.url, name);
      const wire = cuttable();
      const log = await openKafkaLog({
        dataSource,
        brokers: kafka.brokers,
        partitions,
        prefix,
        timing,
        logger: silent,
        socketFactory: wire.factory,
      });
      let killed: Promise<unknown> | undefined;
      closing.push(async () => {
        await log.close();
        await (killed ?? dataSource.destroy());
      });
      return {
        log,
        async kill() {
          wire.cut();
          killed = dataSource.destroy();
          await sql.query('SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = $1', [name]);
        },
      };
    },
    async beginPublish(records) {
      const { begun, end } = await transaction();
      const sent: { readonly topic: string; readonly partition: number; readonly offset: number }[] = [];
      for (const { topic, partition, key, value } of records) {
        const message = { partition, key, value: JSON.stringify(value) };
        const [written] = await begun.send({ topic: prefix + topic, acks: -1, messages: [message] });
        sent.push({ topic: prefix + topic, partition, offset: Number(written?.baseOffset) });
      }
      // Kafka answers before it has marked the end in each partition, and until then shows readers nothing of what comes after.
      const isShown = async (): Promise<boolean> => {
        for (const { topic, partition, offset } of sent) {
          const ends = await admin.fetchTopicOffsets(topic);
          if (ends.every((one) => one.partition !== partition || Number(one.high) <= offset)) return false;
        }
        return true;
      };
      const ended = async (how: 'commit' | 'abort'): Promise<void> => {
        await end(how);
        await expect.poll(isShown, { timeout: 10_000 }).toBe(true);
      };
      return { commit: () => ended('commit'), rollback: () => ended('abort') };
    },
    async appendText(topic, partition, key, text) {
      // Not in a transaction: its end would take an offset.
      const producer = client.producer();
      await producer.connect();
      await producer.send({ topic: prefix + topic, acks: -1, messages: [{ partition, key, value: text }] });
      await producer.disconnect();
    },
    read: async (topic, partition) =>
      (await readCommitted(client, prefix + topic, partition)).map((message) => fromMessage(topic, partition, message)),
    async close() {
      await Promise.all(closing.map((close) => close()));
      await admin.disconnect();
      await own.destroy();
      await database.drop();
    },
  };
}

describe.skipIf(reason !== null)(reason === null ? 'on a real Kafka' : `on a real Kafka (skipped: ${reason})`, () => {
  beforeAll(async () => {
    postgres = await startPostgres();
    kafka = await startKafka();
  });
  afterAll(async () => {
    await kafka.stop();
    await postgres.stop();
  });

  eventLogContract('kafka', newHarness);
});
