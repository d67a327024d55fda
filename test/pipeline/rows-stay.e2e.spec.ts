import 'reflect-metadata';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Pipeline } from './pipeline.js';
import { ticketEvents } from './ticket-events.js';

const MINUTE = 60_000;
const start = Date.parse('2026-03-02T09:00:00Z');

let pipeline: Pipeline;
beforeAll(async () => {
  pipeline = await Pipeline.start();
  await pipeline.dataSource.query('CREATE EXTENSION IF NOT EXISTS pageinspect');
});
afterAll(() => pipeline.stop());

/** A row as it is stored now. */
interface StoredRow {
  /** Its place: page and line. */
  readonly ctid: string;
  readonly page: number;
  /** The transactions that wrote it, and that locked it last. */
  readonly xmin: string;
  readonly xmax: string;
  /** Whether it took its predecessor's place within the page, so that no index had to learn of it (HOT). */
  readonly inPlace: boolean;
}

describe('an event that moves no timer', () => {
  it('changes the row of its ticket in its page, and no index of it', async () => {
    const desk = ticketEvents('desk', 'T-1', start);
    await pipeline.send(desk.created(0), desk.requester(1));
    await pipeline.tick(start + 2 * MINUTE);
    await pipeline.settled();
    let before = await onlyRow('sla_clock.ticket', { ticket: 'T-1' });

    for (const minute of [3, 4, 5]) {
      await pipeline.send(desk.requester(minute));
      await pipeline.tick(start + (minute + 1) * MINUTE);
      await pipeline.settled();
      const after = await onlyRow('sla_clock.ticket', { ticket: 'T-1' });
      expect(after.xmin).not.toBe(before.xmin);
      expect(after).toMatchObject({ page: before.page, inPlace: true });
      before = after;
    }
  });
});

describe('a decision that another event leaves as it is', () => {
  it('is neither written again nor locked', async () => {
    const desk = ticketEvents('desk', 'T-2', start);
    const created = desk.created(0);
    await pipeline.send(created);
    await pipeline.settled();
    const before = await onlyRow('classifier.decision', { ticket: 'T-2' });

    await pipeline.send(desk.make('ticket.fields.changed', 3, { fields: { component: 'export' } }));
    await pipeline.settled();
    expect(await rowsOf('classifier.decision', { ticket: 'T-2' })).toHaveLength(2);
    expect(await onlyRow('classifier.decision', { ticket: 'T-2', event_id: created.id })).toEqual(before);
  });
});

type Key = Readonly<Record<string, string>>;

async function onlyRow(table: string, key: Key): Promise<StoredRow> {
  const rows = await rowsOf(table, key);
  expect(rows).toHaveLength(1);
  return rows[0] as StoredRow;
}

/** The rows of a table with these values in their columns. */
function rowsOf(table: string, key: Key): Promise<StoredRow[]> {
  const matches = Object.keys(key).map((column, place) => `${column} = $${place + 2}`);
  return pipeline.dataSource.query<StoredRow[]>(
    `SELECT r.ctid::text, page, r.xmin::text, r.xmax::text, (t_infomask2 & x'8000'::integer) <> 0 AS "inPlace"
       FROM ${table} r, LATERAL (SELECT (r.ctid::text::point)[0]::integer AS page) place,
            LATERAL heap_page_items(get_raw_page($1, page)) item
      WHERE item.lp = (r.ctid::text::point)[1]::integer AND ${matches.join(' AND ')}`,
    [table, ...Object.values(key)],
  );
}
