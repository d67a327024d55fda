import { formatInstant } from '@punctual/contracts';
import { escalationsOf, eventsBehind, explainTicket, sayEvent, sayVerdict } from '@punctual/sla-engine';
import type { TicketReadout } from './ticket-view.js';
import { wireClock, wireEscalation, wireInstant, wireSegment } from './wire.js';

/**
 * Why each clock of a ticket stands where it stands (SLA-SEMANTICS §8): a sentence, the stretches that tile the time from start to now and
 * whose `countedMs` add up to `elapsedMs`, and the events that
 * began and ended them. Beside them the escalations that were raised and what was answered. Durations are ms, instants ISO-8601.
 */
export function explainReadout(readout: TicketReadout, folded: NonNullable<TicketReadout['folding']>) {
  const { row, timeline, asOf, provisional } = readout;
  const explanations = explainTicket(folded, asOf ?? 0);
  const escalations = escalationsOf(folded.sayings, row.state?.retractions);
  const events = eventsBehind(
    explanations,
    timeline.map(({ event }) => event),
    escalations,
  );
  return {
    source: row.source,
    ticket: row.ticket,
    policy: row.policy,
    policyVersion: folded.policy.version,
    asOf: wireInstant(asOf),
    provisional,
    clocks: explanations.map(({ clock, segments, longer, stoppedBy }) => ({
      verdict: sayVerdict(clock),
      ...wireClock(clock),
      longer,
      stoppedBy,
      segments: segments.map(wireSegment),
    })),
    escalations: escalations.map(wireEscalation),
    events: events.map((event) => ({
      id: event.id,
      type: event.type,
      occurredAt: formatInstant(event.occurredAt),
      text: sayEvent(event),
    })),
  };
}
