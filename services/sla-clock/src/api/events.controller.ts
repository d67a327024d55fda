import { Controller, Get, Headers, Inject, Query, Res } from '@nestjs/common';
import { ApiOkResponse, ApiOperation, ApiQuery } from '@nestjs/swagger';
import { ProblemError } from '@punctual/service-kit';
import type { FastifyReply } from 'fastify';
import { z } from 'zod';
import { parseCursor, type EventCursor } from '../events/event-cursor.js';
import { EventTail } from '../events/event-tail.js';
import { EVENT_STREAM } from '../tokens.js';
import { EventSender, type CutOff } from './event-sender.js';
import { one, parseQuery } from './parse-query.js';

/** What the event stream is given. */
export interface EventStream {
  readonly tail: EventTail;
  readonly partitions: number;
  readonly mostClients: number;
  /** Between two signs of life, ms. */
  readonly heartbeatMs: number;
  /** Called when a client is cut off. */
  cutOff(why: CutOff): void;
}

const eventsQuery = z.strictObject({
  types: one.transform((text) => new Set(text.split(',').map((type) => type.trim()))).optional(),
  source: one.optional(),
  mode: z.enum(['live', 'historical'], { error: 'expected live or historical' }).optional(),
  after: one.optional(),
});

/** SLA events as they are published, as server-sent events. */
@Controller('v1/events')
export class EventsController {
  constructor(@Inject(EVENT_STREAM) private readonly stream: EventStream) {}

  @Get()
  @ApiOperation({ summary: 'SLA events as server-sent events; `Last-Event-ID` resumes after that event' })
  @ApiOkResponse({
    description: '`id` is the place after the event, `event` its type, `data` the event as JSON.',
    content: { 'text/event-stream': {} },
  })
  @ApiQuery({ name: 'types', required: false, description: 'Types, separated by commas; all' })
  @ApiQuery({ name: 'source', required: false })
  @ApiQuery({ name: 'mode', required: false, enum: ['live', 'historical'] })
  @ApiQuery({
    name: 'after',
    required: false,
    description: 'As Last-Event-ID; `start` begins with the first event kept',
  })
  async follow(
    @Query() query: unknown,
    @Headers('last-event-id') lastEventId: string | undefined,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    const wanted = parseQuery(eventsQuery, query);
    const from = this.placeOf(lastEventId ?? wanted.after ?? null);
    if (this.stream.tail.followers >= this.stream.mostClients) throw tooManyClients();
    const sender = new EventSender(reply, wanted, this.stream);
    const leave = await this.stream.tail.follow(from, sender);
    if (leave === null) throw tooManyClients();
    sender.begin(leave);
  }

  private placeOf(text: string | null): EventCursor | null {
    if (text === null || text === '') return null;
    if (text === 'start') return new Array<number>(this.stream.partitions).fill(0);
    const cursor = parseCursor(text, this.stream.partitions);
    if (cursor !== null) return cursor;
    const detail = 'it is not an id of this stream; leave it out to begin now, or say start';
    const problems = [{ code: 'invalid_parameter', path: '/after', detail }];
    throw new ProblemError({ status: 400, code: 'invalid_query', title: 'The query has errors', problems });
  }
}

function tooManyClients(): ProblemError {
  return new ProblemError({
    status: 503,
    code: 'too_many_followers',
    title: 'Too many clients follow the events of this instance',
    detail: 'Try again shortly, or raise EVENT_STREAM_CLIENTS.',
    headers: { 'retry-after': '5' },
  });
}
