import { Controller, Get, Inject, Query } from '@nestjs/common';
import { ApiOperation, ApiQuery } from '@nestjs/swagger';
import { CLOCK, PinnedPolicies, ProblemError, type Clock } from '@punctual/service-kit';
import type { DeskPolicy } from '@punctual/policy';
import { attainment, promisedShares } from '@punctual/sla-engine';
import type { DataSource } from 'typeorm';
import { z } from 'zod';
import { databaseSql } from '../storage/database-sql.js';
import { countCycles } from '../storage/judged-cycles.js';
import { DATA_SOURCE, POLICIES } from '../tokens.js';
import { instant, one, parseQuery } from './parse-query.js';
import { unknownPolicy } from './queue.controller.js';
import { wireInstant } from './wire.js';

const attainmentQuery = z.strictObject({ policy: one, from: instant.optional(), to: instant.optional() });

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
    const cycles = await countCycles(databaseSql(this.dataSource), policy, { from, to });
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
