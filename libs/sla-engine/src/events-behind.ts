import { compareTicketEvents, type TicketEvent } from '@punctual/contracts';
import type { EscalationView } from './escalation-view.js';
import type { ClockExplanation } from './explain.js';

/**
 * The events that an explanation rests on, in their order: those that began a cycle or one of its stretches, the one that ended it, and the
 * one that waived its breach; those that asked for an escalation or answered one. SLA-SEMANTICS §8.
 */
export function eventsBehind(
  explanations: readonly ClockExplanation[],
  timeline: readonly TicketEvent[],
  escalations: readonly EscalationView[] = [],
): readonly TicketEvent[] {
  const named = new Set<string | null | undefined>([
    ...explanations.flatMap(({ clock, segments, stoppedBy }) => [
      clock.cycleKey,
      ...segments.map(({ eventId }) => eventId),
      stoppedBy,
      clock.waiver?.eventId ?? null,
    ]),
    ...escalations.flatMap(({ request, acknowledged, resolved }) => [
      request,
      acknowledged?.eventId,
      resolved?.eventId,
    ]),
  ]);
  return timeline.filter(({ id }) => named.has(id)).sort(compareTicketEvents);
}
