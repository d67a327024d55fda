import type { Instant, Watermark } from '@punctual/contracts';
import type { DataSource } from 'typeorm';
import { ticketKey, type PlacedEvent, type TicketRow } from '../fold/ticket-row.js';
import { everythingOf } from './everything-of.js';
import { loadTickets, loadTimelines, type TicketId } from './ticket-store.js';

/** Which stored tickets: those judged under a policy, by source, creation `[from, to)` in epoch ms, and whether they are open or ended of late. */
export interface HistorySelection {
  readonly policy: string;
  readonly source: string | null;
  readonly from: Instant | null;
  readonly to: Instant | null;
  readonly openOnly: boolean;
  /** With `openOnly`: also those whose last event lies here or later; epoch ms. */
  readonly endedSince: Instant | null;
}

/** A ticket with its whole timeline and the partition whose time it lives by. */
export interface StoredTicket {
  readonly row: TicketRow;
  readonly timeline: readonly PlacedEvent[];
  readonly partition: number;
}

/** Tickets never folded have nothing to compare, quarantined ones cannot be folded. */
const SELECTED = `policy = $1 AND state IS NOT NULL AND quarantined IS NULL AND ($2::text IS NULL OR source = $2)
   AND ($3::bigint IS NULL OR created_at >= $3) AND ($4::bigint IS NULL OR created_at < $4) AND (NOT $5::boolean OR is_open OR (sealed_at IS NULL AND last_event_at >= $6::bigint))`;

/** How many tickets are selected; counts no further than one beyond `most`. */
export async function countHistory(dataSource: DataSource, selection: HistorySelection, most: number): Promise<number> {
  const [row]: { count: string }[] = await dataSource.query(
    `SELECT count(*) FROM (SELECT FROM sla_clock.ticket WHERE ${SELECTED} LIMIT $7) AS selected`,
    [...parametersOf(selection), most + 1],
  );
  return Number(row?.count ?? 0);
}

/** Tickets that would be selected, had they something to fold; each counts once. */
export interface LeftOut {
  /** Sealed: their timelines are not kept any more. */
  readonly sealed: number;
  /** Standing aside, because they cannot be folded. */
  readonly quarantined: number;
}

/** How many tickets a selection leaves out. */
export async function countLeftOut(dataSource: DataSource, selection: HistorySelection): Promise<LeftOut> {
  const { policy, source, from, to, openOnly } = selection;
  const [row]: LeftOut[] = await dataSource.query(
    `SELECT count(*) FILTER (WHERE sealed_at IS NOT NULL)::integer AS sealed,
            count(*) FILTER (WHERE sealed_at IS NULL)::integer AS quarantined
       FROM sla_clock.ticket
      WHERE (sealed_at IS NOT NULL OR quarantined IS NOT NULL) AND policy = $1 AND ($2::text IS NULL OR source = $2)
        AND ($3::bigint IS NULL OR created_at >= $3) AND ($4::bigint IS NULL OR created_at < $4) AND (NOT $5::boolean OR is_open)`,
    [policy, source, from, to, openOnly],
  );
  return row ?? { sealed: 0, quarantined: 0 };
}

/** The next `size` tickets after `after` by source and id, each with rows and events of one moment. */
export async function loadHistoryPage(
  dataSource: DataSource,
  selection: HistorySelection,
  after: TicketId | null,
  size: number,
): Promise<StoredTicket[]> {
  return dataSource.transaction('REPEATABLE READ', async (manager) => {
    await manager.query('SET TRANSACTION READ ONLY');
    const places: (TicketId & { partition: number })[] = await manager.query(
      `SELECT source, ticket, partition FROM sla_clock.ticket
        WHERE ${SELECTED} AND ($7::text IS NULL OR (source, ticket) > ($7, $8::text))
        ORDER BY source, ticket LIMIT $9`,
      [...parametersOf(selection), after?.source ?? null, after?.ticket ?? null, size],
    );
    const sql = {
      query: async <Row extends object>(text: string, parameters: readonly unknown[] = []) =>
        (await manager.query(text, [...parameters])) as Row[],
    };
    const rows = new Map((await loadTickets(sql, places)).map((row) => [ticketKey(row.source, row.ticket), row]));
    const timelines = await loadTimelines(sql, [...rows.values()].map(everythingOf), Number.MAX_SAFE_INTEGER);
    return places.flatMap(({ source, ticket, partition }): StoredTicket[] => {
      const key = ticketKey(source, ticket);
      const row = rows.get(key);
      return row === undefined ? [] : [{ row, timeline: timelines.get(key) ?? [], partition }];
    });
  });
}

/** The time each partition has come to, as far as the database knows. */
export async function loadWatermarks(dataSource: DataSource): Promise<ReadonlyMap<number, Watermark>> {
  const rows: { partition: number; watermark: Watermark }[] = await dataSource.query(
    'SELECT partition, watermark FROM sla_clock.partition_time WHERE watermark IS NOT NULL',
  );
  return new Map(rows.map(({ partition, watermark }) => [partition, watermark]));
}

function parametersOf({ policy, source, from, to, openOnly, endedSince }: HistorySelection): unknown[] {
  return [policy, source, from, to, openOnly, endedSince];
}
