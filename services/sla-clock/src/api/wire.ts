import { formatInstant, type Instant, type SlaEvent } from '@punctual/contracts';
import { sayEscalation, type ClockView, type EscalationView, type ExplainedSegment } from '@punctual/sla-engine';

/** What goes over HTTP: instants as ISO-8601 with `Z`, durations in ms. */

export function wireInstant(at: Instant | null): string | null {
  return at === null ? null : formatInstant(at);
}

export function wireClock(clock: ClockView) {
  return {
    promise: clock.promise,
    target: clock.target,
    commitment: clock.commitment,
    cycle: clock.cycle,
    cycleKey: clock.cycleKey,
    priority: clock.priority,
    outcome: clock.outcome as ClockView['outcome'] | 'unknown',
    reason: clock.reason,
    startedAt: formatInstant(clock.startedAt),
    dueAt: wireInstant(clock.dueAt),
    breachedAt: wireInstant(clock.breachedAt),
    stoppedAt: wireInstant(clock.stoppedAt),
    targetMs: clock.targetMs,
    elapsedMs: clock.elapsedMs,
    remainingMs: clock.remainingMs,
    lateMs: clock.lateMs,
    waived: clock.waived,
    waiver: clock.waiver === null ? null : { ...clock.waiver, at: formatInstant(clock.waiver.at) },
    warnings: clock.warnings.map(({ label, at }) => ({ label, at: formatInstant(at) })),
    nextFireAt: wireInstant(clock.nextFireAt),
    asOf: formatInstant(clock.asOf),
  };
}

export function wireSegment(segment: ExplainedSegment) {
  return { ...segment, from: formatInstant(segment.from), to: formatInstant(segment.to) };
}

export function wireEscalation(escalation: EscalationView) {
  const { raisedAt, acknowledged, resolved } = escalation;
  return {
    ...escalation,
    raisedAt: formatInstant(raisedAt),
    acknowledged: wireAnswer(acknowledged),
    resolved: wireAnswer(resolved),
    text: sayEscalation(escalation),
  };
}

function wireAnswer(answer: EscalationView['acknowledged']) {
  return answer === null ? null : { ...answer, at: formatInstant(answer.at) };
}

export function wireSlaEvent(event: SlaEvent) {
  return {
    ...event,
    at: formatInstant(event.at),
    detectedAt: formatInstant(event.detectedAt),
    startedAt: wireInstant(event.startedAt),
    dueAt: wireInstant(event.dueAt),
  };
}
