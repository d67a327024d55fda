import type { TicketState } from './ticket-state.js';

/**
 * Whether others have the next word on a ticket, so that the team owes nothing now. It does while a clock runs, whatever the status says: a
 * deadline is a promise. Where clocks are paused because of the status, and where nothing is promised and the status waits, others have it.
 * A requester who wrote since has had theirs, and a surge suspends promises, not work.
 */
export function waitsForOthers({
  clocks,
  status,
  requesterWrote,
}: Pick<TicketState, 'clocks' | 'status' | 'requesterWrote'>): boolean {
  if (clocks.some(({ phase }) => phase === 'running')) return false;
  if (clocks.some(({ phase, reason }) => phase === 'paused' && reason !== 'surge')) return true;
  return status.category === 'waiting_other' || (status.category === 'waiting_requester' && !requesterWrote);
}
