import { Controller, Get, Inject, Query } from '@nestjs/common';
import { ApiOperation, ApiQuery } from '@nestjs/swagger';
import { CLOCK, PinnedPolicies, ProblemError, type Clock } from '@punctual/service-kit';
import type { DeskPolicy } from '@punctual/policy';
import { attainment, promisedShares, type JudgedCycle } from '@punctual/sla-engine';
import type { DataSource } from 'typeorm';
import { z } from 'zod';
import { DATA_SOURCE, POLICIES } from '../tokens.js';
import { instant, one, parseQuery } from './parse-query.js';
import { unknownPolicy } from './queue.controller.js';
import { wireInstant } from './wire.js';

const attainmentQuery = z.strictObject({ policy: one, from: instant.optional(), to: instant.optional() });

interface CycleRow {
  /** Null where it was not asked for: of what is still open. */
  promise: string | null;
  target: JudgedCycle['target'];
  priority: string | null;
  commitment: JudgedCycle['commitment'];
  outcome: JudgedCycle['outcome'];
  late_ms: string | null;
  waived: boolean;
  cycles: string;
}

/**
 * Cycles by what attainment asks of them, counted: what is still open, from its own index, and what was judged in `[from, to)`. Only a
 * breach can be waived, so only a breach's JSON is read for it.
 */
const CYCLES = `
  SELECT NULL AS promise, target, priority, commitment, outcome, NULL::bigint AS late_ms, false AS waived, count(*) AS cycles
    FROM sla_clock.clock WHERE policy = $1 AND outcome IN ('running', 'paused')
   GROUP BY target, priority, commitment, outcome
  UNION ALL
  SELECT promise, target, priority, commitment, outcome, late_ms, waived, count(*)
    FROM sla_clock.clock
   CROSS JOIN LATERAL (SELECT breached_at IS NOT NULL AND coalesce((view->>'waived')::boolean, false) AS waived) w
   WHERE policy = $1 AND outcome NOT IN ('running', 'paused', 'unknown')
     AND ($2::bigint IS NULL OR coalesce(breached_at, stopped_at) >= $2 OR coalesce(breached_at, stopped_at) IS NULL)
     AND ($3::bigint IS NULL OR coalesce(breached_at, stopped_at) < $3 OR coalesce(breached_at, stopped_at) IS NULL)
   GROUP BY promise, target, priority, commitment, outcome, late_ms, waived`;

/** How many promises were kept (SLA-SEMANTICS §11). */
@Controller('v1/attainment')
export class AttainmentController {
  constructor(
    @Inject(DATA_SOURCE) private readonly dataSource: DataSource,
    @Inject(POLICIES) private readonly policies: PinnedPolicies<DeskPolicy>,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  @Get()
  @ApiOperation({
    summary: 'Kept and broken promises by target, priority and commitment; shares that are promised beside those kept',
  })
  @ApiQuery({ name: 'policy' })
  @ApiQuery({ name: 'from', required: false, description: 'Verdicts from this instant on' })
  @ApiQuery({ name: 'to', required: false, description: 'Verdicts before this instant' })
  async read(@Query() query: unknown) {
    const { policy, from = null, to = null } = parseQuery(attainmentQuery, query);
    if (from !== null && to !== null && from >= to) throw emptyRange();
    const present = await this.policies.pin(policy, this.clock.now());
    if (present === null) throw unknownPolicy(policy, await this.policies.names());
    const rows: CycleRow[] = await this.dataSource.query(CYCLES, [policy, from, to]);
    // The range is the statement's already: without an instant a cycle is in every range.
    const cycles = rows.map((row): JudgedCycle & { promise: string } => ({
      promise: row.promise ?? '',
      target: row.target,
      priority: row.priority,
      commitment: row.commitment,
      outcome: row.outcome,
      breachedAt: null,
      stoppedAt: null,
      lateMs: row.late_ms === null ? null : Number(row.late_ms),
      waived: row.waived,
      times: Number(row.cycles),
    }));
    return {
      policy,
      from: wireInstant(from),
      to: wireInstant(to),
      rows: attainment(cycles, { from, to }),
      promised: promisedShares(present.sharePromises, cycles, { from, to }),
    };
  }
}

export function emptyRange(): ProblemError {
  const problems = [{ code: 'invalid_parameter', path: '/to', detail: '`to` must lie after `from`' }];
  return new ProblemError({ status: 400, code: 'invalid_query', title: 'The query has errors', problems });
}
