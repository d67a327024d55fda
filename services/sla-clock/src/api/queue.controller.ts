import { Controller, Get, Inject, Query } from '@nestjs/common';
import { ApiOkResponse, ApiOperation, ApiQuery } from '@nestjs/swagger';
import { formatInstant } from '@punctual/contracts';
import type { CompiledPolicy } from '@punctual/policy';
import { CLOCK, PinnedPolicies, ProblemError, type Clock } from '@punctual/service-kit';
import { waitsForOthers, type OutOfTurn } from '@punctual/sla-engine';
import type { DataSource } from 'typeorm';
import { z } from 'zod';
import { databaseSql } from '../storage/database-sql.js';
import { countQueue } from '../storage/queue-store.js';
import { openSurge } from '../storage/surge-store.js';
import { DATA_SOURCE, POLICIES } from '../tokens.js';
import { firstInQueue } from './first-in-queue.js';
import { limit, one, parseQuery } from './parse-query.js';
import { wireInstant } from './wire.js';

const queueQuery = z.strictObject({ policy: one, limit: limit(1_000, 100) });

/** So many waiting tickets are counted. */
const MOST_COUNTED = 10_000;

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
  @ApiOkResponse({ description: `\`open\` is counted up to ${MOST_COUNTED}.` })
  async list(@Query() query: unknown) {
    const { policy: name, limit: size } = parseQuery(queueQuery, query);
    const policy = await this.policies.pin(name, this.clock.now());
    if (policy === null) throw unknownPolicy(name, await this.policies.names());
    const sql = databaseSql(this.dataSource);
    const queue = await firstInQueue(sql, policy, size);
    const surge = await openSurge(sql, name);
    return {
      policy: name,
      open: await countQueue(sql, name, MOST_COUNTED),
      surge: surge === null ? null : { since: formatInstant(surge.from), reason: surge.reason },
      // What waiting customers may be told while one lasts.
      nextOpening: surge === null ? null : wireInstant(policy.nextOpening(this.clock.now())),
      tickets: queue.map(({ source, ticket, dueAt, state }, index) => ({
        rank: index + 1,
        source,
        ticket,
        attributes: state.attributes,
        priority: state.priority,
        dueAt: wireInstant(dueAt),
        status: state.status,
        waits: waitsForOthers(state),
        assignee: state.assignee,
        outOfTurn: wireOutOfTurn(state.outOfTurn ?? null),
      })),
    };
  }
}

function wireOutOfTurn(taken: OutOfTurn | null): object | null {
  if (taken === null) return null;
  return { since: formatInstant(taken.at), by: taken.by, reason: taken.reason, eventId: taken.eventId };
}

export function unknownPolicy(policy: string, known: readonly string[]): ProblemError {
  return new ProblemError({
    status: 404,
    code: 'unknown_policy',
    title: 'No such policy',
    detail: `No policy '${policy}' is published; there are ${known.join(', ') || 'none yet'}.`,
  });
}
