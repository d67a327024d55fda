import { builtInPack, compilePolicy, resolvePolicy } from '@punctual/policy';
import { createDataSource } from '@punctual/service-kit';
import type { Sql } from '@punctual/stream';
import { startPostgres, type TestDatabase, type TestPostgres } from '@punctual/test-kit';
import type { DataSource } from 'typeorm';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { slaClockDatabase } from '../create-sla-clock.js';
import { databaseSql } from '../storage/database-sql.js';
import { countQueue, loadMisplaced, loadQueue } from '../storage/queue-store.js';

const WAITING = 60_000;
const pack = builtInPack('sourcegraph')?.document;
if (!pack) throw new Error('the pack sourcegraph does not load');
const policy = compilePolicy(resolvePolicy(pack));

let postgres: TestPostgres;
let database: TestDatabase;
let dataSource: DataSource;

beforeAll(async () => {
  postgres = await startPostgres();
  database = await postgres.createDatabase();
  dataSource = await createDataSource({
    ...slaClockDatabase,
    url: database.url,
    poolSize: 2,
    applicationName: 'queue-test',
  });
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
afterAll(async () => {
  await dataSource.destroy();
  await database.drop();
  await postgres.stop();
});

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
    const scans = await scansOf(ask);
    expect(scans.length).toBeGreaterThan(0);
    for (const { type, rows } of scans) {
      expect(type).toMatch(/^Index (Only )?Scan$/);
      expect(rows).toBeLessThanOrEqual(most);
    }
  });

  it('are counted as far as is asked for', async () => {
    const [scan] = await scansOf((sql) => countQueue(sql, 'sourcegraph', 1_000));
    expect(scan?.rows).toBe(1_000);
  });
});

interface Plan {
  readonly 'Node Type': string;
  readonly 'Actual Rows': number;
  readonly Plans?: readonly Plan[];
}

/** How the one statement that `ask` sends reads tables, and how many rows of them. */
async function scansOf(ask: (sql: Sql) => Promise<unknown>): Promise<{ type: string; rows: number }[]> {
  const plans: Plan[] = [];
  await ask({
    query: async (text, parameters = []) => {
      const explained = `EXPLAIN (ANALYZE, FORMAT JSON) ${text}`;
      const [row]: { 'QUERY PLAN': [{ Plan: Plan }] }[] = await dataSource.query(explained, [...parameters]);
      if (row) plans.push(row['QUERY PLAN'][0].Plan);
      return [];
    },
  });
  const scans: { type: string; rows: number }[] = [];
  for (let plan = plans.pop(); plan; plan = plans.pop()) {
    if (plan['Node Type'].includes('Scan') && !plan.Plans) {
      scans.push({ type: plan['Node Type'], rows: plan['Actual Rows'] });
    }
    plans.push(...(plan.Plans ?? []));
  }
  return scans;
}
