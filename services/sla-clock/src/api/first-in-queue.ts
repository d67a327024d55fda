import { compareQueuePlaces, type CompiledPolicy } from '@punctual/policy';
import type { Instant } from '@punctual/contracts';
import { earliestDue, type TicketState } from '@punctual/sla-engine';
import type { Sql } from '@punctual/stream';
import { ticketKey } from '../fold/ticket-row.js';
import { queuePlace } from '../fold/queue-place.js';
import { loadMisplaced, loadQueue, type QueuedTicket } from '../storage/queue-store.js';
import { loadTickets, type TicketId } from '../storage/ticket-store.js';

/**
 * The most tickets without a place under the present order that are ranked for an answer. There are any only after a version changed the order,
 * until the fold and the desks' decider have come to them.
 */
const MOST_MISPLACED = 5_000;

export interface NextTicket extends TicketId {
  readonly state: TicketState;
  /** The earliest deadline of its running clocks; null where none has one. */
  readonly dueAt: Instant | null;
}

/** The first tickets of a policy's queue, in its order. Reads as many as are asked for, and those that have no place in it yet. */
export async function firstInQueue(sql: Sql, policy: CompiledPolicy, most: number): Promise<NextTicket[]> {
  const placed = await loadQueue(sql, policy.id, policy.queueOrder, most);
  const misplaced = await loadMisplaced(sql, policy.id, policy.queueOrder, MOST_MISPLACED);
  const rows = await loadTickets(sql, [...placed, ...misplaced]);
  const states = new Map(rows.map(({ source, ticket, state }) => [ticketKey(source, ticket), state]));
  const ranked = misplaced.flatMap(({ source, ticket }): QueuedTicket[] => {
    const own = queuePlace({ source, ticket }, states.get(ticketKey(source, ticket)) ?? null, policy);
    return own === null ? [] : [{ source, ticket, place: own.place }];
  });
  return [...placed, ...ranked]
    .sort((a, b) => compareQueuePlaces(a.place, b.place))
    .slice(0, most)
    .flatMap(({ source, ticket }) => {
      const state = states.get(ticketKey(source, ticket)) ?? null;
      return state === null ? [] : [{ source, ticket, state, dueAt: earliestDue(state) }];
    });
}
