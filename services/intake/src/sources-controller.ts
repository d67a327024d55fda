import { Body, Controller, Get, HttpCode, Inject, Param, Post, Put } from '@nestjs/common';
import { ApiBearerAuth, ApiBody, ApiOperation, ApiParam, ApiResponse, ApiTags } from '@nestjs/swagger';
import { formatInstant, InstantText } from '@punctual/contracts';
import { openApiSchema, POLICY_VERSIONS, PolicyVersions, ProblemError } from '@punctual/service-kit';
import { z } from 'zod';
import { readBody } from './read-body.js';
import { BEGINNING_OF_TIME, Sources, type Source } from './sources.js';
import { problemSchema, sourceSchema } from './wire-schemas.js';

/** A source over the wire. */
export interface SourceAnswer {
  readonly source: string;
  readonly policy: string | null;
  readonly mode: 'live' | 'historical';
  /** ISO-8601; null while live, and before a session's first progress. */
  readonly at: string | null;
}

const policyBody = z.strictObject({ policy: z.string().min(1).max(200) });
const sessionBody = z.strictObject({ at: InstantText.optional() });
const progressBody = z.strictObject({ at: InstantText });

const sourceName = z
  .string()
  .max(200)
  .regex(/^[A-Za-z0-9][A-Za-z0-9._~:/@%+-]*$/);

/** Sources and their historical sessions. A name in the path is percent-encoded: `urn:desk/a` is `urn:desk%2Fa`. */
@ApiTags('sources')
@ApiBearerAuth()
@Controller('v1/sources')
export class SourcesController {
  constructor(
    @Inject(Sources) private readonly sources: Sources,
    @Inject(POLICY_VERSIONS) private readonly versions: PolicyVersions,
  ) {}

  @Get()
  @ApiOperation({ summary: 'Every source with a policy or a session' })
  @ApiResponse({ status: 200, schema: { type: 'array', items: sourceSchema } })
  async list(): Promise<readonly SourceAnswer[]> {
    return (await this.sources.list()).map(toAnswer);
  }

  @Put(':source')
  @ApiOperation({ summary: "Set the policy that judges a source's new tickets" })
  @ApiParam({ name: 'source', type: String })
  @ApiBody({ schema: openApiSchema(policyBody) })
  @ApiResponse({ status: 200, schema: sourceSchema })
  @ApiResponse({ status: 422, description: 'No such policy', schema: problemSchema })
  async setPolicy(@Param('source') source: string, @Body() body: unknown): Promise<SourceAnswer> {
    const { policy } = readBody(policyBody, body);
    const name = checkedName(source);
    if (!(await this.versions.isPublished(policy))) {
      const problems = [
        {
          code: 'unknown_policy',
          path: '/policy',
          detail: `no policy '${policy}' is published; GET /v1/policies lists them`,
        },
      ];
      throw new ProblemError({ status: 422, code: 'unknown_policy', title: 'No such policy', problems });
    }
    return toAnswer(await this.sources.setPolicy(name, policy));
  }

  @Post(':source/sessions')
  @HttpCode(201)
  @ApiOperation({ summary: "Begin a historical session: the source's time is what its sender declares" })
  @ApiParam({ name: 'source', type: String })
  @ApiBody({ schema: openApiSchema(sessionBody), required: false })
  @ApiResponse({ status: 201, schema: sourceSchema })
  @ApiResponse({ status: 409, description: 'A session at another instant is open', schema: problemSchema })
  async beginSession(@Param('source') source: string, @Body() body: unknown): Promise<SourceAnswer> {
    const { at } = readBody(sessionBody, body ?? {});
    return toAnswer(await this.sources.beginSession(checkedName(source), at ?? null));
  }

  @Post(':source/progress')
  @HttpCode(200)
  @ApiOperation({ summary: 'Declare that everything dated up to and including `at` has been sent' })
  @ApiParam({ name: 'source', type: String })
  @ApiBody({ schema: openApiSchema(progressBody) })
  @ApiResponse({ status: 200, schema: sourceSchema })
  @ApiResponse({ status: 409, description: 'No session, or progress would go back', schema: problemSchema })
  async progress(@Param('source') source: string, @Body() body: unknown): Promise<SourceAnswer> {
    const { at } = readBody(progressBody, body);
    return toAnswer(await this.sources.progress(checkedName(source), at));
  }

  @Post(':source/sessions/end')
  @HttpCode(200)
  @ApiOperation({ summary: 'End the session: the source is live' })
  @ApiParam({ name: 'source', type: String })
  @ApiResponse({ status: 200, schema: sourceSchema })
  async endSession(@Param('source') source: string): Promise<SourceAnswer> {
    return toAnswer(await this.sources.endSession(checkedName(source)));
  }
}

function checkedName(source: string): string {
  if (sourceName.safeParse(source).success) return source;
  const detail = 'A source has at most 200 letters, digits and . _ ~ : / @ % + -, percent-encoded in a path.';
  throw new ProblemError({ status: 422, code: 'invalid_source', title: 'This cannot be the name of a source', detail });
}

function toAnswer(source: Source): SourceAnswer {
  const at = source.at === null || source.at === BEGINNING_OF_TIME ? null : formatInstant(source.at);
  return { source: source.source, policy: source.policy, mode: source.mode, at };
}
