import type { TicketEvent } from './ticket-event.js';

/**
 * What an event says, as text: type, time, sequence and data, whatever the order of their names. Two events of a ticket with one id are the
 * same where their texts are (SLA-SEMANTICS §1); when and by which way each was received does not count.
 */
export function eventContent(event: TicketEvent): string {
  return JSON.stringify(sortedByName([event.type, event.occurredAt, event.sequence, event.data]));
}

function sortedByName(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sortedByName);
  if (typeof value !== 'object' || value === null) return value;
  const entries = Object.entries(value).filter(([, item]) => item !== undefined);
  return Object.fromEntries(
    entries.sort(([a], [b]) => (a < b ? -1 : 1)).map(([name, item]) => [name, sortedByName(item)]),
  );
}
