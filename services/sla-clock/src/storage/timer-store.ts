import type { Sql } from '@punctual/stream';
import { timerOf, type TicketRow } from '../fold/ticket-row.js';
import type { TicketId } from './ticket-store.js';

/**
 * The timers of tickets, in the order in which they come. Each stands in its ticket's row too, from which it is known to whoever has that;
 * both are written in one transaction. A timer is deleted and inserted, never moved.
 */

/** The sources that have timers. Goes from one to the next by the index of timers: there are few sources, and very many timers. */
export async function loadArmedSources(sql: Sql, partition: number): Promise<string[]> {
  const rows = await sql.query<{ source: string }>(
    `WITH RECURSIVE armed AS (
       (SELECT source FROM sla_clock.timer WHERE partition = $1 ORDER BY source LIMIT 1)
       UNION ALL
       SELECT next.source FROM armed CROSS JOIN LATERAL (
         SELECT source FROM sla_clock.timer WHERE partition = $1 AND source > armed.source
          ORDER BY source LIMIT 1) next
     )
     SELECT source FROM armed`,
    [partition],
  );
  return rows.map(({ source }) => source);
}

export interface WakeRecord extends TicketId {
  readonly settleMs: number;
  readonly wakeAt: number;
}

/** Timers of one source in `[from, until)`, epoch ms. */
export interface WakeStretch {
  readonly source: string;
  readonly from: number;
  readonly until: number;
}

/**
 * The earliest timers of some sources within a stretch each: at most `most` of a source, and those of the same instant as the last. Gives
 * them back with the stretches that are now known whole, which end earlier where there was more.
 */
export async function loadWakes(
  sql: Sql,
  partition: number,
  stretches: readonly WakeStretch[],
  most: number,
): Promise<{ readonly wakes: WakeRecord[]; readonly loaded: WakeStretch[] }> {
  const rows = await sql.query<TicketId & { settle_ms: number; wake_at: string }>(
    `SELECT t.source, t.ticket, t.settle_ms, t.wake_at
       FROM unnest($2::text[], $3::bigint[], $4::bigint[]) AS s (source, from_at, until_at)
      CROSS JOIN LATERAL (
        SELECT source, ticket, settle_ms, wake_at FROM sla_clock.timer
         WHERE partition = $1 AND source = s.source AND wake_at >= s.from_at AND wake_at < s.until_at
         ORDER BY wake_at FETCH FIRST $5 ROWS WITH TIES) t`,
    [
      partition,
      stretches.map(({ source }) => source),
      stretches.map(({ from }) => Math.max(from, Number.MIN_SAFE_INTEGER)),
      stretches.map(({ until }) => until),
      most,
    ],
  );
  const wakes = rows.map((row) => ({
    source: row.source,
    ticket: row.ticket,
    settleMs: row.settle_ms,
    wakeAt: Number(row.wake_at),
  }));
  const found = Map.groupBy(wakes, ({ source }) => source);
  const loaded = stretches.map((stretch) => {
    const own = found.get(stretch.source) ?? [];
    const last = own.at(-1);
    return last === undefined || own.length < most ? stretch : { ...stretch, until: last.wakeAt + 1 };
  });
  return { wakes, loaded };
}

/** A ticket's row with the instant of a timer that goes or comes, epoch ms. */
interface MovedTimer {
  readonly row: TicketRow;
  readonly wakeAt: number;
}

/** Writes the timers of tickets that have other ones than the database has of them: those that were set, moved or cleared. */
export async function saveTimers(sql: Sql, partition: number, rows: readonly TicketRow[]): Promise<void> {
  const gone: MovedTimer[] = [];
  const set: MovedTimer[] = [];
  const resettled: MovedTimer[] = [];
  for (const row of rows) {
    const was = row.storedTimer;
    const timer = timerOf(row);
    if (was !== null && was.wakeAt === timer?.wakeAt) {
      if (was.settleMs !== timer.settleMs) resettled.push({ row, wakeAt: timer.wakeAt });
      continue;
    }
    if (was !== null) gone.push({ row, wakeAt: was.wakeAt });
    if (timer !== null) set.push({ row, wakeAt: timer.wakeAt });
  }
  for (const row of rows) row.storedTimer = timerOf(row);
  await Promise.all([moveTimers(sql, partition, gone, set), resettleTimers(sql, partition, resettled)]);
}

async function moveTimers(
  sql: Sql,
  partition: number,
  gone: readonly MovedTimer[],
  set: readonly MovedTimer[],
): Promise<void> {
  if (gone.length + set.length === 0) return;
  await sql.query(
    `WITH gone AS (
       DELETE FROM sla_clock.timer t USING unnest($2::text[], $3::bigint[], $4::text[]) AS g (source, wake_at, ticket)
        WHERE t.partition = $1 AND t.source = g.source AND t.wake_at = g.wake_at AND t.ticket = g.ticket)
     INSERT INTO sla_clock.timer (partition, source, wake_at, ticket, settle_ms)
     SELECT $1, s.* FROM unnest($5::text[], $6::bigint[], $7::text[], $8::integer[]) AS s`,
    [partition, ...keyColumns(gone), ...keyColumns(set), set.map(({ row }) => row.settleMs)],
  );
}

/** Another version of a policy may have another settle, and leave the instant as it is. */
async function resettleTimers(sql: Sql, partition: number, timers: readonly MovedTimer[]): Promise<void> {
  if (timers.length === 0) return;
  await sql.query(
    `UPDATE sla_clock.timer t SET settle_ms = n.settle_ms
       FROM unnest($2::text[], $3::bigint[], $4::text[], $5::integer[]) AS n (source, wake_at, ticket, settle_ms)
      WHERE t.partition = $1 AND t.source = n.source AND t.wake_at = n.wake_at AND t.ticket = n.ticket`,
    [partition, ...keyColumns(timers), timers.map(({ row }) => row.settleMs)],
  );
}

function keyColumns(timers: readonly MovedTimer[]): [string[], number[], string[]] {
  return [timers.map(({ row }) => row.source), timers.map(({ wakeAt }) => wakeAt), timers.map(({ row }) => row.ticket)];
}
