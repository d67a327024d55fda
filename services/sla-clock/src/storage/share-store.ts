import type { Instant, ShareRecord } from '@punctual/contracts';
import type { Sql } from '@punctual/stream';

/**
 * Takes an alarm that was raised or cleared; gives back since when it is, or was, raised. Null where the record says nothing new: it came
 * before, or there is nothing to clear.
 */
export async function takeAlarm(sql: Sql, record: ShareRecord): Promise<{ readonly raisedAt: Instant } | null> {
  const { policy, share, number, at, reason } = record;
  const [row] =
    record.state === 'raised'
      ? await sql.query<{ raised_at: string }>(
          `INSERT INTO sla_clock.share_alarm AS a (policy, share, number, raised_at, reason) VALUES ($1, $2, $3, $4, $5)
           ON CONFLICT (policy, share) DO UPDATE
             SET number = excluded.number, raised_at = excluded.raised_at, cleared_at = NULL, reason = excluded.reason
           WHERE a.number < excluded.number AND a.cleared_at IS NOT NULL
           RETURNING raised_at`,
          [policy, share, number, at, reason],
        )
      : await sql.query<{ raised_at: string }>(
          `UPDATE sla_clock.share_alarm SET number = $3, cleared_at = greatest($4, raised_at), reason = $5
            WHERE policy = $1 AND share = $2 AND number < $3 AND cleared_at IS NULL
           RETURNING raised_at`,
          [policy, share, number, at, reason],
        );
  return row === undefined ? null : { raisedAt: Number(row.raised_at) };
}

/** The alarms of a policy's priority shares that are raised. */
export async function loadAlarms(
  sql: Sql,
  policy: string,
): Promise<{ readonly share: string; readonly raisedAt: Instant; readonly reason: string }[]> {
  const rows = await sql.query<{ share: string; raised_at: string; reason: string }>(
    'SELECT share, raised_at, reason FROM sla_clock.share_alarm WHERE policy = $1 AND cleared_at IS NULL ORDER BY share',
    [policy],
  );
  return rows.map(({ share, raised_at, reason }) => ({ share, raisedAt: Number(raised_at), reason }));
}
