import { hash } from 'node:crypto';
import type { TicketEvent } from '@punctual/contracts';

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

/**
 * A hash of what an event says: type, time, sequence and data, whatever the order of their names. The same change by webhook and by API
 * differs only in when it was received, which does not count.
 */
export function contentHash(event: TicketEvent): string {
  const content = sortedByName([event.type, event.occurredAt, event.sequence, event.data]);
  return hash('sha256', JSON.stringify(content), 'base64url').slice(0, 32);
}

function sortedByName(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sortedByName);
  if (typeof value !== 'object' || value === null) return value;
  const entries = Object.entries(value).filter(([, item]) => item !== undefined);
  return Object.fromEntries(
    entries.sort(([a], [b]) => (a < b ? -1 : 1)).map(([name, item]) => [name, sortedByName(item)]),
  );
}
