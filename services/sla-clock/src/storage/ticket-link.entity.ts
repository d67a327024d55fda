import { EntitySchema } from 'typeorm';

/** A ticket and another of its source that it names as related, or was transferred to. */
export interface TicketLinkRow {
  readonly source: string;
  /** The one that names. */
  readonly ticket: string;
  /** The one it names, whether or not anything is known of that. */
  readonly related: string;
  /** The event that says so. */
  readonly eventId: string;
  /** Since when. Epoch ms as text (bigint). */
  readonly linkedAt: string;
  readonly kind: 'related' | 'transferred';
}

export const TicketLinkEntity = new EntitySchema<TicketLinkRow>({
  name: 'TicketLink',
  schema: 'sla_clock',
  tableName: 'ticket_link',
  columns: {
    source: { type: 'text', primary: true },
    ticket: { type: 'text', primary: true },
    related: { type: 'text', primary: true },
    eventId: { type: 'text', name: 'event_id' },
    linkedAt: { type: 'bigint', name: 'linked_at' },
    kind: { type: 'text', default: 'related' },
  },
  indices: [{ name: 'ticket_link_related', columns: ['source', 'related'] }],
});
