import type { Instant } from '@punctual/contracts';
import type { PromiseTerms } from '@punctual/policy';
import type { Run } from './clock.js';
import type { ClockState } from './ticket-state.js';

/** A stretch of a clock's life as `explain` tells it (SLA-SEMANTICS §8). */
export interface Segment {
  readonly from: Instant;
  readonly to: Instant;
  readonly countedMs: number;
  readonly state: 'running' | 'paused' | 'stopped';
  readonly reason: string;
  readonly calendar: string;
  readonly policyVersion: string;
  /** The event that began the stretch; null where time or the policy did. */
  readonly eventId: string | null;
}

/** What is remembered of a clock while its ticket is folded from the start, and not kept afterwards. */
export interface ClockPast {
  /** The stretches in which it counted. */
  readonly runs: Run[];
  readonly segments: Segment[];
  /** What began the present stretch. */
  begunBy: string | null;
  reason: string;
}

/** Thrown inside a continued fold where the past is needed after all; `continueTicket` turns it into a value. */
export class TimelineNeeded extends Error {
  override readonly name = 'TimelineNeeded';
}

/** Records the pasts of a ticket's clocks, one stretch after the other: their segments tile the time and sum to what was counted. */
export class PastRecorder {
  readonly pasts = new Map<ClockState, ClockPast>();

  /** `policyVersion`: the one in force, kept up to date by who records. */
  constructor(public policyVersion: string) {}

  /** A clock begins at `at`; what it counted before, in `runsBefore`, is one stretch that began with it. */
  begin(
    clock: ClockState,
    terms: PromiseTerms,
    at: Instant,
    cause: string | null,
    reason: string,
    runsBefore: readonly Run[],
  ): void {
    const past: ClockPast = { runs: [...runsBefore], segments: [], begunBy: cause, reason };
    const { startedAt, elapsed } = clock;
    if (startedAt < at) {
      past.segments.push(this.segment(startedAt, at, elapsed, 'running', 'promised', terms, cause));
    }
    this.pasts.set(clock, past);
  }

  /** Closes the present stretch `[from, to)`; the next one begins for `nextReason`. */
  close(
    clock: ClockState,
    terms: PromiseTerms,
    stretch: { readonly from: Instant; readonly to: Instant; readonly countedMs: number },
    state: 'running' | 'paused',
    nextCause: string | null,
    nextReason: string,
  ): void {
    const past = this.of(clock);
    const { from, to, countedMs } = stretch;
    if (from < to) {
      past.segments.push(this.segment(from, to, countedMs, state, past.reason, terms, past.begunBy));
      if (state === 'running') past.runs.push({ from, to });
    }
    past.begunBy = nextCause;
    past.reason = nextReason;
  }

  /** A retarget at `at` counted what lay before it anew, which made `countedMs` of difference. */
  recount(clock: ClockState, terms: PromiseTerms, at: Instant, countedMs: number, cause: string | null): void {
    if (countedMs === 0) return;
    const state = clock.phase === 'paused' ? 'paused' : 'running';
    this.of(clock).segments.push(this.segment(at, at, countedMs, state, 'retargeted', terms, cause));
  }

  of(clock: ClockState): ClockPast {
    const past = this.pasts.get(clock);
    if (!past) throw new Error(`no past of clock '${clock.promise}', cycle ${clock.cycle}`);
    return past;
  }

  private segment(
    from: Instant,
    to: Instant,
    countedMs: number,
    state: Segment['state'],
    reason: string,
    terms: PromiseTerms,
    eventId: string | null,
  ): Segment {
    const { policyVersion } = this;
    return { from, to, countedMs, state, reason, calendar: terms.calendar.name, policyVersion, eventId };
  }
}
