import { Body, Controller, HttpCode, Inject, Param, Post } from '@nestjs/common';
import { ApiBearerAuth, ApiBody, ApiOperation, ApiParam, ApiResponse, ApiTags } from '@nestjs/swagger';
import { formatInstant } from '@punctual/contracts';
import { openApiSchema } from '@punctual/service-kit';
import { z } from 'zod';
import { DeskAnnouncer } from './desk-announcer.js';
import { readBody } from './read-body.js';
import { problemSchema, surgeSchema } from './wire-schemas.js';

const text = z
  .string()
  .trim()
  .min(1)
  .max(500)
  .refine((value) => !value.includes('\u0000'), 'must not hold NUL');

const surgeBody = z.strictObject({
  state: z.enum(['started', 'ended']),
  who: text.describe('The person who says so.'),
  reason: text,
});

/** Surges of a policy's desk, as people declare them. */
@ApiTags('policies')
@ApiBearerAuth()
@Controller('v1/policies/:id/surges')
export class SurgesController {
  constructor(@Inject(DeskAnnouncer) private readonly desks: DeskAnnouncer) {}

  @Post()
  @HttpCode(201)
  @ApiOperation({ summary: "Declare that a surge of the policy's desk begins or ends now, with who says so and why" })
  @ApiParam({ name: 'id', type: String })
  @ApiBody({ schema: openApiSchema(surgeBody) })
  @ApiResponse({ status: 201, schema: surgeSchema })
  @ApiResponse({ status: 404, description: 'No such policy', schema: problemSchema })
  @ApiResponse({ status: 409, description: 'One is open already, or none is', schema: problemSchema })
  async declare(@Param('id') id: string, @Body() body: unknown): Promise<object> {
    const { policy, state, at, by, reason, id: declaration } = await this.desks.declare(id, readBody(surgeBody, body));
    return { id: declaration, policy, state, at: formatInstant(at), who: by, reason };
  }
}
