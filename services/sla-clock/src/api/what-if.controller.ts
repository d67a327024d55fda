import { Body, Controller, Headers, HttpCode, Inject, Post, Query, Res } from '@nestjs/common';
import { ApiBody, ApiConsumes, ApiOperation, ApiQuery, ApiResponse } from '@nestjs/swagger';
import { ProblemError } from '@punctual/service-kit';
import type { FastifyReply } from 'fastify';
import { z } from 'zod';
import { countHistory, type HistorySelection } from '../storage/stored-history.js';
import { WHAT_IF } from '../tokens.js';
import { compareHistory, type HistoryComparing, type WhatIfAnswer } from '../what-if/compare-history.js';
import type { ComparisonTurn } from '../what-if/comparison-turn.js';
import { proposedPolicy } from '../what-if/proposed-policy.js';
import { instant, limit, one, parseQuery } from './parse-query.js';
import { emptyRange } from './attainment.controller.js';
import { unknownPolicy } from './queue.controller.js';

/** What the comparison is given. */
export interface WhatIfReading extends HistoryComparing {
  /** The most tickets of one comparison. */
  readonly mostTickets: number;
  readonly turn: ComparisonTurn;
}

const whatIfQuery = z.strictObject({
  policy: one.optional(),
  source: one.optional(),
  from: instant.optional(),
  to: instant.optional(),
  open: z.enum(['true', 'false'], { error: 'expected true or false' }).default('false'),
  most: limit(1_000, 20),
});

/** What another policy would change, on the history that is stored. It reads, and stores nothing. */
@Controller('v1/what-if')
export class WhatIfController {
  constructor(@Inject(WHAT_IF) private readonly reading: WhatIfReading) {}

  @Post()
  @HttpCode(200)
  @ApiOperation({
    summary: 'Stored tickets under the policy sent (B), beside their own (A): what would change, and why',
  })
  @ApiConsumes('application/yaml', 'text/yaml')
  @ApiBody({ schema: { type: 'string' } })
  @ApiQuery({ name: 'policy', required: false, description: 'Whose tickets; the id of the policy sent' })
  @ApiQuery({ name: 'source', required: false })
  @ApiQuery({ name: 'from', required: false, description: 'Tickets created from this instant on' })
  @ApiQuery({ name: 'to', required: false, description: 'Tickets created before this instant' })
  @ApiQuery({
    name: 'open',
    required: false,
    enum: ['true', 'false'],
    description: 'Only what is neither solved nor gone',
  })
  @ApiQuery({ name: 'most', required: false, description: 'How many changes are listed: 1 to 1,000; 20' })
  @ApiResponse({ status: 422, description: '`invalid_policy`, or `too_many_tickets`' })
  @ApiResponse({ status: 503, description: '`what_if_busy`: one comparison at a time' })
  async compare(
    @Headers('content-type') contentType: string | undefined,
    @Query() query: unknown,
    @Body() body: unknown,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<WhatIfAnswer> {
    const { policy, source = null, from = null, to = null, open, most } = parseQuery(whatIfQuery, query);
    if (from !== null && to !== null && from >= to) throw emptyRange();
    if (typeof body !== 'string' || !/yaml/i.test(contentType ?? '')) throw notYaml();
    return this.reading.turn.take(async () => {
      const other = proposedPolicy(body);
      const selection = {
        policy: policy ?? other.policy.id,
        source,
        from,
        to,
        openOnly: open === 'true',
        endedSince: null,
      };
      await this.checkSelection(selection);
      return compareHistory(this.reading, selection, other, most, () => reply.raw.destroyed);
    });
  }

  private async checkSelection(selection: HistorySelection): Promise<void> {
    const { dataSource, policies, mostTickets } = this.reading;
    await policies.refresh();
    const names = await policies.names();
    if (!names.includes(selection.policy)) throw unknownPolicy(selection.policy, names);
    if ((await countHistory(dataSource, selection, mostTickets)) <= mostTickets) return;
    throw new ProblemError({
      status: 422,
      code: 'too_many_tickets',
      title: 'Too many tickets for one comparison',
      detail:
        `More than ${mostTickets} tickets are selected. Narrow them with from= and to= (when they were created), source=, or open=true; ` +
        'or raise WHAT_IF_TICKETS. `punctual simulate --compare` judges a history of any length, from a file.',
    });
  }
}

export function notYaml(): ProblemError {
  const detail = 'Send the policy as application/yaml or text/yaml.';
  return new ProblemError({ status: 415, code: 'unsupported_media_type', title: 'A policy is YAML', detail });
}
