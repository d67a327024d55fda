import { Body, Controller, Get, Inject, Param, Put } from '@nestjs/common';
import { ApiBearerAuth, ApiBody, ApiOperation, ApiParam, ApiResponse, ApiTags } from '@nestjs/swagger';
import { formatInstant } from '@punctual/contracts';
import {
  CLOCK,
  openApiSchema,
  POLICY_VERSIONS,
  PolicyVersions,
  ProblemError,
  Staffing,
  type Clock,
  type StaffingFigure,
} from '@punctual/service-kit';
import { z } from 'zod';
import { assertPublished } from './assert-published.js';
import { readBody } from './read-body.js';
import { problemSchema, staffingSchema } from './wire-schemas.js';

const people = z.int('expected a whole number of people');

const staffingBody = z
  .strictObject({
    team: people.min(1, 'a desk has at least one person').max(100_000).describe('People in the team.'),
    away: people.min(0, 'expected 0 or more').describe('How many of them are away.'),
    who: z
      .string()
      .trim()
      .min(1)
      .max(500)
      .refine((value) => !value.includes('\u0000'), 'must not hold NUL')
      .describe('The person who says so.'),
  })
  .refine(({ team, away }) => away <= team, {
    path: ['away'],
    error: 'no more people can be away than the team has',
  });

/** How many people a policy's desk has and how many are away: what a surge may be decided by. */
@ApiTags('policies')
@ApiBearerAuth()
@Controller('v1/policies/:id/staffing')
export class StaffingController {
  constructor(
    @Inject(Staffing) private readonly staffing: Staffing,
    @Inject(POLICY_VERSIONS) private readonly versions: PolicyVersions,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  @Put()
  @ApiOperation({ summary: 'Say how many people the desk has and how many are away, from now on' })
  @ApiParam({ name: 'id', type: String })
  @ApiBody({ schema: openApiSchema(staffingBody) })
  @ApiResponse({ status: 200, schema: staffingSchema })
  @ApiResponse({ status: 404, description: 'No such policy', schema: problemSchema })
  @ApiResponse({ status: 422, description: '`invalid_request`, with what is wrong where', schema: problemSchema })
  async put(@Param('id') id: string, @Body() body: unknown): Promise<object> {
    await assertPublished(this.versions, id);
    const { team, away, who } = readBody(staffingBody, body);
    const figure: StaffingFigure = { team, away, by: who, at: this.clock.now() };
    await this.staffing.put(id, figure);
    return toAnswer(id, figure);
  }

  @Get()
  @ApiOperation({ summary: 'How many people the desk has and how many are away, as it was last said' })
  @ApiParam({ name: 'id', type: String })
  @ApiResponse({ status: 200, schema: staffingSchema })
  @ApiResponse({ status: 404, description: 'No such policy, or nobody has said so yet', schema: problemSchema })
  async read(@Param('id') id: string): Promise<object> {
    await assertPublished(this.versions, id);
    const figure = await this.staffing.of(id);
    if (figure !== null) return toAnswer(id, figure);
    const detail = 'Nobody has said how many people this desk has; PUT the figures here.';
    throw new ProblemError({ status: 404, code: 'no_staffing', title: 'No staffing is known', detail });
  }
}

function toAnswer(policy: string, { team, away, by, at }: StaffingFigure): object {
  return { policy, team, away, who: by, since: formatInstant(at) };
}
