import { EntitySchema } from 'typeorm';

/** That a ticket’s people were erased here: when, and how much. It names no person. */
export interface ForgottenTicketRow {
  readonly requestId: string;
  readonly source: string;
  readonly ticket: string;
  /** Epoch ms as text (bigint). */
  readonly requestedAt: string;
  readonly events: number;
  readonly clocks: number;
  readonly slaEvents: number;
}

export const ForgottenTicketEntity = new EntitySchema<ForgottenTicketRow>({
  name: 'ForgottenTicket',
  schema: 'sla_clock',
  tableName: 'forgotten',
  columns: {
    requestId: { type: 'text', primary: true, name: 'request_id' },
    source: { type: 'text' },
    ticket: { type: 'text' },
    requestedAt: { type: 'bigint', name: 'requested_at' },
    events: { type: 'integer' },
    clocks: { type: 'integer' },
    slaEvents: { type: 'integer', name: 'sla_events' },
  },
});
