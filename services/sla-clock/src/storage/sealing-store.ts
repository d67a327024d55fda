import type { Watermark } from '@punctual/contracts';
import type { Sql } from '@punctual/stream';
import type { TicketId, TicketSpan } from './ticket-store.js';

/** Tickets whose time to be sealed has come by a watermark, the longest due first. A source behind goes by its own time. */
export async function loadSealable(
  sql: Sql,
  partition: number,
  watermark: Watermark,
  limit: number,
): Promise<TicketId[]> {
  const sources = Object.entries(watermark.sources);
  return sql.query<{ source: string; ticket: string }>(
    `SELECT t.source, t.ticket FROM sla_clock.ticket t
      WHERE t.partition = $1 AND t.seal_at < $2 AND t.sealed_at IS NULL AND t.quarantined IS NULL
        AND t.seal_at < coalesce((SELECT min(s.at) FROM unnest($3::text[], $4::bigint[]) AS s (source, at)
                                   WHERE s.source = t.source), $2)
      ORDER BY t.seal_at LIMIT $5`,
    [partition, watermark.at, sources.map(([source]) => source), sources.map(([, { at }]) => at), limit],
  );
}

/** Removes timelines and states; rows, clocks and what was published stay. */
export async function sealTickets(sql: Sql, tickets: readonly TicketSpan[]): Promise<void> {
  if (tickets.length === 0) return;
  const ids = [tickets.map(({ source }) => source), tickets.map(({ ticket }) => ticket)];
  await sql.query(
    `UPDATE sla_clock.ticket t SET sealed_at = t.seal_at, state = NULL, priority_history = '[]', coverage_history = '[]'
       FROM unnest($1::text[], $2::text[]) AS s (source, ticket)
      WHERE t.source = s.source AND t.ticket = s.ticket`,
    ids,
  );
  await sql.query(
    `DELETE FROM sla_clock.ticket_event e
      USING unnest($1::text[], $2::text[], $3::bigint[], $4::bigint[]) AS s (source, ticket, from_at, until_at)
      WHERE e.source = s.source AND e.ticket = s.ticket AND e.occurred_at BETWEEN s.from_at AND s.until_at
        AND e.occurred_at BETWEEN $5 AND $6`,
    [
      ...ids,
      tickets.map(({ from }) => from),
      tickets.map(({ until }) => until),
      tickets.reduce((first, { from }) => Math.min(first, from), Number.MAX_SAFE_INTEGER),
      tickets.reduce((last, { until }) => Math.max(last, until), Number.MIN_SAFE_INTEGER),
    ],
  );
}

/** An event that was recorded with its batch, whose ticket turned out to be sealed by then. */
export interface RefusedEvent {
  readonly offset: number;
  readonly occurredAt: number;
}

/** Takes recorded events of this batch out of the timelines again. */
export async function withdrawEvents(sql: Sql, partition: number, events: readonly RefusedEvent[]): Promise<void> {
  if (events.length === 0) return;
  await sql.query(
    `DELETE FROM sla_clock.ticket_event
      WHERE partition = $1 AND log_offset = ANY ($2::bigint[]) AND occurred_at = ANY ($3::bigint[])`,
    [partition, events.map(({ offset }) => offset), events.map(({ occurredAt }) => occurredAt)],
  );
}
