import { startPostgres, type TestDatabase } from '@punctual/test-kit';
import type { DataSource } from 'typeorm';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { openMigrated } from './clock-database.spec-kit.js';

let database: TestDatabase;

beforeAll(async () => {
  database = await (await startPostgres()).createDatabase();
});
afterAll(async () => database.drop());

async function hasIndexOfTimers(dataSource: DataSource): Promise<boolean> {
  const [row]: { has: boolean }[] = await dataSource.query(
    `SELECT to_regclass('sla_clock.ticket_wake') IS NOT NULL AS has`,
  );
  return row?.has === true;
}

it('carries over the timers that a store holds, and back', async () => {
  const before = await openMigrated(database, { before: 'CreateTimers' });
  await before.query(
    `INSERT INTO sla_clock.ticket (source, ticket, partition, policy, settle_ms, priority_history, coverage_history, revision,
       folded_offset, is_open, wake_at, quarantined)
     VALUES ('s', 'T-2', 3, 'acme', 5000, '[]', '[]', 0, 7, true, 200, NULL), ('s', 'T-1', 3, 'acme', 7000, '[]', '[]', 0, 7, true, 200, NULL),
            ('r', 'T-1', 1, 'acme', 5000, '[]', '[]', 0, 7, true, -5, NULL), ('s', 'T-3', 3, 'acme', 5000, '[]', '[]', 0, 7, true, NULL, NULL),
            ('s', 'T-4', 3, 'acme', 5000, '[]', '[]', 0, 7, true, NULL, 'no status')`,
  );
  expect(await hasIndexOfTimers(before)).toBe(true);
  await before.destroy();

  const after = await openMigrated(database, { with: 'CreateTimers' });
  try {
    expect(
      await after.query(
        'SELECT partition, source, wake_at, ticket, settle_ms FROM sla_clock.timer ORDER BY partition, wake_at, ticket',
      ),
    ).toEqual([
      { partition: 1, source: 'r', wake_at: '-5', ticket: 'T-1', settle_ms: 5_000 },
      { partition: 3, source: 's', wake_at: '200', ticket: 'T-1', settle_ms: 7_000 },
      { partition: 3, source: 's', wake_at: '200', ticket: 'T-2', settle_ms: 5_000 },
    ]);
    expect(await hasIndexOfTimers(after)).toBe(false);
    // Nor does an instance of before save a ticket without its timer.
    await expect(after.query('UPDATE sla_clock.ticket SET wake_at = 300')).rejects.toThrow('wake_at');
    await after.undoLastMigration();
    expect(await hasIndexOfTimers(after)).toBe(true);
    expect(await after.query(`SELECT to_regclass('sla_clock.timer') AS timer`)).toEqual([{ timer: null }]);
  } finally {
    await after.destroy();
  }
});
