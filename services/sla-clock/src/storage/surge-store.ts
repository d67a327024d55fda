import type { Sql } from '@punctual/stream';
import type { DeskSurge } from '../fold/desk-surges.js';

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
