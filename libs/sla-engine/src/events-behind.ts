import { compareTicketEvents, type TicketEvent } from '@punctual/contracts';
import type { ClockExplanation } from './explain.js';

/** The events that an explanation refers to, in their order: those that began a cycle or one of its stretches. SLA-SEMANTICS §8. */
export function eventsBehind(
  explanations: readonly ClockExplanation[],
  timeline: readonly TicketEvent[],
): readonly TicketEvent[] {
  const named = new Set<string | null>(
    explanations.flatMap(({ clock, segments }) => [clock.cycleKey, ...segments.map(({ eventId }) => eventId)]),
  );
  return timeline.filter(({ id }) => named.has(id)).sort(compareTicketEvents);
}
