import { builtInPack, compilePolicy, resolvePolicy } from '@punctual/policy';
import type { Sql } from '@punctual/stream';
import type { DataSource } from 'typeorm';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openClockDatabase, type ClockDatabase } from '../storage/clock-database.spec-kit.js';
import { databaseSql } from '../storage/database-sql.js';
import { countQueue, loadMisplaced, loadQueue } from '../storage/queue-store.js';
import { scansOf } from '../storage/scans.spec-kit.js';

const WAITING = 60_000;
const pack = builtInPack('sourcegraph')?.document;
if (!pack) throw new Error('the pack sourcegraph does not load');
const policy = compilePolicy(resolvePolicy(pack));

let database: ClockDatabase;
let dataSource: DataSource;

beforeAll(async () => {
  database = await openClockDatabase();
  ({ dataSource } = database);
  const tickets = Array.from({ length: WAITING }, (_none, place) => String((place * 7_919) % WAITING));
  const places = tickets.map((ticket) =>
    policy.placeInQueue({
      ...{
        source: 'desk',
        ticket,
        priority: `p${Number(ticket) % 3}`,
        dueAt: 1_000 * (Number(ticket) % 997),
        outOfTurn: false,
        waits: false,
      },
      attributes: { customer: null, plan: null, tier: 'team', channel: null, product: null, stage: null, fields: {} },
    }),
  );
  await dataSource.query(
    `INSERT INTO sla_clock.queue (source, ticket, policy, place_order, place)
     SELECT 'desk', ticket, 'sourcegraph', $1, place FROM unnest($2::text[], $3::text[]) AS t (ticket, place)`,
    [policy.queueOrder, tickets, places],
  );
  await dataSource.query('ANALYZE sla_clock.queue');
}, 60_000);
afterAll(() => database.close());

describe(`the first of ${WAITING} waiting tickets`, () => {
  it('are the same as by sorting them all', async () => {
    const first = await loadQueue(databaseSql(dataSource), 'sourcegraph', policy.queueOrder, 50);
    const all = Array.from({ length: WAITING }, (_none, ticket) => ticket);
    // By priority, then due, then id.
    const byHand = all
      .toSorted((a, b) => (a % 3) - (b % 3) || (a % 997) - (b % 997) || a - b)
      .slice(0, 50)
      .map(String);
    expect(first.map(({ ticket }) => ticket)).toEqual(byHand);
  });

  it.each<[string, (sql: Sql) => Promise<unknown>, number]>([
    ['listing 100', (sql) => loadQueue(sql, 'sourcegraph', policy.queueOrder, 100), 100],
    ['looking for places under another order', (sql) => loadMisplaced(sql, 'sourcegraph', policy.queueOrder, 100), 0],
  ])('are read from an index, no more than asked for: %s', async (_what, ask, most) => {
    const scans = await scansOf(dataSource, ask);
    expect(scans.length).toBeGreaterThan(0);
    for (const { type, rows } of scans) {
      expect(type).toMatch(/^Index (Only )?Scan$/);
      expect(rows).toBeLessThanOrEqual(most);
    }
  });

  it('are counted as far as is asked for', async () => {
    const [scan] = await scansOf(dataSource, (sql) => countQueue(sql, 'sourcegraph', 1_000));
    expect(scan?.rows).toBe(1_000);
  });
});
