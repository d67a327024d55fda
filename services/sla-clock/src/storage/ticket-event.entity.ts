import type { TicketEvent } from '@punctual/contracts';
import { EntitySchema } from 'typeorm';

/** An event of a ticket’s timeline, without text. Cut into months by `occurredAt`. */
export interface TicketEventRow {
  readonly source: string;
  readonly ticket: string;
  readonly eventId: string;
  readonly partition: number;
  /** Its place in the partition of `tickets.classified`, as text (bigint). */
  readonly logOffset: string;
  /** Epoch ms as text (bigint). */
  readonly occurredAt: string;
  readonly event: TicketEvent;
}

export const TicketEventEntity = new EntitySchema<TicketEventRow>({
  name: 'TicketEvent',
  schema: 'sla_clock',
  tableName: 'ticket_event',
  columns: {
    source: { type: 'text', primary: true },
    ticket: { type: 'text', primary: true },
    eventId: { type: 'text', primary: true, name: 'event_id' },
    partition: { type: 'integer' },
    logOffset: { type: 'bigint', name: 'log_offset' },
    occurredAt: { type: 'bigint', primary: true, name: 'occurred_at' },
    event: { type: 'json' },
  },
  indices: [{ name: 'ticket_event_log', columns: ['partition', 'logOffset'] }],
});
