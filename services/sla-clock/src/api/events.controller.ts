import { Controller, Get, Headers, Inject, Query, Res } from '@nestjs/common';
import { ApiOkResponse, ApiOperation, ApiQuery } from '@nestjs/swagger';
import { ProblemError } from '@punctual/service-kit';
import type { FastifyReply } from 'fastify';
import { z } from 'zod';
import { formatCursor, parseCursor, type EventCursor } from '../events/event-cursor.js';
import { EventTail, type PlacedSlaEvent } from '../events/event-tail.js';
import { EVENT_STREAM } from '../tokens.js';
import { one, parseQuery } from './parse-query.js';
import { wireSlaEvent } from './wire.js';

/** What the event stream is given. */
export interface EventStream {
  readonly tail: EventTail;
  readonly partitions: number;
  readonly mostClients: number;
}

/** A client that has this many bytes still to take is too slow, and is cut off: it resumes where it was. */
const MOST_UNSENT_BYTES = 4 * 1_048_576;

/** Proxies close what is silent. */
const HEARTBEAT_MS = 15_000;

const eventsQuery = z.strictObject({
  types: one.transform((text) => new Set(text.split(',').map((type) => type.trim()))).optional(),
  source: one.optional(),
  mode: z.enum(['live', 'historical'], { error: 'expected live or historical' }).optional(),
  after: one.optional(),
});
type EventsQuery = z.infer<typeof eventsQuery>;

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
    const sender = new EventSender(reply, wanted);
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

/** Writes events to one client. */
class EventSender {
  private readonly early: string[] = [];
  private begun = false;
  private place: EventCursor | null = null;
  private heartbeat: NodeJS.Timeout | undefined;

  constructor(
    private readonly reply: FastifyReply,
    private readonly wanted: EventsQuery,
  ) {}

  begin(leave: () => void): void {
    this.reply.hijack();
    const { raw } = this.reply;
    raw.on('error', leave);
    raw.on('close', () => {
      clearInterval(this.heartbeat);
      leave();
    });
    raw.writeHead(200, {
      'content-type': 'text/event-stream; charset=utf-8',
      'cache-control': 'no-store',
      'x-accel-buffering': 'no',
    });
    raw.write(`retry: 2000\n\n${this.early.splice(0).join('')}`);
    this.begun = true;
    this.heartbeat = setInterval(() => this.beat(), HEARTBEAT_MS);
    this.heartbeat.unref();
  }

  deliver(events: readonly PlacedSlaEvent[], before: EventCursor): void {
    const cursor = [...before];
    let text = '';
    for (const { partition, seq, event } of events) {
      cursor[partition] = seq + 1;
      if (!this.wants(event)) continue;
      text += `id: ${formatCursor(cursor)}\nevent: ${event.type}\ndata: ${JSON.stringify(wireSlaEvent(event))}\n\n`;
    }
    this.place = cursor;
    if (text !== '') this.write(text);
  }

  async drained(): Promise<void> {
    const { raw } = this.reply;
    if (!this.begun || raw.destroyed || !raw.writableNeedDrain) return;
    await new Promise<void>((resolve) => {
      const done = (): void => {
        raw.off('drain', done);
        raw.off('close', done);
        resolve();
      };
      raw.once('drain', done);
      raw.once('close', done);
    });
  }

  end(): void {
    if (this.begun) this.reply.raw.end();
  }

  private wants(event: PlacedSlaEvent['event']): boolean {
    const { types, source, mode } = this.wanted;
    if (types && !types.has(event.type)) return false;
    return (source === undefined || event.source === source) && (mode === undefined || event.mode === mode);
  }

  /** Also tells a client how far it has come where nothing it wants has happened. */
  private beat(): void {
    this.write(this.place === null ? ': beat\n\n' : `: beat\nid: ${formatCursor(this.place)}\n\n`);
  }

  private write(text: string): void {
    if (!this.begun) {
      this.early.push(text);
      return;
    }
    const { raw } = this.reply;
    if (raw.destroyed || raw.writableEnded) return;
    raw.write(text);
    if (raw.writableLength > MOST_UNSENT_BYTES) raw.destroy();
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
