import { Body, Controller, Headers, HttpCode, Inject, Param, Post, Query, Res } from '@nestjs/common';
import { ApiBody, ApiConsumes, ApiOperation, ApiParam, ApiQuery, ApiResponse } from '@nestjs/swagger';
import { formatInstant, type Instant } from '@punctual/contracts';
import { ProblemError, type Clock } from '@punctual/service-kit';
import type { FastifyReply } from 'fastify';
import { z } from 'zod';
import { WHAT_IF } from '../tokens.js';
import {
  previewPublication,
  type PublicationPreview,
  type PublicationReading,
} from '../what-if/preview-publication.js';
import { proposedPolicy } from '../what-if/proposed-policy.js';
import { instant, limit, parseQuery } from './parse-query.js';
import { notYaml, type WhatIfReading } from './what-if.controller.js';

/** What the comparisons of this API are given. */
export interface PreviewReading extends WhatIfReading, PublicationReading {
  readonly clock: Clock;
}

const DAY_MS = 86_400_000;

/** Farther ahead, what happens until then says more about the clocks than the policy does. */
const MOST_DAYS_AHEAD = 400;

const modes = ['pin', 'from-now', 'retroactive'] as const;

const previewQuery = z.strictObject({
  mode: z.enum(modes, { error: `expected ${modes.join(', ')}` }).default('pin'),
  effectiveAt: instant.optional(),
  most: limit(1_000, 20),
});

/** What publishing a policy would do to the open tickets. It reads, and publishes nothing. */
@Controller('v1/policies')
export class PolicyPreviewController {
  constructor(@Inject(WHAT_IF) private readonly reading: PreviewReading) {}

  @Post(':policy/preview')
  @HttpCode(200)
  @ApiOperation({ summary: 'Open tickets as they stand (A), and with the policy sent published as said (B)' })
  @ApiConsumes('application/yaml', 'text/yaml')
  @ApiBody({ schema: { type: 'string' } })
  @ApiParam({ name: 'policy', type: String })
  @ApiQuery({ name: 'mode', required: false, enum: modes, description: 'As at the publication; pin' })
  @ApiQuery({
    name: 'effectiveAt',
    required: false,
    description: `As at the publication: any instant of the past, or up to ${MOST_DAYS_AHEAD} days ahead; now`,
  })
  @ApiQuery({ name: 'most', required: false, description: 'How many changes are listed: 1 to 1,000; 20' })
  @ApiResponse({ status: 422, description: '`invalid_policy`, `policy_id_mismatch`' })
  @ApiResponse({ status: 503, description: '`what_if_busy`: one comparison at a time' })
  async preview(
    @Param('policy') id: string,
    @Headers('content-type') contentType: string | undefined,
    @Query() query: unknown,
    @Body() body: unknown,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<PublicationPreview> {
    const { mode, effectiveAt: asked, most } = parseQuery(previewQuery, query);
    const now = this.reading.clock.now();
    const effectiveAt = asked ?? now;
    if (effectiveAt > now + MOST_DAYS_AHEAD * DAY_MS) throw tooFarAhead(now);
    if (typeof body !== 'string' || !/yaml/i.test(contentType ?? '')) throw notYaml();
    return this.reading.turn.take(async () => {
      const candidate = proposedPolicy(body);
      if (candidate.policy.id !== id) throw idMismatch(id, candidate.policy.id);
      const publication = { candidate, mode, effectiveAt };
      return previewPublication(this.reading, publication, most, () => reply.raw.destroyed);
    });
  }
}

function tooFarAhead(now: Instant): ProblemError {
  const latest = formatInstant(now + MOST_DAYS_AHEAD * DAY_MS);
  const detail = `a preview looks at most ${MOST_DAYS_AHEAD} days ahead, up to ${latest}; any instant of the past will do`;
  return new ProblemError({
    status: 400,
    code: 'invalid_query',
    title: 'The query has errors',
    problems: [{ code: 'too_far_ahead', path: '/effectiveAt', detail }],
  });
}

function idMismatch(path: string, document: string): ProblemError {
  const detail = `the document's id is '${document}', the path says '${path.slice(0, 60)}'`;
  return new ProblemError({
    status: 422,
    code: 'policy_id_mismatch',
    title: 'Two ids for one policy',
    problems: [{ code: 'policy_id_mismatch', path: '/id', detail }],
  });
}
