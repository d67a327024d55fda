import type { AttainmentRange, JudgedCycle } from '@punctual/sla-engine';
import type { Sql } from '@punctual/stream';

/** Cycles that are alike in all that attainment asks of them, in one. */
export interface CountedCycles extends JudgedCycle {
  /** Empty of what is still open, where it is not asked for. */
  readonly promise: string;
}

interface CycleRow {
  readonly promise: string;
  readonly target: JudgedCycle['target'];
  readonly priority: string | null;
  readonly commitment: JudgedCycle['commitment'];
  readonly outcome: JudgedCycle['outcome'];
  readonly waived: boolean;
  readonly cycles: string;
  /** Working ms of each that was late, in any order, with blanks between them; null where none was. */
  readonly latenesses: string | null;
}

/**
 * The cycles of a policy, counted: those that are still open, which `clock_count` has, and those judged in `range`. These are read from an
 * index that holds all it asks for, `clock_judged`: no row of the table, with its JSON, is looked at.
 */
export async function countCycles(sql: Sql, policy: string, { from, to }: AttainmentRange): Promise<CountedCycles[]> {
  const rows = await sql.query<CycleRow & object>(
    `SELECT '' AS promise, target, nullif(priority, '') AS priority, commitment, outcome, false AS waived, sum(clocks) AS cycles,
            NULL AS latenesses
       FROM sla_clock.clock_count WHERE policy = $1
      GROUP BY target, priority, commitment, outcome HAVING sum(clocks) > 0
      UNION ALL
     SELECT promise, target, priority, commitment, outcome, waived, count(*), string_agg(late_ms::text, ' ')
       FROM sla_clock.clock
      WHERE policy = $1 AND outcome NOT IN ('running', 'paused', 'unknown')
        AND ($2::bigint IS NULL OR coalesce(breached_at, stopped_at) >= $2 OR coalesce(breached_at, stopped_at) IS NULL)
        AND ($3::bigint IS NULL OR coalesce(breached_at, stopped_at) < $3 OR coalesce(breached_at, stopped_at) IS NULL)
      GROUP BY promise, target, priority, commitment, outcome, waived`,
    [policy, from, to],
  );
  // The range is the statement's already: without an instant a cycle is in every range.
  return rows.map(({ promise, target, priority, commitment, outcome, waived, cycles, latenesses }) => ({
    ...{ promise, target, priority, commitment, outcome, waived },
    ...{ breachedAt: null, stoppedAt: null, times: Number(cycles) },
    lateMs: latenesses === null ? null : latenesses.split(' ').map(Number),
  }));
}
