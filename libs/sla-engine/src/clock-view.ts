import type { Instant } from '@punctual/contracts';
import type { CompiledPolicy } from '@punctual/policy';
import { elapsedAt, nextInstant } from './clock.js';
import { PolicyInForce } from './policy-in-force.js';
import { TicketFold } from './ticket-fold.js';
import type { ClockState, TicketState, Waiver } from './ticket-state.js';

/** A clock as readers see it. `elapsedMs` is counted up to `asOf` (the stop, once stopped). */
export interface ClockView extends Omit<
  ClockState,
  | 'crossed'
  | 'passed'
  | 'nextThreshold'
  | 'breachKey'
  | 'verdictKey'
  | 'endedBy'
  | 'fixedDueAt'
  | 'waiver'
  | 'termsChanged'
> {
  /** The version it runs under, or ran under when it ended. */
  readonly policyVersion: string;
  readonly asOf: Instant;
  readonly elapsedMs: number;
  readonly remainingMs: number | null;
  readonly outcome: ClockOutcome;
  /** Working ms after the deadline, so far or until the stop; null where it never passed. */
  readonly lateMs: number | null;
  /** Broken, and the breach is waived: it does not count in attainment. */
  readonly waived: boolean;
  /** Who waived this cycle and why; also while there is no breach to waive. */
  readonly waiver: Omit<Waiver, 'saidAs'> | null;
  readonly warnings: readonly { readonly label: string; readonly at: Instant }[];
  readonly nextFireAt: Instant | null;
}

export type ClockOutcome = 'running' | 'paused' | 'met' | 'breached' | 'missed' | 'measured' | 'cancelled';

/** A clock as it stands at `asOf`, not before its last change. */
export function viewClock(clock: ClockState, fold: TicketFold, asOf: Instant): ClockView {
  const { phase, breachedAt, targetMs, elapsedAtBreach } = clock;
  const open = phase === 'running' || phase === 'paused';
  const at = open ? Math.max(asOf, clock.since) : (clock.stoppedAt ?? clock.since);
  const elapsedMs = phase === 'running' ? elapsedAt(clock, fold.promised.termsOf(clock), at) : clock.elapsed;
  return {
    promise: clock.promise,
    target: clock.target,
    commitment: clock.commitment,
    cycle: clock.cycle,
    cycleKey: clock.cycleKey,
    priority: clock.priority,
    startedAt: clock.startedAt,
    phase,
    reason: clock.reason,
    since: clock.since,
    elapsed: clock.elapsed,
    targetMs,
    floor: clock.floor,
    dueAt: breachedAt ?? clock.dueAt,
    breachedAt,
    elapsedAtBreach,
    stoppedAt: clock.stoppedAt,
    policyVersion: fold.book.ended.versionOf(clock),
    asOf: at,
    elapsedMs,
    remainingMs: targetMs === null ? null : Math.max(0, targetMs - elapsedMs),
    outcome: outcomeOf(clock),
    lateMs: elapsedAtBreach === null ? null : elapsedMs - elapsedAtBreach,
    waived: breachedAt !== null && clock.waiver !== null,
    waiver: waiverView(clock.waiver),
    warnings: clock.crossed,
    nextFireAt: nextInstant(clock),
  };
}

/**
 * The clocks a ticket's state remembers as they stand at `asOf` (epoch ms), without folding anything: for readers between two folds. Only
 * as good as the state: nothing may have been due before `asOf`. `policy` is the version the state was folded under.
 */
export function viewClocks(state: TicketState, policy: CompiledPolicy, asOf: Instant): ClockView[] {
  const fold = new TicketFold(state, new PolicyInForce(policy), false);
  return state.clocks.map((clock) => viewClock(clock, fold, asOf));
}

function waiverView(waiver: Waiver | null): ClockView['waiver'] {
  if (waiver === null) return null;
  const { eventId, at, by, reason } = waiver;
  return { eventId, at, by, reason };
}

export function outcomeOf(clock: Pick<ClockState, 'phase' | 'breachedAt' | 'commitment' | 'targetMs'>): ClockOutcome {
  if (clock.breachedAt !== null) return clock.commitment === 'objective' ? 'missed' : 'breached';
  if (clock.phase === 'stopped') return clock.targetMs === null ? 'measured' : 'met';
  return clock.phase;
}
