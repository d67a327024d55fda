import type { Instant } from '@punctual/contracts';
import type { Sql } from '@punctual/stream';
import type { DeskSurge } from '../fold/desk-surges.js';
import type { TicketId } from './ticket-store.js';

/** A walk through the open tickets of a policy in a partition, by source and id: each is folded once time has passed `edge`. */
export interface OpenWalk {
  readonly policy: string;
  /** When the surge began or ended. */
  readonly edge: Instant;
  /** The last ticket that was folded; null at the start. */
  readonly after: TicketId | null;
}

/** Stores a surge as it now stands. */
export async function saveSurge(sql: Sql, partition: number, policy: string, surge: DeskSurge): Promise<void> {
  await sql.query(
    `INSERT INTO sla_clock.surge (partition, policy, started_by, started_at, reason, ended_by, ended_at)
     VALUES ($1, $2, $3, $4, $5, $6, $7)
     ON CONFLICT (partition, policy, started_by) DO UPDATE SET ended_by = excluded.ended_by, ended_at = excluded.ended_at`,
    [partition, policy, surge.startedBy, surge.from, surge.reason, surge.endedBy, surge.to],
  );
}

/** The surges that some partitions know of, oldest first. */
export async function loadSurges(
  sql: Sql,
  partitions: readonly number[],
): Promise<{ readonly partition: number; readonly policy: string; readonly surge: DeskSurge }[]> {
  const rows = await sql.query<{
    partition: number;
    policy: string;
    started_by: string;
    started_at: string;
    reason: string;
    ended_by: string | null;
    ended_at: string | null;
  }>(
    `SELECT partition, policy, started_by, started_at, reason, ended_by, ended_at FROM sla_clock.surge
      WHERE partition = ANY($1::integer[]) ORDER BY started_at, ended_at`,
    [partitions],
  );
  return rows.map((row) => ({
    partition: row.partition,
    policy: row.policy,
    surge: {
      from: Number(row.started_at),
      to: row.ended_at === null ? null : Number(row.ended_at),
      startedBy: row.started_by,
      endedBy: row.ended_by,
      reason: row.reason,
    },
  }));
}

/** The surge of a policy's desk that lasts; null where none does. */
export async function openSurge(sql: Sql, policy: string): Promise<Pick<DeskSurge, 'from' | 'reason'> | null> {
  const [row] = await sql.query<{ started_at: string; reason: string }>(
    `SELECT started_at, reason FROM sla_clock.surge WHERE policy = $1 AND ended_at IS NULL ORDER BY started_at LIMIT 1`,
    [policy],
  );
  return row === undefined ? null : { from: Number(row.started_at), reason: row.reason };
}

export async function saveWalk(sql: Sql, partition: number, { policy, edge, after }: OpenWalk): Promise<void> {
  await sql.query(
    `INSERT INTO sla_clock.surge_walk (partition, policy, edge, after_source, after_ticket) VALUES ($1, $2, $3, $4, $5)
     ON CONFLICT (partition, policy) DO UPDATE SET edge = excluded.edge, after_source = excluded.after_source,
       after_ticket = excluded.after_ticket`,
    [partition, policy, edge, after?.source ?? null, after?.ticket ?? null],
  );
}

export async function endWalk(sql: Sql, partition: number, policy: string): Promise<void> {
  await sql.query('DELETE FROM sla_clock.surge_walk WHERE partition = $1 AND policy = $2', [partition, policy]);
}

/** The walks of a partition that have not come to their end. */
export async function loadSurgeWalks(sql: Sql, partition: number): Promise<OpenWalk[]> {
  const rows = await sql.query<{
    policy: string;
    edge: string;
    after_source: string | null;
    after_ticket: string | null;
  }>('SELECT policy, edge, after_source, after_ticket FROM sla_clock.surge_walk WHERE partition = $1 ORDER BY policy', [
    partition,
  ]);
  return rows.map(({ policy, edge, after_source: source, after_ticket: ticket }) => ({
    policy,
    edge: Number(edge),
    after: source === null || ticket === null ? null : { source, ticket },
  }));
}

/** The next `size` open tickets of a walk. */
export async function loadOpenTickets(
  sql: Sql,
  partition: number,
  { policy, after }: OpenWalk,
  size: number,
): Promise<(TicketId & { readonly settleMs: number })[]> {
  const rows = await sql.query<TicketId & { settle_ms: number }>(
    `SELECT source, ticket, settle_ms FROM sla_clock.ticket
      WHERE policy = $1 AND partition = $2 AND is_open AND (source, ticket) > ($3, $4)
      ORDER BY source, ticket LIMIT $5`,
    [policy, partition, after?.source ?? '', after?.ticket ?? '', size],
  );
  return rows.map(({ source, ticket, settle_ms }) => ({ source, ticket, settleMs: settle_ms }));
}
