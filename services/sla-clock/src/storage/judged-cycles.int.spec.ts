import { attainment, type JudgedCycle } from '@punctual/sla-engine';
import type { DataSource } from 'typeorm';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { openClockDatabase, type ClockDatabase } from './clock-database.spec-kit.js';
import { databaseSql } from './database-sql.js';
import { countCycles } from './judged-cycles.js';
import { scansOf } from './scans.spec-kit.js';

/** Half of the clocks are open; of the others a third broke, a tenth of these is waived, and each was late by another time. */
const CLOCKS = 60_000;
const start = 1_772_000_000_000;

let database: ClockDatabase;
let dataSource: DataSource;

beforeAll(async () => {
  database = await openClockDatabase();
  ({ dataSource } = database);
  await dataSource.query(
    `INSERT INTO sla_clock.clock (partition, source, ticket, policy, promise, cycle, target, commitment, priority, cycle_key, outcome,
       phase, started_at, due_at, breached_at, stopped_at, late_ms, waived, view)
     SELECT n % 4, 'desk', n::text, 'rego', CASE WHEN goal THEN 'goal' ELSE 'target' END, 1, 'first_response',
            CASE WHEN goal THEN 'objective' ELSE 'target' END, 'Severity ' || (1 + n % 4), 'e-' || n,
            CASE WHEN open THEN 'running' WHEN NOT late THEN 'met' WHEN goal THEN 'missed' ELSE 'breached' END,
            CASE WHEN open THEN 'running' ELSE 'stopped' END, $2::bigint + n, $2::bigint + n,
            CASE WHEN late THEN $2::bigint + n END, CASE WHEN NOT open THEN $2::bigint + 2 * n END,
            CASE WHEN late THEN n::bigint * 7919 % 3600000 END, waived,
            json_build_object('waived', waived, 'filler', repeat(md5(n::text), 28))
       FROM generate_series(1, $1::integer) n
      CROSS JOIN LATERAL (SELECT n % 7 = 0 AS goal, n / 4 % 2 = 0 AS open, n / 8 % 3 = 0 AND n / 4 % 2 = 1 AS late) o
      CROSS JOIN LATERAL (SELECT late AND n / 24 % 10 = 1 AS waived) w`,
    [CLOCKS, start],
  );
  // An index tells what it holds once it is known of every page that everybody may see it, which a transaction elsewhere can delay.
  await vi.waitFor(
    async () => {
      await dataSource.query('VACUUM ANALYZE sla_clock.clock');
      const [table]: { seen: boolean }[] = await dataSource.query(
        "SELECT relallvisible = relpages AS seen FROM pg_class WHERE oid = 'sla_clock.clock'::regclass",
      );
      expect(table?.seen).toBe(true);
    },
    { timeout: 60_000, interval: 500 },
  );
}, 120_000);
afterAll(() => database.close());

interface Row {
  readonly target: JudgedCycle['target'];
  readonly priority: string;
  readonly commitment: JudgedCycle['commitment'];
  readonly outcome: JudgedCycle['outcome'];
  readonly breached_at: string | null;
  readonly stopped_at: string | null;
  readonly late_ms: string | null;
  readonly view: { readonly waived: boolean };
}

/** Every clock by itself, as the definition has it. */
async function oneByOne(): Promise<JudgedCycle[]> {
  const rows: Row[] = await dataSource.query(
    'SELECT target, priority, commitment, outcome, breached_at, stopped_at, late_ms, view FROM sla_clock.clock',
  );
  const number = (text: string | null): number | null => (text === null ? null : Number(text));
  return rows.map(({ breached_at, stopped_at, late_ms, view, ...row }) => ({
    ...row,
    breachedAt: number(breached_at),
    stoppedAt: number(stopped_at),
    lateMs: number(late_ms),
    waived: view.waived,
  }));
}

describe(`the cycles of ${CLOCKS} clocks`, () => {
  it.each([
    ['of all times', { from: null, to: null }],
    ['of a range', { from: start + 10_000, to: start + 40_001 }],
    ['from an instant on', { from: start + 30_003, to: null }],
  ])('%s, counted, come to what they do one by one, with how late they were', async (_what, range) => {
    const rows = attainment(await countCycles(databaseSql(dataSource), 'rego', range), range);
    expect(rows).toEqual(attainment(await oneByOne(), range));
    expect(rows.length).toBe(8);
    for (const { kept, waived, running, late } of rows) {
      expect(Math.min(kept, running, late?.max ?? 0)).toBeGreaterThan(0);
      expect(waived).toBeGreaterThan(0);
    }
  });

  it.each([
    ['all', { from: null, to: null }, CLOCKS / 2],
    ['those of a range', { from: start + 10_000, to: start + 12_000 }, 2_000],
  ])('are read from an index alone, and the open ones from their counts: %s', async (_what, range, most) => {
    const scans = await scansOf(dataSource, (sql) => countCycles(sql, 'rego', range));
    const judged = scans.filter(({ index }) => index === 'clock_judged');
    expect(judged.map(({ type }) => type)).toEqual(['Index Only Scan']);
    const open = scans.filter(({ index }) => index !== 'clock_judged');
    expect(open).toHaveLength(1);
    for (const { rows } of scans) expect(rows).toBeGreaterThan(0);
    expect(judged.reduce((sum, { rows }) => sum + rows, 0)).toBeLessThanOrEqual(most);
    // A row for each of what clocks are counted by, in each of four partitions.
    expect(open.reduce((sum, { rows }) => sum + rows, 0)).toBeLessThanOrEqual(4 * 8);
  });
});
