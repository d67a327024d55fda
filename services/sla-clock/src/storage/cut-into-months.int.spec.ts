import { startPostgres, type TestDatabase } from '@punctual/test-kit';
import type { DataSource } from 'typeorm';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { openMigrated } from './clock-database.spec-kit.js';

let database: TestDatabase;

beforeAll(async () => {
  database = await (await startPostgres()).createDatabase();
});
afterAll(async () => database.drop());

const january = Date.parse('2026-01-31T23:59:59.999Z');
const february = Date.parse('2026-02-01T00:00:00Z');

it('carries over what a store holds, and back', async () => {
  const before = await openMigrated(database, { before: 'CutIntoMonths' });
  await before.query(`INSERT INTO sla_clock.ticket (source, ticket, partition, policy, settle_ms, priority_history, coverage_history,
      revision, folded_offset, is_open) VALUES ('s', 'T-1', 3, 'acme', 5000, '[]', '[]', 0, 7, true)`);
  await before.query(
    `INSERT INTO sla_clock.ticket_event SELECT 's', 'T-1', 'e' || at, 3, 1, at, json_build_object('at', at)
       FROM unnest($1::bigint[]) AS at`,
    [[january, february, -5]],
  );
  await before.query(
    `INSERT INTO sla_clock.sla_event SELECT 'p' || seq, 's', 'T-1', 'k', 3, seq, at, 'sla.clock.started', '{}', NULL, NULL
       FROM unnest($1::bigint[], $2::bigint[]) AS p (seq, at)`,
    [
      [0, 1, 2],
      [february, january, february],
    ],
  );
  const all = async (dataSource: DataSource, table: string): Promise<unknown> =>
    dataSource.query(`SELECT * FROM sla_clock.${table} ORDER BY 3, 1`);
  const held = [await all(before, 'ticket_event'), await all(before, 'sla_event')];
  await before.destroy();

  const after = await openMigrated(database, { with: 'CutIntoMonths' });
  try {
    expect([await all(after, 'ticket_event'), await all(after, 'sla_event')]).toEqual(held);
    const placed: unknown = await after.query(
      'SELECT tableoid::regclass::text AS month, event_id FROM sla_clock.ticket_event ORDER BY occurred_at',
    );
    expect(placed).toEqual([
      { month: 'sla_clock.ticket_event_before_2000', event_id: 'e-5' },
      { month: 'sla_clock.ticket_event_2026_01', event_id: `e${january}` },
      { month: 'sla_clock.ticket_event_2026_02', event_id: `e${february}` },
    ]);
    const spans: unknown = await after.query(
      `SELECT first_event_at, last_event_at, first_published_at, last_published_at FROM sla_clock.ticket`,
    );
    expect(spans).toEqual([
      {
        first_event_at: '-5',
        last_event_at: String(february),
        first_published_at: String(january),
        last_published_at: String(february),
      },
    ]);
    const order: unknown = await after.query(
      'SELECT partition, until, last_seq FROM sla_clock.published_month ORDER BY until',
    );
    expect(order).toEqual([
      { partition: 3, until: String(february), last_seq: '1' },
      { partition: 3, until: String(Date.parse('2026-03-01')), last_seq: '2' },
    ]);
    await after.undoLastMigration();
    expect([await all(after, 'ticket_event'), await all(after, 'sla_event')]).toEqual(held);
  } finally {
    await after.destroy();
  }
});
