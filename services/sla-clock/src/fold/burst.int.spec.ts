import { systemClock } from '@punctual/service-kit';
import type { LogRecord, Sql } from '@punctual/stream';
import pg from 'pg';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { MonthPartitions } from '../storage/month-partitions.js';
import { loadTime } from '../storage/ticket-store.js';
import { loadArmedSources, loadWakes } from '../storage/timer-store.js';
import { BatchFold } from './batch-fold.js';
import { newTicket, openRegoDesk, silent, watermark, type RegoDesk } from './rego-desk.spec-kit.js';
import { PartitionMemory } from './partition-memory.js';
import { StandInUnit } from './stand-in-unit.spec-kit.js';
import { WalkPace } from './walk-pace.js';

/** More than is read at once, folded at once or kept. */
const TICKETS = 12_000;
const PARTITION = 3;
const HOUR = 3_600_000;
const created = Date.parse('2026-03-03T15:00:00Z');
/** Every first response is due at this instant. */
const due = created + HOUR;

let desk: RegoDesk;
let months: MonthPartitions;
let client: pg.Client;

beforeAll(async () => {
  desk = await openRegoDesk(2);
  months = new MonthPartitions(desk.dataSource);
  client = new pg.Client({ connectionString: desk.url, pipeline: true });
  await client.connect();
});
afterAll(async () => {
  await client.end();
  await desk.close();
});

let ownership: PartitionMemory;
let offset = 0;
beforeEach(async () => {
  await client.query(
    `TRUNCATE sla_clock.ticket, sla_clock.timer, sla_clock.ticket_event, sla_clock.clock, sla_clock.sla_event,
              sla_clock.partition_time`,
  );
  ownership = new PartitionMemory(null);
  offset = 0;
  for (let first = 0; first < TICKETS; first += 2_000) {
    await fold(Array.from({ length: 2_000 }, (_none, place) => newTicket(`T-${first + place}`, created)));
  }
  await fold([watermark(created + 10_000)]);
  await fold([watermark(due)]);
}, 120_000);

describe('more deadlines at one instant than are read, folded or kept at once', () => {
  it('fire once each, and leave nothing in memory', async () => {
    await takeOver();
    await fold([watermark(due + 5_001)]);
    expect(await breaches()).toEqual({ said: TICKETS, tickets: TICKETS });
    expect(ownership.rows.size).toBe(0);
    expect(ownership.armed).toBe(0);
    expect(await timers()).toBe(0);
    await fold([watermark(due + 10_000)]);
    expect(await breaches()).toEqual({ said: TICKETS, tickets: TICKETS });
  });

  it('fire once each where the owner dies among them and another begins again', async () => {
    await takeOver();
    const dies = /INSERT INTO sla_clock.sla_event/;
    let left = 3;
    const deadly = fold([watermark(due + 5_001)], (text) => {
      if (dies.test(text)) left -= 1;
      if (left === 0) throw new Error('killed');
    });
    await expect(deadly).rejects.toThrow('killed');
    expect(await breaches()).toEqual({ said: 0, tickets: 0 });
    expect(await timers()).toBe(TICKETS);
    await takeOver();
    await fold([watermark(due + 5_001)]);
    expect(await breaches()).toEqual({ said: TICKETS, tickets: TICKETS });
    expect(await timers()).toBe(0);
  });
});

describe('the timers in the database', () => {
  it('are read in bounded stretches, in order, and none is left out', async () => {
    await client.query('UPDATE sla_clock.timer SET wake_at = wake_at + log.place % 7 FROM ' + places);
    const whole = { source: 'desk', from: Number.NEGATIVE_INFINITY, until: due + HOUR };
    const read: number[] = [];
    let stretch = whole;
    for (let parts = 0; stretch.from < whole.until; parts += 1) {
      expect(parts).toBeLessThan(10);
      const { wakes, loaded } = await loadWakes(sql(), PARTITION, [stretch], 1_000);
      read.push(...wakes.map(({ wakeAt }) => wakeAt));
      stretch = { ...whole, from: loaded[0]?.until ?? whole.until };
    }
    expect(read).toHaveLength(TICKETS);
    expect(read).toEqual([...read].sort((a, b) => a - b));
  });

  it('are found without reading the tickets', async () => {
    await client.query('VACUUM ANALYZE sla_clock.timer');
    const stretch = { source: 'desk', from: due - 1, until: due + 1 };
    expect(await plan((explained) => loadWakes(explained, PARTITION, [stretch], 100))).toMatch(/Index Only Scan/);
    const sources = await plan((explained) => loadArmedSources(explained, PARTITION));
    expect(sources).toMatch(/Index Only Scan/);
    expect(sources).not.toMatch(/Seq Scan/);
    expect(await loadArmedSources(sql(), PARTITION)).toEqual(['desk']);
  });
});

const places = `(SELECT ticket, row_number() OVER (ORDER BY ticket) AS place FROM sla_clock.timer) AS log
  WHERE timer.ticket = log.ticket`;

/** The partition as a new owner finds it. */
async function takeOver(): Promise<void> {
  ownership = new PartitionMemory(await loadTime(sql(), PARTITION));
  for (const source of await loadArmedSources(sql(), PARTITION)) ownership.addSource(source);
}

/** Folds one batch in one transaction. `before` sees each statement. */
async function fold(values: readonly unknown[], before: (text: string) => void = () => undefined): Promise<void> {
  const records = values.map((value): LogRecord => ({
    ...{ topic: 'tickets.classified', partition: PARTITION, key: '', headers: {}, appendedAt: 0 },
    offset: (offset += 1),
    value,
  }));
  const unit = new StandInUnit(sql(before));
  await client.query('BEGIN');
  try {
    await new BatchFold(PARTITION, ownership, unit, desk.policies, months, silent, new WalkPace(), systemClock).run(
      records,
    );
    await unit.answered();
    await client.query('COMMIT');
  } catch (error) {
    await client.query('ROLLBACK');
    throw error;
  }
}

function sql(before: (text: string) => void = () => undefined): Sql {
  return {
    query: async <Row extends object>(text: string, parameters: readonly unknown[] = []) => {
      before(text);
      return (await client.query<Row & pg.QueryResultRow>(text, [...parameters])).rows;
    },
  };
}

/** The plan of the one statement that `ask` sends. */
async function plan(ask: (explained: Sql) => Promise<unknown>): Promise<string> {
  let lines = '';
  await ask({
    query: async (text, parameters = []) => {
      const { rows } = await client.query<{ 'QUERY PLAN': string }>(`EXPLAIN ${text}`, [...parameters]);
      lines = rows.map((row) => row['QUERY PLAN']).join('\n');
      return [];
    },
  });
  return lines;
}

async function breaches(): Promise<{ said: number; tickets: number }> {
  const { rows } = await client.query<{ said: number; tickets: number }>(
    `SELECT count(*)::integer AS said, count(DISTINCT ticket)::integer AS tickets FROM sla_clock.sla_event
      WHERE type = 'sla.clock.breached'`,
  );
  return rows[0] ?? { said: 0, tickets: 0 };
}

/** How many timers the database has. */
async function timers(): Promise<number> {
  const { rows } = await client.query<{ n: number }>('SELECT count(*)::integer AS n FROM sla_clock.timer');
  return rows[0]?.n ?? Number.NaN;
}
