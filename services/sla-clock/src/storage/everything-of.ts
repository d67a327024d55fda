import type { TicketRow } from '../fold/ticket-row.js';
import type { TicketSpan } from './ticket-store.js';

/** Where in time the events of a ticket lie for whoever reads beside the fold: its row says how early, what came since may be later. */
export function everythingOf({ source, ticket, firstEventAt }: TicketRow): TicketSpan {
  return { source, ticket, from: firstEventAt ?? Number.MIN_SAFE_INTEGER, until: Number.MAX_SAFE_INTEGER };
}
