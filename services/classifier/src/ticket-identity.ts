import { hash } from 'node:crypto';
import { eventContent, type TicketEvent } from '@punctual/contracts';

/** A ticket by source and id. */
export interface TicketId {
  readonly source: string;
  readonly ticket: string;
}

/** Unambiguous: a source may contain any separator that is printable. */
export function ticketKey({ source, ticket }: TicketId): string {
  return `${source}\u0000${ticket}`;
}

/** Unambiguous over all tickets. */
export function eventKey(event: TicketId & { readonly id: string }): string {
  return `${event.source}\u0000${event.ticket}\u0000${event.id}`;
}

/** A hash of what an event says: what is stored of an event to know it again. */
export function contentHash(event: TicketEvent): string {
  return hash('sha256', eventContent(event), 'base64url').slice(0, 32);
}
