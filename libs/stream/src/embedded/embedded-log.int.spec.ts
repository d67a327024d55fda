import { startPostgres, type TestPostgres } from '@punctual/test-kit';
import { DataSource } from 'typeorm';
import { afterAll, beforeAll } from 'vitest';
import { decodeRecord } from '../encoded-record.js';
import { eventLogContract, type LogHarness } from '../event-log.contract.js';
import { poolSql } from '../pool-sql.js';
import { streamMigrations } from '../stream-migrations.js';
import { beginTransaction } from '../transaction.js';
import { appendRecords } from './append-records.js';
import { openEmbeddedLog } from './embedded-log.js';

const partitions = 4;
const silent = { info: () => undefined, warn: () => undefined, error: () => undefined };
const timing = { heartbeatMs: 100, memberTtlMs: 600, savePositionMs: 60_000 };

let postgres: TestPostgres;
beforeAll(async () => {
  postgres = await startPostgres();
});
afterAll(() => postgres.stop());

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

async function newHarness(): Promise<LogHarness> {
  const database = await postgres.createDatabase({ name: 'stream', prepare: migrate });
  const own = await connect(database.url, 'harness');
  const sql = poolSql(own);
  const closing: (() => Promise<void>)[] = [];
  let opened = 0;
  const append = async (records: Parameters<typeof appendRecords>[1]) => {
    await sql.query(
      'INSERT INTO stream.head (topic, partition) SELECT $1, generate_series(0, $2 - 1) ON CONFLICT DO NOTHING',
      [records[0]?.topic, partitions],
    );
    const transaction = await beginTransaction(own);
    closing.push(() => transaction.rollback());
    await appendRecords(transaction, records, Date.now());
    return transaction;
  };
  return {
    partitions,
    sql,
    dataSource: own,
    async open() {
      opened += 1;
      const name = `log ${opened}`;
      const dataSource = await connect(database.url, name);
      const log = await openEmbeddedLog({ dataSource, partitions, timing, logger: silent });
      let killed: Promise<unknown> | undefined;
      closing.push(async () => {
        await log.close();
        await (killed ?? dataSource.destroy());
      });
      return {
        log,
        async kill() {
          killed = dataSource.destroy();
          await sql.query('SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = $1', [name]);
        },
      };
    },
    beginPublish: (records) =>
      append(records.map((record) => ({ ...record, value: JSON.stringify(record.value), headers: {} }))),
    async appendText(topic, partition, key, text) {
      const transaction = await append([{ topic, partition, key, value: text, headers: {} }]);
      await transaction.commit();
    },
    async read(topic, partition) {
      const rows = await sql.query<{
        record_offset: string;
        key: string;
        value: string;
        headers: Record<string, string> | null;
      }>('SELECT * FROM stream.record WHERE topic = $1 AND partition = $2 ORDER BY record_offset', [topic, partition]);
      return rows.map((row) =>
        decodeRecord({
          ...row,
          topic,
          partition,
          offset: Number(row.record_offset),
          headers: row.headers ?? {},
          appendedAt: 0,
        }),
      );
    },
    async close() {
      await Promise.all(closing.map((close) => close()));
      await own.destroy();
      await database.drop();
    },
  };
}

eventLogContract('embedded', newHarness);
