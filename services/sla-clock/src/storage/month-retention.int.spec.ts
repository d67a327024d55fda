import { createDataSource } from '@punctual/service-kit';
import { startPostgres, type TestDatabase } from '@punctual/test-kit';
import type { DataSource } from 'typeorm';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { slaClockDatabase } from '../create-sla-clock.js';
import { MonthPartitions } from './month-partitions.js';
import { dropMonths } from './month-retention.js';

const KEPT_MS = 400 * 86_400_000;
const now = Date.parse('2026-06-15T00:00:00Z');
const [old, older, recent] = ['2024-03-10', '2024-01-10', '2026-05-10'].map((day) => Date.parse(day)) as [
  number,
  number,
  number,
];

let database: TestDatabase;
let dataSource: DataSource;
let months: MonthPartitions;

beforeAll(async () => {
  database = await (await startPostgres()).createDatabase();
  dataSource = await createDataSource({
    ...slaClockDatabase,
    url: database.url,
    poolSize: 4,
    applicationName: 'month-retention',
  });
  months = new MonthPartitions(dataSource);
  for (const table of ['ticket_event', 'sla_event'] as const) await months.ensure(table, [old, older, recent]);
  for (const [ticket, first, last, sealed] of [
    ['T-sealed', older, older, now],
    ['T-open', old, recent, null],
  ] as const) {
    await dataSource.query(
      `INSERT INTO sla_clock.ticket (source, ticket, partition, policy, settle_ms, priority_history, coverage_history, revision,
         folded_offset, is_open, first_published_at, last_published_at, sealed_at)
       VALUES ('s', $1, 0, 'acme', 0, '[]', '[]', 0, 0, false, $2, $3, $4)`,
      [ticket, first, last, sealed],
    );
    await dataSource.query(
      `INSERT INTO sla_clock.sla_event (event_id, source, ticket, content_key, partition, seq, at, type, value)
       VALUES ($1, 's', $1, 'k', 0, $2, $2, 'sla.clock.started', '{}')`,
      [ticket, first],
    );
  }
  await event('T-open', old);
});
afterAll(async () => {
  await dataSource.destroy();
  await database.drop();
});

async function event(ticket: string, at: number): Promise<void> {
  await dataSource.query(
    `INSERT INTO sla_clock.ticket_event VALUES ('s', $1, 'e' || $2::bigint, 0, 0, $2::bigint, '{}')`,
    [ticket, at],
  );
}

async function passTo(at: number, sources = {}): Promise<void> {
  await dataSource.query(
    `INSERT INTO sla_clock.partition_time VALUES (0, $1::json, 0, NULL, 0)
     ON CONFLICT (partition) DO UPDATE SET watermark = excluded.watermark`,
    [JSON.stringify({ kind: 'watermark', at, sources })],
  );
}

const drop = async () => (await dropMonths(dataSource, KEPT_MS)).map(({ table, name }) => `${table} ${name}`);

describe('dropping months', () => {
  it('waits for time', async () => {
    expect(await drop()).toEqual([]);
    await passTo(now, { history: { at: older, mode: 'historical' } });
    expect(await drop()).toEqual([]);
  });

  it('takes what is old and needed by no ticket, while folds go on', async () => {
    await passTo(now);
    const fold = dataSource.createQueryRunner();
    await fold.startTransaction();
    await fold.query(`SELECT FROM sla_clock.ticket_event WHERE occurred_at >= ${recent} LIMIT 1`);
    const dropping = drop();
    // The fold in flight still writes; detaching waits for its end, and nobody waits for detaching.
    await fold.query(`INSERT INTO sla_clock.ticket_event VALUES ('s', 'T-late', 'e', 0, 1, ${recent}, '{}')`);
    await months.ensure('ticket_event', [now]);
    await event('T-open', now);
    await fold.commitTransaction();
    await fold.release();
    expect(await dropping).toEqual(['ticket_event 2024_01', 'sla_event 2024_01']);
    const left: { ticket: string }[] = await dataSource.query('SELECT ticket FROM sla_clock.sla_event');
    expect(left).toEqual([{ ticket: 'T-open' }]);
  });

  it('is found out by the fold that needs the month', async () => {
    await expect(months.watch(event('T-open', older))).rejects.toThrow('no partition of relation');
    await months.ensure('ticket_event', [older]);
    await event('T-open', older);
    expect(await drop()).toEqual([]);
  });

  it('ends what was left half done: a month that is empty goes, one that is not comes back', async () => {
    const empty = Date.UTC(2023, 4, 1);
    await months.ensure('ticket_event', [empty]);
    for (const name of ['2023_05', '2024_01']) {
      await dataSource.query(`ALTER TABLE sla_clock.ticket_event DETACH PARTITION sla_clock.ticket_event_${name}`);
    }
    expect(await drop()).toEqual(['ticket_event 2023_05']);
    const [row] = await dataSource.query<{ n: string }[]>(
      'SELECT count(*) AS n FROM sla_clock.ticket_event WHERE occurred_at = $1',
      [older],
    );
    expect(row).toEqual({ n: '1' });
  });
});
