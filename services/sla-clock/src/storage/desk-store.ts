import type { Instant, Watermark } from '@punctual/contracts';
import type { DeskFigures } from '@punctual/policy';
import type { Sql } from '@punctual/stream';

const HOUR_MS = 3_600_000;

/** What is usual is what the past four weeks had … */
const USUAL_MS = 28 * 24 * HOUR_MS;

/** … once a week of hours is known: a weekend is no measure of a Monday. */
const FEWEST_HOURS = 7 * 24;

/** The share of priorities among the tickets created in a window. */
export interface MeasuredShare {
  readonly share: string;
  readonly concerned: number;
  readonly all: number;
}

/** A desk as it was last measured. */
export interface MeasuredDesk {
  readonly policy: string;
  readonly measuredAt: Instant;
  readonly figures: DeskFigures;
  /** When no figure was last above what clears it; null: never. */
  readonly calmAt: Instant | null;
  readonly shares: readonly MeasuredShare[];
}

/** The time that every partition has been folded up to, and the sources that are in the past; null where a partition has no time yet. */
export async function loadFoldedTime(
  sql: Sql,
  partitions: number,
): Promise<{ readonly at: Instant; readonly historical: readonly string[] } | null> {
  const rows = await sql.query<{ watermark: Watermark }>(
    'SELECT watermark FROM sla_clock.partition_time WHERE partition < $1 AND watermark IS NOT NULL',
    [partitions],
  );
  if (rows.length < partitions) return null;
  const historical = new Set(
    rows.flatMap(({ watermark }) =>
      Object.entries(watermark.sources).flatMap(([source, { mode }]) => (mode === 'historical' ? [source] : [])),
    ),
  );
  return {
    at: rows.reduce((least, { watermark }) => Math.min(least, watermark.at), Infinity),
    historical: [...historical],
  };
}

/** How many tickets of a policy are open. Those of a source that tells of the past wait for nobody. */
export async function countWaiting(sql: Sql, policy: string, historical: readonly string[]): Promise<number> {
  const [row] = await sql.query<{ waiting: string }>(
    'SELECT count(*) AS waiting FROM sla_clock.ticket WHERE policy = $1 AND is_open AND source <> ALL ($2::text[])',
    [policy, historical],
  );
  return Number(row?.waiting ?? 0);
}

/** Adds what waits at an instant to its hour, and lets go of hours that are no measure any more. */
export async function addSample(sql: Sql, policy: string, at: Instant, waiting: number): Promise<void> {
  await sql.query(
    `INSERT INTO sla_clock.desk_hour AS h (policy, hour, waiting, times) VALUES ($1, $2, $3, 1)
     ON CONFLICT (policy, hour) DO UPDATE SET waiting = h.waiting + excluded.waiting, times = h.times + 1`,
    [policy, hourOf(at), waiting],
  );
  await sql.query('DELETE FROM sla_clock.desk_hour WHERE policy = $1 AND hour < $2', [policy, hourOf(at - USUAL_MS)]);
}

/** How many usually wait: the median of the hours of the past four weeks; null before a week of them is known. */
export async function loadUsual(sql: Sql, policy: string, at: Instant): Promise<number | null> {
  const [row] = await sql.query<{ usual: number | null }>(
    `SELECT CASE WHEN count(*) >= $4 THEN percentile_cont(0.5) WITHIN GROUP (ORDER BY waiting::double precision / times) END AS usual
       FROM sla_clock.desk_hour WHERE policy = $1 AND hour >= $2 AND hour < $3`,
    [policy, hourOf(at - USUAL_MS), hourOf(at), FEWEST_HOURS],
  );
  return row?.usual ?? null;
}

/**
 * How many tickets of a policy were created in `(from, to]`, and how many of them have one of these priorities now. Where a scheme is named,
 * only its tickets count.
 */
export async function countCreated(
  sql: Sql,
  policy: string,
  { from, to }: { readonly from: Instant; readonly to: Instant },
  { priorities, scheme }: { readonly priorities: readonly string[]; readonly scheme?: string | undefined },
  historical: readonly string[],
): Promise<{ readonly concerned: number; readonly all: number }> {
  const [row] = await sql.query<{ concerned: string; all: string }>(
    `SELECT count(*) FILTER (WHERE priority = ANY ($4::text[])) AS concerned, count(*) AS all FROM sla_clock.ticket
      WHERE policy = $1 AND created_at > $2 AND created_at <= $3 AND source <> ALL ($5::text[])
        AND ($6::text IS NULL OR scheme = $6)`,
    [policy, from, to, priorities, historical, scheme ?? null],
  );
  return { concerned: Number(row?.concerned ?? 0), all: Number(row?.all ?? 0) };
}

export async function saveDesk(sql: Sql, desk: MeasuredDesk): Promise<void> {
  const { waiting, usual, team, away } = desk.figures;
  await sql.query(
    `INSERT INTO sla_clock.desk (policy, measured_at, waiting, usual, team, away, calm_at, shares)
     VALUES ($1, $2, $3, $4, $5, $6, $7, $8::json)
     ON CONFLICT (policy) DO UPDATE SET measured_at = excluded.measured_at, waiting = excluded.waiting, usual = excluded.usual,
       team = excluded.team, away = excluded.away, calm_at = excluded.calm_at, shares = excluded.shares`,
    [desk.policy, desk.measuredAt, waiting, usual, team, away, desk.calmAt, JSON.stringify(desk.shares)],
  );
}

/** The desks that were measured, or one of them. */
export async function loadDesks(sql: Sql, policy: string | null): Promise<MeasuredDesk[]> {
  const rows = await sql.query<{
    policy: string;
    measured_at: string;
    waiting: number | null;
    usual: number | null;
    team: number | null;
    away: number | null;
    calm_at: string | null;
    shares: MeasuredShare[];
  }>(
    `SELECT policy, measured_at, waiting, usual, team, away, calm_at, shares FROM sla_clock.desk
      WHERE $1::text IS NULL OR policy = $1`,
    [policy],
  );
  return rows.map(({ policy: name, measured_at, calm_at, shares, ...figures }) => ({
    policy: name,
    measuredAt: Number(measured_at),
    figures,
    calmAt: calm_at === null ? null : Number(calm_at),
    shares,
  }));
}

function hourOf(at: Instant): number {
  return Math.floor(at / HOUR_MS);
}
