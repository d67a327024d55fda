import { Controller, Get, Inject, Query } from '@nestjs/common';
import { ApiOperation, ApiQuery } from '@nestjs/swagger';
import type { CompiledPolicy } from '@punctual/policy';
import { CLOCK, PinnedPolicies, ProblemError, type Clock } from '@punctual/service-kit';
import type { TicketState } from '@punctual/sla-engine';
import type { DataSource } from 'typeorm';
import { z } from 'zod';
import { DATA_SOURCE, POLICIES } from '../tokens.js';
import { limit, one, parseQuery } from './parse-query.js';
import { wireInstant } from './wire.js';

const queueQuery = z.strictObject({ policy: one, limit: limit(1_000, 100) });

/** More open tickets than this are not ranked: the answer would be a report, not a queue. */
const MOST_RANKED = 20_000;

/** Open tickets in the policy's strict total order: exactly one is number one. */
@Controller('v1/queue')
export class QueueController {
  constructor(
    @Inject(DATA_SOURCE) private readonly dataSource: DataSource,
    @Inject(POLICIES) private readonly policies: PinnedPolicies<CompiledPolicy>,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  @Get()
  @ApiOperation({ summary: 'Open tickets of a policy, the one to take next first' })
  @ApiQuery({ name: 'policy' })
  @ApiQuery({ name: 'limit', required: false, description: '1 to 1,000; 100' })
  async list(@Query() query: unknown) {
    const { policy: name, limit: size } = parseQuery(queueQuery, query);
    const policy = await this.policies.pin(name, this.clock.now());
    if (policy === null) throw unknownPolicy(name, await this.policies.names());
    const rows: { source: string; ticket: string; state: TicketState; due_at: string | null }[] =
      await this.dataSource.query(
        `SELECT t.source, t.ticket, t.state, due.due_at
         FROM sla_clock.ticket t
         LEFT JOIN LATERAL (SELECT min(c.due_at) AS due_at FROM sla_clock.clock c
                             WHERE c.source = t.source AND c.ticket = t.ticket AND c.outcome IN ('running', 'breached', 'missed')
                               AND c.phase = 'running') due ON true
        WHERE t.policy = $1 AND t.is_open AND t.quarantined IS NULL
        ORDER BY due.due_at NULLS LAST LIMIT $2`,
        [name, MOST_RANKED],
      );
    const entries = rows.map(({ source, ticket, state, due_at }) => ({
      source,
      ticket,
      attributes: state.attributes,
      priority: state.priority,
      dueAt: due_at === null ? null : Number(due_at),
      status: state.status,
      assignee: state.assignee,
    }));
    entries.sort((a, b) => policy.compareInQueue(a, b));
    return {
      policy: name,
      open: entries.length,
      tickets: entries
        .slice(0, size)
        .map((entry, index) => ({ rank: index + 1, ...entry, dueAt: wireInstant(entry.dueAt) })),
    };
  }
}

export function unknownPolicy(policy: string, known: readonly string[]): ProblemError {
  return new ProblemError({
    status: 404,
    code: 'unknown_policy',
    title: 'No such policy',
    detail: `No policy '${policy}' is published; there are ${known.join(', ') || 'none yet'}.`,
  });
}
