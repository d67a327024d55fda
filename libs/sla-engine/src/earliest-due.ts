import type { Instant } from '@punctual/contracts';
import type { TicketState } from './ticket-state.js';

/** The earliest deadline of a ticket's running clocks, passed or not, epoch ms; null where none has one. What a queue goes by. */
export function earliestDue({ clocks }: Pick<TicketState, 'clocks'>): Instant | null {
  let earliest: Instant | null = null;
  for (const { phase, breachedAt, dueAt } of clocks) {
    const due = breachedAt ?? dueAt;
    if (phase === 'running' && due !== null) earliest = Math.min(earliest ?? due, due);
  }
  return earliest;
}
