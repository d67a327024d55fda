import type { Sql } from '@punctual/stream';
import { loadTickets, type TicketId } from '../storage/ticket-store.js';
import type { PartitionMemory } from './partition-memory.js';
import { ticketKey } from './ticket-row.js';

/** Brings tickets into memory that are not there yet; those that are count as used. */
export async function loadMissing(sql: Sql, memory: PartitionMemory, tickets: readonly TicketId[]): Promise<void> {
  const missing = new Map<string, TicketId>();
  for (const { source, ticket } of tickets) {
    const key = ticketKey(source, ticket);
    const row = memory.rows.get(key);
    if (row) memory.touch(key, row);
    else missing.set(key, { source, ticket });
  }
  for (const row of await loadTickets(sql, [...missing.values()])) {
    memory.rows.set(ticketKey(row.source, row.ticket), row);
  }
}
