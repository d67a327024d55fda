import type { Sql } from '@punctual/stream';
import type { DataSource } from 'typeorm';
import { afterAll, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { newTicketRow, type TicketRow } from '../fold/ticket-row.js';
import { openClockDatabase, type ClockDatabase } from './clock-database.spec-kit.js';
import { databaseSql } from './database-sql.js';
import { scansOf } from './scans.spec-kit.js';
import { loadTickets, saveTickets } from './ticket-store.js';
import { loadArmedSources, loadWakes, saveTimers } from './timer-store.js';

const PARTITION = 3;
const SETTLE = 5_000;

let database: ClockDatabase;
let dataSource: DataSource;
let sql: Sql;
/** What was sent that speaks of timers. */
let sent: string[] = [];

beforeAll(async () => {
  database = await openClockDatabase();
  ({ dataSource } = database);
  const pool = databaseSql(dataSource);
  sql = {
    query: (text, parameters) => {
      if (text.includes('sla_clock.timer')) sent.push(text);
      return pool.query(text, parameters);
    },
  };
});
afterAll(() => database.close());

beforeEach(async () => {
  await dataSource.query('TRUNCATE sla_clock.ticket, sla_clock.timer');
  sent = [];
});

/** A ticket of which the database has nothing. */
function newRow(ticket: string, wakeAt: number | null): TicketRow {
  const row = newTicketRow({ source: 'desk', ticket, policy: 'acme', settleMs: SETTLE });
  row.wakeAt = wakeAt;
  return row;
}

async function timers(): Promise<unknown> {
  const rows: { ticket: string; wake_at: string; settle_ms: number }[] = await dataSource.query(
    'SELECT ticket, wake_at, settle_ms FROM sla_clock.timer ORDER BY wake_at, ticket',
  );
  return rows.map(({ ticket, wake_at, settle_ms }) => [ticket, Number(wake_at), settle_ms]);
}

describe('the timer of a ticket', () => {
  it('is set, moved and cleared with its row', async () => {
    const [a, b] = [newRow('A', 100), newRow('B', null)];
    await saveTickets(sql, PARTITION, [a, b]);
    expect(await timers()).toEqual([['A', 100, SETTLE]]);
    a.wakeAt = 300;
    b.wakeAt = 200;
    await saveTickets(sql, PARTITION, [a, b]);
    expect(await timers()).toEqual([
      ['B', 200, SETTLE],
      ['A', 300, SETTLE],
    ]);
    a.wakeAt = null;
    await saveTickets(sql, PARTITION, [a, b]);
    expect(await timers()).toEqual([['B', 200, SETTLE]]);
  });

  it('is moved by who reads the row from the database, too', async () => {
    await saveTickets(sql, PARTITION, [newRow('A', 100), newRow('B', 100)]);
    const [read] = await loadTickets(sql, [{ source: 'desk', ticket: 'A' }]);
    if (!read) throw new Error('the ticket is not there');
    read.wakeAt = 50;
    await saveTickets(sql, PARTITION, [read]);
    expect(await timers()).toEqual([
      ['A', 50, SETTLE],
      ['B', 100, SETTLE],
    ]);
  });

  it('takes another settle where only that changes', async () => {
    const row = newRow('A', 100);
    await saveTickets(sql, PARTITION, [row]);
    row.settleMs = 9_000;
    await saveTickets(sql, PARTITION, [row]);
    expect(await timers()).toEqual([['A', 100, 9_000]]);
  });

  it('is none while it is quarantined', async () => {
    const row = newRow('A', 100);
    await saveTickets(sql, PARTITION, [row]);
    row.quarantined = 'no status';
    await saveTickets(sql, PARTITION, [row]);
    expect(await timers()).toEqual([]);
    row.quarantined = null;
    row.wakeAt = 70;
    await saveTickets(sql, PARTITION, [row]);
    expect(await timers()).toEqual([['A', 70, SETTLE]]);
  });

  it('is not written where it is as it was', async () => {
    const [a, b] = [newRow('A', 100), newRow('B', null)];
    await saveTickets(sql, PARTITION, [a, b]);
    sent = [];
    a.foldedOffset = 12;
    await saveTickets(sql, PARTITION, [a, b]);
    expect(sent).toEqual([]);
    b.wakeAt = 100;
    await saveTickets(sql, PARTITION, [a, b]);
    expect(sent).toHaveLength(1);
  });
});

describe('100,000 timers', () => {
  const TIMERS = 100_000;

  beforeEach(async () => {
    await dataSource.query(
      `INSERT INTO sla_clock.timer (partition, source, wake_at, ticket, settle_ms)
       SELECT n % 8, 'desk', n / 8, 'T-' || n, $2 FROM generate_series(0, $1::integer - 1) n`,
      [TIMERS, SETTLE],
    );
    // An index tells what it holds once it is known of every page that everybody may see it, which a transaction elsewhere can delay.
    await vi.waitFor(
      async () => {
        await dataSource.query('VACUUM ANALYZE sla_clock.timer');
        const [table]: { seen: boolean }[] = await dataSource.query(
          "SELECT relallvisible = relpages AS seen FROM pg_class WHERE oid = 'sla_clock.timer'::regclass",
        );
        expect(table?.seen).toBe(true);
      },
      { timeout: 60_000, interval: 500 },
    );
  }, 120_000);

  it('are read in their order from the index, no more than are asked for', async () => {
    const stretch = { source: 'desk', from: 1_000, until: 9_000 };
    const scans = await scansOf(dataSource, (explained) => loadWakes(explained, PARTITION, [stretch], 100));
    const [timer] = scans.filter(({ index }) => index === 'timer_pkey');
    expect(timer?.type).toBe('Index Only Scan');
    expect(timer?.rows).toBeLessThanOrEqual(101);
    expect(scans.map(({ type }) => type)).not.toContain('Seq Scan');
    const { wakes, loaded } = await loadWakes(sql, PARTITION, [stretch], 100);
    expect(wakes.map(({ wakeAt }) => wakeAt)).toEqual(Array.from({ length: 100 }, (_none, place) => 1_000 + place));
    expect(loaded).toEqual([{ ...stretch, until: 1_100 }]);
    expect(await loadArmedSources(sql, PARTITION)).toEqual(['desk']);
  });

  it('are moved by their keys', async () => {
    const rows = Array.from({ length: 60 }, (_none, place): TicketRow => {
      const wakeAt = 5_000 + place;
      const stored = { wakeAt, settleMs: SETTLE };
      return { ...newRow(`T-${wakeAt * 8 + PARTITION}`, wakeAt + 1_000_000), storedTimer: stored };
    });
    const scans = await scansOf(dataSource, (explained) => saveTimers(explained, PARTITION, rows));
    expect(scans.filter(({ index }) => index === 'timer_pkey')).toHaveLength(1);
    expect(scans.map(({ type }) => type)).not.toContain('Seq Scan');
    const [row]: { all: number; moved: number }[] = await dataSource.query(
      `SELECT count(*)::integer AS all, count(*) FILTER (WHERE wake_at > 1000000)::integer AS moved FROM sla_clock.timer`,
    );
    expect(row).toEqual({ all: TIMERS, moved: 60 });
  });
});
