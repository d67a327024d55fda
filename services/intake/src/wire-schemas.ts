import { ticketEventData, ticketEventTypes } from '@punctual/contracts';
import { openApiSchema } from '@punctual/service-kit';
import { z } from 'zod';

/** The OpenAPI schemas of what intake takes and answers; the checks themselves are contracts' and the controllers'. */

const cloudEvents = ticketEventTypes.map((type) =>
  z.object({
    specversion: z.literal('1.0'),
    id: z
      .string()
      .max(200)
      .describe('The entity in the helpdesk: comment, audit or changelog entry; never a delivery.'),
    source: z.string().max(200).describe('The helpdesk.'),
    subject: z.string().max(200).describe('The ticket.'),
    type: z.literal(type),
    time: z.iso.datetime({ offset: true }).describe("When it happened by the helpdesk's clock."),
    sequence: z.int().optional().describe("The source's own order within an instant."),
    data: ticketEventData[type],
  }),
);

/** One event by type, for `components.schemas` of the OpenAPI document. */
export const cloudEventSchema = z.union(cloudEvents);

export const eventBodySchema = {
  oneOf: [
    { $ref: '#/components/schemas/TicketCloudEvent' },
    { type: 'array', maxItems: 1_000, items: { $ref: '#/components/schemas/TicketCloudEvent' } },
  ],
};

export const eventAnswerSchema = openApiSchema(
  z.object({
    accepted: z.int(),
    events: z.array(z.object({ id: z.string(), source: z.string(), subject: z.string(), partition: z.int() })),
  }),
  'output',
);

export const problemSchema = openApiSchema(
  z.object({
    type: z.string(),
    title: z.string(),
    status: z.int(),
    code: z.string(),
    detail: z.string().optional(),
    problems: z.array(z.object({ code: z.string(), path: z.string(), detail: z.string() })).optional(),
    requestId: z.string().optional(),
  }),
  'output',
);

export const sourceSchema = openApiSchema(
  z.object({
    source: z.string(),
    policy: z.string().nullable(),
    mode: z.enum(['live', 'historical']),
    at: z.iso.datetime().nullable().describe('How far a historical session has come.'),
  }),
  'output',
);

export const policySummarySchema = openApiSchema(
  z.object({
    policy: z.string(),
    version: z.string(),
    effectiveAt: z.iso.datetime(),
    publishedAt: z.iso.datetime(),
    mode: z.enum(['pin', 'from-now', 'retroactive']),
  }),
  'output',
);

export const surgeSchema = openApiSchema(
  z.object({
    id: z.string(),
    policy: z.string(),
    state: z.enum(['started', 'ended']),
    at: z.iso.datetime(),
    who: z.string(),
    reason: z.string(),
  }),
  'output',
);

export const staffingSchema = openApiSchema(
  z.object({
    policy: z.string(),
    team: z.int(),
    away: z.int(),
    who: z.string(),
    since: z.iso.datetime(),
  }),
  'output',
);
