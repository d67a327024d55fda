import type { Watermark } from '@punctual/contracts';
import type { Sql } from '@punctual/stream';
import type { TicketId } from './ticket-identity.js';

/**
 * Removes facts, decisions, requesters and known events of tickets that were over `keptMs` before a watermark, the longest over first; policy and revision
 * stay. A source behind goes by its own time. A quarantined ticket is left alone. Returns the tickets.
 */
export async function removeEnded(
  sql: Sql,
  partition: number,
  watermark: Watermark,
  keptMs: number,
  limit: number,
): Promise<TicketId[]> {
  const sources = Object.entries(watermark.sources);
  return sql.query<{ source: string; ticket: string }>(
    `WITH ended AS MATERIALIZED (
       SELECT t.source, t.ticket FROM classifier.ticket t
        WHERE t.partition = $1 AND t.ended_at < $2 AND t.removed_at IS NULL AND t.quarantined IS NULL
          AND t.ended_at < coalesce((SELECT min(s.at) FROM unnest($3::text[], $4::bigint[]) AS s (source, at)
                                      WHERE s.source = t.source), $2)
        ORDER BY t.ended_at LIMIT $5
     ), decided AS (
       DELETE FROM classifier.decision d USING ended e WHERE d.source = e.source AND d.ticket = e.ticket
     ), seen AS (
       DELETE FROM classifier.seen_event s USING ended e WHERE s.source = e.source AND s.ticket = e.ticket
     )
     UPDATE classifier.ticket t SET removed_at = $6, inputs = '[]', priority_history = '[]', coverage_history = '[]', requesters = '[]'
       FROM ended e WHERE t.source = e.source AND t.ticket = e.ticket
     RETURNING t.source, t.ticket`,
    [
      partition,
      watermark.at - keptMs,
      sources.map(([source]) => source),
      sources.map(([, { at }]) => at - keptMs),
      limit,
      watermark.at,
    ],
  );
}
