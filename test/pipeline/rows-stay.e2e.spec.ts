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

describe('in a page that has room', () => {
  // Each row gets a page of its own: whether it stays is then a matter of the indexes alone.
  beforeAll(() => pipeline.dataSource.query('ALTER TABLE sla_clock.ticket SET (fillfactor = 10)'));

  describe('an event that moves a timer', () => {
    it('changes the row of its ticket in its page, and no index of it', async () => {
      const desk = ticketEvents('desk', 'T-3', start);
      await pipeline.send(desk.created(10));
      await pipeline.tick(start + 11 * MINUTE);
      await pipeline.settled();
      let [row, wakeAt] = [await onlyRow('sla_clock.ticket', { ticket: 'T-3' }), await timerOf('T-3')];
      expect(wakeAt).toBeDefined();

      const moving = [
        desk.status(12, 'waiting_requester'),
        desk.status(13, 'open'),
        desk.agent(14),
        desk.requester(15),
        desk.agent(16),
      ];
      for (const event of moving) {
        await pipeline.send(event);
        await pipeline.tick(event.occurredAt + MINUTE / 2);
        await pipeline.settled();
        const [rowNow, timerNow] = [await onlyRow('sla_clock.ticket', { ticket: 'T-3' }), await timerOf('T-3')];
        expect(timerNow, `${event.type} at ${event.occurredAt}`).not.toBe(wakeAt);
        expect(rowNow.xmin).not.toBe(row.xmin);
        expect(rowNow).toMatchObject({ page: row.page, inPlace: true });
        [row, wakeAt] = [rowNow, timerNow];
      }
    });
  });

  describe('a deadline that fires', () => {
    it('changes the row of its ticket in its page, and no index of it', async () => {
      const desk = ticketEvents('desk', 'T-4', start);
      await pipeline.send(desk.created(20));
      await pipeline.tick(start + 21 * MINUTE);
      await pipeline.settled();
      let row = await onlyRow('sla_clock.ticket', { ticket: 'T-4' });

      // The warnings of the first response, at half and at four fifths of its two hours, and its end.
      for (const minute of [81, 117, 141]) {
        await pipeline.tick(start + minute * MINUTE);
        await pipeline.settled();
        const rowNow = await onlyRow('sla_clock.ticket', { ticket: 'T-4' });
        expect(rowNow.xmin).not.toBe(row.xmin);
        expect(rowNow).toMatchObject({ page: row.page, inPlace: true });
        row = rowNow;
      }
      expect((await pipeline.slaEvents('desk', 'T-4')).map(({ type }) => type)).toContain('sla.clock.breached');
    });
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

/** When time next changes something on a ticket, epoch ms as text; undefined where it does not. */
async function timerOf(ticket: string): Promise<string | undefined> {
  const rows = await pipeline.dataSource.query<{ wake_at: string }[]>(
    'SELECT wake_at FROM sla_clock.timer WHERE ticket = $1',
    [ticket],
  );
  return rows[0]?.wake_at;
}

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
