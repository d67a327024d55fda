import { startPostgres, type TestDatabase, type TestPostgres } from '@punctual/test-kit';
import pg from 'pg';
import { DataSource } from 'typeorm';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { BatchHandler, OutgoingRecord } from '../event-log.js';
import { streamMigrations } from '../stream-migrations.js';
import { openEmbeddedLog, type EmbeddedLog, type EmbeddedLogOptions } from './embedded-log.js';

const silent = { info: () => undefined, warn: () => undefined, error: () => undefined };

/** As services have it: an error finds a listener also between the pool's and TypeORM's. */
class SteadyClient extends pg.Client {
  constructor(config?: pg.ClientConfig) {
    super(config);
    this.on('error', () => undefined);
  }
}

let postgres: TestPostgres;
let database: TestDatabase;
let dataSource: DataSource;
let logs: EmbeddedLog[] = [];

beforeAll(async () => {
  postgres = await startPostgres();
});
beforeEach(async () => {
  logs = [];
  database = await postgres.createDatabase();
  dataSource = await new DataSource({
    type: 'postgres',
    url: database.url,
    poolSize: 6,
    applicationName: 'pool',
    migrations: [...streamMigrations],
    poolErrorHandler: () => undefined,
    extra: { Client: SteadyClient },
  }).initialize();
  await dataSource.runMigrations();
});
afterEach(async () => {
  await Promise.all(logs.map((log) => log.close()));
  await dataSource.destroy();
  await database.drop();
});
afterAll(() => postgres.stop());

async function open(options: Partial<EmbeddedLogOptions> = {}): Promise<EmbeddedLog> {
  const log = await openEmbeddedLog({ dataSource, partitions: 4, logger: silent, ...options });
  logs.push(log);
  return log;
}

function numbers(topic: string, partition: number, values: readonly number[]): OutgoingRecord[] {
  return values.map((value) => ({ topic, partition, key: 'k', value }));
}

async function count(query: string): Promise<number> {
  const rows: { count: string }[] = await dataSource.query(query);
  return Number(rows[0]?.count);
}

describe('a store', () => {
  it('is not opened over the positions of a Kafka', async () => {
    const { logId } = await open();
    await dataSource.query("UPDATE stream.store SET log_id = 'kafka:cluster:'");
    await expect(open()).rejects.toMatchObject({ code: 'log_changed' });
    await dataSource.query('UPDATE stream.store SET log_id = $1', [logId]);
    expect((await open()).logId).toBe(logId);
  });

  it('keeps its number of partitions and its id', async () => {
    const log = await open();
    expect((await open()).logId).toBe(log.logId);
    await expect(open({ partitions: 8 })).rejects.toMatchObject({
      code: 'partitions_mismatch',
      message: expect.stringContaining('created with 4 partitions, but 8 are configured') as string,
    });
    await expect(open({ partitions: 0 })).rejects.toMatchObject({ code: 'invalid_option' });
  });

  it('is migrated by several services at once', async () => {
    const fresh = await postgres.createDatabase();
    const sources = await Promise.all(
      ['a', 'b', 'c'].map((name) =>
        new DataSource({
          type: 'postgres',
          url: fresh.url,
          migrations: [...streamMigrations],
          migrationsTableName: `migrations_${name}`,
        }).initialize(),
      ),
    );
    await Promise.all(sources.map((source) => source.runMigrations()));
    await Promise.all(sources.map((source) => source.destroy()));
    await fresh.drop();
  });

  it('never deadlocks when many publish to many partitions in any order', async () => {
    const publishers = await Promise.all([open(), open(), open()]);
    await Promise.all(
      publishers.flatMap((log, lane) =>
        Array.from({ length: 30 }, (_, round) => {
          const order = [0, 1, 2, 3].sort((a, b) => ((a * 7 + lane + round) % 4) - ((b * 7 + lane + round) % 4));
          return log.publish(order.flatMap((partition) => numbers('t', partition, [round])));
        }),
      ),
    );
    expect(await count(`SELECT count(*) FROM stream.record WHERE topic = 't'`)).toBe(360);
    expect(await count('SELECT count(*) FROM stream.record WHERE record_offset >= 90')).toBe(0);
  });
});

describe('trimming', () => {
  it('deletes what is old and folded by every group, and nothing else', async () => {
    let now = 1_000;
    const log = await open({ clock: { now: () => now } });
    await log.publish(numbers('t', 0, [1, 2, 3]));
    now = 2_000;
    await log.publish(numbers('t', 0, [4]));
    const fast = await log.process({ group: 'fast', topics: ['t'], handler: async () => undefined });
    await fast.caughtUp();
    await fast.stop();
    const slow = await log.process({
      group: 'slow',
      topics: ['t'],
      maxBatch: 2,
      handler: async ({ records }) => {
        if (records[0]?.offset === 2) await new Promise((resolve) => setTimeout(resolve, 50));
        if (records[0]?.offset === 2) throw new Error('stuck');
      },
    });
    await expect.poll(async () => slow.status().counts.handlerFailures).toBeGreaterThan(0);
    await slow.stop();
    await dataSource.query(`UPDATE stream.position SET next_offset = 2 WHERE group_name = 'slow' AND partition = 0`);
    expect(await log.trim('t', 5_000)).toBe(2);
    await dataSource.query(`UPDATE stream.position SET next_offset = 4 WHERE group_name = 'slow' AND partition = 0`);
    expect(await log.trim('t', 2_000)).toBe(1);
    expect((await log.read('t', 0, 0, 10)).map((record) => [record.offset, record.value])).toEqual([[3, 4]]);
    const fresh: unknown[] = [];
    const late = await log.process({
      group: 'late',
      topics: ['t'],
      handler: async ({ records }) => void fresh.push(...records.map((record) => record.value)),
    });
    await late.caughtUp();
    expect(fresh).toEqual([4]);
  });

  it('leaves a group that has lost its input standing, and says so', async () => {
    const log = await open();
    await log.publish(numbers('t', 0, [1, 2, 3]));
    const first = await log.process({ group: 'g', topics: ['t'], handler: async () => undefined });
    await first.caughtUp();
    await first.stop();
    await log.trim('t', Date.now() + 1);
    await dataSource.query(`UPDATE stream.position SET next_offset = 1 WHERE partition = 0`);
    const again = await log.process({ group: 'g', topics: ['t'], handler: async () => undefined });
    await expect(again.caughtUp()).rejects.toMatchObject({ code: 'input_gap' });
    expect(again.status().state).toBe('refused');
    expect(again.status().partitions.find((one) => one.partition === 0)?.problem?.detail).toMatch(
      /2 records are gone unread/,
    );
    expect(again.status().partitions.filter((one) => one.state === 'folding')).toHaveLength(3);
  });
});

describe('a processing', () => {
  it('goes on through the loss of any connection and commits everything once', async () => {
    const log = await open({ concurrency: 2 });
    await dataSource.query('CREATE TABLE seen (value int PRIMARY KEY)');
    const total = 4_000;
    for (let partition = 0; partition < 4; partition += 1) {
      const values = Array.from({ length: total / 4 }, (_, index) => partition * 1_000 + index);
      await log.publish(numbers('t', partition, values));
    }
    const processing = await log.process({
      group: 'g',
      topics: ['t'],
      maxBatch: 20,
      handler: async ({ records }, unit) => {
        const sql = await unit.transaction();
        await sql.query('INSERT INTO seen SELECT unnest($1::int[])', [records.map((record) => record.value)]);
        unit.emit(records.map(({ partition, key, value }) => ({ topic: 'out', partition, key, value })));
      },
    });
    const vandal = await new DataSource({
      type: 'postgres',
      url: database.url,
      applicationName: 'vandal',
    }).initialize();
    for (let blow = 0; blow < 8; blow += 1) {
      await new Promise((resolve) => setTimeout(resolve, 60));
      await vandal.query(
        `SELECT pg_terminate_backend(pid) FROM pg_stat_activity
          WHERE datname = current_database() AND application_name <> 'vandal' AND backend_type = 'client backend'`,
      );
    }
    await vandal.destroy();
    await expect
      .poll(
        () =>
          processing.caughtUp().then(
            () => true,
            () => false,
          ),
        { timeout: 20_000 },
      )
      .toBe(true);
    expect(await count('SELECT count(*) FROM seen')).toBe(total);
    expect(await count(`SELECT count(*) FROM stream.record WHERE topic = 'out'`)).toBe(total);
    const { counts } = processing.status();
    expect(counts.transientFailures).toBeGreaterThan(0);
    expect(counts.handlerFailures).toBe(0);
  }, 60_000);

  it('hears of new records again after its listening connection was lost', async () => {
    const log = await open({ timing: { pollMs: 60_000 } });
    const other = await open({ timing: { pollMs: 60_000 } });
    const values: unknown[] = [];
    const handler: BatchHandler = async ({ records }) => void values.push(...records.map((record) => record.value));
    await log.process({ group: 'g', topics: ['t'], handler });
    await other.publish(numbers('t', 0, [1]));
    await expect.poll(() => values, { timeout: 3_000 }).toEqual([1]);
    await dataSource.query(
      `SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = 'punctual-listen' AND datname = current_database()`,
    );
    await other.publish(numbers('t', 0, [2]));
    await expect.poll(() => values, { timeout: 5_000 }).toEqual([1, 2]);
    await other.publish(numbers('t', 0, [3]));
    await expect.poll(() => values, { timeout: 5_000 }).toEqual([1, 2, 3]);
  });

  it('folds other partitions while some stand still, with few connections', async () => {
    const log = await open({ concurrency: 1 });
    const done: number[] = [];
    const processing = await log.process({
      group: 'g',
      topics: ['t'],
      handler: async ({ partition }, unit) => {
        await unit.transaction();
        // A connection besides the unit's own.
        await dataSource.query('SELECT 1');
        if (partition < 3) throw new Error('a bug in three of four partitions');
        done.push(partition);
      },
    });
    await log.publish([0, 1, 2].flatMap((partition) => numbers('t', partition, [1])));
    await expect.poll(() => processing.status().counts.handlerFailures).toBeGreaterThanOrEqual(9);
    await log.publish(numbers('t', 3, [1]));
    await expect.poll(() => done, { timeout: 2_000 }).toEqual([3]);
    expect(processing.status().partitions.find((one) => one.partition === 0)).toMatchObject({
      state: 'retrying',
      problem: { code: 'handler_failed', detail: 'a bug in three of four partitions' },
    });
  });

  it('saves a position that only idle units have moved after a while', async () => {
    const log = await open({ timing: { savePositionMs: 100 } });
    await log.publish(numbers('t', 0, [1, 2]));
    const processing = await log.process({ group: 'g', topics: ['t'], handler: async () => undefined });
    await processing.caughtUp();
    await expect
      .poll(() => count('SELECT next_offset AS count FROM stream.position WHERE partition = 0'), { timeout: 3_000 })
      .toBe(2);
    expect(processing.status().counts.committed).toBe(0);
  });

  it('takes over from an owner that froze inside a transaction', async () => {
    const log = await open();
    await log.publish(numbers('t', 0, [1]));
    const limits: unknown[] = [];
    const processing = await log.process({
      group: 'g',
      topics: ['t'],
      handler: async (_batch, unit) => {
        const sql = await unit.transaction();
        limits.push(...(await sql.query('SHOW idle_in_transaction_session_timeout')));
        if (limits.length > 1) return;
        // As if the minute had passed while the process stood still; its row lock would keep every new owner out.
        await sql.query(`SET LOCAL idle_in_transaction_session_timeout = '50ms'`);
        await new Promise((resolve) => setTimeout(resolve, 300));
      },
    });
    await processing.caughtUp();
    expect(limits[0]).toEqual({ idle_in_transaction_session_timeout: '1min' });
    expect(processing.status().counts).toMatchObject({ committed: 1, transientFailures: 1, handlerFailures: 0 });
  });

  it('takes over from a member that died without a word', async () => {
    const timing = { heartbeatMs: 50, memberTtlMs: 400 };
    const log = await open({ timing });
    await dataSource.query(`INSERT INTO stream.member VALUES ('g', '00000000', now())`);
    const processing = await log.process({ group: 'g', topics: ['t'], handler: async () => undefined });
    expect(processing.status().partitions.map((one) => one.partition)).toEqual([1, 3]);
    await expect.poll(() => processing.status().partitions.length, { timeout: 3_000 }).toBe(4);
  });

  it('ends a batch early where its values are large', async () => {
    const log = await open();
    const large = 'x'.repeat(6 * 1024 * 1024);
    await log.publish([1, 2, 3, 4].map((n) => ({ topic: 't', partition: 0, key: `${n}`, value: large })));
    const sizes: number[] = [];
    const processing = await log.process({
      group: 'g',
      topics: ['t'],
      handler: async ({ records }) => void sizes.push(records.length),
    });
    await processing.caughtUp();
    expect(sizes).toEqual([3, 1]);
  });

  it('refuses options that make no sense, and anything after it was closed', async () => {
    const log = await open();
    const handler = async (): Promise<void> => undefined;
    await expect(log.process({ group: '', topics: ['t'], handler })).rejects.toMatchObject({ code: 'invalid_option' });
    await expect(log.process({ group: 'g', topics: [], handler })).rejects.toMatchObject({ code: 'invalid_option' });
    await expect(log.process({ group: 'g', topics: ['t'], maxBatch: 0, handler })).rejects.toMatchObject({
      code: 'invalid_option',
    });
    await log.close();
    await expect(log.publish(numbers('t', 0, [1]))).rejects.toMatchObject({ code: 'closed' });
  });
});
