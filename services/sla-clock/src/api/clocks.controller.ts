import { Controller, Get, Inject, Query } from '@nestjs/common';
import { ApiOperation, ApiQuery } from '@nestjs/swagger';
import { targets, type Instant } from '@punctual/contracts';
import { CLOCK, ProblemError, type Clock } from '@punctual/service-kit';
import type { ClockView } from '@punctual/sla-engine';
import type { DataSource } from 'typeorm';
import { z } from 'zod';
import { DATA_SOURCE, TICKET_READING } from '../tokens.js';
import { runningNow } from './running-now.js';
import type { TicketReading } from './ticket-view.js';
import { limit, one, parseQuery } from './parse-query.js';
import { wireClock } from './wire.js';

const states = ['running', 'paused', 'met', 'breached', 'missed', 'measured', 'cancelled', 'unknown'] as const;

const clocksQuery = z.strictObject({
  state: z.enum(states, { error: `expected one of ${states.join(', ')}` }).optional(),
  target: z.enum(targets, { error: `expected one of ${targets.join(', ')}` }).optional(),
  source: one.optional(),
  policy: one.optional(),
  priority: one.optional(),
  sort: z.enum(['due'], { error: 'expected due' }).default('due'),
  limit: limit(500, 50),
  cursor: one.optional(),
});

/** The place of a clock in the order of the list. */
const cursorShape = z.tuple([z.number(), z.string(), z.string(), z.string(), z.number()]);

/** Clocks without a deadline come last. */
const NO_DUE = Number.MAX_SAFE_INTEGER;

interface ClockRow {
  source: string;
  ticket: string;
  policy: string;
  outcome: (typeof states)[number];
  due: string;
  promise: string;
  cycle: number;
  partition: number;
  phase: ClockView['phase'];
  view: ClockView;
}

/** Clocks of all tickets, the next to fall due first. */
@Controller('v1/clocks')
export class ClocksController {
  constructor(
    @Inject(DATA_SOURCE) private readonly dataSource: DataSource,
    @Inject(TICKET_READING) private readonly reading: TicketReading,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  @Get()
  @ApiOperation({ summary: 'Clocks by state, target, source, policy and priority; pages by cursor' })
  @ApiQuery({ name: 'state', required: false, enum: states })
  @ApiQuery({ name: 'target', required: false, enum: targets })
  @ApiQuery({ name: 'source', required: false })
  @ApiQuery({ name: 'policy', required: false })
  @ApiQuery({ name: 'priority', required: false })
  @ApiQuery({ name: 'sort', required: false, enum: ['due'] })
  @ApiQuery({ name: 'limit', required: false, description: '1 to 500; 50' })
  @ApiQuery({ name: 'cursor', required: false, description: '`next` of the page before' })
  async list(@Query() query: unknown) {
    const { state, target, source, policy, priority, limit: size, cursor } = parseQuery(clocksQuery, query);
    const after = cursor === undefined ? null : readCursor(cursor);
    const rows: ClockRow[] = await this.dataSource.query(
      `SELECT source, ticket, policy, outcome, coalesce(due_at, ${NO_DUE}) AS due, promise, cycle, partition, phase, view
         FROM unnest($1::text[]) AS wanted (state) CROSS JOIN LATERAL (
                SELECT * FROM sla_clock.clock
                 WHERE outcome = wanted.state AND ($2::text IS NULL OR target = $2) AND ($3::text IS NULL OR source = $3)
                   AND ($4::text IS NULL OR policy = $4) AND ($5::text IS NULL OR priority = $5)
                   AND ($6::bigint IS NULL
                        OR (coalesce(due_at, ${NO_DUE}), source, ticket, promise, cycle)
                           > ($6, $7::text, $8::text, $9::text, $10::integer))
                 ORDER BY coalesce(due_at, ${NO_DUE}), source, ticket, promise, cycle
                 LIMIT $11) of_state
        ORDER BY coalesce(due_at, ${NO_DUE}), source, ticket, promise, cycle
        LIMIT $11`,
      [
        state === undefined ? states : [state],
        target,
        source,
        policy,
        priority,
        ...(after ?? [null, null, null, null, null]),
        size + 1,
      ].map((value) => value ?? null),
    );
    const page = rows.slice(0, size);
    const last = page.at(-1);
    const now = this.clock.now();
    const running = await runningNow(this.reading, page);
    return {
      clocks: page.map((row) => ({
        source: row.source,
        ticket: row.ticket,
        policy: row.policy,
        ...wireClock(running.get(row) ?? row.view),
        outcome: row.outcome,
        // Past due by the wall clock, while the watermark has not come so far: nobody knows yet whether a reply is on its way.
        overdue_unconfirmed: row.outcome === 'running' && isPast(row.view.dueAt, now),
      })),
      next: rows.length > size && last ? writeCursor(last) : null,
    };
  }
}

function isPast(dueAt: Instant | null, now: Instant): boolean {
  return dueAt !== null && dueAt < now;
}

function writeCursor({ due, source, ticket, promise, cycle }: ClockRow): string {
  return Buffer.from(JSON.stringify([Number(due), source, ticket, promise, cycle])).toString('base64url');
}

function readCursor(text: string): z.infer<typeof cursorShape> {
  try {
    return cursorShape.parse(JSON.parse(Buffer.from(text, 'base64url').toString()));
  } catch {
    const detail = 'it is not the `next` of an earlier page';
    const problems = [{ code: 'invalid_parameter', path: '/cursor', detail }];
    throw new ProblemError({ status: 400, code: 'invalid_query', title: 'The query has errors', problems });
  }
}
