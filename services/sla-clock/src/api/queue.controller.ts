import { Controller, Get, Inject, Query } from '@nestjs/common';
import { ApiOperation, ApiQuery } from '@nestjs/swagger';
import { formatInstant } from '@punctual/contracts';
import type { CompiledPolicy } from '@punctual/policy';
import { CLOCK, PinnedPolicies, ProblemError, type Clock } from '@punctual/service-kit';
import type { DataSource } from 'typeorm';
import { z } from 'zod';
import { databaseSql } from '../storage/database-sql.js';
import { unpackState, type PackedState } from '../storage/packed-state.js';
import { openSurge } from '../storage/surge-store.js';
import { DATA_SOURCE, POLICIES } from '../tokens.js';
import { limit, one, parseQuery } from './parse-query.js';
import { wireInstant } from './wire.js';

const queueQuery = z.strictObject({ policy: one, limit: limit(1_000, 100) });

/** More open tickets than this are not ranked: the answer would be a report, not a queue. */
const MOST_RANKED = 20_000;

/** Clocks looked at for each ticket ranked: several of a ticket may be among the next to fall due. */
const CLOCKS_LOOKED_AT = 4;

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
    const rows: { source: string; ticket: string; state: PackedState; due_at: string | null }[] =
      await this.dataSource.query(
        `WITH next AS MATERIALIZED (
           SELECT source, ticket, due_at FROM sla_clock.clock
            WHERE policy = $1 AND phase = 'running' AND outcome <> 'unknown' AND due_at IS NOT NULL
            ORDER BY due_at LIMIT $3),
         due AS (SELECT source, ticket, min(due_at) AS due_at FROM next GROUP BY source, ticket ORDER BY min(due_at) LIMIT $2),
         -- LIMIT 1, so that each ticket is looked up by its key: a join would rather read all tickets with their JSON.
         ranked AS (
           SELECT t.source, t.ticket, t.state, due.due_at
             FROM due CROSS JOIN LATERAL (
               SELECT source, ticket, state FROM sla_clock.ticket
                WHERE source = due.source AND ticket = due.ticket AND is_open AND quarantined IS NULL LIMIT 1) t)
         SELECT * FROM ranked
         UNION ALL
         -- Nothing is promised of these for now. Where not every deadline was looked at, some of the others could be among them.
         (SELECT t.source, t.ticket, t.state, NULL FROM sla_clock.ticket t
           WHERE (SELECT count(*) FROM next) < $3 AND t.policy = $1 AND t.is_open AND t.quarantined IS NULL
             AND NOT EXISTS (SELECT FROM next WHERE next.source = t.source AND next.ticket = t.ticket)
           LIMIT greatest($2 - (SELECT count(*) FROM ranked), 0))`,
        [name, MOST_RANKED, MOST_RANKED * CLOCKS_LOOKED_AT],
      );
    const entries = rows.map(({ source, ticket, state, due_at }) => {
      const { attributes, priority, status, assignee } = unpackState(state, {
        source,
        ticket,
        policy: name,
        policyVersion: policy.version,
      });
      return { source, ticket, attributes, priority, dueAt: due_at === null ? null : Number(due_at), status, assignee };
    });
    entries.sort((a, b) => policy.compareInQueue(a, b));
    const surge = await openSurge(databaseSql(this.dataSource), name);
    return {
      policy: name,
      open: entries.length,
      surge: surge === null ? null : { since: formatInstant(surge.from), reason: surge.reason },
      // What waiting customers may be told while one lasts.
      nextOpening: surge === null ? null : wireInstant(policy.nextOpening(this.clock.now())),
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
