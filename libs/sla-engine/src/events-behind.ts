import { compareTicketEvents, type TicketEvent } from '@punctual/contracts';
import type { ClockExplanation } from './explain.js';

/**
 * The events that an explanation rests on, in their order: those that began a cycle or one of its stretches, the one that ended it, and the
 * one that waived its breach. SLA-SEMANTICS §8.
 */
export function eventsBehind(
  explanations: readonly ClockExplanation[],
  timeline: readonly TicketEvent[],
): readonly TicketEvent[] {
  const named = new Set<string | null>(
    explanations.flatMap(({ clock, segments, stoppedBy }) => [
      clock.cycleKey,
      ...segments.map(({ eventId }) => eventId),
      stoppedBy,
      clock.waiver?.eventId ?? null,
    ]),
  );
  return timeline.filter(({ id }) => named.has(id)).sort(compareTicketEvents);
}
