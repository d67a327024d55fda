import { formatInstant, type Commitment, type Instant, type Target } from '@punctual/contracts';
import type { ClockView } from '../clock-view.js';
import { sayCauses, type Cause } from './causes.js';
import type { VerdictChange, VerdictChangeKind } from './compare-verdicts.js';
import type { JudgedClock } from './judged-ticket.js';

/** A change as it leaves the process: instants as ISO-8601 with `Z`, durations in ms, the reason in words. */
export interface ChangeRecord {
  readonly source: string;
  readonly ticket: string;
  readonly target: Target | null;
  readonly kinds: readonly VerdictChangeKind[];
  readonly reason: string;
  readonly causes: readonly Cause[];
  /** The clock under A and under B; null where it never ran. */
  readonly a: ChangedClock | null;
  readonly b: ChangedClock | null;
}

export interface ChangedClock {
  readonly promise: string;
  readonly commitment: Commitment;
  readonly cycle: number;
  readonly priority: string | null;
  readonly outcome: ClockView['outcome'];
  readonly phase: ClockView['phase'];
  readonly startedAt: string;
  readonly dueAt: string | null;
  readonly stoppedAt: string | null;
  readonly breachedAt: string | null;
  readonly elapsedMs: number;
  readonly remainingMs: number | null;
  readonly lateMs: number | null;
  readonly duration: string | null;
  readonly calendar: string | null;
}

/** The same for the command line and the API. Pure. */
export function changeRecord({ source, ticket, target, a, b, kinds, causes }: VerdictChange): ChangeRecord {
  return { source, ticket, target, kinds, reason: sayCauses(causes), causes, a: sideOf(a), b: sideOf(b) };
}

function sideOf(judged: JudgedClock | null): ChangedClock | null {
  if (judged === null) return null;
  const { clock, duration, calendar } = judged;
  const text = (at: Instant | null): string | null => (at === null ? null : formatInstant(at));
  return {
    promise: clock.promise,
    commitment: clock.commitment,
    cycle: clock.cycle,
    priority: clock.priority,
    outcome: clock.outcome,
    phase: clock.phase,
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
