import { startPostgres, type TestDatabase } from '@punctual/test-kit';
import type { DataSource } from 'typeorm';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { countedOtherwise } from './clock-count.spec-kit.js';
import { openMigrated } from './clock-database.spec-kit.js';

const counting = 'CountOpenClocks';

let database: TestDatabase;
let dataSource: DataSource;

beforeEach(async () => {
  database = await (await startPostgres()).createDatabase();
  dataSource = await openMigrated(database, { before: counting });
  await dataSource.query(
    `INSERT INTO sla_clock.clock (partition, source, ticket, policy, promise, cycle, target, commitment, priority, cycle_key, outcome,
       phase, started_at, view)
     SELECT n % 3, 'desk', n::text, 'acme', 'answer', 1, 'next_response', 'target', CASE n % 4 WHEN 0 THEN NULL ELSE 'P' || n % 4 END, 'e',
            (ARRAY['running', 'paused', 'met', 'breached', 'unknown'])[1 + n % 5], 'running', 0, '{}'
       FROM generate_series(1, 600) n`,
  );
});
afterEach(async () => {
  await dataSource.destroy();
  await database.drop();
});

async function migrate(): Promise<void> {
  await dataSource.destroy();
  dataSource = await openMigrated(database, { with: counting });
}

/** Clocks counted in all. */
async function counted(): Promise<number> {
  const [row]: { n: number }[] = await dataSource.query(
    'SELECT coalesce(sum(clocks), 0)::integer AS n FROM sla_clock.clock_count',
  );
  return row?.n ?? Number.NaN;
}

describe('the counts of open clocks', () => {
  it('begin with what a store holds, and go with the migration', async () => {
    await migrate();
    expect(await countedOtherwise(dataSource)).toEqual([]);
    expect(await counted()).toBe(240);
    await dataSource.undoLastMigration();
    await dataSource.query("DELETE FROM sla_clock.clock WHERE outcome = 'running'");
    await migrate();
    expect(await countedOtherwise(dataSource)).toEqual([]);
    expect(await counted()).toBe(120);
  });

  it('miss nothing that is written while the migration waits for its writer', async () => {
    const writer = dataSource.createQueryRunner();
    await writer.startTransaction();
    await writer.query("UPDATE sla_clock.clock SET outcome = 'running' WHERE outcome = 'met'");
    const later = await openMigrated(database, { before: counting });
    const migrated = openMigrated(database, { with: counting });
    try {
      await expect
        .poll(async () => {
          const [row]: { waits: boolean }[] = await later.query(
            'SELECT count(*) > 0 AS waits FROM pg_locks WHERE NOT granted AND database = (SELECT oid FROM pg_database WHERE datname = current_database())',
          );
          return row?.waits;
        })
        .toBe(true);
      await writer.commitTransaction();
    } finally {
      await writer.release();
      await (await migrated).destroy();
      await later.destroy();
    }
    expect(await countedOtherwise(dataSource)).toEqual([]);
    expect(await counted()).toBe(360);
  });

  it.each([
    [
      'opens and closes clocks',
      "UPDATE sla_clock.clock SET outcome = CASE outcome WHEN 'met' THEN 'paused' ELSE 'met' END",
      120,
    ],
    [
      'changes what they are counted by',
      "UPDATE sla_clock.clock SET priority = 'P9', target = 'resolution' WHERE ticket::integer % 7 < 4",
      240,
    ],
    ['takes priorities away', 'UPDATE sla_clock.clock SET priority = NULL', 240],
    ['moves them to another partition and policy', "UPDATE sla_clock.clock SET partition = 9, policy = 'rego'", 240],
    ['removes some', 'DELETE FROM sla_clock.clock WHERE ticket::integer % 2 = 0', 120],
    ['removes all', 'TRUNCATE sla_clock.clock', 0],
    [
      'inserts some and replaces others',
      `INSERT INTO sla_clock.clock SELECT source, CASE WHEN cycle = 1 AND ticket::integer % 2 = 0 THEN ticket ELSE 'again-' || ticket END,
         promise, cycle, partition, policy, target, commitment, 'P1', cycle_key, 'running', phase, started_at, due_at, breached_at,
         stopped_at, late_ms, view, waived FROM sla_clock.clock
       ON CONFLICT (source, ticket, promise, cycle) DO UPDATE SET outcome = excluded.outcome, priority = excluded.priority`,
      720,
    ],
  ])('follow a statement that %s', async (_what, statement, open) => {
    await migrate();
    await dataSource.query(statement);
    expect(await countedOtherwise(dataSource)).toEqual([]);
    expect(await counted()).toBe(open);
  });

  it('are as before where a transaction is rolled back', async () => {
    await migrate();
    const runner = dataSource.createQueryRunner();
    await runner.startTransaction();
    await runner.query('DELETE FROM sla_clock.clock');
    await runner.rollbackTransaction();
    await runner.release();
    expect(await countedOtherwise(dataSource)).toEqual([]);
    expect(await counted()).toBe(240);
  });
});
