import { formatInstant, type Instant } from '@punctual/contracts';
import { sayCauses, type JudgedClock, type VerdictChange } from '@punctual/sla-engine';

/** A change as one JSON line: the clock under A and under B (null where it never ran), kinds, causes, and the reason in words. */
export function changeLine(change: VerdictChange): string {
  const { source, ticket, target, a, b, kinds, causes } = change;
  return JSON.stringify({
    source,
    ticket,
    target,
    kinds,
    reason: sayCauses(causes),
    causes,
    a: sideOf(a),
    b: sideOf(b),
  });
}

function sideOf(judged: JudgedClock | null): object | null {
  if (judged === null) return null;
  const { clock, duration, calendar } = judged;
  const text = (at: Instant | null): string | null => (at === null ? null : formatInstant(at));
  return {
    promise: clock.promise,
    commitment: clock.commitment,
    cycle: clock.cycle,
    priority: clock.priority,
    outcome: clock.outcome,
    startedAt: formatInstant(clock.startedAt),
    dueAt: text(clock.dueAt),
    stoppedAt: text(clock.stoppedAt),
    breachedAt: text(clock.breachedAt),
    elapsedMs: clock.elapsedMs,
    remainingMs: clock.remainingMs,
    lateMs: clock.lateMs,
    duration,
    calendar: calendar?.name ?? null,
  };
}
