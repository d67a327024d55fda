import { Body, Controller, Get, Headers, Inject, Param, Put, Query, Res } from '@nestjs/common';
import {
  ApiBearerAuth,
  ApiBody,
  ApiConsumes,
  ApiOperation,
  ApiParam,
  ApiQuery,
  ApiResponse,
  ApiTags,
} from '@nestjs/swagger';
import { formatInstant, InstantText } from '@punctual/contracts';
import {
  CLOCK,
  POLICY_VERSIONS,
  PolicyVersions,
  ProblemError,
  type Clock,
  type PolicySummary,
} from '@punctual/service-kit';
import type { FastifyReply } from 'fastify';
import { z } from 'zod';
import { PolicyPublisher } from './policy-publisher.js';
import { readBody } from './read-body.js';
import { policySummarySchema, problemSchema } from './wire-schemas.js';

const publishQuery = z.strictObject({
  mode: z.enum(['pin', 'from-now', 'retroactive']).default('pin'),
  effectiveAt: InstantText.optional(),
});

/** Policies: published as YAML, kept as immutable versions, announced on the log. */
@ApiTags('policies')
@ApiBearerAuth()
@Controller('v1/policies')
export class PoliciesController {
  constructor(
    @Inject(PolicyPublisher) private readonly publisher: PolicyPublisher,
    @Inject(POLICY_VERSIONS) private readonly versions: PolicyVersions,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  @Get()
  @ApiOperation({ summary: 'Every published version, oldest first' })
  @ApiResponse({ status: 200, schema: { type: 'array', items: policySummarySchema } })
  async list(): Promise<readonly object[]> {
    return (await this.versions.list()).map(toAnswer);
  }

  @Get(':id')
  @ApiOperation({ summary: 'The version in effect now, with its resolved document' })
  @ApiParam({ name: 'id', type: String })
  @ApiResponse({ status: 200, schema: policySummarySchema })
  @ApiResponse({ status: 404, schema: problemSchema })
  async read(@Param('id') id: string): Promise<object> {
    await this.versions.refresh();
    const version = await this.versions.read(id, this.clock.now());
    if (version !== null) return { ...toAnswer(version), document: version.document };
    const detail = `No version of '${id.slice(0, 60)}' is in effect; GET /v1/policies lists them.`;
    throw new ProblemError({ status: 404, code: 'unknown_policy', title: 'No such policy', detail });
  }

  @Put(':id')
  @ApiOperation({ summary: 'Publish a policy; the same content again publishes nothing' })
  @ApiConsumes('application/yaml', 'text/yaml')
  @ApiBody({ schema: { type: 'string' } })
  @ApiParam({ name: 'id', type: String })
  @ApiQuery({ name: 'mode', required: false, enum: ['pin', 'from-now', 'retroactive'] })
  @ApiQuery({ name: 'effectiveAt', required: false, type: String })
  @ApiResponse({ status: 201, description: 'A new version', schema: policySummarySchema })
  @ApiResponse({ status: 200, description: 'This content is the newest version already', schema: policySummarySchema })
  @ApiResponse({ status: 422, description: 'Errors, with line, column and suggestion', schema: problemSchema })
  async publish(
    @Param('id') id: string,
    @Headers('content-type') contentType: string | undefined,
    @Query() query: unknown,
    @Body() body: unknown,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<object> {
    if (typeof body !== 'string' || !/yaml/i.test(contentType ?? '')) {
      const detail = 'Send the policy as application/yaml or text/yaml.';
      throw new ProblemError({ status: 415, code: 'unsupported_media_type', title: 'A policy is YAML', detail });
    }
    const { mode, effectiveAt } = readBody(publishQuery, { ...(query as object) });
    const { status, version } = await this.publisher.publish(id, body, { mode, effectiveAt: effectiveAt ?? null });
    void reply.status(status === 'published' ? 201 : 200);
    return { ...toAnswer(version), status };
  }
}

function toAnswer(version: PolicySummary): object {
  return {
    policy: version.policy,
    version: version.version,
    effectiveAt: formatInstant(version.effectiveAt),
    publishedAt: formatInstant(version.publishedAt),
    mode: version.mode,
  };
}
