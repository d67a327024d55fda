import type { Horizon, Instant } from '@punctual/contracts';
import type { PolicySchedule, TicketState } from '@punctual/sla-engine';

/**
 * When a ticket that was folded up to `horizon` has to be folded again because another version takes it over. Null where none is ahead, and
 * where its publication's walk has not begun at `now`, the partition's time: that finds the ticket. Epoch ms.
 */
export function missedTakeover(
  { publications }: PolicySchedule,
  { solved, gone }: TicketState,
  { eventsUpTo }: Horizon,
  now: Instant,
): Instant | null {
  if (solved !== null || gone !== null) return null;
  const next = publications.find(({ effectiveAt, mode }) => mode !== 'pin' && effectiveAt > eventsUpTo);
  return next !== undefined && next.effectiveAt <= now ? next.effectiveAt : null;
}
