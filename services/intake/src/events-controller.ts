import { Body, Controller, Headers, HttpCode, Inject, Post } from '@nestjs/common';
import { ApiBearerAuth, ApiBody, ApiConsumes, ApiOperation, ApiResponse, ApiTags } from '@nestjs/swagger';
import {
  CLOCK,
  databaseUnavailable,
  POLICY_VERSIONS,
  PolicyVersions,
  ProblemError,
  type Clock,
} from '@punctual/service-kit';
import { parseEvents, refusal, toReceivedRecords, type PolicyChoice } from './check-events.js';
import { EventPublisher, type AcceptedEvent } from './event-publisher.js';
import { traceparentOf } from './traceparent-of.js';
import { readEventRequest, type EventRequest } from './event-request.js';
import { INTAKE_CONFIG } from './tokens.js';
import type { IntakeConfig } from './intake-config.js';
import { Sources } from './sources.js';
import { within } from './within.js';
import { eventAnswerSchema, eventBodySchema, problemSchema } from './wire-schemas.js';

/** The longest a sender waits for the database, ms: one that stands still breaks no connection, so nothing else would end the wait. */
const DATABASE_LIMIT_MS = 5_000;

/** What a sender is told once the log has its events. */
export interface EventAnswer {
  readonly accepted: number;
  readonly events: readonly AcceptedEvent[];
}

/** `POST /v1/events`: ticket events as CloudEvents, one or a batch; durable when answered 202, and then all of them. */
@ApiTags('events')
@ApiBearerAuth()
@Controller('v1/events')
export class EventsController {
  constructor(
    @Inject(EventPublisher) private readonly publisher: EventPublisher,
    @Inject(Sources) private readonly sources: Sources,
    @Inject(POLICY_VERSIONS) private readonly versions: PolicyVersions,
    @Inject(CLOCK) private readonly clock: Clock,
    @Inject(INTAKE_CONFIG) private readonly config: IntakeConfig,
  ) {}

  @Post()
  @HttpCode(202)
  @ApiOperation({ summary: 'Take in ticket events (CloudEvents 1.0: structured, batch or binary)' })
  @ApiConsumes('application/cloudevents+json', 'application/cloudevents-batch+json', 'application/json')
  @ApiBody({ schema: eventBodySchema })
  @ApiResponse({ status: 202, description: 'The log has acknowledged every event', schema: eventAnswerSchema })
  @ApiResponse({ status: 422, description: 'Nothing was taken', schema: problemSchema })
  @ApiResponse({ status: 503, description: 'The log does not take events now; see Retry-After', schema: problemSchema })
  async receive(@Headers() headers: Record<string, string>, @Body() body: unknown): Promise<EventAnswer> {
    const request = readEventRequest(headers, body);
    const { events, problems } = parseEvents(request, this.clock.now());
    if (problems.length > 0) throw this.refuse(request, refusal(problems));
    const reading = this.policiesFor(
      events.map((event) => event.source),
      events.flatMap((event) => (event.type === 'ticket.created' ? (event.data.policy ?? []) : [])),
    );
    const policies = await within(DATABASE_LIMIT_MS, reading, () => new ProblemError(databaseUnavailable));
    const received = toReceivedRecords(request, events, policies);
    if (received.problems.length > 0) throw this.refuse(request, refusal(received.problems));
    const accepted = await this.publisher.publish(received.records, traceparentOf(headers));
    return { accepted: accepted.length, events: accepted };
  }

  private refuse(request: EventRequest, error: ProblemError): ProblemError {
    this.publisher.countRejected(request.events.map((event) => event.value));
    return error;
  }

  private async policiesFor(sources: readonly string[], named: readonly string[]): Promise<PolicyChoice> {
    const ofSource = await this.sources.policiesOf([...new Set(sources)]);
    const published = new Set<string>();
    for (const policy of new Set(named)) {
      if (await this.versions.isPublished(policy)) published.add(policy);
    }
    return {
      isPublished: (policy) => published.has(policy),
      ofSource: (source) => ofSource.get(source) ?? this.config.DEFAULT_POLICY,
    };
  }
}
